"""How income is told against its limits: what the window holds, per head and month, and how far from the line, also in the window's total."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from household.rules.library import income
from household.telling.ground import amount_text
from household.telling.lacking import SUPPORT as SUPPORT_LACKS
from household.telling.telling import STANDARD, SUPPORT, WINDOW, Telling, Wanted, wants
from household.telling.waiting import waiting_column
from household.telling.words import (
    at_least,
    near_yuan,
    only,
    rate_text,
    told,
    yuan_text,
)

HEADS = pl.format("{}（关系计入人数）", waiting_column("n_silent"))
INCOME_WAITS = (HEADS, waiting_column("income_silent"), SUPPORT_LACKS)
_COUNT = pl.col("persons").cast(pl.Int128)
_MONTHS = pl.col("income_window_months").cast(pl.Int128)
KNOWN_HEADS = pl.col("n_silent").not_()

_NET = (
    pl.when((pl.col("income_work_cost_rate") > 0) & pl.col("has_wage"))
    .then(pl.lit("（扣除就业成本后）"))
    .otherwise(pl.lit(""))
)
_IN_WINDOW = pl.format("核算期收入{}{}元", _NET, amount_text("income"))
_WITHOUT_CENTRAL = pl.format(
    "核算期收入{}{}元（不计中央基础养老金）", _NET, amount_text("income_central_out")
)
_AFTER_SPENDING = pl.format(
    "（核算期收入{}{}元－刚性支出{}元）", _NET, amount_text("income"), amount_text("spending")
)
_STANDARD_TEXT = pl.format("低保标准{}元", amount_text("standard"))
_EDGE_TEXT = pl.format(
    "低保边缘标准{}元（低保标准{}元×{}）",
    yuan_text(income.EDGE_LINE),
    amount_text("standard"),
    rate_text(pl.col("edge_multiple")),
)
_YEARLY_TEXT = pl.format(
    "上年人均可支配收入{}元÷12={}元",
    amount_text("income_disposable_last_year"),
    yuan_text(income.YEARLY // 12),
)
_FLOOR_FAILS = "未达低保标准的家庭按最低生活保障核对；"


@dataclass(frozen=True)
class _Held:
    """What is held against what. `times`: by how much both sides are multiplied, so that nothing is divided."""

    value: pl.Expr
    value_text: pl.Expr
    limit: pl.Expr
    limit_text: pl.Expr
    wanted: tuple[Wanted, ...]
    times: int = 1
    floor: bool = False

    @property
    def over(self) -> pl.Expr:
        """Value less limit in the window's total, times `times`."""
        return self.value * self.times - self.limit * _COUNT * _MONTHS


def _per_head(held: _Held, *, waits: tuple[str | pl.Expr, ...] = INCOME_WAITS) -> Telling:
    over = held.over
    gap = pl.when(over < 0).then(0 - over).otherwise(over)
    total, head = gap // held.times, gap // (held.times * _COUNT * _MONTHS)
    side = pl.when(over > 0).then(pl.lit("高")).otherwise(pl.lit("低"))
    apart = pl.format(
        "比标准{}{}元/月（核算期合计{}{}元）", side, near_yuan(head), side, near_yuan(total)
    )
    how_far = pl.when(over == 0).then(pl.lit("恰等于标准")).otherwise(apart)
    measured = pl.format(
        "{}÷{}个月÷{}人=人均{}元/月",
        held.value_text,
        "income_window_months",
        "persons",
        yuan_text(held.value // (_COUNT * _MONTHS)),
    )
    how = told(measured, held.limit_text, how_far, between="，")
    waiting = KNOWN_HEADS & (over < 0)
    if held.floor:
        return Telling(
            how,
            turns=pl.format(
                _FLOOR_FAILS + "核算期家庭收入另有至少{}元查实，本项才转为通过", at_least(total)
            ),
            waits=waits,
            more=only(
                waiting,
                pl.format("核算期家庭收入再查实至少{}元则通过，否则不通过", at_least(total)),
            ),
            wanted=held.wanted,
        )
    wrong = pl.format(
        "核算期家庭收入超出{}元（人均{}元/月）：计入的收入中有超过此数的部分经核实有误，本项才转为通过",
        near_yuan(total),
        near_yuan(head),
    )
    level = pl.lit("收入须低于标准，现恰好相等：计入的收入经核实有任何减少，本项即转为通过")
    return Telling(
        how,
        turns=pl.when(over == 0).then(level).otherwise(wrong) + "；" + CONTEST,
        waits=waits,
        more=only(
            waiting, pl.format("核算期家庭收入再增加至少{}元则不通过，否则通过", at_least(total))
        ),
        wanted=held.wanted,
    )


CONTEST = "当事人可就证据行提出异议并举证"

_BY_STANDARD = (STANDARD, WINDOW, *SUPPORT)
_DIBAO = _Held(income.INCOME, _IN_WINDOW, income.STANDARD, _STANDARD_TEXT, _BY_STANDARD)
_FLOOR = _Held(income.INCOME, _IN_WINDOW, income.STANDARD, _STANDARD_TEXT, _BY_STANDARD, floor=True)
_YEARLY = _Held(
    income.INCOME,
    _IN_WINDOW,
    income.YEARLY,
    _YEARLY_TEXT,
    (wants("income.disposable_last_year"), WINDOW, *SUPPORT),
    times=12,
)
_EDGE = _Held(
    income.INCOME,
    _IN_WINDOW,
    income.EDGE_LINE,
    _EDGE_TEXT,
    (wants("edge.multiple"), *_BY_STANDARD),
)
_TEKUN = _Held(
    pl.col("income_central_out"),
    _WITHOUT_CENTRAL,
    income.STANDARD,
    _STANDARD_TEXT,
    _BY_STANDARD,
)
_AFTER = _Held(
    income.INCOME - pl.col("spending"),
    _AFTER_SPENDING,
    income.STANDARD,
    _STANDARD_TEXT,
    _BY_STANDARD,
)

INCOMES: dict[str, Telling] = {
    income.DIBAO.rule_id: _per_head(_DIBAO),
    income.EDGE_FLOOR.rule_id: _per_head(_FLOOR),
    income.EDGE.rule_id: _per_head(_EDGE),
    income.TEKUN.rule_id: _per_head(_TEKUN),
    income.RIGID_YEARLY.rule_id: _per_head(_YEARLY),
    income.RIGID_FLOOR.rule_id: _per_head(_FLOOR),
    income.TEMP_INCOME.rule_id: _per_head(_YEARLY),
}


def after_spending(waits: tuple[str | pl.Expr, ...]) -> Telling:
    """Income less rigid spending, per head and month, against the standard."""
    return _per_head(_AFTER, waits=waits)
