"""Which pairs are looked at: those that share a block. A block too large to say anything is left out and told, never half done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.identity.repairs import repairs
from household.linkage.engine.mixing import joined, mixed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from household.linkage.engine.numbers import Numbers
    from household.linkage.engine.plan import Plan
    from household.linkage.engine.records import Records
    from household.linkage.engine.slips import Rows

MOST_PEOPLE = 300
"""People of one block value that a row is still compared with: more of them, and the block tells nobody from anybody."""

MOST_PAIRS = 60_000
"""Pairs of one block value."""

MOST_MASKS = 40
"""Different positions of stars that are blocked on, the commonest first."""


@dataclass(frozen=True)
class Pairs:
    """Pairs of lines: positions in the two record sets, and what was left out: block -> lines of rows that found it too large."""

    li: Rows
    ri: Rows
    crowded: dict[str, int]

    def __len__(self) -> int:
        return len(self.li)

    def some(self, which: slice | npt.NDArray[np.bool_]) -> Pairs:
        """Some of the pairs."""
        return Pairs(self.li[which], self.ri[which], self.crowded)


def block(rows: Records, people: Records, plan: Plan) -> Pairs:
    """Every pair that shares a block of the plan, or whose numbers could be one number, once."""
    found: list[npt.NDArray[np.int64]] = []
    crowded: dict[str, int] = {}
    for parts in plan.blocks:
        left = joined([rows.forms[part] for part in parts])
        right = joined([people.forms[part] for part in parts])
        pairs, lost = _join(left, right, len(people))
        found.append(pairs)
        if lost:
            crowded["+".join(parts)] = lost
    if plan.number is not None:
        found += _by_number(rows.coded[plan.number], people.coded[plan.number])
    together = np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
    return Pairs(together // max(len(people), 1), together % max(len(people), 1), crowded)


def _join(
    left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], width: int
) -> tuple[npt.NDArray[np.int64], int]:
    """Pairs of equal values (0 is none) as row * width + person, and how many rows had a value too common."""
    one = _values(left)
    other = _values(right).join(one.select("value").unique(), on="value", how="semi")
    counts = (
        other.group_by("value")
        .len("people")
        .join(one.group_by("value").len("rows"), on="value", how="inner")
    )
    wanted = (pl.col("people") <= MOST_PEOPLE) & (
        pl.col("people").cast(pl.Int64) * pl.col("rows") <= MOST_PAIRS
    )
    crowded = counts.filter(wanted.not_())
    if len(crowded):
        other = other.join(crowded, on="value", how="anti")
    pairs = one.join(other, on="value", how="inner").select(
        (pl.col("at") * width + pl.col("at_right")).alias("pair")
    )
    return pairs["pair"].to_numpy(), int(crowded["rows"].sum())


def _values(values: npt.NDArray[np.int64]) -> pl.DataFrame:
    at = np.flatnonzero(values)
    return pl.DataFrame({"at": at, "value": values[at]})


def _by_number(rows: Numbers, people: Numbers) -> Iterator[npt.NDArray[np.int64]]:
    """Pairs whose numbers could be one: a damaged number repaired, a masked one read where it is visible."""
    width = len(people.key)
    for find in (_repaired, _masked):
        row, person = find(rows, people)
        yield row * width + person
        person, row = find(people, rows)
        yield row * width + person


def _repaired(damaged: Numbers, sound: Numbers) -> tuple[Rows, Rows]:
    """Lines whose damaged number has a repair that is somebody's number."""
    at = np.flatnonzero((damaged.key == 0) & damaged.given & ~damaged.masked)
    offered = repairs(damaged.sent.gather(pl.Series(at)))
    found = offered.select(pl.Series(at).gather(offered["row"]).alias("at"), "key").unique()
    pairs = found.join(
        _values(sound.key), left_on="key", right_on="value", how="inner", suffix="_right"
    )
    return pairs["at"].to_numpy(), pairs["at_right"].to_numpy()


def _masked(hidden: Numbers, sound: Numbers) -> tuple[Rows, Rows]:
    """Lines of which the characters before and behind the stars are somebody's."""
    at = np.flatnonzero(hidden.masked & hidden.given)
    shapes = pl.DataFrame({"head": hidden.head[at], "tail": hidden.tail[at], "at": at})
    common = (
        shapes.group_by("head", "tail")
        .len()
        .sort(["len", "head", "tail"], descending=True)
        .head(MOST_MASKS)
    )
    left: list[npt.NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
    right: list[npt.NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
    whole = np.flatnonzero(sound.key)
    for head, tail, _ in common.iter_rows():
        if head + tail > 18:
            continue
        mine = shapes.filter(pl.col("head") == head, pl.col("tail") == tail)["at"].to_numpy()
        pairs, _lost = _join(
            _ends(hidden, mine, head, tail), _ends(sound, whole, head, tail), len(whole)
        )
        left.append(mine[pairs // max(len(whole), 1)])
        right.append(whole[pairs % max(len(whole), 1)])
    return np.concatenate(left), np.concatenate(right)


def _ends(numbers: Numbers, at: Rows, head: int, tail: int) -> npt.NDArray[np.int64]:
    """A whole number for the first `head` and the last `tail` characters."""
    ends = np.concatenate([numbers.text.front[at, :head], numbers.text.back[at, :tail]], axis=1)
    return mixed(ends) if ends.shape[1] else np.zeros(len(at), dtype=np.int64)
