"""A table on a page and the same as CSV: declared once, so that what is seen and what is taken away are the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from fastapi.responses import Response

from warehouse.export import FORMULA_STARTS

CSV_TYPE = "text/csv; charset=utf-8"
NUMERIC = ("count", "money", "share", "score", "seconds")


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of a listing.

    Attributes:
        name: of the frame. title: key of its words.
        kind: text, count, money, share, score, seconds, day, word (a code, told by the words `<words>_<code>`), or link.
        words: for kind word. href: for kind link, the path with the value in place of `{}`.

    """

    name: str
    title: str
    kind: str = "text"
    words: str = ""
    href: str = ""

    @property
    def numeric(self) -> bool:
        """Whether values stand at the right."""
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows under a name, as a page draws them and a CSV takes them away. `caption`: key of its words."""

    name: str
    caption: str
    columns: tuple[Shown, ...]
    rows: tuple[tuple[Any, ...], ...]

    @property
    def csv_query(self) -> str:
        """What a link to the CSV adds to the page's own address."""
        return f"csv={self.name}"


def listing(name: str, caption: str, frame: pl.DataFrame, columns: Sequence[Shown]) -> Listing:
    """A listing of a frame's columns; an empty frame may lack them."""
    rows = tuple(frame.select([c.name for c in columns]).iter_rows()) if frame.width else ()
    return Listing(name, caption, tuple(columns), rows)


def csv_of(listings: Sequence[Listing], name: str, say: Callable[[str], str]) -> Response | None:
    """The listing of that name as CSV: UTF-8 with BOM, titles in the visitor's language, formulas neutralised. None: no such listing."""
    found = next((one for one in listings if one.name == name), None)
    if found is None:
        return None
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([say(column.title) for column in found.columns])
    for row in found.rows:
        writer.writerow(
            [_cell(value, column, say) for value, column in zip(row, found.columns, strict=True)]
        )
    name = f"{found.name}.csv"
    return Response(
        "\ufeff" + out.getvalue(),
        media_type=CSV_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _cell(value: object, column: Shown, say: Callable[[str], str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return say("base.answer_yes") if value else say("base.answer_no")
    if column.kind == "word":
        return say(f"{column.words}_{value}")
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
