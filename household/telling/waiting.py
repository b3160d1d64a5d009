"""Who is waited for: departments whose extract is missing or too old, banks that have not answered, members nobody was asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.delivery import BY_RECEIPT, FRESH, NOT_DELIVERED
from household.receipts import BANKING, OTHERS, asked_sources
from household.rules.judge import SILENCES
from household.schema.codes import REPLY_STATE
from household.schema.datasets import DATASETS, SOURCE_TITLES
from household.telling.words import places

if TYPE_CHECKING:
    from household.case import CaseFile

BANKS, ASKED = "waiting:banks", "waiting:asked"
_BODIES = {
    "housing.real_estate": "自然资源（不动产登记机构）",
    "housing.provident_fund": "住房公积金管理中心",
}
"""Who sends a dataset where one source is several bodies."""


def waiting_column(silence: str) -> str:
    """The column that tells who keeps a silence of `judge.SILENCES`."""
    return f"waiting:{silence}"


def waiting(case: CaseFile, counted: pl.DataFrame) -> list[pl.DataFrame]:
    """Frames by `app`: one column for every silence, the banks, and who else is asked person by person; null where everybody has answered.

    `counted`: the seats that count.
    """
    return [_departments(case), _banks(case, counted), _asked(case, counted)]


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
        case.states.filter(pl.col("state").is_in((FRESH, *BY_RECEIPT)).not_())
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
    return _silent(case, counted, BANKING).pipe(_listed, BANKS)


def _asked(case: CaseFile, counted: pl.DataFrame) -> pl.DataFrame:
    """Of the sources that answer person by person in the application's region; nothing of the others."""
    asked = asked_sources(case.states)
    found = []
    for source in OTHERS:
        apps = asked.filter(pl.col("source") == source)
        mine = counted.join(apps, on="app", how="semi")
        found.append(_silent(case, mine, source))
    return pl.concat(found).pipe(_listed, ASKED)


def _silent(case: CaseFile, counted: pl.DataFrame, source: str) -> pl.DataFrame:
    """app, who: receipts that are no answer, by institution and state, and members for whom no institution was asked."""
    seats = counted.select("app", "person")
    receipts = case.receipts.filter(pl.col("source") == source)
    title = SOURCE_TITLES[source]
    state = (
        pl.when(pl.col("state") == "found")
        .then(pl.lit("已答复，查得的明细未送达"))
        .otherwise(pl.col("state").replace_strict(REPLY_STATE.titles, return_dtype=pl.String))
    )
    silent = (
        receipts.filter(pl.col("answered").not_())
        .join(seats, on=["app", "person"], how="semi")
        .group_by("app", "institution_code", "state")
        .agg(places(pl.col("member_no")).alias("members"))
        .select(
            "app",
            pl.format(
                f"{title}机构{{}}（{{}}成员，{{}}）", "institution_code", "members", state
            ).alias("who"),
        )
    )
    never = (
        counted.filter(pl.col("newborn").not_())
        .join(receipts.select("app", "person").unique(), on=["app", "person"], how="anti")
        .group_by("app")
        .agg(places(pl.col("member_no")).alias("members"))
        .select("app", pl.format(f"{title}（{{}}成员尚未查询）", "members").alias("who"))
    )
    return pl.concat([silent, never])


def _listed(silent: pl.DataFrame, column: str) -> pl.DataFrame:
    return silent.group_by("app").agg(pl.col("who").sort().str.join("、").alias(column))
