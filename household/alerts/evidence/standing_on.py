"""What an alert stands on: its source rows (table alert_evidence) and its amount month by month (table alert_month).

Every row of `rests_on` is told, also of recipients who apply for nothing. Of alerts that are no longer raised nothing is told here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.evidence.cited_rows import cited_rows
from household.alerts.life.history import NAME
from household.money import yuan
from household.schema.published.alerts import ALERT_EVIDENCE, ALERT_MONTH

if TYPE_CHECKING:
    from household.alerts.watch import Watch

_ORDER = ("alert_id", "dataset", "day", "record_key", "file", "line", "person_ref")
"""Rows of one dataset in the order of time."""


def alert_evidence(raised: pl.DataFrame, published: pl.DataFrame, watch: Watch) -> pl.DataFrame:
    """Table `alert_evidence` of what is raised in this run.

    A row that is linked to people of the alert is told with these only: another person of it (the other side of a marriage, another
    region's row of the same number) is none of this alert's business. A row that stands in several files stands once for each.

    Args:
        raised: see `raised.RAISED`.
        published: rows of table `alert`, which name them (alert_id).
        watch: the run: rows, links and files.

    Returns:
        Rows of `schema.published.alerts.ALERT_EVIDENCE`, sorted.

    """
    cited = _each(raised, published, "rests_on").unnest("rests_on")
    if cited.is_empty():
        return ALERT_EVIDENCE.empty()
    parts = []
    for (dataset,), keys in cited.group_by("dataset", maintain_order=True):
        rows = cited_rows(str(dataset), keys["record_key"], watch)
        parts.append(keys.join(rows, left_on="record_key", right_on="_record_key", coalesce=False))
    own = _each(raised, published, "persons").rename({"persons": "person"})
    files = watch.extracts.files.select("dataset", "_file", "file")
    rows = (
        _of_the_alert(pl.concat(parts), own)
        .join(watch.refs, on="person", how="left")
        .join(files, on=["dataset", "_file"], how="left")
        .rename({"_line": "line", "_extract_as_of": "as_of"})
        .sort(_ORDER)
    )
    return rows.with_columns(_place_in("alert_id").alias("seq")).select(
        pl.col(name).cast(dtype) for name, dtype in ALERT_EVIDENCE.polars_schema().items()
    )


def alert_months(raised: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Table `alert_month`.

    Each month is what it adds to the rounded sum of the months up to it, so that the rows of an alert add up to its amount to the fen.

    Args:
        raised: see `raised.RAISED`; an alert whose amount is no sum of months has no row.
        published: rows of table `alert`, which name them (alert_id).

    Returns:
        Rows of `schema.published.alerts.ALERT_MONTH`, sorted.

    """
    rows = _each(raised, published, "months").unnest("months").sort("alert_id", "month_no")
    until = pl.col("amount").cum_sum().over("alert_id")
    added = (yuan(until) - yuan(until - pl.col("amount"))).alias("amount")
    month = pl.date(pl.col("month_no") // 12, pl.col("month_no") % 12 + 1, 1).alias("month")
    return rows.select("alert_id", month, added, "days", "of_days").select(
        pl.col(name).cast(dtype) for name, dtype in ALERT_MONTH.polars_schema().items()
    )


def _each(raised: pl.DataFrame, published: pl.DataFrame, what: str) -> pl.DataFrame:
    """alert_id and the members of the list `what`, one a row."""
    named = raised.select(*NAME, what).join(published.select(*NAME, "alert_id"), on=NAME)
    return named.select("alert_id", what).explode(what).drop_nulls(what)


def _of_the_alert(rows: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Without links to other people, where a row is linked to people of the alert. `own`: alert_id, person."""
    key = ["alert_id", "dataset", "record_key"]
    mine = rows.join(own, on=["alert_id", "person"], how="semi")
    others = rows.join(mine.select(key).unique(), on=key, how="anti")
    return pl.concat([mine, others])


def _place_in(group: str) -> pl.Expr:
    """1, 2, 3 … within the runs of equal values of a sorted column."""
    at = pl.int_range(pl.len())
    begins = pl.col(group).ne_missing(pl.col(group).shift()) | (at == 0)
    return at - pl.when(begins).then(at).forward_fill() + 1
