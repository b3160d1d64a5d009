"""What was parted with shortly before an application: P09 (handbook §4; 民发〔2021〕57号 第十四条, local look-back rules)."""

from __future__ import annotations

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.watch import Watch, seated_rows
from household.assets.things import HOLDING
from household.periods import month_index, months_later

DIVORCE = "离婚"
SALE = "财产转让"
GONE = "历史"


def parted_with(watch: Watch) -> pl.DataFrame:
    """P09: within `signal.lookback_months` before applied_on a counted member divorced, had income of 财产转让, or had a title that is gone.

    A divorce of two who are both counted moves nothing out of the household. A title tells no day on which it ended: it speaks only where
    it was itself registered in that time, and nobody counted holds the unit now.
    """
    asked = (
        watch.case.applications.select("app", "applied_on")
        .join(
            watch.case.terms.values.select("app", pl.col("signal_lookback_months").alias("months")),
            on="app",
        )
        .filter(pl.col("months").is_not_null())
        .with_columns(months_later(pl.col("applied_on"), 0 - pl.col("months")).alias("since"))
    )
    divorces, sales, titles = _divorces(watch, asked), _sales(watch, asked), _titles(watch, asked)
    day = pl.col("registered_on").cast(pl.String)
    return fold(
        "P09",
        _hits(watch, divorces, fact=pl.concat_str(pl.lit("divorce="), day), told="申请前登记离婚"),
        _hits(
            watch,
            sales,
            fact=pl.concat_str(pl.lit("sale="), pl.col("month").cast(pl.String)),
            told="申请前有财产转让所得",
        ),
        _hits(
            watch,
            titles,
            fact=pl.concat_str(pl.lit("title="), "unit_no", pl.lit("="), day),
            told="申请前登记的不动产现为历史权属",
        ),
    )


def _hits(watch: Watch, rows: pl.DataFrame, *, fact: pl.Expr, told: str) -> pl.DataFrame:
    named = rows.join(watch.refs, on="person")
    return hits_of(named, subject="person_ref", fact=fact, detail=pl.lit(told))


def _in_time(day: pl.Expr) -> pl.Expr:
    return (day >= pl.col("since")) & (day < pl.col("applied_on"))


def _divorces(watch: Watch, asked: pl.DataFrame) -> pl.DataFrame:
    rows = seated_rows(watch, watch.measured.counted, "civil_affairs.marriage").join(
        asked, on="app"
    )
    both_here = pl.col("person").n_unique().over("app", "record_key") > 1
    return rows.filter(
        pl.col("kind") == DIVORCE, _in_time(pl.col("registered_on")), both_here.not_()
    )


def _sales(watch: Watch, asked: pl.DataFrame) -> pl.DataFrame:
    """By whole months, as income is: the months before the month of application."""
    rows = seated_rows(watch, watch.measured.counted, "tax.income").join(asked, on="app")
    month, applied = month_index(pl.col("month")), month_index(pl.col("applied_on"))
    return rows.filter(
        pl.col("item") == SALE,
        pl.col("amount") > 0,
        month < applied,
        month >= applied - pl.col("months"),
    )


def _titles(watch: Watch, asked: pl.DataFrame) -> pl.DataFrame:
    rows = seated_rows(watch, watch.measured.counted, "housing.real_estate").join(asked, on="app")
    held = rows.filter(pl.col("status").is_in(HOLDING)).select("app", "unit_no").unique()
    return rows.filter(pl.col("status") == GONE, _in_time(pl.col("registered_on"))).join(
        held, on=["app", "unit_no"], how="anti"
    )
