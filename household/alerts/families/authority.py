"""What stands in the way of asking: A05 (授权), A07 (答复) (assessment §2 and §10; 社会救助暂行办法 第五十八条)."""

from __future__ import annotations

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.watch import Ledger, Watch, with_limit
from household.authorisation import allowed
from household.delivery import RECEIPT_OF
from household.linkage.links import STANDS
from household.receipts import BANKING, OTHERS
from household.rules.suggestion import NEEDS_NO_SIGNATURE

NO_ANSWER = "no_answer"
_ANY_ZH = "有银行、证券或保险机构未答复或超过答复期限"
_ASK_ZH = "催办该机构答复，或重新发出查询"
"""Said where not only banks were asked person by person."""


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
    """A07: a receipt `no_answer`, or without replied_on more than `source.reply_days` after asked_on; of whoever was asked by receipt.

    The receipt of a question of our own that is within its time is no answer yet, and no alert either.
    """
    by_source = [_of_source(watch, ledger, source) for source in (BANKING, *_asked_others(watch))]
    rows = with_limit(
        pl.concat(by_source),
        watch,
        column="source_reply_days",
        key="source.reply_days",
        convert=int,
    )
    due = pl.col("asked_on").dt.offset_by(pl.format("{}d", "limit"))
    overdue = pl.col("replied_on").is_null() & (due < pl.lit(watch.as_of)).fill_null(value=False)
    silent = pl.col("state") == NO_ANSWER
    rows = _not_waiting(rows.join(watch.refs, on="person"), watch, overdue)
    rows = rows.filter(silent | overdue)
    why = pl.when(silent).then(pl.lit("no_answer")).otherwise(pl.lit("overdue"))
    # an institution's code is its own among those of one source; a bank's stands alone
    bank = pl.col("dataset") == RECEIPT_OF[BANKING]
    named = pl.format("{}/{}", "dataset", "institution_code")
    whose = pl.when(bank).then("institution_code").otherwise(named)
    fact = pl.concat_str(whose, pl.col("asked_on").cast(pl.String), why, separator="=")
    raised = fold("A07", hits_of(rows, subject="person_ref", fact=fact))
    not_only_banks = rows.filter(bank.not_())["person_ref"].unique()
    told = pl.col("subject_id").is_in(not_only_banks.implode())
    return raised.with_columns(
        pl.when(told).then(pl.lit(_ANY_ZH)).otherwise("text_zh").alias("text_zh"),
        pl.when(told).then(pl.lit(_ASK_ZH)).otherwise("settles_it").alias("settles_it"),
    )


def _not_waiting(rows: pl.DataFrame, watch: Watch, overdue: pl.Expr) -> pl.DataFrame:
    """Without receipts that only say that our question is under way."""
    if watch.waiting is None or watch.waiting.is_empty():
        return rows
    pair = ["department", "institution_code", "person_ref"]
    ours = watch.waiting.with_columns(pl.lit(True).alias("under_way"))
    department = pl.col("dataset").str.split(".").list.first().alias("department")
    known = rows.with_columns(department).join(ours, on=pair, how="left", maintain_order="left")
    pending = pl.col("under_way").fill_null(value=False) & pl.col("replied_on").is_null()
    return known.filter((pending & overdue.not_()).not_()).select(rows.columns)


def _asked_others(watch: Watch) -> list[str]:
    """The sources beside the banks of which receipts came."""
    sent = set(watch.extracts.delivered["dataset"])
    return [source for source in OTHERS if RECEIPT_OF[source] in sent]


def _of_source(watch: Watch, ledger: Ledger, source: str) -> pl.DataFrame:
    """Receipts of whoever may be asked about of a source."""
    dataset = RECEIPT_OF[source]
    number = pl.coalesce(pl.col("id_no__key").cast(pl.String), "id_no").alias("who")
    receipts = watch.extracts.rows(dataset).with_columns(number).collect()
    people = [_asked_from_seats(watch, source), _asked_for_recipients(watch, ledger)]
    return (
        pl.concat(people)
        .join(
            receipts.select(
                "who", "institution_code", "state", "asked_on", "replied_on", "_record_key"
            ),
            on="who",
            how="inner",
        )
        .with_columns(pl.lit(dataset).alias("dataset"), pl.col("_record_key").alias("record_key"))
    )


def _asked_from_seats(watch: Watch, source: str) -> pl.DataFrame:
    """who, person, app, of_region of every seat of which the source may be read."""
    may = watch.case.seats.filter(allowed(source)).select("app", "member_no", "person")
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
