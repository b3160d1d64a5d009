"""The people of a referral list in clear, fetched from the working store for the one file that is handed over; nothing of it is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.referrals.handing import ADDRESS, NAME, NUMBER, PHONE
from pipelines.reviewing import MEMBER

if TYPE_CHECKING:
    from pipelines.reviewing import Shelf

BENEFIT = "civil_affairs.benefit"
CLEAR = (NAME, NUMBER, PHONE, ADDRESS)


def people_in_clear(
    shelf: Shelf, wanted: pl.Series, places: pl.DataFrame, links: pl.DataFrame
) -> pl.DataFrame:
    """person_ref and CLEAR of people, as their newest application states them, else as the ledger of benefits does.

    Args:
        shelf: the store.
        wanted: person references.
        places: published `roster_person` rows. links: published `person_link` rows.

    Returns:
        One row a person that was found; phone and address are null for whoever is on no roster.

    """
    of_roster = _on_rosters(shelf, places.filter(pl.col("person_ref").is_in(wanted.implode())))
    rest = wanted.filter(wanted.is_in(of_roster["person_ref"].implode()).not_())
    mine = links.filter(
        pl.col("dataset").cast(pl.String) == BENEFIT,
        pl.col("tier").cast(pl.String).is_in(["A", "B"]),
        pl.col("person_ref").is_in(rest.implode()),
    )
    return pl.concat([of_roster, _on_ledger(shelf, mine)])


def _on_rosters(shelf: Shelf, places: pl.DataFrame) -> pl.DataFrame:
    rows = shelf.rows(MEMBER).filter(
        pl.col("application_id").is_in(places["application_id"].unique().implode())
    )
    told = rows.collect().filter(
        pl.col("_extract_as_of") == pl.col("_extract_as_of").max().over("application_id")
    )
    return (
        places.select("application_id", "member_no", "person_ref")
        .join(
            told.select(
                "application_id",
                pl.col("member_no").cast(pl.Int64),
                pl.col("name").alias(NAME),
                pl.col("id_no").alias(NUMBER),
                pl.col("phone").alias(PHONE),
                pl.col("address").alias(ADDRESS),
                "_extract_as_of",
            ),
            on=["application_id", "member_no"],
        )
        .sort("_extract_as_of", "application_id", "member_no")
        .unique("person_ref", keep="last", maintain_order=True)
        .select("person_ref", *CLEAR)
    )


def _on_ledger(shelf: Shelf, links: pl.DataFrame) -> pl.DataFrame:
    told = shelf.rows(BENEFIT).select(
        pl.col("_record_key").alias("record_key"),
        pl.col("name").alias(NAME),
        pl.col("id_no").alias(NUMBER),
        pl.lit(None, dtype=pl.String).alias(PHONE),
        pl.lit(None, dtype=pl.String).alias(ADDRESS),
    )
    return (
        links.select("record_key", "person_ref")
        .join(told.collect(), on="record_key")
        .sort("person_ref", "record_key")
        .unique("person_ref", keep="last", maintain_order=True)
        .select("person_ref", *CLEAR)
    )
