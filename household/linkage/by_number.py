"""Tiers A and B: the same valid number (assessment §3). A name that differs is noted, never a reason to drop the row; but a row
with which nothing agrees save the number belongs to somebody else more likely than not, and falls to tier C.
"""

from __future__ import annotations

import polars as pl

from household.identity.names import normal_names
from household.identity.numbers import key_birth, key_sex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from household.linkage.subjects import Subject
    from household.linkage.known import Known
    from household.extracts import Extracts

NAME_CONFLICT = "name_conflict 姓名不一致"
FORMER_NUMBER = "former_id_no 原号码"
FORMER_NAME = "former_name 曾用名"
ONLY_NUMBER = "number_only 仅号码相同,姓名、性别、出生日期均不符,疑为他人"


def link_by_number(extracts: Extracts, known: Known, subject: Subject) -> pl.DataFrame:
    """Rows whose valid number is one of a known person.

    Returns:
        The dataset's core frame with `person`, `tier` (A, B or C), `score` and `note`.
    """
    rows = (
        extracts.rows(subject.dataset)
        .join(
            known.numbers.lazy(), left_on=subject.key, right_on="key", how="inner", coalesce=False
        )
        .drop("key")
        .collect()
    )
    names = known.names.rename({"former": "name_former"}).with_columns(
        pl.lit(True).alias("name_agrees")
    )
    compared = (
        rows.with_columns(normal_names(rows[subject.name]).alias("normal"))
        .join(names, on=["person", "normal"], how="left", maintain_order="left")
        .join(known.stated, on="person", how="left", maintain_order="left")
    )
    inside = pl.col(subject.key)
    sex = pl.coalesce(subject.sex, key_sex(inside)) if subject.sex else key_sex(inside)
    birth = pl.coalesce(subject.birth, key_birth(inside)) if subject.birth else key_birth(inside)
    agrees = pl.col("name_agrees").fill_null(value=False)
    stranger = agrees.not_() & _differs(sex, "sexes") & _differs(birth, "births")
    notes = (
        pl.concat_list(
            pl.when(stranger)
            .then(pl.lit(ONLY_NUMBER))
            .when(agrees.not_())
            .then(pl.lit(NAME_CONFLICT)),
            pl.when(pl.col("name_former")).then(pl.lit(FORMER_NAME)),
            pl.when(pl.col("former")).then(pl.lit(FORMER_NUMBER)),
        )
        .list.drop_nulls()
        .list.join("; ")
    )
    return compared.with_columns(
        pl.when(agrees)
        .then(pl.lit("A"))
        .when(stranger)
        .then(pl.lit("C"))
        .otherwise(pl.lit("B"))
        .alias("tier"),
        pl.when(agrees).then(1.0).when(stranger).then(0.5).otherwise(0.99).alias("score"),
        pl.when(notes != "").then(notes).alias("note"),
    ).drop("normal", "former", "name_former", "name_agrees", "sexes", "births", "bad_numbers")


def _differs(value: pl.Expr, stated: str) -> pl.Expr:
    """Whether a value is known and the roster states others. An empty roster field does not differ."""
    told = pl.col(stated)
    return ((told.list.len() > 0) & told.list.contains(value).not_()).fill_null(value=False)
