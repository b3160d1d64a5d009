"""Papers and dates on other records that run out: certificates, authorisations, schooling of 特困 minors, custody.

Read as alerts read them: of whoever draws, while the benefit runs, and of members of living applications where an authorisation covers the
source; rows of tier A or B only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.watch import seen_rows
from household.authorisation import paper_of
from household.periods import in_force
from household.reviews.events import events_of, reached
from household.reviews.seats import births, living_applications, living_seats

if TYPE_CHECKING:
    from collections.abc import Iterator

    from household.alerts.watch import Ledger, Watch

CERTIFICATE, CUSTODY = "disabled_federation.certificate", "justice.custody"
ENROLMENT, AUTHORISATION = "education.enrolment", "approval.authorisation"
SCHOOLS = ("小学", "初中", "高中", "中职")
"""Where a 特困 minor may go on being kept after 18 (民发〔2021〕43号 第二十四条)."""

ADULT, OLD = 18, 60

_PERSON: dict[str, pl.Expr | str] = {
    "subject_kind": pl.lit("person"),
    "subject_id": "subject",
    "region_code": "of_region",
    "programme": pl.lit(None),
}


def paper_events(watch: Watch, ledger: Ledger, dead: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Entries of papers. `dead`: person: who is shown dead, and needs no paper any more."""
    for events in (
        _certificates(watch, ledger),
        _authorisations(watch, ledger),
        _schooling(watch, ledger),
        _releases(watch, ledger),
    ):
        yield events.join(dead, on="person", how="anti")


def _certificates(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """The valid certificate of a person that lasts longest; one without an end never falls due."""
    rows = seen_rows(watch, ledger, CERTIFICATE, seats=living_seats(watch, ledger))
    longest = (
        rows.filter(pl.col("status") == "有效")
        .sort(
            "person", "valid_to", "record_key", "of_region", descending=[False, True, False, False]
        )
        .unique("person", keep="first", maintain_order=True)  # nulls come first: no end
    )
    return events_of(
        longest,
        "certificate_expires",
        on_date="valid_to",
        known_undone=pl.lit(value=True),
        **_PERSON,
    )


def _authorisations(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """The last paper of each member of a living application, source by source; a later one for all sources takes its place."""
    living = living_applications(watch, ledger).drop("record_key")
    never = pl.date(9999, 12, 31)
    papers = (
        watch.extracts.rows(AUTHORISATION)
        .filter(
            pl.col("signed_on") <= pl.lit(watch.as_of),
            pl.col("revoked_on").is_null() | (pl.col("revoked_on") > pl.lit(watch.as_of)),
        )
        .with_columns(paper_of("id_no__key", "id_no").alias("who"))
        .select(
            "application_id",
            "programme",
            "who",
            pl.col("valid_to").fill_null(never).alias("ends"),
            pl.col("sources").fill_null("").str.strip_chars(),
            pl.col("_record_key").alias("record_key"),
        )
        .collect()
        .join(living, on=["application_id", "programme"], how="inner")
    )
    seat = watch.roster.members.filter("stands", pl.col("role") == "member").select(
        "app", "person", paper_of("key", "number").alias("who")
    )
    whole = pl.when(pl.col("sources") == "").then("ends").max().over("app", "who")
    same = pl.col("ends").max().over("app", "who", "sources")
    last = (
        papers.filter(pl.col("ends") == pl.max_horizontal(whole, same), pl.col("ends") < never)
        .join(seat, on=["app", "who"], how="inner")
        .sort("app", "person", "ends", "record_key")
        .unique(["app", "person", "ends"], keep="first", maintain_order=True)
    )
    return events_of(
        last,
        "authorisation_expires",
        on_date="ends",
        subject_kind=pl.lit("application"),
        subject_id="application_id",
        region_code="of_region",
        dataset=pl.lit(AUTHORISATION),
        known_undone=pl.lit(value=True),
    )


def _schooling(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """特困 drawn since before 18, at school on the day of leaving after 18: by the newest enrolment."""
    kept = (
        ledger.benefits.filter("running", pl.col("programme") == "tekun")
        .drop("dataset", "record_key")
        .join(births(watch), on="person", how="inner")
        .filter(pl.col("from_month") < reached(pl.col("birth"), ADULT))
    )
    newest = (
        watch.linked[ENROLMENT]
        .filter(pl.col("tier").is_in(["A", "B"]))
        .sort("person", "enrolled_on", "_record_key", descending=[False, True, False])
        .unique("person", keep="first", maintain_order=True)
        .filter(pl.col("status") == "在读", pl.col("stage").is_in(SCHOOLS))
        .select("person", "leaves_on", pl.col("_record_key").alias("record_key"))
    )
    leaving = pl.col("leaves_on")
    adult = leaving >= reached(pl.col("birth"), ADULT)
    return events_of(
        kept.join(newest, on="person").filter(adult, leaving < reached(pl.col("birth"), OLD)),
        "tekun_schooling",
        on_date="leaves_on",
        subject_kind=pl.lit("benefit"),
        subject_id="benefit_id",
        region_code="of_region",
        dataset=pl.lit(ENROLMENT),
    )


def _releases(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """Who is held today and is to be let go on a recorded day, members left out for it among them; the last day of several."""
    seats = living_seats(watch, ledger, roles=("member", "excluded"))
    held = seen_rows(watch, ledger, CUSTODY, seats=seats).filter(
        in_force(pl.col("from_date"), pl.col("to_date"), watch.as_of)
    )
    last = held.sort(
        "person", "to_date", "record_key", "of_region", descending=[False, True, False, False]
    ).unique("person", keep="first", maintain_order=True)  # nulls come first: no day is recorded
    return events_of(last, "custody_release", on_date="to_date", **_PERSON)
