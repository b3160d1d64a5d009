"""The same households judged twice: who changes, in which direction, by which rule, and what that costs.

Frames in, frames out; where the two judgements come from is not known here. Unknown is never zero: a suggestion that waits for
something costs an amount that nobody knows, and is counted beside the sums. What is certain to be paid to a household that does not
qualify is nothing; that alone is nought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.rules.answers import ANSWERS_SCHEMA
from household.schema.compared import (
    BESIDE,
    CHANGES,
    COUNTS,
    GAIN,
    KEY,
    LOSS,
    MONTH,
    ONCE,
    OTHER,
    SAME,
    SUMMARY,
    SUMS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

PAID: dict[str, str] = {
    "dibao": MONTH,
    "rigid": MONTH,
    "temp_expenditure": ONCE,
    "temp_emergency": ONCE,
}
"""How a programme's amount is paid. A suggestion of the others carries no amount."""

COMPARED = tuple(CHANGES.polars_schema())[: tuple(CHANGES.polars_schema()).index("rule_id")]
"""Columns of CHANGES that say what changes; those after them say by which rule."""

_DECIDED = ("eligible", "ineligible")
_MONEY = pl.Decimal(18, 2)
_SIDES = ("before", "after")


def compare_verdicts(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Both judgements side by side, one row an application and programme.

    Args:
        before, after: columns of `household_verdict`, of the same applications.

    Returns:
        COMPARED; `direction` may be SAME.
    """
    kept = ("suggestion", "amount", "certain", "persons_counted")
    eligible = after.filter(suggestion="eligible").sort(KEY)
    qualifies = eligible.group_by("application_id").agg(pl.col("programme").alias("eligible_for"))
    sides = after.select(*KEY, *(pl.col(name).alias(f"{name}_after") for name in kept))
    both = before.join(sides, on=KEY, how="inner", validate="1:1").rename(
        {"suggestion": "before", "suggestion_after": "after", "amount": "amount_before"}
    )
    return (
        both.join(qualifies, on="application_id", how="left")
        .with_columns(
            pl.col("eligible_for").fill_null([]),
            _direction().alias("direction"),
            (_due("after") - _due("before")).cast(_MONEY).alias("amount_change"),
            _paid().alias("paid"),
            pl.coalesce("persons_counted_after", "persons_counted").alias("persons_counted"),
            pl.col("certain_after").alias("certain"),
        )
        .select(COMPARED)
    )


def _direction() -> pl.Expr:
    """Gain and loss lie between known suggestions: what moves into or out of doubt is neither."""
    was, now = pl.col("before") == "eligible", pl.col("after") == "eligible"
    decided = pl.col("before").is_in(_DECIDED) & pl.col("after").is_in(_DECIDED)
    more = (pl.col("amount_after") > pl.col("amount_before")).fill_null(value=False)
    less = (pl.col("amount_after") < pl.col("amount_before")).fill_null(value=False)
    unmoved = (pl.col("before") == pl.col("after")) & pl.col("amount_before").eq_missing(
        pl.col("amount_after")
    )
    return (
        pl.when(unmoved)
        .then(pl.lit(SAME))
        .when(decided & ((was.not_() & now) | (was & now & more)))
        .then(pl.lit(GAIN))
        .when(decided & ((was & now.not_()) | (was & now & less)))
        .then(pl.lit(LOSS))
        .otherwise(pl.lit(OTHER))
    )


def _due(side: str) -> pl.Expr:
    """What a household is due: its amount, nothing where it does not qualify, null where nobody knows."""
    nothing = pl.lit(0, dtype=_MONEY)
    no_claim = (pl.col(side) == "ineligible") & pl.col("programme").is_in(list(PAID))
    return pl.when(no_claim).then(nothing).otherwise(f"amount_{side}")


def changes_of(compared: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The rows that change (CHANGES), each with the first rule that turned.

    Args:
        compared: see `compare_verdicts`. before, after: answers of the rules (`answers.ANSWERS_SCHEMA`), of the changed ones at least.
    """
    moved = compared.filter(pl.col("direction") != SAME)
    told = moved.join(_first_turned(before, after), on=KEY, how="left")
    wanted = CHANGES.polars_schema()
    return told.select(pl.col(n).cast(t) for n, t in wanted.items()).sort(CHANGES.sort_by)


def _first_turned(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The first rule whose outcome differs; where none does, the first of which one side only is certain."""
    told = ("outcome", "certain", "measured", "limit_value")
    sides = [
        frame.select(
            *KEY,
            "rule_id",
            pl.col("seq").cast(ANSWERS_SCHEMA["seq"]).alias(f"seq_{side}"),
            *(pl.col(name).cast(ANSWERS_SCHEMA[name]).alias(f"{name}_{side}") for name in told),
        )
        for side, frame in (("before", before), ("after", after))
    ]
    both = sides[0].join(sides[1], on=[*KEY, "rule_id"], how="full", coalesce=True)
    turned = pl.col("outcome_before").ne_missing(pl.col("outcome_after"))
    doubted = pl.col("certain_before").ne_missing(pl.col("certain_after"))
    return (
        both.with_columns(
            pl.when(turned).then(0).when(doubted).then(1).alias("rank"),
            pl.coalesce("seq_after", "seq_before").alias("seq"),
        )
        .filter(pl.col("rank").is_not_null())
        .sort(*KEY, "rank", "seq", "rule_id")
        .unique(KEY, keep="first", maintain_order=True)
        .rename({"limit_value_before": "limit_before", "limit_value_after": "limit_after"})
    )


def summarise(compared: pl.DataFrame) -> pl.DataFrame:
    """Counts and sums by region, programme, whether it was asked for, and direction (SUMMARY), from `compare_verdicts`."""
    grouped = compared.group_by(SUMMARY.key).agg(
        pl.len().alias("applications"),
        pl.col("persons_counted").sum().alias("persons"),
        pl.col("persons_counted").is_null().sum().alias("persons_unknown"),
        *((pl.col(side) == "eligible").sum().alias(f"eligible_{side}") for side in _SIDES),
        *(_due(side).sum().alias(f"due_{side}") for side in _SIDES),
        *(_unpriced(side).sum().alias(f"unpriced_{side}") for side in _SIDES),
        *(pl.col(side).is_in(_DECIDED).not_().sum().alias(f"open_{side}") for side in _SIDES),
    )
    paid = _paid()
    told = grouped.with_columns(
        pl.when(paid == how).then(f"due_{side}").alias(f"{how}_{side}")
        for how in (MONTH, ONCE)
        for side in _SIDES
    )
    wanted = SUMMARY.polars_schema()
    return (
        told.with_columns(_differences())
        .select(pl.col(name).cast(dtype) for name, dtype in wanted.items())
        .sort(SUMMARY.sort_by)
    )


def totals(summary: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """A summary added up by some of its keys or other columns beside them; without any, one row of everything.

    A sum is null where nothing in it is paid in that way.
    """
    added = [
        *(pl.col(name).sum() for name in (*COUNTS, *BESIDE)),
        *(
            pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
            for name in SUMS
            if not name.endswith("_change")
        ),
    ]
    told = summary.group_by(by).agg(added).sort(by) if by else summary.select(added)
    wanted = SUMMARY.polars_schema()
    return told.with_columns(_differences()).select(
        *by, *(pl.col(name).cast(wanted[name]) for name in (*COUNTS, *SUMS, *BESIDE))
    )


def _paid() -> pl.Expr:
    return pl.col("programme").replace_strict(PAID, default=None, return_dtype=pl.String)


def _unpriced(side: str) -> pl.Expr:
    return (pl.col(side) == "eligible") & pl.col(f"amount_{side}").is_null()


def _differences() -> list[pl.Expr]:
    return [
        (pl.col(f"{how}_after") - pl.col(f"{how}_before")).alias(f"{how}_change")
        for how in (MONTH, ONCE)
    ]
