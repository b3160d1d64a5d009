"""What stands in the way of asking: A05 (授权), A07 (答复) (assessment §2 and §10; 社会救助暂行办法 第五十八条)."""

from __future__ import annotations

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.watch import Ledger, Watch, with_limit
from household.authorisation import allowed
from household.linkage.links import STANDS
from household.rules.suggestion import NEEDS_NO_SIGNATURE

NO_ANSWER = "no_answer"


def not_authorised(watch: Watch) -> pl.DataFrame:
    """A05: needed for its application without full live authorisation.

    Needed are the counted members, and the living obligors for tekun and where the pack imputes support; temp_emergency needs nobody.
    """
    asked = (
        watch.case.applications.select(
            "app", "application_id", "programme", pl.col("region_code").alias("of_region")
        )
        .join(watch.case.terms.values.select("app", "support_method"), on="app")
        .filter(pl.col("programme") != NEEDS_NO_SIGNATURE)
    )
    of_obligors = (pl.col("programme") == "tekun") | pl.col("support_method").is_not_null()
    counted = watch.measured.counted.select("app", "member_no", "person", "granted", "full")
    dead = watch.case.lines["absence"].filter(
        STANDS, pl.col("why_not").is_null(), pl.col("quantity") == "death"
    )
    unread = watch.case.unread_absences.filter(pl.col("quantity") == "death")
    dead = pl.concat([dead.select("app", "person"), unread.select("app", "person")]).unique()
    obligors = (
        watch.case.seats.filter(pl.col("role") == "obligor")
        .join(asked.filter(of_obligors).select("app"), on="app", how="semi")
        .join(dead, on=["app", "person"], how="anti")
    )
    needed = pl.concat([counted, obligors.select(counted.columns)]).join(asked, on="app")
    lines = watch.roster.members.select(
        "app", "member_no", pl.col("_record_key").alias("record_key")
    )
    rows = (
        needed.filter(pl.col("full").not_())
        .join(lines, on=["app", "member_no"])
        .with_columns(pl.lit("approval.member").alias("dataset"))
        .join(watch.refs, on="person")
    )
    fact = pl.format("{}={}", "application_id", "granted")
    detail = (
        pl.when(pl.col("granted") == 0)
        .then(pl.lit("没有有效授权"))
        .otherwise(pl.lit("授权未覆盖全部来源"))
    )
    return fold("A05", hits_of(rows, subject="person_ref", fact=fact, detail=detail))


def unanswered(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """A07: a bank's receipt `no_answer`, or without replied_on more than `source.reply_days` after asked_on."""
    number = pl.coalesce(pl.col("id_no__key").cast(pl.String), "id_no").alias("who")
    receipts = watch.extracts.rows("banking.receipt").with_columns(number).collect()
    rows = pl.concat([_asked_from_seats(watch), _asked_for_recipients(watch, ledger)]).join(
        receipts.select(
            "who", "institution_code", "state", "asked_on", "replied_on", "_record_key"
        ),
        on="who",
        how="inner",
    )
    rows = with_limit(
        rows, watch, column="source_reply_days", key="source.reply_days", convert=int
    ).with_columns(
        pl.lit("banking.receipt").alias("dataset"), pl.col("_record_key").alias("record_key")
    )
    due = pl.col("asked_on").dt.offset_by(pl.format("{}d", "limit"))
    overdue = pl.col("replied_on").is_null() & (due < pl.lit(watch.as_of)).fill_null(value=False)
    silent = pl.col("state") == NO_ANSWER
    rows = rows.filter(silent | overdue).join(watch.refs, on="person")
    why = pl.when(silent).then(pl.lit("no_answer")).otherwise(pl.lit("overdue"))
    fact = pl.concat_str("institution_code", pl.col("asked_on").cast(pl.String), why, separator="=")
    return fold("A07", hits_of(rows, subject="person_ref", fact=fact))


def _asked_from_seats(watch: Watch) -> pl.DataFrame:
    """who, person, app, of_region of every seat whose banks may be read."""
    may = watch.case.seats.filter(allowed("banking")).select("app", "member_no", "person")
    who = pl.coalesce(pl.col("key").cast(pl.String), "number").alias("who")
    numbers = watch.roster.members.select("app", "member_no", who).drop_nulls("who")
    seats = may.join(numbers, on=["app", "member_no"]).join(watch.places, on="app")
    return seats.select("who", "person", "app", "of_region")


def _asked_for_recipients(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    keys = watch.roster.persons.select("person", pl.col("key").cast(pl.String).alias("who"))
    drawing = ledger.recipients.select("person", "of_region").unique().join(keys, on="person")
    return drawing.drop_nulls("who").select(
        "who", "person", pl.lit(None, dtype=pl.UInt32).alias("app"), "of_region"
    )
