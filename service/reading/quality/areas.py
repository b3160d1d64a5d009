"""An actor's area: as the fixed statements of the warehouse take it, and which counts it may be told.

A number that counts other areas' rows is told to nobody whose area they are not: it is left out, or null, never nought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from service.access.actor import EVERYTHING

if TYPE_CHECKING:
    from service.access.actor import Scope
    from warehouse.current import CurrentTables


def area(scope: Scope) -> dict[str, object]:
    """The values `$everything` and `$regions`."""
    return {"everything": EVERYTHING in scope.regions, "regions": list(scope.regions)}


def asked_in(scope: Scope) -> dict[str, object]:
    """The values of `area`, `$all_programmes` and `$programmes`."""
    everything = EVERYTHING in scope.programmes
    return area(scope) | {"all_programmes": everything, "programmes": list(scope.programmes)}


def serves(scope: Scope, region_code: str | None) -> bool:
    """Whether an extract of this region tells the actor something: it is of the area, holds it, or names no region.

    That it came, and when; how many rows it has is told as `sees_all` and `Scope.covers` say.
    """
    if region_code is None or scope.covers(region_code):
        return True
    return any(code.startswith(region_code) for code in scope.regions)


def sees_all(tables: CurrentTables, scope: Scope) -> bool:
    """Whether nothing that is kept is of another area or programme, so that counts of the whole are counts of the actor's own."""
    if EVERYTHING not in scope.programmes:
        return False
    if EVERYTHING in scope.regions:
        return True
    held = tables.ask("quality_regions")["region_code"].drop_nulls()
    return bool(len(held)) and all(scope.covers(code) for code in held)


def told_rows(scope: Scope, *, whole: bool) -> pl.Expr:
    """Which rows' counts may be told, by `region_code`: all of them where the actor sees all."""
    return pl.lit(value=True) if whole else scope.rows()


def hide(rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """The frame with these columns unknown."""
    return rows.with_columns(pl.lit(None, dtype=rows.schema[c]).alias(c) for c in columns)
