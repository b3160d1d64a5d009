"""Published persons: their references, their places on rosters, and the rows linked to them. Nothing here names anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.authorisation import allowed
from household.extracts import OWN_LEDGERS
from household.linkage.links import STANDS
from household.schema.datasets import DATASETS
from household.schema.masking import mask_id_numbers, mask_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.linkage.links import Linked
    from household.roster import Roster

WATCHED = (
    "public_security.population",
    "civil_affairs.funeral",
    "justice.custody",
    "finance.payroll",
    "market_regulation.entity",
)
"""What may be read of a person who draws a benefit, for alerts, while it runs (assessment §2)."""


def person_rows(roster: Roster, benefits: pl.DataFrame) -> pl.DataFrame:
    """Table `person`. Who is on no roster is shown as the ledger has them.

    Args:
        roster: people and roster lines.
        benefits: rows of the benefit ledger: person, benefit_id, id_no, name.
    """
    applications = roster.applications.select("app", "application_id")
    lines = roster.members.join(applications, on="app", how="left").sort("app", "member_no")
    seen = lines.group_by("person").agg(
        pl.col(
            "application_id_right" if "application_id_right" in lines.columns else "application_id"
        )
        .unique()
        .sort()
        .alias("application_ids"),
        pl.col("number").first(),
        pl.col("name").first(),
    )
    drawn = (
        benefits.select("person", "benefit_id", pl.col("id_no", "name").name.suffix("_drawn"))
        .sort("person", "benefit_id", "id_no_drawn", "name_drawn")
        .unique("person", keep="first", maintain_order=True)
    )
    people = (
        roster.persons.join(seen, on="person", how="left")
        .join(drawn, on="person", how="left")
        .with_columns(
            pl.when("in_roster").then("number").otherwise("id_no_drawn").alias("number"),
            pl.when("in_roster").then("name").otherwise("name_drawn").alias("name"),
        )
        .sort("person_ref")
    )
    return people.select(
        "person_ref",
        pl.col("application_ids").fill_null([]),
        mask_id_numbers(people["number"]).alias("id_no_masked"),
        mask_names(people["name"]).alias("name_masked"),
        "in_roster",
    )


def roster_rows(roster: Roster) -> pl.DataFrame:
    """Table `roster_person`; a person who stands twice on a roster has both places."""
    return roster.members.join(roster.persons.select("person", "person_ref"), on="person").select(
        "application_id", pl.col("member_no").cast(pl.Int64), "person_ref"
    )


_LINK = ("_record_key", "person", "tier", "score", "clerk", "note")


def readable_links(
    linked: Linked, seats: pl.DataFrame, drawing: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The linked rows that may be read: dataset -> _record_key, person, tier, score, clerk, note of its linked frame.

    A row of a person is readable where some application's authorisation covers its source, where it stands on the commissioning
    body's own ledgers, or, for what alerts watch, while the person draws a benefit.

    Args:
        drawing: person: who has a benefit running.
    """
    out = {}
    for dataset, frame in linked.items():
        rows = frame.select(_LINK)
        if dataset in OWN_LEDGERS:
            out[dataset] = rows
            continue
        signed = seats.filter(allowed(DATASETS[dataset].source)).select("person")
        watched = (
            drawing.select("person") if dataset in WATCHED else drawing.select("person").clear()
        )
        out[dataset] = rows.join(pl.concat([signed, watched]).unique(), on="person", how="semi")
    return out


def link_rows_published(
    readable: Mapping[str, pl.DataFrame], persons: pl.DataFrame
) -> pl.DataFrame:
    """Table `person_link`."""
    decided = (
        pl.when("clerk")
        .then(pl.lit("clerk"))
        .when(STANDS)
        .then(pl.lit("rule"))
        .otherwise(pl.lit("model"))
    )
    frames = [
        rows.select(
            pl.lit(dataset).alias("dataset"),
            pl.col("_record_key").alias("record_key"),
            "person",
            "tier",
            "score",
            decided.alias("decided_by"),
            "note",
        )
        for dataset, rows in readable.items()
    ]
    return (
        pl.concat(frames)
        .join(persons.select("person", "person_ref"), on="person")
        .sort("dataset", "record_key", "person_ref", "tier")
        .unique(["dataset", "record_key", "person_ref"], keep="first", maintain_order=True)
        .select("dataset", "record_key", "person_ref", "tier", "score", "decided_by", "note")
    )
