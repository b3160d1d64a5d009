"""Who asks and for whom: applications, their rosters, and the persons behind them (assessment §3 and §4).

A person is one valid number; without one, one line of one roster. Persons who draw a benefit without being on a roster are
persons too, for alerts. `person` is a row number of this run; `person_ref` is what is published.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.identity.names import normal_names
from household.identity.numbers import age_on, key_birth
from household.money import units

if TYPE_CHECKING:
    from household.extracts import Extracts

DECLARED = ("wage", "business", "property", "transfer")


@dataclass(frozen=True)
class Roster:
    """Applications and people of a run.

    Attributes:
        applications: `app` (row number by application_id) and the application's own columns.
        members: one row per roster line: app, application_id, member_no, person, role, relation, `stands` (false for a person's second line
            on the same roster), key, number, name, sex, birth (of the number, else as declared), age, declared amounts in units.
        persons: person, pid, key, person_ref, in_roster, on_ledger (has or had a benefit).
    """

    applications: pl.DataFrame
    members: pl.DataFrame
    persons: pl.DataFrame


def person_refs(pids: pl.Series, secret: bytes) -> pl.Series:
    """Published references: a keyed digest (HMAC-SHA-256), stable between runs, which says nothing without the key."""
    return pl.Series(
        "person_ref",
        ["P" + hmac.new(secret, p.encode(), hashlib.sha256).hexdigest()[:20] for p in pids],
        dtype=pl.String,
    )


def build_roster(extracts: Extracts, secret: bytes, region: str | None = None) -> Roster:
    """Applications below `region` (all when None), their latest rosters and all persons concerned."""
    applications = extracts.rows("approval.application").collect()
    if region:
        applications = applications.filter(pl.col("region_code").str.starts_with(region))
    applications = (
        applications.sort("application_id")
        .with_row_index("app")
        .with_columns(pl.col("app").cast(pl.UInt32))
    )
    members = _members(extracts, applications)
    drawing = _recipients(extracts)
    persons = (
        pl.concat(
            [
                members.select("pid", "key", in_roster=True, on_ledger=False),
                drawing.select("pid", "key", in_roster=False, on_ledger=True),
            ]
        )
        .group_by("pid")
        .agg(pl.col("key").first(), pl.col("in_roster").any(), pl.col("on_ledger").any())
        .sort("pid")
        .with_row_index("person")
        .with_columns(pl.col("person").cast(pl.UInt32))
    )
    persons = persons.with_columns(person_refs(persons["pid"], secret))
    members = members.join(persons.select("pid", "person"), on="pid", how="left").sort(
        "app", "member_no"
    )
    return Roster(applications, members, persons)


def _members(extracts: Extracts, applications: pl.DataFrame) -> pl.DataFrame:
    rows = extracts.rows("approval.member").collect()
    rows = rows.join(
        applications.select("app", "application_id", "applied_on"), on="application_id", how="inner"
    )
    latest = pl.col("_extract_as_of") == pl.col("_extract_as_of").max().over("app")
    rows = rows.filter(latest)
    other_paper = pl.col("id_type").is_not_null() & (pl.col("id_type") != "居民身份证")
    rows = rows.with_columns(
        pl.col("id_no__key").alias("key"),
        pl.col("id_no").alias("number"),
        normal_names(rows["name"]).alias("normal"),
    ).with_columns(
        pl.when(pl.col("key").is_not_null())
        .then(pl.format("K{}", "key"))
        .when(other_paper & pl.col("number").is_not_null())
        .then(pl.format("D{}/{}", "id_type", "number"))
        .otherwise(pl.format("A{}/{}", "application_id", "member_no"))
        .alias("pid"),
        pl.coalesce(key_birth(pl.col("key")), "birth_date").alias("birth"),
    )
    same_number = pl.coalesce("number", "pid")  # an invalid number may stand twice as well
    return rows.with_columns(
        (
            pl.col("member_no")
            == pl.col("member_no")
            .min()
            .over("app", pl.coalesce(pl.col("key").cast(pl.String), same_number))
        ).alias("stands"),
        age_on(pl.col("birth"), extracts.as_of).alias("age"),
        *(units(pl.col(f"declared_{kind}")).alias(f"declared_{kind}") for kind in DECLARED),
        units(pl.col("declared_deposit")).alias("declared_deposit"),
        units(pl.col("obligor_household_income")).alias("obligor_income"),
        pl.col("obligor_household_size").alias("obligor_size"),
        pl.col("seriously_ill").fill_null(value=False).alias("ill"),  # a declaration: not declared
    )


def _recipients(extracts: Extracts) -> pl.DataFrame:
    """Everybody on the benefit ledger, running or ended, under the present number where the register knows theirs as a former one."""
    rows = extracts.rows("civil_affairs.benefit").select("benefit_id", "id_no__key").collect()
    renumbered = (
        extracts.rows("public_security.population")
        .select(
            pl.col("former_id_no__key").alias("id_no__key"), pl.col("id_no__key").alias("present")
        )
        .drop_nulls()
        .collect()
        .group_by("id_no__key")
        .agg(pl.col("present").n_unique().alias("claims"), pl.col("present").first())
        .filter(pl.col("claims") == 1)
    )
    rows = rows.join(renumbered.select("id_no__key", "present"), on="id_no__key", how="left")
    key = pl.coalesce("present", "id_no__key")
    return rows.select(
        key.alias("key"),
        pl.when(key.is_not_null())
        .then(pl.format("K{}", key))
        .otherwise(pl.format("B{}", "benefit_id"))
        .alias("pid"),
    )
