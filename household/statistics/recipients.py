"""Measures of benefits: who draws, what is paid, grants by cause, alerts and what became of them, referrals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from household.money import units
from household.people.standing import GRANTS
from household.periods import month_of
from household.statistics.tally import LEVELS, TALLIED, tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.alerts.watch import Watch

MONTHS_BACK = 12
"""Months before the day's own whose recipients are counted: a year, so that a month stands beside the same of last year."""

FOUND_RIGHT = ("person_error", "fraud", "system_error", "under_payment")
"""Outcomes which say that the alert pointed at something real."""


def ledger_measures(watch: Watch) -> list[pl.DataFrame]:
    """Recipients, payments and grants (tally.TALLIED)."""
    payments = watch.ledger.payments
    granted = pl.col("programme").is_in(GRANTS)
    told: dict[str, Any] = {
        "region": "of_region",
        "programme": pl.col("programme"),
        "month": pl.col("paid_on"),
        "amount": pl.col("paid"),
    }
    return [
        *_recipients(watch),
        tally(payments.filter(granted.not_()), "paid", **told),
        tally(payments.filter(granted), "grants", cause=pl.col("cause"), **told),
    ]


def _recipients(watch: Watch) -> list[pl.DataFrame]:
    """Distinct persons by month; a benefit of whom nobody is identified is a person of its own."""
    last = month_of(watch.as_of)
    nobody = 0 - pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    benefits = watch.ledger.benefits.select(
        pl.coalesce(pl.col("person").cast(pl.Int64), nobody).alias("who"),
        "of_region",
        pl.col("programme").cast(pl.String),
        "from_no",
        "to_no",
    )
    return [
        _distinct(running, level, month, by=by)
        for month in range(last - MONTHS_BACK, last + 1)
        for running in [
            benefits.filter(
                pl.col("from_no") <= month, pl.col("to_no").is_null() | (pl.col("to_no") >= month)
            )
        ]
        for level in LEVELS
        for by in (["region_code", "programme"], ["region_code"])
    ]


def _distinct(running: pl.DataFrame, level: str, month: int, *, by: list[str]) -> pl.DataFrame:
    digits = LEVELS[level]
    rows = running.filter(pl.col("of_region").str.len_chars() >= digits).with_columns(
        pl.col("of_region").str.slice(0, digits).alias("region_code")
    )
    counted = rows.group_by(by).agg(pl.col("who").n_unique().cast(pl.Int64).alias("count"))
    told: dict[str, Any] = {"measure": "recipients", "region_level": level, "month_no": month}
    return counted.select(
        (pl.col(name) if name in counted.columns else pl.lit(told.get(name))).cast(kind).alias(name)
        for name, kind in TALLIED.items()
    )


def alert_measures(watch: Watch, tables: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Alerts, those found right, and what was settled either way (tally.TALLIED). `tables`: alert and alert_life as published."""
    alerts = tables["alert"].with_columns(pl.col("code", "state").cast(pl.String))
    lives = tables["alert_life"].with_columns(pl.col("outcome", "direction").cast(pl.String))
    decided = lives.with_columns(
        pl.col("decided_at").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).alias("on")
    ).filter(pl.col("stale").not_(), pl.col("outcome").is_not_null())
    told: dict[str, Any] = {"cause": pl.col("code"), "month": pl.col("on")}
    money = units(pl.col("amount"))
    return [
        tally(
            alerts.filter(pl.col("state") != "closed"),
            "alerts",
            cause=pl.col("code"),
            month=pl.col("first_seen"),
            amount=money,
        ),
        tally(
            decided.filter(pl.col("outcome").is_in(FOUND_RIGHT)),
            "alerts_confirmed",
            amount=None,
            **told,
        ),
        *(
            tally(decided.filter(pl.col("direction") == way), name, amount=money, **told)
            for name, way in (("over_paid", "over"), ("under_paid", "under"))
        ),
        tally(
            tables["referral"],
            "referrals",
            programme=pl.col("programme"),
            cause=pl.col("reason"),
            month=month_of(watch.as_of),
        ),
    ]
