"""What the records know of an application's clocks: of the programme it asks for, and of no other.

Few steps of a procedure are recorded. What is on record elsewhere is used for what it proves and no more: a bank that was asked after
acceptance shows that verification had begun by then; a benefit that runs shows a confirmation in the month before it began
(民发〔2021〕57号 第二十一条), and with it that the steps before were done by then. Such a proof can show that something was done in time, never
that it was late: the benefit may answer a later application.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.families.temporary import papers_due
from household.deadlines.clocks import CLOCKS, PROCEDURE
from household.deadlines.facts import facts_of
from household.people.standing import GRANTS
from household.periods import month_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from household.alerts.watch import Ledger, Watch

TEKUN = "tekun"
EMERGENCY = "temp_emergency"


def application_facts(watch: Watch, ledger: Ledger) -> Iterator[tuple[str, pl.DataFrame]]:
    """Step and FACTS of every clock of an application."""
    asked = _asked(watch, ledger)
    yield from _procedure(asked)
    yield "recheck", _rechecks(watch, asked)
    yield from _temporary(watch, ledger, asked)
    yield "papers", _papers(watch)


def _asked(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """Applications with `accepted`, `verified_by` (the first bank asked since) and `confirmed_by`."""
    applications = watch.case.applications.select(
        "app",
        "application_id",
        "programme",
        "region_code",
        "applied_on",
        "event_on",
        "temp_cause",
        pl.col("accepted_on").alias("accepted"),
        pl.col("application_id").alias("subject_id"),
        pl.coalesce("accepted_on", "applied_on").alias("read_on"),
    )
    first_asked = (
        watch.case.receipts.join(applications.select("app", "accepted"), on="app")
        .filter(pl.col("asked_on") >= pl.col("accepted"), pl.col("asked_on") <= watch.as_of)
        .group_by("app")
        .agg(pl.col("asked_on").min().alias("verified_by"))
    )
    return applications.join(first_asked, on="app", how="left").join(
        _confirmed(watch, ledger), on="app", how="left"
    )


def _confirmed(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """app, confirmed_by: by a member's first benefit of the programme asked for that began after the month of acceptance."""
    members = watch.member_seats.select("app", "person").join(
        watch.case.applications.select("app", "programme", "accepted_on"), on="app"
    )
    began = (
        members.join(
            ledger.benefits.select("person", "programme", "from_month"), on=["person", "programme"]
        )
        .filter(month_index(pl.col("from_month")) > month_index(pl.col("accepted_on")))
        .group_by("app")
        .agg(pl.col("from_month").min())
    )
    # From the first of a month: confirmed by the last day of the month before, and by today in any case.
    last = pl.col("from_month").dt.offset_by("-1d")
    return began.select("app", pl.min_horizontal(last, pl.lit(watch.as_of)).alias("confirmed_by"))


