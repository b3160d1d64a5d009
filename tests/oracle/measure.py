"""A measured amount with what is known about it, and a parameter as an exact number. Only this vocabulary lives here."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Measure:
    """`amount` is what was seen. `may_be_higher`: a source is silent or a value lacks. `missing`: a parameter lacks."""

    amount: Fraction
    may_be_higher: bool = False
    missing: bool = False


def fraction(value: object) -> Fraction | None:
    """A parameter as an exact number."""
    return None if value is None else Fraction(str(value))
