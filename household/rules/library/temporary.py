"""Temporary assistance: the same-cause rule and the spending threshold of the household's class (assessment §9; 民发〔2018〕23号)."""

from __future__ import annotations

import polars as pl

from household.rules.rule import FAIL, PASS, Cause, Rule, unknown, unruled

_SPENDING = pl.col("spending")


def _same_cause(programme: str) -> Rule:
    found = pl.col("grant_found")
    return Rule(
        f"{programme}.same_cause",
        "间隔期内是否未因同一事由获得临时救助",
        pl.when(found & pl.col("temp_repeat_months").is_null())
        .then(unknown(Cause.PARAMETER))
        .when(found)
        .then(FAIL)
        .otherwise(PASS),
        "grant",
        parameters=("temp.repeat_months",),
        law="国发〔2014〕47号",
    )


SAME_CAUSE = {
    programme: _same_cause(programme) for programme in ("temp_expenditure", "temp_emergency")
}

THRESHOLD = Rule(
    "temp_expenditure.threshold",
    "刚性支出是否超过所属类别的起付线",
    # Spending may only be higher: above the threshold is certain, at or under it is not.
    pl.when(pl.col("class_unruled"))
    .then(unruled(pl.col("class_unknown") | pl.col("spending_silent") | pl.col("fee_unknown")))
    .when(pl.col("class_unknown"))
    .then(unknown(Cause.DATA))
    .when(pl.col("class_threshold") < _SPENDING)
    .then(PASS)
    .when(pl.col("spending_silent") | pl.col("fee_unknown"))
    .then(unknown(Cause.DATA))
    .otherwise(FAIL),
    "spending",
    unit="元",
    measured=_SPENDING,
    limit=pl.col("class_threshold"),
    parameters=("temp.class_table", "temp.class_of_jdlk"),
    law="民发〔2018〕23号",
)
