"""Who has answered: extracts by region and age, receipts by person, and the coverage lines made of them (assessment §8).

Silence is a value: a source that was not delivered, is too old or has not replied says nothing, and nothing is never zero.
"""

from __future__ import annotations

import polars as pl

from household.authorisation import allowed
from household.extracts import SOURCES, Extracts, dataset_of_source
from household.schema.datasets import DATASETS

FRESH, STALE, NOT_DELIVERED = "fresh", "stale", "not_delivered"
WORST_FIRST = ("not_delivered", "stale", "no_answer", "identity_mismatch", "found", "none")
BULK = tuple(name for name, d in DATASETS.items() if d.mode == "bulk" and d.source != "approval")
ANSWERED = ("found", "none")


def delivery_states(
    extracts: Extracts, terms: pl.DataFrame, applications: pl.DataFrame
) -> pl.DataFrame:
    """app, dataset, state (fresh | stale | not_delivered), extract_as_of for every bulk dataset.

    An extract serves an application whose region it is or contains. A missing `source.max_age_days` calls nothing fresh.
    """
    regions = applications.select("region_code").unique()
    newest = (
        regions.join(extracts.delivered.rename({"region_code": "of_region"}), how="cross")
        .filter(pl.col("region_code").str.starts_with(pl.col("of_region")))
        .group_by("region_code", "dataset")
        .agg(pl.col("as_of").max().alias("extract_as_of"))
    )
    age = (pl.lit(extracts.as_of) - pl.col("extract_as_of")).dt.total_days()
    fresh = (age <= pl.col("source_max_age_days")).fill_null(value=False)
    return (
        applications.select("app", "region_code")
        .join(pl.DataFrame({"dataset": BULK}), how="cross")
        .join(newest, on=["region_code", "dataset"], how="left")
        .join(terms.select("app", "source_max_age_days"), on="app")
        .select(
            "app",
            "dataset",
            pl.when(pl.col("extract_as_of").is_null())
            .then(pl.lit(NOT_DELIVERED))
            .when(fresh)
            .then(pl.lit(FRESH))
            .otherwise(pl.lit(STALE))
            .alias("state"),
            "extract_as_of",
        )
    )


def newest_extracts(delivered: pl.DataFrame, regions: pl.Series, *, dataset: str) -> pl.DataFrame:
    """of_region, extract_as_of: the newest extract of a dataset that serves each region; regions that none serves are left out.

    Args:
        delivered: dataset, region_code, as_of. regions: codes; an extract serves those that its own begins. dataset: which.
    """
    asked = regions.drop_nulls().unique().sort().to_frame("of_region")
    sent = delivered.filter(pl.col("dataset") == dataset).select("region_code", "as_of").unique()
    return (
        asked.join(sent, how="cross")
        .filter(pl.col("of_region").str.starts_with(pl.col("region_code")))
        .group_by("of_region")
        .agg(pl.col("as_of").max().alias("extract_as_of"))
        .sort("of_region")
    )


def silent_on(states: pl.DataFrame, datasets: tuple[str, ...], name: str) -> pl.DataFrame:
    """app, `name`: whether any of the datasets has not answered."""
    return (
        states.filter(pl.col("dataset").is_in(datasets))
        .group_by("app")
        .agg((pl.col("state") != FRESH).any().alias(name))
    )


def bank_receipts(extracts: Extracts, seats: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Receipts of each seat that may be read: app, person, institution_code, state, asked_on, replied_on."""
    receipts = extracts.rows("banking.receipt").collect()
    who = pl.coalesce(pl.col("key").cast(pl.String), "number").alias("who")
    asked = members.filter("stands").select("app", "person", who)
    may = seats.filter(allowed("banking")).select("app", "person", "member_no")
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
        )
    )


def bank_silence(receipts: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """app, bank_silent: some counted person is not answered for by every bank that was asked, or none was.

    A newborn without a number needs no receipt.
    """
    answers = receipts.group_by("app", "person").agg(
        pl.col("state").is_in(ANSWERED).all().alias("answered")
    )
    return (
        counted.filter(pl.col("newborn").not_())
        .join(answers, on=["app", "person"], how="left")
        .group_by("app")
        .agg(pl.col("answered").fill_null(value=False).all().not_().alias("bank_silent"))
    )


def coverage(
    seats: pl.DataFrame, states: pl.DataFrame, receipts: pl.DataFrame, rows_found: pl.DataFrame
) -> pl.DataFrame:
    """One line per seat, authorised source and institution, at the worst of its datasets.

    Args:
        rows_found: app, person, dataset of every link that may be read.

    Returns:
        app, person, source, institution, state, asked_on, replied_on, as_of.
    """
    parts = [
        _bulk_coverage(seats, states, rows_found, source)
        for source in SOURCES
        if source != "banking"
    ]
    return pl.concat([*parts, _bank_coverage(seats, receipts)]).sort(
        "app", "person", "source", "institution"
    )


def _bulk_coverage(
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
    rank = pl.col("state").replace_strict(
        {s: i for i, s in enumerate(WORST_FIRST)}, return_dtype=pl.Int8
    )
    return (
        lines.sort("app", "person", rank, "extract_as_of", nulls_last=False)
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


def _bank_coverage(seats: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    worst = pl.col("state").replace_strict(
        {s: i for i, s in enumerate(WORST_FIRST)}, return_dtype=pl.Int8
    )
    one_each = receipts.sort("app", "person", "institution_code", worst, "asked_on").unique(
        ["app", "person", "institution_code"], keep="first", maintain_order=True
    )
    answered = one_each.select(
        "app",
        "person",
        pl.lit("banking").alias("source"),
        pl.col("institution_code").alias("institution"),
        "state",
        "asked_on",
        "replied_on",
        pl.col("_extract_as_of").alias("as_of"),
    )
    nobody = (
        seats.filter(allowed("banking"), pl.col("newborn").not_())
        .join(answered, on=["app", "person"], how="anti")
        .select(
            "app",
            "person",
            pl.lit("banking").alias("source"),
            pl.lit(None, dtype=pl.String).alias("institution"),
            pl.lit("no_answer").alias("state"),
            pl.lit(None, dtype=pl.Date).alias("asked_on"),
            pl.lit(None, dtype=pl.Date).alias("replied_on"),
            pl.lit(None, dtype=pl.Date).alias("as_of"),
        )
    )
    return pl.concat([answered, nobody])
