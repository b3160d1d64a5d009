"""What the API tells of one application: its verdicts with reasons and deciding facts, its figures, coverage, clocks and alerts.

Functions take the newest run's tables, its index and an area; what is out of the area is not there (None). Frames have the columns of
their published tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from service.reading.seen import seen_by

if TYPE_CHECKING:
    from service.access.actor import Scope
    from service.reading.index import VerdictIndex
    from warehouse.current import CurrentTables


@dataclass(frozen=True, slots=True)
class VerdictDetail:
    """Verdicts with what they rest on. `reasons` and `flips` of all of them; told apart by verdict_id."""

    verdicts: pl.DataFrame
    reasons: pl.DataFrame
    flips: pl.DataFrame


@dataclass(frozen=True, slots=True)
class ApplicationDetail:
    """All that is published of an application and may be seen."""

    verdicts: VerdictDetail
    members: pl.DataFrame
    income_lines: pl.DataFrame
    income_months: pl.DataFrame
    coverage: pl.DataFrame
    deadlines: pl.DataFrame
    alerts: pl.DataFrame


@dataclass(frozen=True, slots=True)
class EvidenceDetail:
    """Evidence of an application and the lines of files that it was read from."""

    evidence: pl.DataFrame
    sources: pl.DataFrame


def read_application(
    tables: CurrentTables, index: VerdictIndex, application_id: str, *, scope: Scope
) -> ApplicationDetail | None:
    """The application; None where there is none or none of its verdicts may be seen. Raises as `CurrentTables.frame`."""
    mine = index.of_application(application_id, scope)
    if mine.is_empty():
        return None

    def own(name: str) -> pl.DataFrame:
        return tables.frame(name, application_id=application_id)

    members = own("roster_person")
    deadlines = own("deadline").filter(scope.rows(programme="programme"))
    people = members["person_ref"].to_list()
    alerts = tables.alerts_about([application_id, *people])
    return ApplicationDetail(
        _detail(tables, own("household_verdict"), mine["verdict_id"]),
        members,
        own("income_line"),
        own("income_month"),
        own("coverage"),
        deadlines,
        alerts.filter(scope.rows()),
    )


def read_verdict(
    tables: CurrentTables, index: VerdictIndex, verdict_id: str, *, scope: Scope
) -> VerdictDetail | None:
    """One verdict; None where there is none or it may not be seen. Raises as `CurrentTables.frame`."""
    position = index.position_of(verdict_id)
    if position is None or index.frame[position].filter(seen_by(scope)).is_empty():
        return None
    rows = index.verdicts(tables, pl.Series([position], dtype=pl.UInt32))
    return _detail(tables, rows, rows["verdict_id"])


def read_evidence(
    tables: CurrentTables, index: VerdictIndex, application_id: str, *, scope: Scope
) -> EvidenceDetail | None:
    """The evidence; None as `read_application`. Raises as `CurrentTables.frame`."""
    if index.of_application(application_id, scope).is_empty():
        return None
    evidence = tables.frame("evidence", application_id=application_id)
    sources = tables.ask("evidence_lines", evidence=evidence["evidence_id"].to_list())
    return EvidenceDetail(evidence, sources)


def _detail(tables: CurrentTables, verdicts: pl.DataFrame, ids: pl.Series) -> VerdictDetail:
    asked = ids.to_list()
    if len(asked) == 1:  # one is looked up quicker than a list
        reasons = tables.frame("verdict_reason", verdict_id=asked[0])
        flips = tables.frame("flip_fact", verdict_id=asked[0])
    else:
        reasons = tables.ask("household_reasons", verdicts=asked)
        flips = tables.ask("household_flips", verdicts=asked)
    return VerdictDetail(verdicts.filter(pl.col("verdict_id").is_in(ids.implode())), reasons, flips)
