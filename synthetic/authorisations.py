"""Authorisations to query.

Mostly complete, some expired, revoked, narrow, of another programme, unsigned by a guardian, or
missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import blank_where, codes, happens
from synthetic.people import People, completed_years

if TYPE_CHECKING:
    from synthetic.planted import Planted
    from synthetic.roster import Roster

FAULTS = ("missing", "expired", "revoked", "narrow", "other_programme", "unsigned", "not_yet")
SOURCES = "banking;tax;housing;public_security;human_resources"


def authorisation_rows(
    rng: np.random.Generator, people: People, *, roster: Roster, planted: Planted
) -> pl.DataFrame:
    """approval.authorisation, one a numbered roster line.

    `_signer` is the guardian (-1 = nobody), `_fault` what is wrong.
    """
    lines = np.flatnonzero(~roster.newborn & (roster.line_role != "excluded").to_numpy())
    person, application = roster.line_person[lines], roster.line_application[lines]
    count = len(lines)
    applied = roster.applied_on[application]
    signed = applied - rng.integers(0, 12, count)
    minor = completed_years(people.birth[person], signed) < 18
    applicant = roster.applicant[application]
    # a child who applies alone has a guardian outside the roster
    grown = people.adults(30, 70)
    guardian = np.where(applicant != person, applicant, grown[person % len(grown)])
    faulty = np.isin(person, planted.authorisation)
    kinds = [name for name in FAULTS if name != "unsigned"]
    fault = pl.Series(kinds).gather(np.cumsum(faulty) % len(kinds))
    fault = pl.select(
        pl.when(pl.Series(faulty & minor))
        .then(pl.lit("unsigned"))
        .when(pl.Series(faulty))
        .then(fault)
        .alias("fault")
    )["fault"]
    limited = happens(rng, count, chance=0.3)
    valid_to = blank_where(~limited, people.as_of + rng.integers(60, 700, count))
    rows = pl.DataFrame(
        {
            "_p": person,
            "_a": application,
            "_signer": np.where(minor, guardian, -1),
            "_fault": fault,
            "authorisation_no": codes("SQS", np.arange(count), width=7),
            "application_id": roster.application_id.gather(application),
            "programme": roster.programme.gather(application),
            "signed_on": signed,
            "valid_to": valid_to,
        },
        schema_overrides={"_fault": pl.String},
    )
    day = pl.lit(people.as_of).cast(pl.Date)
    is_fault = {name: pl.col("_fault").eq_missing(name) for name in FAULTS}
    other = pl.when(pl.col("programme") == "dibao").then(pl.lit("rigid")).otherwise(pl.lit("dibao"))
    return rows.with_columns(
        pl.when(is_fault["unsigned"]).then(-1).otherwise("_signer").alias("_signer"),
        pl.when(is_fault["other_programme"]).then(other).otherwise("programme").alias("programme"),
        pl.when(is_fault["not_yet"])
        .then(day.dt.offset_by("5d"))
        .otherwise("signed_on")
        .alias("signed_on"),
        pl.when(is_fault["expired"])
        .then(day.dt.offset_by("-2d"))
        .otherwise("valid_to")
        .alias("valid_to"),
        pl.when(is_fault["revoked"]).then(day.dt.offset_by("-1d")).alias("revoked_on"),
        pl.when(is_fault["narrow"]).then(pl.lit(SOURCES)).alias("sources"),
    )


def delivered_authorisations(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that are sent: all but the missing ones."""
    return rows.filter(pl.col("_fault").eq_missing("missing").not_())
