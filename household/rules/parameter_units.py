"""The unit of every number in a pack, and the range outside which it is surely a slip: fen for yuan, percent for a share, a year for a month.

Ranges are generous on purpose: they catch units, they do not judge policy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from household.rules.parameters import Meaning

if TYPE_CHECKING:
    from household.rules.parameters import Parameter

_FEN = (Decimal("0.01"), "似乎写成了分")
_TEN_THOUSANDS = (Decimal(10_000), "似乎写成了万元")
_PERCENT = (Decimal("0.01"), "似乎写成了百分数")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with the plausible range of its values.

    Attributes:
        name: as people say it. least, most: both belong to the range.
        slips: factor and guess: a value that the factor brings into the range was probably meant so.
    """

    name: str
    least: Decimal
    most: Decimal
    slips: tuple[tuple[Decimal, str], ...] = ()
    nought: bool = False

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies in the range."""
        return self.least <= value <= self.most or (self.nought and value == 0)

    def doubt(self, value: Decimal) -> str:
        """What is wrong with a value outside the range, with the unit that was probably meant; empty for one inside."""
        if self.holds(value):
            return ""
        told = f"{value:f} 不在合理范围 {self.least:f}～{self.most:f} {self.name}之内"
        if value < 0:
            return f"{told}（不能为负）"
        meant = [guess for factor, guess in self.slips if self.holds(value * factor)]
        return f"{told}，{meant[0]}" if meant else told


def _unit(name: str, least: str, most: str, *slips: tuple[Decimal, str]) -> Unit:
    return Unit(name, Decimal(least), Decimal(most), slips)


SHARE = _unit("（比例，0.3 即三成）", "0", "1", _PERCENT)
TIMES = _unit("倍", "0", "100", _PERCENT)
YUAN_MONTH = _unit(
    "元/月", "50", "20000", _FEN, _TEN_THOUSANDS, (1 / Decimal(12), "似乎写成了一年的数")
)
YUAN_YEAR = _unit(
    "元/年", "1000", "1000000", _TEN_THOUSANDS, (Decimal(12), "似乎写成了一个月的数"), _FEN
)
LIMIT = replace(_unit("元", "100", "10000000", _TEN_THOUSANDS, _FEN), nought=True)
YUAN = _unit("元", "0", "10000000", _FEN)
MONTHS = _unit("个月", "1", "120")
DAYS = _unit("天", "0", "3650")

UNITS: tuple[tuple[str, Unit], ...] = (
    ("standard.*", YUAN_MONTH),
    ("tekun.basic", YUAN_MONTH),
    ("tekun.care_*", YUAN_MONTH),
    ("wage.minimum", YUAN_MONTH),
    ("income.disposable_last_year", YUAN_YEAR),
    ("income.farm_yuan_per_mu", _unit("元/亩", "0", "20000", _FEN)),
    ("*asset.*_cap*", LIMIT),
    ("signal.outflow", LIMIT),
    ("temp.special_case_cap", LIMIT),
    ("temp.township_limit", LIMIT),
    ("temp.yearly_cap", LIMIT),
    ("child.de_facto_basic", YUAN_MONTH),
    ("*asset.financial_months", _unit("个月的低保标准", "0", "120")),
    ("*asset.home_area_per_head", _unit("平方米/人", "1", "1000")),
    ("*asset.home_max", _unit("套", "0", "20")),
    ("*_age", _unit("周岁", "1", "120")),
    ("*multiple*", TIMES),
    ("*_rate", SHARE),
    ("*.rate", SHARE),
    ("*_share", SHARE),
    ("*_floor", SHARE),
    ("*_least", _unit("件", "1", "100000")),
    ("*.rate_range", SHARE),
    ("rigid.ratio", SHARE),
    ("*months*", MONTHS),
    ("*_wd*", _unit("个工作日", "0", "250")),
    ("*_hours", _unit("小时", "1", "720")),
    ("*_by_day", _unit("日（每月几号）", "1", "31")),
    ("*_days", DAYS),
)
"""First match by name."""

_BY_MEANING = {Meaning.MONEY: YUAN, Meaning.RATE: TIMES, Meaning.COUNT: DAYS, Meaning.RANGE: SHARE}


def unit_of(parameter: Parameter) -> Unit | None:
    """The unit of a parameter that is a number, by its name, else by what its value is; None for the others."""
    if parameter.meaning not in _BY_MEANING:
        return None
    named = (unit for pattern, unit in UNITS if fnmatchcase(parameter.key, pattern))
    return next(named, _BY_MEANING[parameter.meaning])
