"""How long a clock runs: the parameter that a region's packs give on the day of the event, with its citation (assessment §1).

Looked up once per chain of packs and period, not per row: a county of many villages and days has few of either.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from household.rules.packs import Packs

_SCHEMA = {
    "chain": pl.UInt32(),
    "key": pl.String(),
    "since": pl.Date(),
    "limit_n": pl.Int64(),
    "pack_id": pl.String(),
    "source": pl.String(),
}


def with_limits(rows: pl.DataFrame, packs: Packs, *, key: str) -> pl.DataFrame:
    """Rows with what a parameter says for their region on their day, in the order that they came in.

    Args:
        rows: with region_code, read_on (Date) and the column that `key` names.
        packs: the packs of the run.
        key: a column of parameter keys, one for each row; null looks nothing up.

    Returns:
        The rows with limit_n (Int64), pack_id and source; all null where no pack gives a value for that region on that day.
    """
    regions = rows["region_code"].drop_nulls().unique().sort().to_list()
    keys = rows[key].drop_nulls().unique().sort().to_list()
    chains = {chain: number for number, chain in enumerate({packs.chain(r): None for r in regions})}
    places = pl.DataFrame(
        {"region_code": regions, "chain": [chains[packs.chain(r)] for r in regions]},
        schema={"region_code": pl.String(), "chain": pl.UInt32()},
    )
    one_each = {chains[packs.chain(r)]: r for r in regions}
    periods = pl.DataFrame(
        [row for n, region in one_each.items() for row in _periods(packs, n, region, keys)],
        schema=_SCHEMA,
        orient="row",
    ).sort("since")
    return (
        rows.with_row_index("_row")
        .join(places, on="region_code", how="left", maintain_order="left")
        .sort("read_on", maintain_order=True)
        .join_asof(
            periods,
            left_on="read_on",
            right_on="since",
            by_left=["chain", key],
            by_right=["chain", "key"],
            check_sortedness=False,  # both are sorted above; with groups the check cannot see it
        )
        .sort("_row")
        .drop("_row", "chain", "since")
    )


def _periods(
    packs: Packs, chain: int, region: str, keys: Iterable[str]
) -> Iterator[tuple[int, str, date, int | None, str | None, str | None]]:
    """From each day on which some pack's answer can change: what is in force until the next such day."""
    for key in keys:
        for day in _turns(packs, region, key):
            found = packs.find(key, region, day)
            if found is None:
                yield chain, key, day, None, None, None
            else:
                yield chain, key, day, int(found.value), found.pack_id, found.source


def _turns(packs: Packs, region: str, key: str) -> list[date]:
    turns = {date.min}
    for pack_id in packs.chain(region):
        for entry in packs.packs[pack_id].values.get(key, ()):
            turns |= {entry.valid_from} if entry.valid_from else set()
            if entry.valid_to and entry.valid_to < date.max:
                turns.add(entry.valid_to + timedelta(days=1))
    return sorted(turns)
