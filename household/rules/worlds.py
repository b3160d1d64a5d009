"""The same questions asked again of slightly different evidence (assessment §7 to §9).

What stands is judged once. Where it could matter, the same rules are asked with tier C lines in, without the lines under objection,
without any line, and with the central basic pension of months without a rule left out. An answer that differs says that the line decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.assets.financial import NO_VALUE
from household.linkage.links import STANDS
from household.measure import Measured, measure
from household.rules.judge import judge

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.lines import Lines

DECLARED = pl.col("dataset").str.starts_with("approval.")
"""Lines that the household itself declared; no department's row."""


@dataclass(frozen=True)
class Worlds:
    """Judged frames. `base` holds every application; the others only those for which they may differ.

    Attributes:
        base: what stands.
        with_c: tier C lines count too.
        uncontested: lines under an open objection are out.
        bare: no department's line at all, for applications with an objection to everything.
        central_out: central basic pension of months without a rule is out.
    """

    measured: Measured
    base: pl.DataFrame
    with_c: pl.DataFrame
    uncontested: pl.DataFrame
    bare: pl.DataFrame
    central_out: pl.DataFrame


@dataclass(frozen=True)
class Objections:
    """Open objections: `lines` (line) objected to, `applications` (app) objected to as a whole."""

    lines: pl.DataFrame
    applications: pl.DataFrame


def ask_all(case: CaseFile, ground: pl.DataFrame, objections: Objections) -> Worlds:
    """Judge every world."""
    lines = case.lines
    evidence = lines.where(STANDS)
    measured = measure(case, evidence, case.applications.select("app"))
    base = judge(case, ground, measured.facts)
    doubtful = _doubtful(lines)
    contested_apps = (
        evidence.all().join(objections.lines, on="line", how="semi").select("app").unique()
    )
    uncontested = evidence.without(objections.lines)

    def judged(facts: pl.DataFrame) -> pl.DataFrame:
        return judge(case, ground, facts) if len(facts) else base.clear()

    def world(these: Lines, apps: pl.DataFrame, *, unread: bool = True) -> pl.DataFrame:
        # most worlds of most runs concern nobody
        return (
            judged(measure(case, these, apps, unread=unread).facts) if len(apps) else base.clear()
        )

    uncertain = measured.facts.filter(pl.col("income") != pl.col("income_uncertain_out"))
    return Worlds(
        measured,
        base,
        world(lines, doubtful),
        world(uncontested, contested_apps),
        world(lines.where(DECLARED), objections.applications, unread=False),
        judged(uncertain.with_columns(pl.col("income_uncertain_out").alias("income"))),
    )


def _doubtful(lines: Lines) -> pl.DataFrame:
    """Applications with tier C lines that may matter: app. Also by lines that add nothing themselves.

    A policy without its value leaves the sum open; a wage that does not count may say of whom an employer's name is.
    """
    in_doubt = pl.col("tier") == "C"
    in_play = pl.col("why_not").is_null() | (pl.col("why_not") == NO_VALUE)
    naming = pl.col("uscc").is_not_null() & pl.col("employer_name").is_not_null()
    return pl.concat(
        [
            lines.all().filter(in_doubt, in_play).select("app"),
            lines["wage"].filter(in_doubt, naming).select("app"),
        ]
    ).unique()
