"""无授权不核对: which persons of a batch nobody may be asked about, by the one function that decides it, and which papers end soon."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from casework.submissions import Fault
from connectors.intake.titles import LINE
from household.authorisation import LACKS, is_newborn, paper_of, weigh
from household.identity.numbers import key_birth
from service.submissions.content import AUTHORISATION, MEMBER

if TYPE_CHECKING:
    from datetime import date

SOON = timedelta(days=30)


def unasked(
    members: pl.DataFrame, programmes: dict[str, str], papers: pl.DataFrame, *, on: date
) -> list[Fault]:
    """A notice for every member of a batch whom no live paper covers.

    Args:
        members: typed rows of approval.member. programmes: application to what it asks for; others are left out.
        papers: typed rows of approval.authorisation, those of the batch and those that stood before. on: today.

    """
    lines = _lines(members, programmes)
    if not lines.height:
        return []
    weighed = weigh(lines, papers, on)
    best = weighed.select(
        "member_no",
        pl.col("lacks")
        .replace_strict([*LACKS], list(range(len(LACKS))), default=None, return_dtype=pl.Int8)
        .alias("rank"),
        pl.col("lacks").is_null().alias("live"),
        "app",
    )
    told = best.group_by("app", "member_no").agg(
        pl.col("live").any(), pl.col("rank").max().alias("rank")
    )
    standing = lines.join(told, on=["app", "member_no"], how="left")
    live = pl.col("live").fill_null(value=False)
    # A child without a number stands under the applicant's paper.
    covered = standing.filter(live, relation="self")["app"].unique()
    bare = standing.filter(~live, ~(is_newborn(on) & pl.col("app").is_in(covered.implode())))
    return [
        Fault(MEMBER, line, "", "paper_missing" if rank is None else f"paper_{LACKS[rank]}")
        for line, rank in bare.select(LINE, "rank").iter_rows()
    ]


def ending_soon(papers: pl.DataFrame, *, on: date) -> list[Fault]:
    """A notice for every paper of a batch that still holds and ends within SOON."""
    soon = papers.filter(pl.col("valid_to").is_between(on, on + SOON))
    return [Fault(AUTHORISATION, line, "valid_to", "paper_expires_soon") for line in soon[LINE]]


def _lines(members: pl.DataFrame, programmes: dict[str, str]) -> pl.DataFrame:
    asked = pl.DataFrame(
        {"application_id": list(programmes), "programme": list(programmes.values())},
        schema={"application_id": pl.String, "programme": pl.String},
    ).with_row_index("app")
    return members.join(asked, on="application_id", how="inner").select(
        "app",
        "application_id",
        "programme",
        "member_no",
        "relation",
        LINE,
        pl.coalesce("birth_date", key_birth(pl.col("id_no__key"))).alias("birth"),
        paper_of("id_no__key", "id_no").alias("who"),
    )
