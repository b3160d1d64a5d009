"""Evidence: every line of a run with what it counted for, or why it did not, and a name that stays from run to run."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from household.assets.financial import settle_financial
from household.income.wage import SUPERSEDED, settle_wages
from household.money import AMOUNT
from household.spending.rigid import settle_education

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.lines import Lines

NOT_COUNTED_PERSON = "该人员不计入核对人口"
TIER_C = "身份匹配为C级，不单独作为依据"
NEWER_STATEMENT = "同一账户已有更新的余额"
OTHER_SCHOOL_YEAR = "已按最近入学的学籍计一学年"

_OF_COUNTED = (
    "wage",
    "receipt",
    "financial",
    "vehicle",
    "estate",
    "business",
    "medical",
    "education",
    "voucher",
)
"""Groups whose lines matter only of persons who are counted. The others say who is counted, or serve obligors too."""


def evidence_ids(lines: pl.DataFrame) -> pl.Series:
    """Names of lines: a digest of application, person, dataset, record and quantity, the same in every run.

    `lines`: application_id, person_ref, dataset, record_key, quantity.
    """
    joined = lines.select(
        pl.concat_str(
            "application_id", "person_ref", "dataset", "record_key", "quantity", separator="\x1f"
        )
    ).to_series()
    return pl.Series(
        "evidence_id",
        ["E" + hashlib.blake2b(text.encode(), digest_size=10).hexdigest() for text in joined],
        dtype=pl.String,
    )


def name_lines(lines: Lines, applications: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """Every line in common columns, with application_id, person_ref and evidence_id."""
    named = (
        lines.all()
        .join(
            applications.select("app", "application_id"),
            on="app",
            how="left",
            maintain_order="left",
        )
        .join(
            persons.select("person", "person_ref"), on="person", how="left", maintain_order="left"
        )
    )
    return named.with_columns(evidence_ids(named))


def counted_lines(case: CaseFile, lines: Lines, counted: pl.DataFrame) -> pl.DataFrame:
    """Which of the lines that stand counted, and for how much: line, counted_amount (units; null where nothing is summed)."""
    mine = counted.select("app", "person")
    own = {name: lines[name].join(mine, on=["app", "person"], how="semi") for name in _OF_COUNTED}
    in_play = pl.col("why_not").is_null()
    nothing = pl.lit(None, dtype=AMOUNT)
    fund = case.terms.values.select(
        "app", pl.col("plain_count_provident_fund").fill_null(value=False).alias("counts_fund")
    )
    financial = (
        settle_financial(own["financial"])
        .join(fund, on="app")
        .filter(pl.col("is_fund").not_() | pl.col("counts_fund"))
    )
    vouchers = pl.concat([own["voucher"], lines["voucher"].filter("household_wide")]).unique("line")
    parts = [
        settle_wages(own["wage"]).select("line", "counted_amount"),
        own["receipt"].filter(in_play).select("line", pl.col("value").alias("counted_amount")),
        financial.select("line", "counted_amount"),
        own["vehicle"].filter(in_play).select("line", pl.col("value").alias("counted_amount")),
        own["estate"].filter(in_play).select("line", nothing.alias("counted_amount")),
        own["business"].filter(in_play).select("line", nothing.alias("counted_amount")),
        own["medical"].filter(in_play).select("line", pl.col("value").alias("counted_amount")),
        settle_education(own["education"]).select("line", pl.col("value").alias("counted_amount")),
        vouchers.filter(in_play).select("line", pl.col("value").alias("counted_amount")),
        *(
            lines[name].filter(in_play).select("line", nothing.alias("counted_amount"))
            for name in ("absence", "certificate", "drawing", "grant")
        ),
    ]
    return pl.concat(parts)


def evidence_of(
    case: CaseFile, named: pl.DataFrame, counted: pl.DataFrame, settled: pl.DataFrame
) -> pl.DataFrame:
    """Evidence rows in units: the named lines with `counted`, `counted_amount` and `why_not`.

    Args:
        named: see `name_lines`; counted: seats that count; settled: see `counted_lines`.
    """
    groups = pl.concat(
        [
            frame.select("line", pl.lit(name).alias("group"))
            for name, frame in case.lines.groups.items()
        ]
    )
    seats = counted.select("app", "person", pl.lit(True).alias("seat_counts"))
    rows = (
        named.join(groups, on="line", how="left", maintain_order="left")
        .join(
            settled.with_columns(pl.lit(True).alias("counted")),
            on="line",
            how="left",
            maintain_order="left",
        )
        .join(seats, on=["app", "person"], how="left", maintain_order="left")
    )
    group = pl.col("group")
    left_over = (
        pl.when(group == "wage")
        .then(pl.lit(SUPERSEDED))
        .when(group == "financial")
        .then(pl.when(pl.col("quantity") == "financial").then(pl.lit(NEWER_STATEMENT)))
        .when(group == "education")
        .then(pl.lit(OTHER_SCHOOL_YEAR))
    )
    counted_flag = pl.col("counted").fill_null(value=False)
    why_not = (
        pl.when(counted_flag)
        .then(pl.lit(None, dtype=pl.String))
        .when(pl.col("why_not").is_not_null())
        .then("why_not")
        .when(pl.col("tier") == "C")
        .then(pl.lit(TIER_C))
        .when(group.is_in(_OF_COUNTED) & pl.col("seat_counts").is_null())
        .then(pl.lit(NOT_COUNTED_PERSON))
        .otherwise(left_over)
    )
    return rows.with_columns(counted_flag.alias("counted"), why_not.alias("why_not"))


def decisive(evidence: pl.DataFrame) -> pl.DataFrame:
    """Lines that a reason may point at: what counted, and tier C lines that would have: app, quantity, evidence_id."""
    doubtful = (pl.col("tier") == "C") & (pl.col("why_not") == TIER_C)
    return evidence.filter(pl.col("counted") | doubtful).select(
        "app", "person", "quantity", "evidence_id"
    )
