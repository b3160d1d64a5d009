"""What the API tells of one application: its verdicts with reasons and deciding facts, its figures, coverage, clocks and alerts.

Functions take the newest run's tables, its index and an area; what is out of the area is not there (None). Rows have the columns of their
published tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.reading.seen import seen_by

if TYPE_CHECKING:
    from service.access.actor import Scope
    from service.reading.index import VerdictIndex
    from service.reading.records import Row
    from warehouse.current import CurrentTables


@dataclass(frozen=True, slots=True)
class VerdictDetail:
    """Verdicts with what they rest on. `reasons` and `flips` of all of them; told apart by verdict_id."""

    verdicts: list[Row]
    reasons: list[Row]
    flips: list[Row]


@dataclass(frozen=True, slots=True)
class ApplicationDetail:
    """All that is published of an application and may be seen."""

    verdicts: VerdictDetail
    members: list[Row]
    income_lines: list[Row]
    income_months: list[Row]
    coverage: list[Row]
    deadlines: list[Row]
    alerts: list[Row]


@dataclass(frozen=True, slots=True)
class EvidenceDetail:
    """Evidence of an application and the lines of files that it was read from."""

    evidence: list[Row]
    sources: list[Row]


def read_application(
    tables: CurrentTables, index: VerdictIndex, application_id: str, *, scope: Scope
) -> ApplicationDetail | None:
    """The application; None where there is none or none of its verdicts may be seen. Raises as `CurrentTables.rows`."""
    mine = index.of_application(application_id, scope)
    if mine.is_empty():
        return None

    def own(name: str) -> list[Row]:
        return tables.rows(name, application_id=application_id)

    members = own("roster_person")
    alerts = tables.alert_rows_about([application_id, *(row["person_ref"] for row in members)])
    return ApplicationDetail(
        _detail(tables, application_id, set(mine["verdict_id"])),
        members,
        own("income_line"),
        own("income_month"),
        own("coverage"),
        [row for row in own("deadline") if scope.deals_with(row["programme"])],
        [row for row in alerts if scope.covers(row["region_code"])],
    )


def read_verdict(
    tables: CurrentTables, index: VerdictIndex, verdict_id: str, *, scope: Scope
) -> VerdictDetail | None:
    """One verdict; None where there is none or it may not be seen. Raises as `CurrentTables.rows`."""
    position = index.position_of(verdict_id)
    if position is None or index.frame[position].filter(seen_by(scope)).is_empty():
        return None
    return _detail(tables, index.frame["application_id"][position], {verdict_id})


def read_evidence(
    tables: CurrentTables, index: VerdictIndex, application_id: str, *, scope: Scope
) -> EvidenceDetail | None:
    """The evidence; None as `read_application`. Raises as `CurrentTables.rows`."""
    if index.of_application(application_id, scope).is_empty():
        return None
    evidence = tables.rows("evidence", application_id=application_id)
    named = [row["evidence_id"] for row in evidence]
    return EvidenceDetail(evidence, tables.ask_rows("evidence_lines", evidence=named))


def _detail(tables: CurrentTables, application: str, wanted: set[str]) -> VerdictDetail:
    def of(name: str) -> list[Row]:
        rows = tables.rows(name, application_id=application)
        return [row for row in rows if row["verdict_id"] in wanted]

    return VerdictDetail(of("household_verdict"), of("verdict_reason"), of("flip_fact"))
