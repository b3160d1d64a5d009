"""The files of a what-if: tables as CSV, Parquet and workbook, the chart as SVG, and one page that holds all it needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from command.whatif_chart import draw_chart
from household.schema.compared import CHANGES, SUMMARY
from quality.pictures import FONTS
from warehouse.errors import translate_os
from warehouse.export import FORMATS, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from command.whatif_parameters import Section
    from pipelines.whatif import WhatIf

PAGE = "index.html"
CHART = "chart.svg"
_TEMPLATE = "whatif.html.j2"


def write_whatif(found: WhatIf, sections: Sequence[Section], out: Path) -> list[Path]:
    """Write everything; each file appears whole or not at all. Returns the files, the page last.

    Raises:
        NoRoomError, WarehouseError: `out` cannot be written.
    """
    chart = draw_chart(found)
    files: list[Path] = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for table, rows in ((CHANGES, found.changes), (SUMMARY, found.summary)):
            for fmt in FORMATS:
                files.append(out / f"{table.name}.{fmt}")
                write_table(files[-1], fmt, rows, table=table, as_of=found.run.as_of)
        for name, text in ((CHART, chart), (PAGE, draw_page(sections, chart))):
            files.append(out / name)
            _write(files[-1], text)
    except OSError as error:
        raise translate_os(error, out) from error
    return files


def draw_page(sections: Sequence[Section], chart: str) -> str:
    """One page of HTML with the chart in it; nothing of it is fetched from anywhere."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return made.get_template(_TEMPLATE).render(sections=sections, chart=chart, fonts=FONTS)


def _write(target: Path, text: str) -> None:
    building = target.with_name(f".{target.name}.building")
    try:
        building.write_text(text, encoding="utf-8")
        building.replace(target)
    finally:
        building.unlink(missing_ok=True)
