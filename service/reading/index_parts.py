"""What the index of verdicts holds, column by column, and how it is read: the base of every list, and parts that few lists need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.schema.codes import PROGRAMME
from household.schema.published.verdicts import SUGGESTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from warehouse.current import CurrentTables

PROGRAMMES = pl.Enum(list(PROGRAMME.titles))
SUGGESTED = pl.Enum(list(SUGGESTIONS))

COLUMNS: Mapping[str, pl.DataType] = {
    "row": pl.Int64(),  # where the whole row is in this file
    "verdict_id": pl.String(),
    "application_id": pl.String(),
    "programme": PROGRAMMES,
    "requested": pl.Boolean(),
    "region_code": pl.String(),
    "suggestion": SUGGESTED,
    "certain": pl.Boolean(),
    "income_per_capita_month": pl.Decimal(18, 6),
    "income_limit": pl.Decimal(18, 6),
    "amount": pl.Decimal(18, 2),
    "margin_ppm": pl.Int64(),  # (limit - income per head) / limit, millionths; null: unknown
}
"""Columns of the base, a row a verdict."""

PARTS: Mapping[str, Mapping[str, pl.DataType]] = {
    "alerts": {"alerts_b": pl.Int64(), "alerts_r": pl.Int64(), "alerts_i": pl.Int64()},
    "deadlines": {"started_on": pl.Date(), "next_due_on": pl.Date(), "overdue": pl.Int64()},
}
"""Columns read when first asked for: open alerts and clocks of the application.

A count is nought where no alert or no overdue clock was published, which the run knows; a date that is not there is null.
Beside them a part `rule:<rule id>` has `failing:<rule id>` and `unknown:<rule id>`: how that one rule ended, by verdict.
"""

RULE = "rule:"
_NEEDED = {"alerts": ("alert", "roster_person"), "deadlines": ("deadline",)}


def base(tables: CurrentTables) -> pl.DataFrame:
    """COLUMNS of every verdict of the newest run, in stored order. Raises as `CurrentTables.frame`."""
    rows = tables.ask("index_verdicts")
    # Both are decimals of six places: as whole millionths they are divided without rounding twice.
    income, limit = (
        pl.col(name).cast(pl.Decimal(18, 6)).to_physical()
        for name in ("income_per_capita_month", "income_limit")
    )
    margin = pl.when(limit > 0).then((limit - income) * 1_000_000 // limit)
    return (
        rows.with_columns(margin.alias("margin_ppm"))
        .select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())
        .rechunk()
    )


def part_of(name: str, frame: pl.DataFrame, tables: CurrentTables) -> pl.DataFrame:
    """The columns of a part, a row a row of `frame`; as if nothing was found where a file of before lacks the table.

    Raises:
        KeyError: there is no such part. WarehouseError: as the tables tell.

    """
    if name.startswith(RULE):
        rule = name.removeprefix(RULE)
        rows = tables.ask("index_rule", rule=rule)
        return _beside(frame, rows, "verdict_id").select(
            pl.col(one).fill_null(value=False).alias(f"{one}:{rule}")
            for one in ("failing", "unknown")
        )
    schema = PARTS[name]
    rows = pl.DataFrame(schema={"application_id": pl.String(), **schema})
    if all(tables.holds(table) for table in _NEEDED[name]):
        rows = tables.ask(f"index_{name}").cast(pl.Schema(schema))
    return _beside(frame, rows, "application_id").select(
        pl.col(one).fill_null(0) if dtype == pl.Int64() else pl.col(one)
        for one, dtype in schema.items()
    )


def _beside(frame: pl.DataFrame, rows: pl.DataFrame, key: str) -> pl.DataFrame:
    return frame.select(key).join(rows, on=key, how="left", maintain_order="left").rechunk()
