"""Who was answered for person by person: the receipts that may be read, and whose silence they leave (assessment §8).

Banks always answer so. Other sources do where receipts of theirs arrive (`delivery.BY_RECEIPT`): then whoever was not asked about is not
known to have nothing, whatever extract lies there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.authorisation import allowed
from household.delivery import ANSWERED, ASKED, BY_RECEIPT, RECEIPT_OF
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from household.extracts import Extracts

BANKING = "banking"
OTHERS = tuple(source for source in RECEIPT_OF if source != BANKING)
"""The sources that answer person by person only where receipts of theirs arrive."""


def asked_sources(states: pl.DataFrame) -> pl.DataFrame:
    """app, source, extract (whether an extract of the source was delivered too): of OTHERS, those that answer by receipts.

    `states`: see `delivery.delivery_states`.
    """
    source = {name: d.source for name, d in DATASETS.items()}
    return states.filter(pl.col("state").is_in(BY_RECEIPT)).select(
        "app",
        pl.col("dataset").replace_strict(source, return_dtype=pl.String).alias("source"),
        (pl.col("state") == ASKED).alias("extract"),
    )


def person_receipts(
    extracts: Extracts, seats: pl.DataFrame, members: pl.DataFrame, states: pl.DataFrame
) -> pl.DataFrame:
    """Receipts of each seat that may be read.

    Returns:
        app, person, member_no, institution_code, state, asked_on, replied_on, _extract_as_of, source, answered. `answered`: found or
        none; of OTHERS `found` answers only where an extract that could hold the finding was delivered.
    """
    banks = _receipts_of(extracts, seats, members, source=BANKING)
    found = [banks.with_columns(pl.col("state").is_in(ANSWERED).alias("answered"))]
    asked = asked_sources(states)
    for (source,), apps in asked.group_by("source", maintain_order=True):
        receipts = _receipts_of(extracts, seats, members, source=str(source))
        answered = (pl.col("state") == "none") | (
            pl.col("state").is_in(ANSWERED) & pl.col("extract")
        )
        found.append(
            receipts.join(apps.select("app", "extract"), on="app")
            .with_columns(answered.alias("answered"))
            .drop("extract")
        )
    return pl.concat(found)


def _receipts_of(
    extracts: Extracts, seats: pl.DataFrame, members: pl.DataFrame, *, source: str
) -> pl.DataFrame:
    receipts = extracts.rows(RECEIPT_OF[source]).collect()
    who = pl.coalesce(pl.col("key").cast(pl.String), "number").alias("who")
    asked = members.filter("stands").select("app", "person", who)
    may = seats.filter(allowed(source)).select("app", "person", "member_no")
    return (
        receipts.with_columns(
            pl.coalesce(pl.col("id_no__key").cast(pl.String), "id_no").alias("who")
        )
        .join(asked, on="who", how="inner")
        .join(may, on=["app", "person"], how="inner")
        .select(
            "app",
            "person",
            "member_no",
            "institution_code",
            "state",
            "asked_on",
            "replied_on",
            "_extract_as_of",
            pl.lit(source).alias("source"),
        )
    )


def silence(receipts: pl.DataFrame, counted: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """app, bank_silent, asked_silent: some counted person is not answered for by every institution that was asked, or none was.

    The first of banks, the second of OTHERS where they answer by receipts. A newborn without a number needs no receipt.

    Args:
        receipts: see `person_receipts`. counted: the seats that count. states: see `delivery.delivery_states`.
    """
    needed = counted.filter(pl.col("newborn").not_()).select("app", "person")
    banks = needed.select("app").unique().with_columns(pl.lit(BANKING).alias("source"))
    sources = pl.concat([banks, asked_sources(states).select("app", "source")])
    answers = receipts.group_by("app", "person", "source").agg(pl.col("answered").all())
    silent = pl.col("answered").fill_null(value=False).not_()
    of_bank = pl.col("source") == BANKING
    return (
        needed.join(sources, on="app")
        .join(answers, on=["app", "person", "source"], how="left")
        .group_by("app")
        .agg(
            (silent & of_bank).any().alias("bank_silent"),
            (silent & of_bank.not_()).any().alias("asked_silent"),
        )
    )
