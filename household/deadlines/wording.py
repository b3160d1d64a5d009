"""The sentence that a reader sees: the rule, the start, the due date, and what the records say of it. Nothing personal is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from datetime import date

    from household.deadlines.clocks import Clock

UNKNOWN_YEAR = "；该年节假日安排未公布，按周一至周五估算"
_NOTHING = pl.lit("")


def sentence(clock: Clock, as_of: date) -> pl.Expr:
    """text_zh of rows with the columns of FACTS, limit_n, due_on, latest_on, calendar_known and state."""
    remark = pl.when(pl.col("remark").is_not_null()).then(pl.format("；{}", "remark"))
    provisional = pl.when(pl.col("calendar_known").not_()).then(pl.lit(UNKNOWN_YEAR))
    parts = (
        pl.format(clock.rule_zh, "limit_n"),
        _start(clock),
        _due(),
        _outcome(as_of),
        remark.otherwise(_NOTHING),
        provisional.otherwise(_NOTHING),
    )
    return pl.concat_str(*parts)


def _start(clock: Clock) -> pl.Expr:
    day = pl.col("started_on")
    recorded = pl.format(f"；{clock.start_zh}：{{}}", day)
    taken = pl.format(f"；{clock.start_zh}日期未登记，按{clock.basis_zh}推定为{{}}", day)
    return (
        pl.when(day.is_null())
        .then(pl.lit(f"；{clock.start_zh}日期未登记"))
        .when("start_inferred")
        .then(taken)
        .otherwise(recorded)
    )


def _due() -> pl.Expr:
    due, latest = pl.col("due_on"), pl.col("latest_on")
    return (
        pl.when(due.is_null())
        .then(_NOTHING)
        .when(latest > due)
        .then(pl.format("；到期日{}，最迟{}", due, latest))
        .otherwise(pl.format("；到期日{}", due))
    )


def _outcome(as_of: date) -> pl.Expr:
    state, by = pl.col("state"), pl.col("done_by")
    inferred = pl.col("done_inferred")
    return (
        pl.when(state == "open")
        .then(pl.lit("；尚在期限内"))
        .when((state == "met") & inferred)
        .then(pl.format("；推定不晚于{}完成，未逾期", by))
        .when(state == "met")
        .then(pl.format("；{}完成，未逾期", by))
        .when((state == "overdue") & by.is_null())
        .then(pl.lit(f"；至{as_of}未完成，已逾期"))
        .when(state == "overdue")
        .then(pl.format("；{}完成，已逾期", by))
        .when(by.is_not_null() & inferred)
        .then(pl.format("；推定不晚于{}完成，是否按期无法判断，不作逾期认定", by))
        .when(by.is_not_null())
        .then(pl.format("；{}完成，是否按期无法判断，不作逾期认定", by))
        .when(pl.col("due_on").is_null())
        .then(pl.lit("；无法推算到期日，不作逾期认定"))
        .otherwise(pl.lit("；期限已过，完成情况未登记，不作逾期认定"))
    )
