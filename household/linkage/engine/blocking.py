"""Which pairs are looked at: those that share a block. A block too large to say anything is left out and told, never half done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.identity.repairs import repairs
from household.linkage.engine.limits import MOST_PAIRS, MOST_PEOPLE
from household.linkage.engine.mixing import joined
from household.linkage.engine.numbers import FEWEST_BITS, TELLING_BITS, visible_bits
from household.linkage.engine.slips import reversed_codes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from household.linkage.engine.numbers import Numbers
    from household.linkage.engine.plan import Plan
    from household.linkage.engine.records import Records
    from household.linkage.engine.slips import Rows, Texts

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
    number = plan.number
    with ThreadPoolExecutor(max_workers=2) as beside:
        by_number = beside.submit(
            lambda: [] if number is None else [*_by_number(rows, people, number)]
        )
        looked = list(beside.map(lambda parts: _share(rows, people, parts), plan.blocks))
        found = [pairs for pairs, _ in looked] + by_number.result()
    crowded = {"+".join(p): lost for p, (_, lost) in zip(plan.blocks, looked, strict=True) if lost}
    together = np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
    return Pairs(together // max(len(people), 1), together % max(len(people), 1), crowded)


def _share(
    rows: Records, people: Records, parts: tuple[str, ...]
) -> tuple[npt.NDArray[np.int64], int]:
    """Pairs that share one block, and how many rows found it too crowded."""
    both = [part for part in parts if ":" not in part]
    left = joined([rows.forms[part] for part in both])
    right = joined([people.forms[part] for part in both])
    for part in set(parts) - set(both):
        side, form = part.split(":")
        if side == "rows":
            left = np.where(rows.forms[form] != 0, left, 0)
        else:
            right = np.where(people.forms[form] != 0, right, 0)
    return _join(left, right, len(people))


def _join(
    left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], width: int
) -> tuple[npt.NDArray[np.int64], int]:
    """Pairs of equal values (0 is none) as row * width + person, and how many rows had a value too common."""
    one, other = _values(left), _values(right)
    counts = other.group_by("value").len("people")
    # rows whose value somebody has, with how many have it
    met = one.join(counts, on="value", how="inner")
    crowded = met["people"] > MOST_PEOPLE
    if int(met["people"].sum()) > MOST_PAIRS:
        alike = met.group_by("value").agg(pl.col("people").cast(pl.Int64).sum().alias("pairs"))
        many = alike.filter(pl.col("pairs") > MOST_PAIRS)["value"]
        crowded = crowded | met["value"].is_in(many.implode())
    lost = int(crowded.sum())
    if lost:
        met = met.filter(~crowded)
    pairs = met.join(other, on="value", how="inner").select(
        (pl.col("at") * width + pl.col("at_right")).alias("pair")
    )
    return pairs["pair"].to_numpy(), lost


def _values(values: npt.NDArray[np.int64]) -> pl.DataFrame:
    at = np.flatnonzero(values)
    return pl.DataFrame({"at": at, "value": values[at]})


def _by_number(rows: Records, people: Records, number: str) -> Iterator[npt.NDArray[np.int64]]:
    """Pairs whose numbers could be one: a damaged number repaired, a masked one read where it is visible."""
    width = len(people)
    left, right = rows.coded[number], people.coded[number]
    row, person = _repaired(left, right)
    yield row * width + person
    person, row = _repaired(right, left)
    yield row * width + person
    tied = (_tie(rows), _tie(people))
    row, person = _masked(left, right, *tied)
    yield row * width + person
    person, row = _masked(right, left, *tied[::-1])
    yield row * width + person


def _tie(records: Records) -> npt.NDArray[np.int64]:
    """What must agree beside few visible digits: how the name begins. 1 where there is no name."""
    begins = records.forms.get("name.surname", np.zeros(len(records), dtype=np.int64))
    return np.where(begins == 0, 1, begins)


def _repaired(damaged: Numbers, sound: Numbers) -> tuple[Rows, Rows]:
    """Lines whose damaged number has a repair that is somebody's number."""
    offered = repairs(damaged.damaged["text"])
    found = offered.select(damaged.damaged["at"].gather(offered["row"]).alias("at"), "key").unique()
    pairs = found.join(
        _values(sound.key), left_on="key", right_on="value", how="inner", suffix="_right"
    )
    return pairs["at"].to_numpy(), pairs["at_right"].to_numpy()


def _masked(
    hidden: Numbers,
    sound: Numbers,
    tie_hidden: npt.NDArray[np.int64],
    tie_sound: npt.NDArray[np.int64],
) -> tuple[Rows, Rows]:
    """Lines of which the characters before and behind the stars are somebody's; where they are few, of one surname."""
    bits = visible_bits(hidden.head, hidden.tail)
    enough = (bits >= FEWEST_BITS) & (hidden.head + hidden.tail <= 18)
    at = np.flatnonzero(hidden.masked & hidden.given & enough)
    shape = hidden.head[at] * 100 + hidden.tail[at]
    shapes, sizes = np.unique(shape, return_counts=True)
    left: list[Rows] = [np.zeros(0, dtype=np.int64)]
    right: list[Rows] = [np.zeros(0, dtype=np.int64)]
    whole = np.flatnonzero(sound.key)
    full = sound.text.front[whole, :18]
    for place in np.argsort(-sizes, kind="stable")[:MOST_MASKS]:
        head, tail = divmod(int(shapes[place]), 100)
        mine = at[shape == shapes[place]]
        ends = full[:, [*range(head), *range(18 - tail, 18)]]
        one, other = _ends(hidden.text, mine, head, tail), _as_number(ends)
        if bits[mine[0]] < TELLING_BITS:
            one, other = joined([one, tie_hidden[mine]]), joined([other, tie_sound[whole]])
        pairs, _lost = _join(one, other, len(whole))
        left.append(mine[pairs // max(len(whole), 1)])
        right.append(whole[pairs % max(len(whole), 1)])
    return np.concatenate(left), np.concatenate(right)


def _ends(texts: Texts, at: Rows, head: int, tail: int) -> npt.NDArray[np.int64]:
    """The first `head` and the last `tail` characters as one whole number; 0 where one of them is no digit."""
    back = reversed_codes(texts.front[at], texts.length[at], tail)[:, ::-1]
    return _as_number(np.concatenate([texts.front[at, :head], back], axis=1))


def _as_number(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Codes of digits and X as one whole number to the base 11, above 0; 0 where there is another character."""
    digits = codes.astype(np.int64) - 48
    digits[digits == ord("X") - 48] = 10
    powers = 11 ** np.arange(codes.shape[1], dtype=np.int64)
    return np.where(((digits >= 0) & (digits <= 10)).all(axis=1), digits @ powers + 1, 0)
