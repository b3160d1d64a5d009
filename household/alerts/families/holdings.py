"""What a person or household holds: public payroll, businesses, vehicles, homes, large outflows (P01 to P05, assessment §7 and §10)."""

from __future__ import annotations

import polars as pl

from household.alerts.families.plausibility import with_doubts
from household.alerts.raised import fold, hits_of
from household.alerts.watch import Ledger, Watch, seen_rows, with_limit
from household.linkage.links import STANDS
from household.money import units, units_of

ENTITY_IN_BEING = "存续"
RETIRED = "退休"


def on_public_payroll(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """P01: a counted member or recipient on finance.payroll on as_of (the last day of a post is still one on it), not 退休."""
    today = pl.lit(watch.as_of)
    rows = seen_rows(watch, ledger, "finance.payroll", seats=watch.measured.counted).filter(
        pl.col("kind") != RETIRED,
        pl.col("from_date") <= today,
        pl.col("to_date").is_null() | (pl.col("to_date") >= today),
    )
    fact = pl.concat_str("employer_uscc", pl.lit("="), "kind", ignore_nulls=True)
    return fold("P01", hits_of(rows, subject="subject", fact=fact))


def in_business(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """P02: a counted member or recipient with a 存续 entity in a role of `asset.business_roles` (missing: nothing is raised).

    Says what is hard to believe of it, so that somebody else's use of the name is looked at first (see `plausibility`).
    """
    rows = seen_rows(
        watch, ledger, "market_regulation.entity", seats=watch.measured.counted
    ).filter(pl.col("status") == ENTITY_IN_BEING)
    rows = with_limit(
        rows, watch, column="plain_business_roles", key="asset.business_roles", convert=list
    ).filter(pl.col("role").is_in(pl.col("limit")))
    fact = pl.concat_str("uscc", pl.lit("="), "role")
    rows = with_doubts(watch, ledger, rows)
    return fold("P02", hits_of(rows, subject="subject", fact=fact, detail=pl.col("doubts")))


def vehicles_beyond_rule(watch: Watch) -> pl.DataFrame:
    """P03: the pack's vehicle rule fails."""
    failed = _failed(watch, "asset.plain.vehicle", "名下有机动车不符合规定")
    return fold("P03", _held(watch, failed, group="vehicle", quantity="vehicle"))


def homes_beyond_rule(watch: Watch) -> pl.DataFrame:
    """P04: the pack's home rule or its rule on shops and offices fails."""
    homes = _failed(watch, "asset.plain.home", "住房超过规定套数或面积")
    shops = _failed(watch, "asset.plain.commercial", "名下有商业或办公用房")
    return fold(
        "P04",
        _held(watch, homes, group="estate", quantity="home"),
        _held(watch, shops, group="estate", quantity="commercial"),
    )


def _failed(watch: Watch, rule_id: str, detail: str) -> pl.DataFrame:
    failed = watch.judged.filter(pl.col(f"answer:{rule_id}") == -1).select("app")
    return failed.join(watch.places, on="app").with_columns(pl.lit(detail).alias("told"))


def _held(watch: Watch, failed: pl.DataFrame, *, group: str, quantity: str) -> pl.DataFrame:
    """Hits of the lines in play behind a failed rule: those of counted persons, of tier A or B."""
    counted = watch.measured.counted.select("app", "person")
    lines = watch.case.lines[group].filter(
        STANDS, pl.col("why_not").is_null(), pl.col("quantity") == quantity
    )
    rows = lines.join(counted, on=["app", "person"], how="semi").join(failed, on="app")
    fact = pl.concat_str("quantity", pl.lit("="), "thing")
    return hits_of(rows, subject="application_id", fact=fact, detail=pl.col("told"))


def large_outflows(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """P05: an account of a counted member or recipient with large_outflow_6m > `signal.outflow`; amount = those outflows."""
    account = ["person", "institution_code", "account_no"]
    rows = seen_rows(watch, ledger, "banking.account", seats=watch.measured.counted)
    rows = rows.filter(pl.col("as_of") == pl.col("as_of").max().over(account))
    rows = (
        with_limit(rows, watch, column="signal_outflow", key="signal.outflow", convert=units_of)
        .with_columns(units(pl.col("large_outflow_6m")).alias("outflow"))
        .filter(pl.col("outflow") > pl.col("limit"))
    )
    sums = (
        rows.unique(["subject", "record_key"])
        .group_by(pl.col("subject").alias("subject_id"))
        .agg(pl.col("outflow").sum().alias("amount"))
    )
    fact = pl.concat_str(
        "institution_code",
        pl.lit("="),
        "account_no",
        pl.lit("="),
        pl.col("outflow").cast(pl.String),
    )
    return fold("P05", hits_of(rows, subject="subject", fact=fact), amounts=sums)
