"""Looking the packs up for many rows at once, each with its own region and day. Nothing is judged here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from household.rules.packs import Packs


class Asked(NamedTuple):
    """The columns that say what is looked up: names of parameters or pairs, region codes, days."""

    key: str
    region: str
    day: str


def looked_up(
    rows: pl.DataFrame,
    packs: Packs,
    *,
    asked: Asked,
    name: str,
    convert: Callable[[Any], Any],
    dtype: pl.DataType,
) -> pl.DataFrame:
    """Rows, in their order, with what the packs say of each.

    Args:
        rows: with the columns of `asked`; where one of them is null nothing is looked up.
        packs: the packs of the run.
        asked: which columns.
        name: the column that is added; null where no pack says anything.
        convert: from a pack's value to the column's.
        dtype: of the column.
    """
    on = list(asked)
    places = rows.select(on).drop_nulls().unique()
    found: dict[tuple[str, tuple[str, ...], date], Any] = {}
    values = []
    for key, region, day in places.iter_rows():
        # of a thousand villages under one county's packs one is asked
        place = (key, packs.chain(region), day)
        if place not in found:
            told = packs.find(key, region, day)
            found[place] = None if told is None else convert(told.value)
        values.append(found[place])
    told_of = places.with_columns(pl.Series(name, values, dtype=dtype))
    return rows.join(told_of, on=on, how="left", maintain_order="left")


def with_parameter(
    rows: pl.DataFrame,
    packs: Packs,
    *,
    key: str,
    day: str,
    convert: Callable[[Any], Any],
    dtype: pl.DataType,
) -> pl.DataFrame:
    """Rows with of_region and a column of days, with the value of one parameter as the column `key`."""
    asked = Asked("_key", "of_region", day)
    named = rows.with_columns(pl.lit(key).alias("_key"))
    return looked_up(named, packs, asked=asked, name=key, convert=convert, dtype=dtype).drop("_key")
