"""The newest run as files: one a table, as Parquet, CSV or workbook. The same run gives the same bytes.

A spreadsheet runs what looks like a formula, so text cells of CSV that start like one are neutralised; numbers are left
alone. Workbooks hold texts as texts and need no such mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.schema.published import PUBLISHED, Held
from warehouse.current import reading
from warehouse.errors import RefusedError, translate_os
from warehouse.workbook import write_workbook

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from household.schema.published import PublishedTable

FORMATS = ("parquet", "csv", "xlsx")
# What spreadsheets take for the start of a formula, the full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LIST_SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class Exported:
    """The files written, in the order of the tables, and the rows in each."""

    run_id: str
    files: dict[Path, int]


def export(path: Path, out: Path, fmt: str) -> Exported:
    """Write every table of the newest run to `out/<table>.<fmt>`; a file appears whole or not at all.

    csv: UTF-8 with BOM, lists joined by `;`, null as an empty cell. xlsx: split over sheets at the row limit of workbooks.

    Raises:
        RefusedError: another format. NoRoomError, WarehouseError: `out` cannot be written. The rest as `reading`.

    """
    if fmt not in FORMATS:
        raise RefusedError(f"no export format {fmt}", f"choose one of {', '.join(FORMATS)}")
    files: dict[Path, int] = {}
    with reading(path) as tables:
        try:
            out.mkdir(parents=True, exist_ok=True)
            for table in PUBLISHED.values():
                rows = tables.frame(table.name)
                target = out / f"{table.name}.{fmt}"
                write_table(target, fmt, rows, table=table, as_of=tables.run.as_of)
                files[target] = rows.height
        except OSError as error:
            raise translate_os(error, out) from error
        return Exported(tables.run.run_id, files)


def write_table(
    target: Path, fmt: str, rows: pl.DataFrame, *, table: PublishedTable, as_of: dt.date
) -> None:
    """Write one table's rows (run_id in front) in one of FORMATS, whole or not at all. Raises OSError."""
    building = target.with_name(f".{target.name}.building")
    try:
        if fmt == "parquet":
            rows.rechunk().write_parquet(building, compression="zstd", row_group_size=122_880)
        elif fmt == "csv":
            neutralise(join_lists(rows, table), table).write_csv(building, include_bom=True)
        else:
            write_workbook(building, join_lists(rows, table), table=table, as_of=as_of)
        building.replace(target)
    finally:
        building.unlink(missing_ok=True)


def join_lists(rows: pl.DataFrame, table: PublishedTable) -> pl.DataFrame:
    """Lists as one text each, members joined by `;`."""
    lists = [c.name for c in table.all_columns if c.held is Held.TEXTS]
    return rows.with_columns(pl.col(name).list.join(LIST_SEPARATOR) for name in lists)


def neutralise(rows: pl.DataFrame, table: PublishedTable) -> pl.DataFrame:
    """Put an apostrophe before text cells that a spreadsheet would take for a formula."""
    texts = [c.name for c in table.all_columns if c.held in (Held.TEXT, Held.TEXTS)]
    return rows.with_columns(
        pl.when(pl.col(name).str.slice(0, 1).is_in(list(FORMULA_STARTS)))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    )
