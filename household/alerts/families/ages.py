"""Ages at which what a recipient is due is looked at again: H03 (民发〔2021〕43号 第四条 第五条 第二十四条; 民发〔2021〕57号 第七条; local extras)."""

from __future__ import annotations

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.recipients import running_benefits
from household.alerts.watch import Ledger, Watch, by_region
from household.identity.numbers import age_on

COMES_OF_AGE, ELDERLY, OLD, VERY_OLD = 18, 60, 70, 80

AGES: dict[str, tuple[int, ...]] = {
    "dibao": (COMES_OF_AGE, ELDERLY, OLD, VERY_OLD),
    "single_person": (COMES_OF_AGE, ELDERLY, OLD, VERY_OLD),
    "tekun": (COMES_OF_AGE, ELDERLY),
    "orphan": (COMES_OF_AGE,),
    "de_facto_orphan": (COMES_OF_AGE,),
    "old_age": (OLD, VERY_OLD),
}
"""What changes: at 18 the children's schemes end, a child's share of dibao hangs on studies, and 特困 goes on only at school; at 60 a person
qualifies for 特困 by age; at 70, or the pack's `extra.elder_age`, extras begin; at 80 the old-age allowance does, and its tiers change."""
_OWN = {COMES_OF_AGE: ("tekun", "tekun.minor_age"), OLD: (None, "extra.elder_age")}
"""Ages for which a parameter stands in where the region has one: (of one programme only, key)."""


def reached_an_age(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """H03: a recipient who reached an age of AGES by as_of, and after the last review (or, unreviewed, after the benefit began).

    The next review makes it quiet again. Without a valid number no age is known, and nothing is said.
    """
    rows = running_benefits(watch, ledger, tuple(AGES)).select(
        *("benefit_id", "programme", "subject", "person", "of_region", "born"),
        *("dataset", "record_key"),
        pl.max_horizontal("last_reviewed_on", "from_month").alias("since"),
    )
    steps = pl.DataFrame(
        [(programme, age) for programme, ages in AGES.items() for age in ages],
        schema={"programme": pl.String(), "step": pl.Int64()},
        orient="row",
    )
    rows = rows.join(steps, on="programme").with_columns(pl.col("step").alias("age"))
    for step, (programme, key) in _OWN.items():
        own = by_region(watch, rows["of_region"], key=key, convert=int, dtype=pl.Int64())
        mine = pl.lit(value=True) if programme is None else pl.col("programme") == programme
        rows = (
            rows.join(own, on="of_region", how="left")
            .with_columns(
                pl.when(mine & (pl.col("step") == step))
                .then(pl.coalesce("value_of_region", "age"))
                .otherwise("age")
                .alias("age")
            )
            .drop("value_of_region")
        )
    reached = rows.filter(
        age_on(pl.col("born"), watch.as_of) >= pl.col("age"),
        age_on(pl.col("born"), pl.col("since")) < pl.col("age"),
    )
    fact = pl.format("{}={}", "benefit_id", "age")
    detail = pl.format("已满{}周岁", "age")
    return fold("H03", hits_of(reached, subject="subject", fact=fact, detail=detail))
