"""Copies of applications in which one line is struck out: the same case file again, for asking what a single row decides.

Nothing is judged here. A copy is an application of its own to every measure and rule; its number says which line it lacks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from household.lines import Lines
from household.rules.worlds import Objections

if TYPE_CHECKING:
    from household.case import CaseFile


@dataclass(frozen=True)
class Copies:
    """A case file of copies.

    Attributes:
        case: the copies, numbered from 0 in column `app`.
        objections: those of the originals, aimed at the copies' lines.
        of: app (the copy), original (its application), struck (the line that it lacks).
    """

    case: CaseFile
    objections: Objections
    of: pl.DataFrame


def strike_out(case: CaseFile, objections: Objections, struck: pl.DataFrame) -> Copies:
    """One copy for each row of `struck` (app, line): its application without that line."""
    of = struck.select(pl.col("app").alias("original"), pl.col("line").alias("struck"))
    of = of.sort("original", "struck").with_row_index("app")
    span = sum(len(frame) for frame in case.lines.groups.values())  # line numbers run from 0

    def copied(frame: pl.DataFrame) -> pl.DataFrame:
        return (
            frame.rename({"app": "original"})
            .join(of.select("app", "original"), on="original", how="inner")
            .drop("original")
            .select(frame.columns)
        )

    groups = {name: _lines(frame, of, span) for name, frame in case.lines.groups.items()}
    terms = replace(case.terms, values=copied(case.terms.values))
    copies = replace(
        case,
        applications=copied(case.applications),
        seats=copied(case.seats).sort("app", "member_no"),
        lines=Lines(groups),
        unread_absences=copied(case.unread_absences),
        states=copied(case.states),
        receipts=copied(case.receipts),
        terms=terms,
    )
    contested = case.lines.all().join(objections.lines, on="line", how="semi")
    aimed = _lines(contested.select("app", "line"), of, span).select("line")
    return Copies(copies, Objections(aimed, copied(objections.applications)), of)


def _lines(frame: pl.DataFrame, of: pl.DataFrame, span: int) -> pl.DataFrame:
    """Lines of the copies, without the struck ones. Line numbers stay in order within an application and are new to each copy."""
    apart = pl.col("app").cast(pl.UInt64) * span + pl.col("line").cast(pl.UInt64)
    return (
        frame.rename({"app": "original"})
        .join(of, on="original", how="inner")
        .filter(pl.col("line") != pl.col("struck"))
        .drop("original", "struck")
        .with_columns(apart.alias("line"))
        .select(frame.columns)
        .sort("line")
    )
