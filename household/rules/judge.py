"""Judge: facts, terms and silences put side by side, and every rule's answer as a column (`answer:<rule_id>`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.delivery import silent_on
from household.money import times_rate
from household.rules.programmes import all_rules

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.rules.rule import Rule

SILENCES: dict[str, tuple[str, ...]] = {
    "n_silent": ("public_security.population", "civil_affairs.funeral", "justice.custody"),
    "income_silent": (
        "tax.income",
        "finance.payroll",
        "human_resources.employment",
        "human_resources.contribution",
        "human_resources.benefit",
        "agriculture.farm",
    ),
    "holdings_silent": ("securities.holding", "insurance.policy"),
    "fund_silent": ("housing.provident_fund",),
    "vehicle_silent": ("public_security.vehicle",),
    "home_silent": ("housing.real_estate",),
    "entity_silent": ("market_regulation.entity",),
    "spending_silent": ("medical_insurance.settlement", "education.enrolment"),
    "certificate_silent": ("disabled_federation.certificate",),
}
"""What falls silent when any of these has not answered (assessment §8)."""


def standing(case: CaseFile) -> pl.DataFrame:
    """What does not hang on lines: app, terms, silences, `no_roster`, `full` (everybody needed has signed for everything)."""
    frame = case.terms.values.join(case.applications.select("app", "programme"), on="app")
    for name, datasets in SILENCES.items():
        frame = frame.join(silent_on(case.states, datasets, name), on="app", how="left")
    rostered = case.seats.select("app").unique().with_columns(pl.lit(False).alias("no_roster"))
    return frame.join(rostered, on="app", how="left").with_columns(
        pl.col("no_roster").fill_null(value=True)
    )


def judge(case: CaseFile, ground: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Answers for the applications of `facts`: its columns, `ground`'s, the class of temporary assistance, and the answers."""
    frame = facts.drop([c for c in facts.columns if c != "app" and c in ground.columns]).join(
        ground, on="app"
    )
    frame = _with_class(case, frame)
    household, *asked, derived = all_rules()
    frame = frame.with_columns(
        household.answer.alias(f"answer:{household.rule_id}"), *(_asked(rule) for rule in asked)
    )
    return frame.with_columns(_asked(derived))


def _asked(rule: Rule) -> pl.Expr:
    """Nothing else is asked of a household in which nobody is counted (assessment §4)."""
    return pl.when(pl.col("persons") > 0).then(rule.answer).alias(f"answer:{rule.rule_id}")


def _with_class(case: CaseFile, frame: pl.DataFrame) -> pl.DataFrame:
    """The class of `temp.class_table`: the first that a counted member draws for, else C when poor enough, else D.

    Where the place has `temp.class_of_jdlk`, a household on the poverty register is of that class unless it draws for an earlier one.
    """
    rows = frame.select("app", "term", pl.col("drawn").fill_null([])).join(
        case.terms.classes, on="term"
    )
    drawn = (
        rows.filter(pl.col("who").list.set_intersection("drawn").list.len() > 0)
        .sort("app", "place")
        .unique("app", keep="first", maintain_order=True)
        .select("app", pl.col("class_name").alias("drawn_class"))
    )
    tabled = rows.select("app").unique().with_columns(pl.lit(True).alias("has_table"))
    line = times_rate(pl.col("standard"), pl.col("temp_low_income_multiple"))
    limit = (
        line * pl.col("persons").cast(pl.Int128) * pl.col("income_window_months").cast(pl.Int128)
    )
    low = pl.col("income") <= limit
    registered = pl.when("on_poverty_register").then("temp_class_of_jdlk")
    by_income = pl.col("settled_class").is_null()
    frame = (
        frame.join(drawn, on="app", how="left")
        .join(tabled, on="app", how="left")
        # classes are told in the order of their letters
        .with_columns(pl.min_horizontal("drawn_class", registered).alias("settled_class"))
        .with_columns(
            pl.coalesce(
                "settled_class", pl.when(low).then(pl.lit("C")).when(low.not_()).then(pl.lit("D"))
            ).alias("class_name"),
            (
                by_income
                & (
                    pl.col("n_silent")
                    | (
                        low.fill_null(value=False)
                        & (pl.col("income_silent") | pl.col("support_unknown"))
                    )
                )
            ).alias("class_unknown"),
        )
    )
    chosen = case.terms.classes.select(
        "term",
        "class_name",
        *(
            pl.col(c).alias(f"class_{c}")
            for c in ("threshold", "rate", "rate_min", "rate_max", "cap")
        ),
    )
    return frame.join(chosen, on=["term", "class_name"], how="left").with_columns(
        (
            pl.col("has_table").is_null()
            | (pl.col("settled_class").is_null() & pl.col("support_unruled"))
            | pl.col("class_name").is_null()
            | (pl.col("class_threshold").is_null() & pl.col("class_unknown").not_())
        ).alias("class_unruled")
    )
