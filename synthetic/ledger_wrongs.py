"""Wrongs planted in the benefit ledgers.

Paid after death, benefits that exclude each other, shared and foreign accounts.

People are taken outside the rosters and outside the other recipients, so that every wrong stands
alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.benefits import grants_of
from synthetic.draws import Array, choose, codes

if TYPE_CHECKING:
    from synthetic.people import People

# code, programme and side of the first benefit, of the second
PAIRS: tuple[tuple[str, str, str | None, str, str | None], ...] = (
    ("U01", "dibao", None, "dibao", None),
    ("U02", "dibao", "urban", "dibao", "rural"),
    ("U03", "dibao", None, "tekun", None),
    ("U04", "tekun", None, "orphan", None),
    ("U05", "tekun", None, "disability_care", None),
    ("U06", "orphan", None, "disability_living", None),
    ("U08", "single_person", None, "dibao", None),
    ("U12", "tekun", None, "tekun", None),
    ("U07", "de_facto_orphan", None, "disability_living", None),
)
OWN_HOUSEHOLD = ("U01", "U02", "U12")
"""The second benefit stands under a household number of its own."""
SINGLE = (("H05", "disability_care"), ("H06", "old_age"), ("O04", "dibao"), ("U13", "dibao"))
"""Wrongs of one running benefit each, and what is drawn; what is wrong about it is made by `recipient_wrongs`."""
BEYOND_LIMITS = ("T02", "T04", "T05")
MINOR = 16
HAND_OVER = (
    "hand_over"  # not a wrong: the month in which one dibao ends and the next begins is shared
)


@dataclass(frozen=True, slots=True)
class LedgerWrongs:
    """Rows to add to the recipients, each with its `code`, and who is free for further wrongs."""

    recipients: pl.DataFrame
    dead: Array
    sharing: Array  # pairs: rows 2i and 2i+1 get one account (A01)
    foreign: Array  # an account holder from elsewhere (A02)
    repeated: Array  # heads with two grants of one cause (T01)
    heads: dict[str, Array]  # heads with grants beyond a local limit, by code

    def people_of(self, code: str) -> Array:
        """Distinct people of a code."""
        mine: Array = (
            self.recipients.filter(pl.col("code") == code)["_p"].unique().sort().to_numpy()
        )
        return mine


def draw_ledger_wrongs(
    rng: np.random.Generator, people: People, *, taken: Array, each: int, obliged: Array
) -> LedgerWrongs:
    """`each` people for every code, from the people not `taken`; `obliged` draw tekun although an obligor can support them (D04)."""
    pool = np.setdiff1d(people.adults(19, 79), taken)
    # one wrong a household: accounts and grants are counted by household
    _, first = np.unique(people.households.household[pool], return_index=True)
    pool = rng.permutation(pool[first])
    cursor = 0

    def take(count: int) -> Array:
        nonlocal cursor
        cursor += count
        return pool[cursor - count : cursor]

    parts = []
    for code, one, one_side, two, two_side in PAIRS:
        person = take(each)
        parts.append(
            _pair(rng, people, person=person, code=code, pair=((one, one_side), (two, two_side)))
        )
    parts.append(_hand_over(people, take(each)))
    parts += [
        _rows(people, take(each), code=code, programme=programme, since=30)
        for code, programme in SINGLE
    ]
    parts.append(_rows(people, obliged, code="D04", programme="tekun", since=30))
    parts += _grown_up(people, taken=np.union1d(taken, pool), each=each)
    late = people.as_of - people.died
    recent = (late > np.timedelta64(80, "D")) & (late < np.timedelta64(330, "D"))
    gone = np.flatnonzero(recent & (people.age >= 60))
    dead = rng.permutation(np.setdiff1d(gone, taken))[: 2 * each]
    for person, code in ((dead, "D02"), (take(2 * each), "A01"), (take(each), "A02")):
        parts.append(_rows(people, person, code=code, programme="dibao", since=40))
    recipients = pl.concat(parts)
    return LedgerWrongs(
        recipients=recipients,
        dead=dead,
        sharing=np.flatnonzero((recipients["code"] == "A01").to_numpy()),
        foreign=np.flatnonzero((recipients["code"] == "A02").to_numpy()),
        repeated=take(each),
        heads={code: take(each) for code in BEYOND_LIMITS},
    )


def _grown_up(people: People, *, taken: Array, each: int) -> list[pl.DataFrame]:
    """Tekun that began at sixteen, drawn by people who are of age (H04)."""
    parts = []
    for age in (18, 19):
        of_age = np.setdiff1d(people.adults(age, age), taken)[: -(-each // 2)]
        parts.append(_rows(people, of_age, code="H04", programme="tekun", since=12 * (age - MINOR)))
    return parts


def _pair(
    rng: np.random.Generator,
    people: People,
    *,
    person: Array,
    code: str,
    pair: tuple[tuple[str, str | None], tuple[str, str | None]],
) -> pl.DataFrame:
    """Two running benefits (programme, side) that began at different times.

    Of OWN_HOUSEHOLD the second stands under a household number of its own.
    """
    (one, one_side), (two, two_side) = pair
    earlier, later = int(rng.integers(20, 40)), int(rng.integers(4, 15))
    first = _rows(people, person, code=code, programme=one, since=earlier, side=one_side)
    second = _rows(people, person, code=code, programme=two, since=later, side=two_side)
    if code in OWN_HOUSEHOLD:
        second = second.with_columns(household_no=codes("JT9", person, width=6))
    return pl.concat([first, second])


def _hand_over(people: People, person: Array) -> pl.DataFrame:
    """A dibao that ended in the month in which the next began."""
    return pl.concat(
        [
            _rows(people, person, code=HAND_OVER, programme="dibao", since=30, until=8),
            _rows(people, person, code=HAND_OVER, programme="dibao", since=8),
        ]
    )


def _rows(
    people: People,
    person: Array,
    *,
    code: str,
    programme: str,
    since: int,
    until: int | None = None,
    side: str | None = None,
) -> pl.DataFrame:
    """Recipient rows that began `since` months ago and ended `until` months ago, or run."""
    this_month = people.as_of.astype("datetime64[M]")
    ended = None if until is None else (this_month - until).astype("datetime64[D]")
    count = len(person)
    return pl.DataFrame(
        {
            "_p": person,
            "_h": people.households.household[person],
            "programme": [programme] * count,
            "began": np.full(count, (this_month - since).astype("datetime64[D]")),
            "ended": [None if ended is None else ended.item()] * count,
            "urban_rural": [side] * count,
            "household_no": [None] * count,
            "code": [code] * count,
        },
        schema={
            "_p": pl.Int64,
            "_h": pl.Int64,
            "programme": pl.String,
            "began": pl.Date,
            "ended": pl.Date,
            "urban_rural": pl.String,
            "household_no": pl.String,
            "code": pl.String,
        },
    )


def review_long_ago(
    ledger: pl.DataFrame, wrongs: LedgerWrongs, *, as_of: np.datetime64
) -> pl.DataFrame:
    """The ledger in which nobody of O04 was reviewed of late: a review may change what is due."""
    short = pl.col("_p").is_in(pl.Series(wrongs.people_of("O04")).implode())
    latest = pl.lit(as_of - 200).cast(pl.Date)
    reviewed = pl.min_horizontal("last_reviewed_on", latest)
    return ledger.with_columns(
        pl.when(short).then(reviewed).otherwise("last_reviewed_on").alias("last_reviewed_on")
    )


def spoil_accounts(ledger: pl.DataFrame, wrongs: LedgerWrongs, *, first_row: int) -> pl.DataFrame:
    """The ledger with the planted accounts.

    The wrongs' rows stand from `first_row` on, in their order.
    """
    sharing, foreign = wrongs.sharing + first_row, wrongs.foreign + first_row
    numbers, holders = ledger["account_no"].clone(), ledger["account_holder"].clone()
    if len(sharing):
        numbers = numbers.scatter(sharing[1::2], numbers.gather(sharing[::2]))
    if len(foreign):
        holders = holders.scatter(foreign, "代领人" + pl.Series(foreign).cast(pl.String))
    return ledger.with_columns(account_no=numbers, account_holder=holders)


def repeated_grants(rng: np.random.Generator, people: People, *, person: Array) -> pl.DataFrame:
    """Two grants of one cause within a year, a household each."""
    household = people.households.household[person]
    cause = choose(rng, ["illness"], count=len(person))
    first = people.as_of - rng.integers(250, 340, len(person))
    again = people.as_of - rng.integers(30, 120, len(person))
    return pl.concat(
        [
            grants_of(rng, people, person=person, household=household, paid=first, cause=cause),
            grants_of(rng, people, person=person, household=household, paid=again, cause=cause),
        ]
    )
