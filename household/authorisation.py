"""Who may be read from where (assessment §2; 社会救助暂行办法 第五十八条). One function decides; everything that reads rows asks it.

A grant belongs to one line of one roster and is a set of source bits (`extracts.SOURCES`). Without a bit no row of that person
and source reaches evidence, a link or coverage.
"""

from __future__ import annotations

import polars as pl

from household.extracts import ALL_SOURCES, SOURCE_BIT, Extracts
from household.identity.numbers import age_on

ADULT = 18


def grants(extracts: Extracts, applications: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Live grants of every roster line.

    Returns:
        app, member_no, person, granted (Int32 bits; 0 where nothing is live), full (bool).
    """
    as_of = pl.lit(extracts.as_of)
    papers = (
        extracts.rows("approval.authorisation")
        .select(
            "application_id",
            "id_no",
            "id_no__key",
            "signed_by",
            "signed_by__key",
            "programme",
            "signed_on",
            "valid_to",
            "revoked_on",
            "sources",
        )
        .collect()
        .join(
            applications.select("app", "application_id", "programme"),
            on=["application_id", "programme"],
            how="inner",
        )
        .filter(
            pl.col("signed_on") <= as_of,
            pl.col("valid_to").is_null() | (pl.col("valid_to") >= as_of),
            pl.col("revoked_on").is_null() | (pl.col("revoked_on") > as_of),
        )
        .with_columns(
            paper_of("id_no__key", "id_no").alias("who"), _bits(pl.col("sources")).alias("bits")
        )
    )
    who = paper_of("key", "number")
    lines = members.select(
        "app", "member_no", "person", "relation", "role", "birth", "age", who.alias("who")
    )
    signed = lines.join(papers, on=["app", "who"], how="inner")
    signer = paper_of("signed_by__key", "signed_by")
    minor = age_on(pl.col("birth"), pl.col("signed_on")) < ADULT
    by_another = signer.is_not_null() & (signer != pl.col("who"))
    signed = signed.filter(minor.fill_null(value=False).not_() | by_another)
    granted = signed.group_by("app", "member_no").agg(pl.col("bits").bitwise_or().alias("granted"))
    lines = lines.join(granted, on=["app", "member_no"], how="left")
    applicant = (
        lines.filter(pl.col("relation") == "self")
        .group_by("app")
        .agg(pl.col("granted").sort_by("member_no").first().alias("applicant_granted"))
    )
    newborn = pl.col("who").is_null() & (pl.col("age") < ADULT).fill_null(value=True)
    return (
        lines.join(applicant, on="app", how="left")
        .with_columns(
            pl.when(newborn)
            .then("applicant_granted")
            .otherwise("granted")
            .fill_null(0)
            .alias("granted"),
            newborn.alias("newborn"),
        )
        .select(
            "app",
            "member_no",
            "person",
            "granted",
            "newborn",
            (pl.col("granted") == ALL_SOURCES).alias("full"),
        )
    )


def paper_of(key: str, text: str) -> pl.Expr:
    """Comparable identity of a paper: the number it stands for, else its text; null when there is none."""
    return pl.coalesce(
        pl.col(key).cast(pl.String),
        pl.when(pl.col(text) != "").then(pl.concat_str(pl.lit("="), text)),
    )


def _bits(sources: pl.Expr) -> pl.Expr:
    """Source codes separated by ; (or a comma of either width) to bits. Empty covers all; an unknown code covers nothing."""
    named = sources.str.normalize("NFKC").str.replace_all(r"[,、\s]+", ";").str.split(";")
    bits = (
        named.list.eval(pl.element().replace_strict(SOURCE_BIT, default=0, return_dtype=pl.Int32))
        .list.eval(pl.element().bitwise_or())
        .list.first()
    )
    empty = sources.is_null() | (sources.str.strip_chars() == "")
    return pl.when(empty).then(pl.lit(ALL_SOURCES, dtype=pl.Int32)).otherwise(bits.fill_null(0))


def allowed(source: str) -> pl.Expr:
    """Whether `granted` covers a source."""
    return (pl.col("granted") & SOURCE_BIT[source]) != 0
