"""Open objections: which lines a family contests (assessment §9; 民发〔2021〕57号 第十八条)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.rules.worlds import Objections

if TYPE_CHECKING:
    from household.extracts import Extracts


def open_objections(
    extracts: Extracts, applications: pl.DataFrame, named: pl.DataFrame
) -> Objections:
    """Objections raised by the day, matched to lines.

    One that names no line, or a line that is not among the application's, concerns every line of its application: what a family
    contests is never lost because a number was mistyped.

    Args:
        named: see `evidence.name_lines`.
    """
    raised = (
        extracts.rows("approval.objection")
        .filter(pl.col("raised_on") <= pl.lit(extracts.as_of))
        .select("application_id", "evidence_id")
        .collect()
        .join(applications.select("app", "application_id"), on="application_id", how="inner")
    )
    aimed = raised.filter(pl.col("evidence_id").is_not_null() & (pl.col("evidence_id") != ""))
    known = named.select("app", "evidence_id", "line")
    hits = aimed.join(known, on=["app", "evidence_id"], how="inner")
    everything = pl.concat(
        [
            raised.join(aimed, on=["app", "evidence_id"], how="anti", nulls_equal=True).select(
                "app"
            ),
            aimed.join(known, on=["app", "evidence_id"], how="anti").select("app"),
        ]
    ).unique()
    return Objections(hits.select("line").unique(), everything)
