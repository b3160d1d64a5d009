"""Comparison levels and their weights for rows without a usable number (tier C).

A weight is log2(m / u) of Fellegi and Sunter (1969): how much more often the level is seen between two records of one person
than between two of different persons. These weights are set from the field's arithmetic, not estimated: u of an equal name is
that of a common Han name (about 1 in 500), of an equal birth date about 1 in 250 within one name, of one visible digit what the
digit's place carries. They are conservative: a name alone, or a birth date alone, never reaches the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from datetime import date

ACCEPT = 14.0
"""Sum of weights from which a row is accepted at tier C: a name and a birth date, or a name and the telling digits."""

REVIEW = 12.0
"""Sum from which a row is worth a clerk's look (tier D)."""

NAME_EQUAL = 9.0
NAME_FORMER = 8.0
NAME_HOMOPHONE = 6.0
BIRTH_EQUAL = 8.0
BIRTH_DIFFERS = -6.0
SEX_EQUAL = 1.0
SEX_DIFFERS = -4.0
ONE_SLIP = 12.0
TAIL_LOST = 9.0
DIGITS_CONTRADICT = -10.0

_REGION, _BIRTH, _SERIAL = 0.7, 1.6, 3.0
"""Bits that a visible digit carries by its place: the region is shared by neighbours, the serial part by nobody."""


@dataclass(frozen=True, slots=True)
class Level:
    """What one comparison came to: a word for it, its weight, and, where the number is damaged, the repair that would match."""

    word: str
    weight: float
    repairs: bool = False


def compare_numbers(sent: str, number: str) -> Level:
    """A number that cannot be used as it stands against a person's full number (both in normal form)."""
    if not sent or not number:
        return Level("number_missing", 0.0)
    if "*" in sent:
        return _compare_masked(sent, number)
    if len(sent) == len(number) and sent[:15] == number[:15] and sent[15:] == "000":
        return Level("number_tail_lost", TAIL_LOST, repairs=True)
    if OSA.distance(sent, number, score_cutoff=1) <= 1:
        return Level("number_one_slip", ONE_SLIP, repairs=True)
    return Level("number_unlike", 0.0)


def _compare_masked(sent: str, number: str) -> Level:
    head, tail = sent[: sent.index("*")], sent[sent.rindex("*") + 1 :]
    if len(sent) == len(number):
        places = [i for i, c in enumerate(sent) if c != "*"]
        agree = all(sent[i] == number[i] for i in places)
    else:
        places = [*range(len(head)), *range(len(number) - len(tail), len(number))]
        agree = len(places) <= len(number) and number.startswith(head) and number.endswith(tail)
    if not agree:
        return Level("visible_digits_contradict", DIGITS_CONTRADICT)
    weight = sum(_REGION if i < 6 else _BIRTH if i < 14 else _SERIAL for i in places)
    return Level("visible_digits_agree", weight)


def compare_births(row: date | None, person: date | None) -> Level:
    """Birth dates; missing on either side says nothing."""
    if row is None or person is None:
        return Level("birth_missing", 0.0)
    return (
        Level("birth_equal", BIRTH_EQUAL)
        if row == person
        else Level("birth_differs", BIRTH_DIFFERS)
    )


def compare_sexes(row: str | None, person: str | None) -> Level:
    """Sexes; missing on either side says nothing."""
    if row is None or person is None:
        return Level("sex_missing", 0.0)
    return Level("sex_equal", SEX_EQUAL) if row == person else Level("sex_differs", SEX_DIFFERS)


def probability(weight: float, prior: float = -13.0) -> float:
    """Posterior probability of a sum of weights, with prior odds of about 1 in 8,000 (a township's people)."""
    return 1.0 / (1.0 + float(2.0 ** -(weight + prior)))
