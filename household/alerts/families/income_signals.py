"""Income that was declared too low or not at all: P06, P07, P08 (assessment §5 and §10). Signals, never income themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.watch import Watch, seated_rows
from household.linkage.links import STANDS
from household.money import AMOUNT, RATE, units
from household.periods import month_index

if TYPE_CHECKING:
    from household.lines import Lines

WORKERS_PENSION = "城镇职工养老"
PENSIONS = ("职工养老金", "居民养老金")
UNEMPLOYMENT = "失业保险金"
OPEN_ACCOUNT = "正常"


def wage_below_bases(watch: Watch) -> pl.DataFrame:
    """P06: declared_wage given and < `signal.wage_share` x the smaller implied wage.

    Implied are the Σ of bases of 城镇职工养老 in the window, and the base of 正常 fund accounts x window months, of those that exist.
    """
    pensions = _in_window(watch, "human_resources.contribution").filter(
        pl.col("scheme") == WORKERS_PENSION
    )
    funds = (
        seated_rows(watch, watch.measured.counted, "housing.provident_fund")
        .filter(pl.col("status") == OPEN_ACCOUNT, pl.col("base").is_not_null())
        .join(_windows(watch), on="app")
    )
    seat = ["app", "person"]
    implied_by_pension = pensions.group_by(seat).agg(units(pl.col("base")).sum().alias("pension"))
    monthly = units(pl.col("base")).sum()
    implied_by_fund = funds.group_by(seat).agg(
        (monthly * pl.col("months").first().cast(AMOUNT)).alias("fund")
    )
    share = watch.case.terms.values.select("app", "signal_wage_share")
    implied = pl.min_horizontal("pension", "fund")
    low = (
        watch.measured.counted.filter(pl.col("declared_wage").is_not_null())
        .join(implied_by_pension, on=seat, how="left")
        .join(implied_by_fund, on=seat, how="left")
        .join(share, on="app")
        .with_columns(implied.alias("implied"))
        .filter(
            pl.col("declared_wage") * RATE
            < pl.col("implied") * pl.col("signal_wage_share").cast(AMOUNT)
        )
        .select(*seat, "declared_wage", "implied")
    )
    rows = pl.concat(
        [part.select(*seat, "of_region", "dataset", "record_key") for part in (pensions, funds)]
    ).join(low, on=seat)
    figures = ("declared_wage", "implied")
    fact = pl.concat_str(*(pl.col(c).cast(pl.String) for c in figures), separator="<")
    return fold("P06", hits_of(_named(watch, rows), subject="subject", fact=fact))


def pension_not_declared(watch: Watch) -> pl.DataFrame:
    """P07: a pension (amount less central_basic > 0) or unemployment benefit in the window, and no transfer income declared."""
    rows = _in_window(watch, "human_resources.benefit").join(
        _undeclared(watch, "declared_transfer"), on=["app", "person"], how="semi"
    )
    # The catalogue: central_basic is a part of the amount; a row without it has no such part.
    central = pl.coalesce(units(pl.col("central_basic")), pl.lit(0, dtype=AMOUNT))
    own = units(pl.col("amount")) - pl.when(pl.col("kind").is_in(PENSIONS)).then(central).otherwise(
        0
    )
    rows = rows.filter(pl.col("kind").is_in([*PENSIONS, UNEMPLOYMENT])).with_columns(
        own.alias("own")
    )
    rows = _named(watch, rows.filter(pl.col("own") > 0))
    detail = (
        pl.when(pl.col("kind") == UNEMPLOYMENT)
        .then(pl.lit("失业保险金"))
        .otherwise(pl.lit("养老金"))
    )
    hits = hits_of(rows, subject="subject", fact=pl.col("kind"), detail=detail)
    return fold("P07", hits, amounts=_sums(rows, pl.col("own")))


def post_not_declared(watch: Watch) -> pl.DataFrame:
    """P08: a wage from a 公益性岗位 in the window, and no wage declared."""
    lines: Lines = watch.case.lines
    posts = lines["wage"].filter(
        STANDS, pl.col("post"), pl.col("why_not").is_null(), pl.col("value") > 0
    )
    rows = posts.join(_undeclared(watch, "declared_wage"), on=["app", "person"], how="semi").join(
        watch.places, on="app"
    )
    rows = _named(watch, rows)
    months = (pl.col("month_to") - pl.col("month_from") + 1).cast(AMOUNT)
    fact = pl.concat_str(
        "employer_name", pl.lit("="), pl.col("value").cast(pl.String), ignore_nulls=True
    )
    return fold(
        "P08",
        hits_of(rows, subject="subject", fact=fact),
        amounts=_sums(rows, pl.col("value") * months),
    )


def _windows(watch: Watch) -> pl.DataFrame:
    months = pl.col("income_window_months").alias("months")
    return watch.case.applications.select("app", "window_from", "window_to", months)


def _in_window(watch: Watch, dataset: str) -> pl.DataFrame:
    """Rows of counted persons whose month lies in the window of the application."""
    rows = seated_rows(watch, watch.measured.counted, dataset).join(_windows(watch), on="app")
    month = month_index(pl.col("month"))
    return rows.filter(month >= pl.col("window_from"), month <= pl.col("window_to"))


def _undeclared(watch: Watch, column: str) -> pl.DataFrame:
    """Counted seats that declare nothing of a kind: left empty or nought."""
    return watch.measured.counted.filter(pl.col(column).is_null() | (pl.col(column) == 0)).select(
        "app", "person"
    )


def _named(watch: Watch, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.join(watch.refs, on="person").rename({"person_ref": "subject"})


def _sums(rows: pl.DataFrame, value: pl.Expr) -> pl.DataFrame:
    """subject_id, amount: each source row once, also where two applications see it."""
    return (
        rows.select("subject", "dataset", "record_key", value.alias("amount"))
        .sort(pl.all())
        .unique(["subject", "dataset", "record_key"], keep="last", maintain_order=True)
        .group_by(pl.col("subject").alias("subject_id"))
        .agg(pl.col("amount").sum())
    )
