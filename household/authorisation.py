"""Who may be read from where (assessment §2; 社会救助暂行办法 第五十八条). One function decides; everything that reads rows asks it.

A grant belongs to one line of one roster and is a set of source bits (`extracts.SOURCES`). Without a bit no row of that person
and source reaches evidence, a link or coverage (`grants`), and none is asked for or let in (`inquiries.door`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.extracts import ALL_SOURCES, SOURCE_BIT, Extracts
from household.identity.numbers import age_on

if TYPE_CHECKING:
    from datetime import date

ADULT = 18

LACKS = ("programme", "not_yet", "expired", "revoked", "guardian")
"""What a paper may lack, in the order in which it is asked: it is for another programme, not signed yet, past its day, revoked, or
signed by a minor alone."""


def grants(extracts: Extracts, applications: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Live grants of every roster line.

    Returns:
        app, member_no, person, granted (Int32 bits; 0 where nothing is live), full (bool).
    """
    asked = applications.select("app", "application_id", "programme")
    return decide(
        members.select("app", "member_no", "person", "relation", "birth", "key", "number").join(
            asked, on="app", maintain_order="left"
        ),
        papers_of(extracts),
        extracts.as_of,
    )


def papers_of(extracts: Extracts) -> pl.DataFrame:
    """Every authorisation that was ever sent, whatever it is worth: the columns that `decide` and the door ask."""
    return (
        extracts.rows("approval.authorisation")
        .select(
            "authorisation_no",
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
    )


def decide(lines: pl.DataFrame, papers: pl.DataFrame, on: date) -> pl.DataFrame:
    """The one decision about reading: which sources each line of a roster may be read from on a day.

    Args:
        lines: roster lines: app, application_id, programme (that the application asks for), member_no, person, relation, birth, key, number.
        papers: see `papers_of`. on: the day of reading.

    Returns:
        app, member_no, person, granted (Int32 bits), newborn, full (bool).
    """
    lines = lines.with_columns(paper_of("key", "number").alias("who"))
    live = weigh(lines, papers, on).filter(pl.col("lacks").is_null())
    granted = live.group_by("app", "member_no").agg(pl.col("bits").bitwise_or().alias("granted"))
    lines = lines.join(granted, on=["app", "member_no"], how="left", maintain_order="left")
    applicant = (
        lines.filter(pl.col("relation") == "self")
        .group_by("app")
        .agg(pl.col("granted").sort_by("member_no").first().alias("applicant_granted"))
    )
    newborn = is_newborn(on)
    return (
        lines.join(applicant, on="app", how="left", maintain_order="left")
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


def weigh(lines: pl.DataFrame, papers: pl.DataFrame, on: date) -> pl.DataFrame:
    """Each line with each paper that names its person and its application, and what that paper lacks on a day.

    Args:
        lines: app, application_id, programme, member_no, birth, who (`paper_of`). papers, on: as in `decide`.

    Returns:
        app, member_no, authorisation_no, bits (the sources it names), lacks (the first of LACKS; null: it is live).
    """
    papers = papers.select(
        "application_id",
        "authorisation_no",
        "signed_on",
        "valid_to",
        "revoked_on",
        pl.col("programme").alias("for_programme"),
        paper_of("id_no__key", "id_no").alias("who"),
        paper_of("signed_by__key", "signed_by").alias("signer"),
        _bits(pl.col("sources")).alias("bits"),
    )
    day = pl.lit(on)
    minor = (age_on(pl.col("birth"), pl.col("signed_on")) < ADULT).fill_null(value=False)
    by_another = (pl.col("signer") != pl.col("who")).fill_null(value=False)
    holds = {
        "programme": pl.col("for_programme") == pl.col("programme"),
        "not_yet": pl.col("signed_on") <= day,
        "expired": pl.col("valid_to").is_null() | (pl.col("valid_to") >= day),
        "revoked": pl.col("revoked_on").is_null() | (pl.col("revoked_on") > day),
        "guardian": minor.not_() | by_another,
    }
    lacks = pl.coalesce(
        pl.when(holds[lack].fill_null(value=False).not_()).then(pl.lit(lack)) for lack in LACKS
    )
    return (
        lines.select("app", "application_id", "programme", "member_no", "birth", "who")
        .join(papers, on=["application_id", "who"], how="inner")
        .select("app", "member_no", "authorisation_no", "bits", lacks.alias("lacks"))
    )


def is_newborn(on: date) -> pl.Expr:
    """A line without a number whose person is a child on a day, or of no known age: the applicant's paper covers it."""
    return pl.col("who").is_null() & (age_on(pl.col("birth"), on) < ADULT).fill_null(value=True)


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


def allowed_for(source: pl.Expr) -> pl.Expr:
    """Whether `granted` covers the source that each row names; what is no source of the catalogue is never covered."""
    bit = source.replace_strict(SOURCE_BIT, default=0, return_dtype=pl.Int32)
    return (pl.col("granted") & bit) != 0
