"""How rigid spending is told: against income, after deduction, and against the threshold of a class of temporary assistance."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from household.money import RATE
from household.rules.library import income, temporary
from household.rules.parameters import PARAMETERS
from household.telling.ground import amount_text
from household.telling.incomes import (
    INCOME_WAITS,
    KNOWN_HEADS,
    after_spending,
)
from household.telling.lacking import FEE
from household.telling.telling import SUPPORT, WINDOW, Telling, Wanted, wants
from household.telling.waiting import waiting_column
from household.telling.words import (
    at_least,
    beyond,
    named,
    near_yuan,
    only,
    percent,
    told,
    yuan_text,
)

_SPENDING = pl.col("spending")
SPENDING_WAITS = (waiting_column("spending_silent"), FEE)


def _deducted() -> Telling:
    """Spending that is not known only lowers what is left: it can turn a fail."""
    telling = after_spending((*INCOME_WAITS, *SPENDING_WAITS))
    over = (
        income.INCOME
        - _SPENDING
        - income.STANDARD
        * pl.col("persons").cast(pl.Int128)
        * pl.col("income_window_months").cast(pl.Int128)
    )
    enough = (
        pl.when(over == 0)
        .then(pl.lit("刚性支出另有任何一笔"))
        .otherwise(pl.format("刚性支出另有超过{}元", beyond(over)))
    )
    more = (
        pl.when(KNOWN_HEADS & (over >= 0))
        .then(pl.format("{}查实则通过", enough))
        .otherwise(telling.more)
    )
    turns = pl.format("{}查实，或计入的收入经核实有误，本项才转为通过", enough)
    return replace(telling, turns=turns, more=more)


def _ratio() -> Telling:
    """Spending x 10⁴ against the share x income, as the rule has it."""
    share = pl.col("rigid_ratio").cast(pl.Int128) * income.INCOME
    spent = _SPENDING * RATE
    strict = pl.col("rigid_strict").fill_null(value=False)
    needed = pl.when(share > 0).then(0 - (0 - share) // RATE).otherwise(pl.lit(0, dtype=pl.Int128))
    lacking = needed - _SPENDING
    reached = pl.when(strict).then(spent > share).otherwise(spent >= share) & (_SPENDING > 0)
    word = pl.when(strict).then(pl.lit("须超过")).otherwise(pl.lit("须达到"))
    measured = (
        pl.when(income.INCOME > 0)
        .then(
            pl.format(
                "刚性支出{}元÷核算期收入{}元={}",
                amount_text("spending"),
                amount_text("income"),
                percent(_SPENDING * RATE // income.INCOME),
            )
        )
        .otherwise(
            pl.format(
                "刚性支出{}元，核算期收入{}元", amount_text("spending"), amount_text("income")
            )
        )
    )
    how = told(measured, pl.format("{}{}", word, percent(pl.col("rigid_ratio"))), between="，")
    short = (
        pl.when((lacking < 0) | ((lacking == 0) & (strict | (_SPENDING == 0))))
        .then(pl.lit("任何一笔"))
        .when(strict)
        .then(pl.format("超过{}元", beyond(lacking)))
        .otherwise(pl.format("至少{}元", at_least(lacking)))
    )
    room = pl.when(pl.col("rigid_ratio") > 0).then(
        spent // pl.col("rigid_ratio").cast(pl.Int128) - income.INCOME
    )
    return Telling(
        how,
        turns=pl.format(
            "刚性支出另有{}查实（医疗结算、学籍或支出票据），或计入的收入经核实有误，本项才转为通过",
            short,
        ),
        waits=(*INCOME_WAITS, *SPENDING_WAITS),
        more=only(
            KNOWN_HEADS,
            pl.when(reached)
            .then(pl.format("核算期家庭收入再增加超过{}元则不通过，否则通过", beyond(room)))
            .otherwise(pl.format("刚性支出再查实{}则通过", short)),
        ),
        wanted=(wants("rigid.ratio"), wants("rigid.method"), WINDOW, *SUPPORT),
    )


def _threshold() -> Telling:
    name, threshold = pl.col("class_name"), pl.col("class_threshold")
    gap = (
        pl.when(threshold < _SPENDING).then(_SPENDING - threshold).otherwise(threshold - _SPENDING)
    )
    rate = (
        pl.when(pl.col("class_rate").is_not_null())
        .then(pl.format("，超出部分按{}救助", percent(pl.col("class_rate"))))
        .otherwise(
            pl.format(
                "，超出部分按{}至{}救助，由审核确认机关在幅度内确定",
                percent(pl.col("class_rate_min")),
                percent(pl.col("class_rate_max")),
            )
        )
        .fill_null("")
    )
    cap = pl.format("，封顶{}元", yuan_text(pl.col("class_cap"))).fill_null("")
    how = pl.format(
        "刚性支出{}元，按{}类起付线{}元，{}{}元{}{}",
        amount_text("spending"),
        name,
        yuan_text(threshold),
        pl.when(threshold < _SPENDING).then(pl.lit("超过")).otherwise(pl.lit("未超过，相差")),
        near_yuan(gap),
        rate,
        cap,
    )
    table = named(PARAMETERS["temp.class_table"])
    by_income = pl.col("has_table") & pl.col("drawn_class").is_null()
    no_class = Wanted(
        "class",
        pl.col("has_table") & name.is_not_null() & threshold.is_null(),
        pl.format("{}中的{}类", pl.lit(table), name),
    )
    return Telling(
        pl.coalesce(how, pl.format("刚性支出{}元", amount_text("spending"))),
        turns=pl.format(
            "刚性支出另有超过{}元查实（医疗结算、学籍或支出票据），本项才转为通过", beyond(gap)
        ),
        waits=(
            only(pl.col("class_unknown"), pl.lit("所属类别按人均收入确定，收入或人口尚不完整")),
            only(pl.col("class_unknown"), told(*INCOME_WAITS)),
            *SPENDING_WAITS,
        ),
        more=only(
            pl.col("class_unknown").not_() & (threshold >= _SPENDING),
            pl.format("刚性支出再查实超过{}元则通过，否则不通过", beyond(gap)),
        ),
        wanted=(
            Wanted("temp.class_table", pl.col("has_table").is_null(), pl.lit(table)),
            no_class,
            wants("temp.low_income_multiple", when=by_income),
            Wanted(
                "standard", by_income & pl.col("standard").is_null(), pl.col("text:standard_key")
            ),
            wants("income.window_months", when=by_income),
            *SUPPORT,
        ),
    )


SPENDINGS: dict[str, Telling] = {
    income.RIGID_DEDUCTED.rule_id: _deducted(),
    income.RIGID_RATIO.rule_id: _ratio(),
    temporary.THRESHOLD.rule_id: _threshold(),
}
