"""Temporary aid beyond what a place allows: T02, T04, T05 (handbook §4; 民发〔2018〕23号).

Every limit is a parameter of the day on which it was paid. A limit that no pack gives raises nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.by_day import with_parameter
from household.alerts.raised import fold, hits_of
from household.money import AMOUNT, rate_of, times_rate, units_of
from household.people.standing import GRANTS
from household.periods import months_later

if TYPE_CHECKING:
    from household.alerts.watch import Ledger, Watch

TOWNSHIP = "乡镇"
EVENT = ("household_no", "cause", "event_on")
_URBAN = "standard.urban"
_SPECIAL = "temp.special_case_cap"
_REPEAT = "temp.repeat_months"
_LIMIT, _LIMIT_MULTIPLE = "temp.township_limit", "temp.township_limit_multiple"
_YEAR = "temp.yearly_cap"
_CEILINGS = {programme: f"temp.ceiling_multiple.{programme}" for programme in GRANTS}


def paid_by_several(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """T02: one event paid by two or more levels or units, together beyond the ceiling; amount = what is beyond it.

    An event is household_no, cause and event_on; where one of them is not told nothing is added up. The ceiling is that of the amount
    (`temp.ceiling_multiple.<programme>` x urban standard, of several programmes the greatest), and where a place has none the limit of
    a case decided by itself (`temp.special_case_cap`); both as of the last payment.
    """
    grants = _grants(ledger).drop_nulls(EVENT)
    last = grants.with_columns(pl.col("paid_on").max().over(EVENT).alias("day"))
    payers = [pl.col(c).drop_nulls().n_unique() for c in ("approval_level", "approved_by")]
    several = last.filter(pl.max_horizontal(p.over(EVENT) for p in payers) > 1)
    ceiling = _ceilings(watch, several)
    beyond = ceiling.with_columns(
        pl.col("paid").sum().over(EVENT).alias("total"),
        pl.when(pl.col("ceiling").is_not_null().all().over(EVENT))
        .then(pl.col("ceiling").max().over(EVENT))
        .alias("ceiling"),
    ).filter(pl.col("total") > pl.col("ceiling"))
    excess = beyond.unique(EVENT).select(
        pl.col("household_no").alias("subject_id"),
        (pl.col("total") - pl.col("ceiling")).alias("amount"),
    )
    payer = pl.concat_str("approval_level", "approved_by", separator=" ", ignore_nulls=True)
    return fold(
        "T02",
        hits_of(beyond, subject="household_no", fact=_payment(), detail=payer),
        amounts=_summed(excess),
    )


def beyond_township(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """T04: a township granted more than it may: at once, or in several grants for one event within `temp.repeat_months`.

    The limit is `temp.township_limit` or `temp.township_limit_multiple` x urban standard, the smaller where a place gives both, as of
    the grant. Grants add up only where cause and event_on are told. Amount = what the greatest such sum of each event is beyond it.
    """
    grants = _grants(ledger).filter(pl.col("approval_level") == TOWNSHIP)
    limited = _township_limits(watch, grants).drop_nulls("limit")
    sums = _sums_so_far(watch, limited).filter(pl.col("so_far") > pl.col("limit"))
    alone = pl.col("largest") > pl.col("limit")
    detail = (
        pl.when(alone)
        .then(pl.lit("单笔超过限额"))
        .otherwise(pl.lit("同一事件分次审批合计超过限额"))
    )
    over = sums.with_columns(
        detail.alias("detail"), (pl.col("so_far") - pl.col("limit")).alias("excess")
    )
    excess = (
        over.group_by("household_no", "event")
        .agg(pl.col("excess").max().alias("amount"))
        .select(pl.col("household_no").alias("subject_id"), "amount")
    )
    added = over.select("with_no", "detail").explode("with_no").rename({"with_no": "payment_no"})
    rows = limited.join(added.unique(), on="payment_no", how="inner")
    return fold(
        "T04",
        hits_of(rows, subject="household_no", fact=_payment(), detail=pl.col("detail")),
        amounts=_summed(excess),
    )


def beyond_yearly_cap(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """T05: temporary aid of one household_no and calendar year beyond `temp.yearly_cap` as of its last grant; amount = what is beyond it."""
    year = ("household_no", "year")
    grants = _grants(ledger).with_columns(pl.col("paid_on").dt.year().alias("year"))
    grants = grants.with_columns(pl.col("paid_on").max().over(year).alias("day"))
    capped = with_parameter(
        grants, watch.packs, key=_YEAR, day="day", convert=units_of, dtype=AMOUNT
    )
    beyond = capped.with_columns(
        pl.col("paid").sum().over(year).alias("total"), pl.col(_YEAR).min().over(year)
    ).filter(pl.col("total") > pl.col(_YEAR))
    excess = beyond.unique(year).select(
        pl.col("household_no").alias("subject_id"),
        (pl.col("total") - pl.col(_YEAR)).alias("amount"),
    )
    detail = pl.format("{}年", "year")
    return fold(
        "T05",
        hits_of(beyond, subject="household_no", fact=_payment(), detail=detail),
        amounts=_summed(excess),
    )


def _grants(ledger: Ledger) -> pl.DataFrame:
    return ledger.payments.filter(
        pl.col("programme").is_in(GRANTS), pl.col("household_no").is_not_null()
    )


def _payment() -> pl.Expr:
    return pl.concat_str(pl.lit("paid="), "payment_no")


def _summed(excess: pl.DataFrame) -> pl.DataFrame:
    return excess.group_by("subject_id").agg(pl.col("amount").sum())


def _ceilings(watch: Watch, grants: pl.DataFrame) -> pl.DataFrame:
    """Grants with `ceiling` (units; null = the place has none) as of their `day`."""
    rows = _with_urban(watch, grants, day="day")
    rows = with_parameter(
        rows, watch.packs, key=_SPECIAL, day="day", convert=units_of, dtype=AMOUNT
    )
    ceiling: pl.Expr = pl.lit(None, dtype=AMOUNT)
    for programme, key in _CEILINGS.items():
        rows = with_parameter(
            rows, watch.packs, key=key, day="day", convert=rate_of, dtype=pl.Int64()
        )
        multiple = times_rate(pl.col(_URBAN), pl.col(key))
        ceiling = pl.when(pl.col("programme") == programme).then(multiple).otherwise(ceiling)
    return rows.with_columns(pl.coalesce(ceiling, _SPECIAL).alias("ceiling"))


def _township_limits(watch: Watch, grants: pl.DataFrame) -> pl.DataFrame:
    """Grants with `limit` (units; null = the place has none) as of their payment."""
    rows = _with_urban(watch, grants, day="paid_on")
    rows = with_parameter(
        rows, watch.packs, key=_LIMIT, day="paid_on", convert=units_of, dtype=AMOUNT
    )
    rows = with_parameter(
        rows, watch.packs, key=_LIMIT_MULTIPLE, day="paid_on", convert=rate_of, dtype=pl.Int64()
    )
    multiple = times_rate(pl.col(_URBAN), pl.col(_LIMIT_MULTIPLE))
    return rows.with_columns(pl.min_horizontal(_LIMIT, multiple).alias("limit"))


def _sums_so_far(watch: Watch, grants: pl.DataFrame) -> pl.DataFrame:
    """Each grant with what its household got for the same event in the months up to it: `so_far`, `largest` and `with_no` (payment numbers).

    `event` names the event; a grant whose event is not told is one of its own. Without `temp.repeat_months` every grant stands alone.
    """
    told = pl.all_horizontal(pl.col(c).is_not_null() for c in EVENT)
    event = pl.when(told).then(
        pl.concat_str("cause", pl.col("event_on").cast(pl.String), separator="/")
    )
    own = pl.concat_str(pl.lit("="), "payment_no")
    rows = with_parameter(
        grants, watch.packs, key=_REPEAT, day="paid_on", convert=int, dtype=pl.Int64()
    ).with_columns(pl.coalesce(event, own).alias("event"))
    before = rows.select(
        "household_no",
        "event",
        pl.col("payment_no").alias("with_no"),
        pl.col("paid").alias("with_paid"),
        pl.col("paid_on").alias("with_on"),
    )
    near = (pl.col("with_on") <= pl.col("paid_on")) & (
        months_later(pl.col("with_on"), pl.col(_REPEAT)) > pl.col("paid_on")
    )
    itself = pl.col("with_no") == pl.col("payment_no")
    return (
        rows.join(before, on=["household_no", "event"])
        .filter(itself | near.fill_null(value=False))
        .group_by("payment_no", "household_no", "event", "limit")
        .agg(
            pl.col("with_paid").sum().alias("so_far"),
            pl.col("with_paid").max().alias("largest"),
            pl.col("with_no"),
        )
    )


def _with_urban(watch: Watch, grants: pl.DataFrame, *, day: str) -> pl.DataFrame:
    """Every multiple of temporary aid is one of the urban standard (assessment §9)."""
    return with_parameter(grants, watch.packs, key=_URBAN, day=day, convert=units_of, dtype=AMOUNT)
