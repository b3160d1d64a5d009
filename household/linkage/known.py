"""What is known of each person before a row is compared: numbers they have had, names they have had, sex and birth as declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.authorisation import allowed
from household.identity.names import normal_names

if TYPE_CHECKING:
    from household.extracts import Extracts
    from household.roster import Roster

_SEPARATORS = r"[;；、,，/|]"


@dataclass(frozen=True)
class Known:
    """The roster side of linkage.

    Attributes:
        numbers: key, person, former (bool): every valid number that means the person.
        names: person, name (as sent), normal, former (bool): every name, once a normal form.
        former_names: person, former_names: the names of `names` that are former, as a list.
        stated: person, sex, birth as the rosters state them (lists, distinct, without nulls), and the unreadable numbers they give.
    """

    numbers: pl.DataFrame
    names: pl.DataFrame
    stated: pl.DataFrame
    former_names: pl.DataFrame


def gather_known(extracts: Extracts, roster: Roster, granted: pl.DataFrame) -> Known:
    """Numbers and names of every person; former ones only where the household register may be read for that person."""
    persons = roster.persons.filter(pl.col("key").is_not_null()).select("key", "person")
    signed = granted.filter(allowed("public_security")).select("person")
    # Who draws a benefit is covered for alerts, and the ledger must find them under any number they have had.
    on_ledger = roster.persons.filter("on_ledger").select("person")
    readable = pl.concat([signed, on_ledger]).unique()
    register = (
        extracts.rows("public_security.population")
        .select("id_no__key", "former_id_no__key", "name", "former_name")
        .filter(pl.col("former_id_no__key").is_not_null() | pl.col("former_name").is_not_null())
        .collect()
    )
    own = register.join(persons, left_on="id_no__key", right_on="key", how="inner").join(
        readable, on="person", how="semi"
    )
    by_old = register.join(persons, left_on="former_id_no__key", right_on="key", how="inner").join(
        readable, on="person", how="semi"
    )
    numbers = pl.concat(
        [
            persons.with_columns(pl.lit(False).alias("former")),
            own.select(
                pl.col("former_id_no__key").alias("key"), "person", pl.lit(True).alias("former")
            ),
            by_old.select(
                pl.col("id_no__key").alias("key"), "person", pl.lit(True).alias("former")
            ),
        ]
    ).filter(pl.col("key").is_not_null())
    on_roster = roster.persons.filter("in_roster").select("person")
    claimed = persons.join(on_roster, on="person", how="semi").rename({"person": "owner"})
    numbers = (
        numbers.join(claimed, on="key", how="left")
        .filter(
            pl.col("former").not_() | pl.col("owner").is_null()
        )  # a number that a roster uses is its owner's
        .sort("former")
        .unique(["key", "person"], keep="first", maintain_order=True)
        .select("key", "person", "former")
    )
    names = _names(roster, extracts, pl.concat([own, by_old]))
    former = (
        names.filter("former").group_by("person").agg(pl.col("normal").sort().alias("former_names"))
    )
    return Known(numbers, names, _stated(roster), former)


def _names(roster: Roster, extracts: Extracts, register: pl.DataFrame) -> pl.DataFrame:
    former = (
        register.select(
            "person",
            pl.col("former_name").str.replace_all(_SEPARATORS, ";").str.split(";").alias("name"),
        )
        .explode("name")
        .drop_nulls()
    )
    roster_names = roster.members.select("person", "normal").drop_nulls().unique()
    # A roster that still uses a former name: the register's present name is the person's as well.
    renamed = (
        former.with_columns(normal_names(former["name"]).alias("normal"))
        .join(roster_names, on=["person", "normal"], how="semi")
        .select("person")
        .unique()
    )
    present = register.join(renamed, on="person", how="semi").select("person", "name")
    ledger = (
        extracts.rows("civil_affairs.benefit")
        .select(pl.col("id_no__key").alias("key"), "name")
        .collect()
        .join(roster.persons.filter(pl.col("in_roster").not_()), on="key", how="inner")
        .select("person", "name")
    )
    sent = pl.concat(
        [
            roster.members.filter("stands").select("person", "name", pl.lit(False).alias("former")),
            ledger.with_columns(pl.lit(False).alias("former")),
            former.with_columns(pl.lit(True).alias("former")),
            present.with_columns(pl.lit(True).alias("former")),
        ]
    )
    return (
        sent.with_columns(normal_names(sent["name"]).alias("normal"))
        .drop_nulls("normal")
        .sort("person", "former", "normal", "name")
        .unique(["person", "normal"], keep="first", maintain_order=True)
        .select("person", "name", "normal", "former")
    )


def _stated(roster: Roster) -> pl.DataFrame:
    return (
        roster.members.filter("stands")
        .group_by("person")
        .agg(
            pl.col("sex").drop_nulls().unique().sort().alias("sexes"),
            pl.col("birth_date").drop_nulls().unique().sort().alias("births"),
            pl.col("number")
            .filter(pl.col("key").is_null())
            .drop_nulls()
            .unique()
            .sort()
            .alias("bad_numbers"),
        )
    )
