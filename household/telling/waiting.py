"""Who is waited for: departments whose extract is missing or too old, banks that have not answered, members nobody was asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.delivery import ANSWERED, FRESH, NOT_DELIVERED
from household.rules.judge import SILENCES
from household.schema.codes import REPLY_STATE
from household.schema.datasets import DATASETS, SOURCE_TITLES
from household.telling.words import places

if TYPE_CHECKING:
    from household.case import CaseFile

BANKS = "waiting:banks"
_BODIES = {
    "housing.real_estate": "自然资源（不动产登记机构）",
    "housing.provident_fund": "住房公积金管理中心",
}
"""Who sends a dataset where one source is several bodies."""


def waiting_column(silence: str) -> str:
    """The column that tells who keeps a silence of `judge.SILENCES`."""
    return f"waiting:{silence}"


def waiting(case: CaseFile, counted: pl.DataFrame) -> list[pl.DataFrame]:
    """Frames by `app`: one column for every silence, and the banks; null where everybody has answered.

    `counted`: the seats that count.
    """
    return [_departments(case), _banks(case, counted)]


def _departments(case: CaseFile) -> pl.DataFrame:
    """Of a region and a day all applications wait for the same extracts: they are put into words once."""
    alike = (
        case.applications.select("app", "region_code")
        .join(
            case.terms.values.select("app", pl.col("source_max_age_days").alias("most")), on="app"
        )
        .with_columns(pl.col("app").min().over("region_code", "most").alias("like"))
    )
    first = alike.select("like", "most").unique()
    order = {dataset: place for place, dataset in enumerate(DATASETS)}
    late = (
        case.states.filter(pl.col("state") != FRESH)
        .join(first, left_on="app", right_on="like")
        .sort("app", pl.col("dataset").replace_strict(order, return_dtype=pl.Int32))
        .with_columns(_late_words().alias("who"))
    )
    words = late.group_by("app", maintain_order=True).agg(
        pl.col("who")
        .filter(pl.col("dataset").is_in(datasets))
        .str.join("、")
        .alias(waiting_column(silence))
        for silence, datasets in SILENCES.items()
    )
    words = words.with_columns(pl.exclude("app").replace("", None)).rename({"app": "like"})
    return alike.select("app", "like").join(words, on="like").drop("like")


def _late_words() -> pl.Expr:
    titles = {
        name: f"{_BODIES.get(name, SOURCE_TITLES[declared.source])}“{declared.title_zh}”"
        for name, declared in DATASETS.items()
    }
    title = pl.col("dataset").replace_strict(titles, return_dtype=pl.String)
    stale = pl.coalesce(
        pl.format("{}数据截至{}，已超过{}天", title, pl.col("extract_as_of"), pl.col("most")),
        pl.format("{}数据截至{}，当地未规定有效天数", title, pl.col("extract_as_of")),
    )
    missing = pl.format("{}未送达", title)
    return pl.when(pl.col("state") == NOT_DELIVERED).then(missing).otherwise(stale)


def _banks(case: CaseFile, counted: pl.DataFrame) -> pl.DataFrame:
    """Receipts that are no answer, by institution and state, and members for whom no bank was asked."""
    seats = counted.select("app", "person")
    state = pl.col("state").replace_strict(REPLY_STATE.titles, return_dtype=pl.String)
    silent = (
        case.receipts.filter(pl.col("state").is_in(ANSWERED).not_())
        .join(seats, on=["app", "person"], how="semi")
        .group_by("app", "institution_code", "state")
        .agg(places(pl.col("member_no")).alias("members"))
        .select(
            "app",
            pl.format("银行机构{}（{}成员，{}）", "institution_code", "members", state).alias(
                "who"
            ),
        )
    )
    never = (
        counted.filter(pl.col("newborn").not_())
        .join(case.receipts.select("app", "person").unique(), on=["app", "person"], how="anti")
        .group_by("app")
        .agg(places(pl.col("member_no")).alias("members"))
        .select("app", pl.format("银行（{}成员尚未查询）", "members").alias("who"))
    )
    return (
        pl.concat([silent, never])
        .group_by("app")
        .agg(pl.col("who").sort().str.join("、").alias(BANKS))
    )
