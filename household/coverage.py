"""Coverage: what each source has answered for each seat, one line an extract or an institution (assessment §8)."""

from __future__ import annotations

import polars as pl

from household.authorisation import allowed
from household.delivery import BY_RECEIPT, FRESH
from household.extracts import SOURCES, dataset_of_source
from household.receipts import BANKING, OTHERS, asked_sources

WORST_FIRST = ("not_delivered", "stale", "no_answer", "identity_mismatch", "found", "none")


def coverage(
    seats: pl.DataFrame, states: pl.DataFrame, receipts: pl.DataFrame, rows_found: pl.DataFrame
) -> pl.DataFrame:
    """One line per seat, authorised source and institution, at the worst of its datasets.

    Args:
        seats: every seat. states: see `delivery.delivery_states`. receipts: see `receipts.person_receipts`.
        rows_found: app, person, dataset of every link that may be read.

    Returns:
        app, person, source, institution, state, asked_on, replied_on, as_of.
    """
    by_extract = states.filter(pl.col("state").is_in(BY_RECEIPT).not_())
    asked = asked_sources(states)
    parts = [
        _by_extract(seats, by_extract, rows_found, source)
        for source in SOURCES
        if source != BANKING
    ]
    parts.append(_by_receipt(seats, receipts, BANKING))
    for source in OTHERS:
        apps = asked.filter(pl.col("source") == source)
        if len(apps):
            mine = seats.join(apps.select("app"), on="app", how="semi")
            parts.append(_by_receipt(mine, receipts, source))
    return pl.concat(parts).sort("app", "person", "source", "institution")


def _by_extract(
    seats: pl.DataFrame, states: pl.DataFrame, rows_found: pl.DataFrame, source: str
) -> pl.DataFrame:
    datasets = dataset_of_source(source)
    held = (
        rows_found.filter(pl.col("dataset").is_in(datasets))
        .unique()
        .with_columns(pl.lit(True).alias("held"))
    )
    lines = (
        seats.filter(allowed(source))
        .select("app", "person")
        .join(states.filter(pl.col("dataset").is_in(datasets)), on="app")
        .join(held, on=["app", "person", "dataset"], how="left")
    )
    answer = (
        pl.when(pl.col("held").fill_null(value=False))
        .then(pl.lit("found"))
        .otherwise(pl.lit("none"))
    )
    lines = lines.with_columns(
        pl.when(pl.col("state") == FRESH).then(answer).otherwise("state").alias("state")
    )
    return (
        lines.sort("app", "person", _rank(), "extract_as_of", nulls_last=False)
        .unique(["app", "person"], keep="first", maintain_order=True)
        .select(
            "app",
            "person",
            pl.lit(source).alias("source"),
            pl.lit(None, dtype=pl.String).alias("institution"),
            "state",
            pl.lit(None, dtype=pl.Date).alias("asked_on"),
            pl.lit(None, dtype=pl.Date).alias("replied_on"),
            pl.col("extract_as_of").alias("as_of"),
        )
    )


def _by_receipt(seats: pl.DataFrame, receipts: pl.DataFrame, source: str) -> pl.DataFrame:
    """A line for every institution that was asked, and one without institution for whom none was. A newborn without a number needs none."""
    one_each = (
        receipts.filter(pl.col("source") == source)
        .sort("app", "person", "institution_code", _rank(), "asked_on")
        .unique(["app", "person", "institution_code"], keep="first", maintain_order=True)
    )
    answered = one_each.select(
        "app",
        "person",
        "source",
        pl.col("institution_code").alias("institution"),
        "state",
        "asked_on",
        "replied_on",
        pl.col("_extract_as_of").alias("as_of"),
    )
    nobody = (
        seats.filter(allowed(source), pl.col("newborn").not_())
        .join(answered, on=["app", "person"], how="anti")
        .select(
            "app",
            "person",
            pl.lit(source).alias("source"),
            pl.lit(None, dtype=pl.String).alias("institution"),
            pl.lit("no_answer").alias("state"),
            pl.lit(None, dtype=pl.Date).alias("asked_on"),
            pl.lit(None, dtype=pl.Date).alias("replied_on"),
            pl.lit(None, dtype=pl.Date).alias("as_of"),
        )
    )
    return pl.concat([answered, nobody])


def _rank() -> pl.Expr:
    return pl.col("state").replace_strict(
        {state: place for place, state in enumerate(WORST_FIRST)}, return_dtype=pl.Int8
    )
