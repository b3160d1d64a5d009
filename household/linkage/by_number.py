"""Tiers A and B: the same valid number (assessment §3).

A name that differs is noted, never a reason to drop the row; but a row with which nothing agrees save the number belongs to
somebody else more likely than not, and falls to tier C.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.identity.names import normal_names
from household.identity.numbers import key_birth, key_sex

if TYPE_CHECKING:
    from household.extracts import Extracts
    from household.linkage.known import Known
    from household.linkage.subjects import Subject

NAME_CONFLICT = "name_conflict 姓名不一致"
FORMER_NUMBER = "former_id_no 原号码"
FORMER_NAME = "former_name 曾用名"
ONLY_NUMBER = "number_only 仅号码相同，姓名、性别、出生日期均不符，疑为他人"


def link_by_number(extracts: Extracts, known: Known, subject: Subject) -> pl.DataFrame:
    """Rows whose valid number is one of a known person.

    Returns:
        The dataset's core frame with `person`, `tier` (A, B or C), `score` and `note`; and what was compared: `row_name` (normal form),
        `row_sex`, `row_birth`.
    """
    rows = (
        extracts.rows(subject.dataset)
        .join(
            known.numbers.lazy(), left_on=subject.key, right_on="key", how="inner", coalesce=False
        )
        .drop("key")
        .collect()
    )
    names = (
        known.names.drop("name")
        .rename({"former": "name_former"})
        .with_columns(pl.lit(True).alias("name_agrees"))
    )
    compared = (
        rows.with_columns(normal_names(rows[subject.name]).alias("row_name"))
        .join(
            names,
            left_on=["person", "row_name"],
            right_on=["person", "normal"],
            how="left",
            maintain_order="left",
        )
        .join(known.stated, on="person", how="left", maintain_order="left")
    )
    inside = pl.col(subject.key)
    sex = pl.coalesce(subject.sex, key_sex(inside)) if subject.sex else key_sex(inside)
    birth = pl.coalesce(subject.birth, key_birth(inside)) if subject.birth else key_birth(inside)
    compared = compared.with_columns(sex.alias("row_sex"), birth.alias("row_birth"))
    graded = grade(
        agrees=pl.col("name_agrees").fill_null(value=False),
        sexes=pl.col("sexes"),
        births=pl.col("births"),
    )
    notes = (
        pl.concat_list(
            graded.note,
            pl.when(pl.col("name_former")).then(pl.lit(FORMER_NAME)),
            pl.when(pl.col("former")).then(pl.lit(FORMER_NUMBER)),
        )
        .list.drop_nulls()
        .list.join("; ")
    )
    return compared.with_columns(
        graded.tier.alias("tier"),
        graded.score.alias("score"),
        pl.when(notes != "").then(notes).alias("note"),
    ).drop("former", "name_former", "name_agrees", "sexes", "births", "bad_numbers")


@dataclass(frozen=True)
class Grade:
    """Expressions of a row's tier, its score and the note that goes with it."""

    tier: pl.Expr
    score: pl.Expr
    note: pl.Expr


def grade(*, agrees: pl.Expr, sexes: pl.Expr, births: pl.Expr) -> Grade:
    """A where the name agrees, B where it does not, C where sex and birth date (`row_sex`, `row_birth`) differ as well.

    `sexes` and `births` are lists of what the roster states; an empty field does not differ.
    """
    stranger = (
        agrees.not_() & _differs(pl.col("row_sex"), sexes) & _differs(pl.col("row_birth"), births)
    )
    return Grade(
        pl.when(agrees).then(pl.lit("A")).when(stranger).then(pl.lit("C")).otherwise(pl.lit("B")),
        pl.when(agrees).then(1.0).when(stranger).then(0.5).otherwise(0.99),
        pl.when(stranger).then(pl.lit(ONLY_NUMBER)).when(agrees.not_()).then(pl.lit(NAME_CONFLICT)),
    )


def _differs(value: pl.Expr, told: pl.Expr) -> pl.Expr:
    return ((told.list.len() > 0) & told.list.contains(value).not_()).fill_null(value=False)
