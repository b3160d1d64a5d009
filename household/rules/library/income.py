"""Income limits (assessment §5 and §9). "Below" is strict; a limit per head and month is compared by multiplying it out."""

from __future__ import annotations

import polars as pl

from household.money import RATE, times_rate
from household.rules.rule import NOT_APPLICABLE, Rule, at_least, below

INCOME = pl.col("income")
_MONTHS = pl.col("income_window_months").cast(pl.Int128)
_HEADS = pl.col("persons").cast(pl.Int128)
_OPEN = pl.col("income_silent") | pl.col("support_unknown")
_N_SILENT = pl.col("n_silent")
STANDARD = pl.col("standard")
EDGE_LINE = times_rate(pl.col("standard"), pl.col("edge_multiple"))
YEARLY = pl.col("income_disposable_last_year")
PER_HEAD = pl.when(_HEADS > 0).then(INCOME // (_HEADS * _MONTHS))
"""Per head and month, floored to a unit: for show, never for a comparison."""


def _unruled(*needed: pl.Expr) -> pl.Expr:
    return pl.any_horizontal(
        pl.col("income_window_months").is_null(),
        pl.col("support_unruled"),
        *(n.is_null() for n in needed),
    )


def _per_head_below(limit: pl.Expr, value: pl.Expr = INCOME) -> pl.Expr:
    return below(
        value,
        limit * _HEADS * _MONTHS,
        no_rule=_unruled(limit),
        open_above=_OPEN,
        unsure=_N_SILENT,
    )


def _per_head_at_least(limit: pl.Expr) -> pl.Expr:
    return at_least(
        INCOME,
        limit * _HEADS * _MONTHS,
        no_rule=_unruled(limit),
        open_above=_OPEN,
        unsure=_N_SILENT,
    )


def _yearly_below() -> pl.Expr:
    """Per head and month x 12 below last year's disposable income."""
    return below(
        INCOME * 12,
        YEARLY * _HEADS * _MONTHS,
        no_rule=_unruled(YEARLY),
        open_above=_OPEN,
        unsure=_N_SILENT,
    )


def _shown(value: pl.Expr = INCOME) -> pl.Expr:
    return pl.when(_HEADS > 0).then(value // (_HEADS * _MONTHS))


DIBAO = Rule(
    "dibao.income",
    "人均月收入是否低于低保标准",
    _per_head_below(STANDARD),
    "income",
    unit="元/人月",
    measured=PER_HEAD,
    limit=STANDARD,
    parameters=("standard",),
    law="社会救助暂行办法 第九条",
)
EDGE_FLOOR = Rule(
    "dibao_edge.income_floor",
    "人均月收入是否不低于低保标准",
    _per_head_at_least(STANDARD),
    "income",
    unit="元/人月",
    measured=PER_HEAD,
    limit=STANDARD,
    parameters=("standard",),
    law="国办发〔2023〕39号",
)
EDGE = Rule(
    "dibao_edge.income",
    "人均月收入是否低于低保边缘标准",
    _per_head_below(EDGE_LINE),
    "income",
    unit="元/人月",
    measured=PER_HEAD,
    limit=EDGE_LINE,
    parameters=("edge.multiple", "standard"),
    law="国办发〔2023〕39号",
)
_CENTRAL_OUT = pl.col("income_central_out")
TEKUN = Rule(
    "tekun.income",
    "不计中央基础养老金的月收入是否低于低保标准",
    _per_head_below(STANDARD, _CENTRAL_OUT),
    "income",
    unit="元/人月",
    measured=_shown(_CENTRAL_OUT),
    limit=STANDARD,
    parameters=("standard",),
    law="民发〔2021〕43号 第六条",
)
_DEDUCTION = pl.col("rigid_method") == "deduction"
RIGID_YEARLY = Rule(
    "rigid.income",
    "人均年收入是否低于上年人均可支配收入",
    pl.when(_DEDUCTION).then(NOT_APPLICABLE).otherwise(_yearly_below()),
    "income",
    unit="元/人月",
    measured=PER_HEAD,
    limit=YEARLY // 12,
    parameters=("income.disposable_last_year",),
    law="民发〔2024〕57号",
)
RIGID_FLOOR = Rule(
    "rigid.income_floor",
    "人均月收入是否不低于低保标准",
    pl.when(_DEDUCTION).then(_per_head_at_least(STANDARD)),
    "income",
    unit="元/人月",
    measured=PER_HEAD,
    limit=STANDARD,
    parameters=("standard", "rigid.method"),
    law="地方规定:扣除法",
)
_SPENDING = pl.col("spending")
_SPENDING_OPEN = pl.col("spending_silent") | pl.col("fee_unknown")
_AFTER = INCOME - _SPENDING
_NOT_UNDER = _AFTER >= STANDARD * _HEADS * _MONTHS
RIGID_DEDUCTED = Rule(
    "rigid.deducted",
    "扣除刚性支出后人均月收入是否低于低保标准",
    pl.when(_DEDUCTION).then(
        below(
            _AFTER,
            STANDARD * _HEADS * _MONTHS,
            no_rule=_unruled(STANDARD),
            open_above=_OPEN,
            unsure=_N_SILENT | (_SPENDING_OPEN & (_NOT_UNDER | _unruled(STANDARD))),
        )
    ),
    "spending",
    unit="元/人月",
    measured=_shown(_AFTER),
    limit=STANDARD,
    parameters=("standard", "rigid.method"),
    law="地方规定:扣除法",
)
_SHARE = pl.col("rigid_ratio").cast(pl.Int128) * INCOME
_SPENT = _SPENDING * RATE
_REACHED = pl.when(pl.col("rigid_strict").fill_null(value=False)).then(_SPENT > _SHARE).otherwise(
    _SPENT >= _SHARE
) & (_SPENDING > 0)
_NO_RATIO = pl.any_horizontal(
    pl.col("rigid_ratio").is_null(), pl.col("rigid_method").is_null(), pl.col("support_unruled")
)
RIGID_RATIO = Rule(
    "rigid.ratio",
    "刚性支出占家庭收入之比是否达到规定比例",
    pl.when(_DEDUCTION)
    .then(NOT_APPLICABLE)
    .otherwise(
        # Reached stays reached when more spending may show, not when more income may; and the other way round.
        at_least(
            _REACHED.cast(pl.Int128),
            pl.lit(1, dtype=pl.Int128),
            no_rule=_NO_RATIO,
            open_above=_SPENDING_OPEN,
            # income and spending are those of the counted; without a ratio nobody knows on which side of it they lie
            unsure=_N_SILENT | (_OPEN & (_NO_RATIO | _REACHED)),
        )
    ),
    "spending",
    unit="比例",
    measured=pl.when(INCOME > 0).then(_SPENDING * 10**8 // INCOME),
    limit=pl.col("rigid_ratio").cast(pl.Int128) * RATE,
    parameters=("rigid.ratio", "rigid.strict", "rigid.method"),
    law="民发〔2024〕57号",
)
_EXEMPT = pl.col("draws_exempting")
TEMP_INCOME = Rule(
    "temp_expenditure.income",
    "人均年收入是否低于上年人均可支配收入",
    pl.when(_EXEMPT).then(NOT_APPLICABLE).otherwise(_yearly_below()),
    "income",
    unit="元/人月",
    measured=PER_HEAD,
    limit=YEARLY // 12,
    parameters=("income.disposable_last_year",),
    law="民发〔2018〕23号",
)
