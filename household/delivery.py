"""Who has answered, by region and age of the extracts (assessment §8). Who is answered for by receipts is `household.receipts`.

Silence is a value: a source that was not delivered, is too old or has not replied says nothing, and nothing is never zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.schema.datasets import CATALOGUED, DATASETS

if TYPE_CHECKING:
    from household.extracts import Extracts

FRESH, STALE, NOT_DELIVERED = "fresh", "stale", "not_delivered"
BULK = tuple(name for name, d in CATALOGUED.items() if d.mode == "bulk" and d.source != "approval")
ANSWERED = ("found", "none")

ASKED, ASKED_UNDELIVERED = "asked", "asked_undelivered"
"""States of a bulk dataset whose source answers person by person there: its extract holds only those who were asked about, so that neither
its presence nor its age says anything of anybody else. The second: no extract of it was delivered."""
BY_RECEIPT = (ASKED, ASKED_UNDELIVERED)

RECEIPT_OF: dict[str, str] = {
    d.source: name for name, d in DATASETS.items() if d.subject == "receipt"
}
"""Source -> its dataset of receipts."""
_MAY_BE_ASKED = tuple(
    d for d in BULK if d not in RECEIPT_OF.values() and DATASETS[d].source in RECEIPT_OF
)


def delivery_states(
    extracts: Extracts, terms: pl.DataFrame, applications: pl.DataFrame
) -> pl.DataFrame:
    """app, dataset, state (fresh | stale | not_delivered | BY_RECEIPT), extract_as_of for every bulk dataset.

    An extract serves an application whose region it is or contains. A missing `source.max_age_days` calls nothing fresh. The state is one
    of BY_RECEIPT, and without a day, where receipts of the source serve the application.
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
        .join(asked_places(extracts, regions), on=["region_code", "dataset"], how="left")
        .join(terms.select("app", "source_max_age_days"), on="app")
        .select(
            "app",
            "dataset",
            pl.when("asked", pl.col("extract_as_of").is_null())
            .then(pl.lit(ASKED_UNDELIVERED))
            .when("asked")
            .then(pl.lit(ASKED))
            .when(pl.col("extract_as_of").is_null())
            .then(pl.lit(NOT_DELIVERED))
            .when(fresh)
            .then(pl.lit(FRESH))
            .otherwise(pl.lit(STALE))
            .alias("state"),
            pl.when(pl.col("asked").is_null()).then("extract_as_of").alias("extract_as_of"),
        )
    )


def asked_places(extracts: Extracts, regions: pl.DataFrame) -> pl.DataFrame:
    """region_code, dataset, asked (true): the bulk datasets that are answered person by person, by region.

    Receipts that arrived and could not be used count: what was answered is then not known, but that only some were asked is.

    Args:
        extracts: deliveries. regions: region_code, each once.
    """
    of_receipts = {RECEIPT_OF[DATASETS[name].source]: name for name in _MAY_BE_ASKED}
    sent = pl.concat([extracts.delivered.select(extracts.receipts.columns), extracts.receipts])
    asked = sent.filter(pl.col("dataset").is_in(list(of_receipts))).select(
        pl.col("dataset").replace_strict(of_receipts, return_dtype=pl.String),
        pl.col("region_code").alias("of_region"),
    )
    return (
        regions.join(asked.unique(), how="cross")
        .filter(pl.col("region_code").str.starts_with(pl.col("of_region")))
        .select("region_code", "dataset", pl.lit(value=True).alias("asked"))
        .unique()
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
    """app, `name`: whether any of the datasets has not answered. Those BY_RECEIPT are asked after elsewhere (`receipts.silence`)."""
    return (
        states.filter(pl.col("dataset").is_in(datasets))
        .group_by("app")
        .agg(pl.col("state").is_in((FRESH, *BY_RECEIPT)).not_().any().alias(name))
    )