def _procedure(asked: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    ordinary = asked.filter(pl.col("programme").is_in(PROCEDURE))
    tekun = asked.filter(pl.col("programme") == TEKUN)
    both = asked.filter(pl.col("programme").is_in([*PROCEDURE, TEKUN]))
    begun = pl.min_horizontal("verified_by", "confirmed_by")
    inferred = pl.lit(value=True)
    for step in ("start_investigation", "start_verification"):
        yield (
            step,
            facts_of(
                ordinary,
                CLOCKS[step],
                started_on="accepted",
                # The request is not on record: it can have come on the day of acceptance at the earliest.
                start_inferred=pl.lit(value=step == "start_verification"),
                done_by=begun,
                done_inferred=inferred,
            ),
        )
    yield (
        "township_opinion",
        facts_of(
            tekun,
            CLOCKS["township_opinion"],
            started_on="accepted",
            done_by="confirmed_by",
            done_inferred=inferred,
        ),
    )
    # Neither when these three begin nor when they end is in any dataset.
    yield "publicity", facts_of(both, CLOCKS["publicity"])
    yield "county_decision", facts_of(both, CLOCKS["county_decision"])
    refusable = both.filter(pl.col("confirmed_by").is_null())
    yield "refusal_notice", facts_of(refusable, CLOCKS["refusal_notice"])
    yield (
        "whole",
        facts_of(
            ordinary,
            CLOCKS["whole"],
            started_on="accepted",
            done_by="confirmed_by",
            done_inferred=inferred,
        ),
    )


def _rechecks(watch: Watch, asked: pl.DataFrame) -> pl.DataFrame:
    """One a objection. When a recheck was done arrives in no dataset."""
    raised = (
        watch.extracts.rows("approval.objection")
        .filter(pl.col("raised_on") <= pl.lit(watch.as_of))
        .select("objection_id", "application_id", "raised_on")
        .collect()
        .join(asked.drop("read_on"), on="application_id")
    )
    return facts_of(
        raised,
        CLOCKS["recheck"],
        refers_to="objection_id",
        started_on="raised_on",
        read_on="raised_on",
    )


def _temporary(
    watch: Watch, ledger: Ledger, asked: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    paid = asked.filter(pl.col("programme").is_in(GRANTS)).join(
        _first_grants(watch, ledger, asked), on="app", how="left"
    )
    # A grant that does not name the event may be for another: it can show that aid came in time, not that it came late.
    granted = {
        "done_from": pl.when("for_event").then("paid_on"),
        "done_by": pl.col("paid_on"),
        "done_inferred": pl.col("for_event").not_().fill_null(value=False),
    }
    emergency = paid.filter(pl.col("programme") == EMERGENCY)
    yield (
        "first_aid",
        facts_of(
            emergency,
            CLOCKS["first_aid"],
            started_on="event_on",
            # Aid is due from when the emergency is known of, which was on the day of application at the latest.
            latest_start=pl.max_horizontal("event_on", "applied_on"),
            read_on=pl.coalesce("event_on", "applied_on"),
            **granted,
        ),
    )
    yield (
        "aid_paid",
        facts_of(
            paid,
            CLOCKS["aid_paid"],
            started_on=pl.coalesce("accepted", "applied_on"),
            start_inferred=pl.col("accepted").is_null(),
            **granted,
        ),
    )
    filed = {"read_on": pl.coalesce("paid_on", "applied_on"), "start_inferred": pl.lit(value=True)}
    yield "submit", facts_of(emergency, CLOCKS["submit"], started_on="paid_on", **filed)


def _first_grants(watch: Watch, ledger: Ledger, asked: pl.DataFrame) -> pl.DataFrame:
    """app, paid_on, for_event: the first grant of the same programme and cause to a member, and whether its row names the event.

    Emergency aid may come before the application (先行救助), but not before the event; a grant for another event is another's.
    """
    grants = ledger.payments.filter(
        pl.col("programme").is_in(GRANTS), pl.col("paid_on") <= pl.lit(watch.as_of)
    ).select(
        "person",
        "programme",
        pl.col("cause").alias("temp_cause"),
        "paid_on",
        pl.col("event_on").alias("event_paid_for"),
    )
    sought = asked.select("app", "programme", "temp_cause", "event_on", "applied_on")
    before_paper = (pl.col("programme") == EMERGENCY) & pl.col("event_on").is_not_null()
    since = pl.when(before_paper).then("event_on").otherwise("applied_on")
    same_event = pl.col("event_paid_for") == pl.col("event_on")
    found = (
        watch.member_seats.select("app", "person")
        .join(sought, on="app")
        .join(grants, on=["person", "programme", "temp_cause"])
        .filter(pl.col("paid_on") >= since, same_event.fill_null(value=True))
    )
    first = pl.col("paid_on") == pl.col("paid_on").min().over("app")
    return (
        found.filter(first)
        .group_by("app")
        .agg(pl.col("paid_on").first(), same_event.fill_null(value=False).any().alias("for_event"))
    )


def _papers(watch: Watch) -> pl.DataFrame:
    """T03's own reckoning. An empty paperwork_on says that the papers are not completed (catalogue)."""
    return facts_of(
        papers_due(watch),
        CLOCKS["papers"],
        subject_id="application_id",
        read_on="applied_on",
        started_on="relieved_on",
        given_due="due",
        done_from="paperwork_on",
        done_by="paperwork_on",
        silence_is_late=pl.lit(value=True),
    )
