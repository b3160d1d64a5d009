"""A piece of evidence read whole: what it counted for, the row, the file and its gate, and how many others rest on the same row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from household.schema.datasets import DATASETS
from service.reading.evidence.columns import Shown, masked_columns
from service.reading.household.parts import Holding
from service.reading.household.people import read_places
from service.reading.household.suggestions import read_suggestions
from service.reading.household.whole import visible_verdicts
from service.reading.records import records, records_of

if TYPE_CHECKING:
    from datetime import date

    from service.access.actor import Scope
    from service.reading.household.parts import Flip, Reason, Suggestion
    from service.reading.papers import SourceShelf
    from warehouse.current import CurrentTables


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file. `arrival`: the file's number in the order of arrival; `pulled_at`: when we had it, where it was pulled."""

    file: str
    line: int
    sha256: str
    as_of: date | None
    region_code: str | None
    state: str | None
    arrival: int | None
    pulled_at: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the dataset that did not pass."""

    check_id: str
    severity: str
    failed_rows: int | None
    total_rows: int | None


@dataclass(frozen=True, slots=True)
class Use:
    """A rule of a programme that names the row."""

    suggestion: Suggestion
    reason: Reason


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence. `columns`: empty where the store does not hold the row. `gate_open`: no blocking check failed."""

    application_id: str
    region_code: str
    holding: Holding
    link_score: float | None
    link_note: str | None
    uses: tuple[Use, ...]
    flips: tuple[tuple[Suggestion, Flip], ...]
    places: tuple[Place, ...]
    columns: tuple[Shown, ...]
    checks: tuple[Check, ...]
    gate_open: bool
    others: int

    @property
    def dataset_title(self) -> str:
        """The Chinese title of the dataset."""
        return DATASETS[self.holding.dataset].title_zh

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of hidden columns, in the order of the columns."""
        return tuple(dict.fromkeys(c.group for c in self.columns if c.group))


def read_evidence(
    tables: CurrentTables,
    scope: Scope,
    application: str,
    *,
    evidence_id: str,
    shelf: SourceShelf | None,
) -> Evidence | None:
    """One piece of evidence; None where it is not there, not of this application, or not to be seen.

    Args:
        tables: the run. scope: of whoever looks. application, evidence_id: ids. shelf: None where there is no store.

    """
    verdicts = visible_verdicts(tables, scope, application)
    found = find_row(tables, application, evidence_id) if verdicts is not None else None
    if verdicts is None or found is None:
        return None
    places = read_places(tables, application)
    member = places[found["person_ref"]][0] if found["person_ref"] in places else None
    (holding,) = records_of(Holding, [found], lambda _: {"member_no": member})
    suggestions = read_suggestions(tables, application, verdicts)
    stands = _places(tables, evidence_id, shelf)
    row = source_row(shelf, stands, found)
    checks = tables.frame("quality_result", dataset=holding.dataset).filter(~pl.col("passed"))
    others = tables.ask(
        "evidence_shared",
        dataset=holding.dataset,
        record_key=found["record_key"],
        application=application,
    )
    return Evidence(
        application,
        verdicts[0]["region_code"],
        holding,
        found["link_score"],
        found["link_note"],
        tuple(Use(s, r) for s in suggestions for r in s.reasons if evidence_id in r.evidence_ids),
        tuple((s, f) for s in suggestions for f in s.flips if f.evidence_id == evidence_id),
        stands,
        masked_columns(holding.dataset, row) if row else (),
        records(Check, checks),
        not (checks["severity"].cast(pl.String) == "blocking").any(),
        int(others["applications"][0]),
    )


def find_row(tables: CurrentTables, application: str, evidence_id: str) -> dict[str, Any] | None:
    """The published row with its record key, which is personal: it stays in the service."""
    rows = tables.rows("evidence", application_id=application)
    return next((row for row in rows if row["evidence_id"] == evidence_id), None)


def source_row(
    shelf: SourceShelf | None, places: tuple[Place, ...], found: dict[str, Any]
) -> dict[str, Any] | None:
    """The typed row in clear, from the file that the run had; None where it is not in the store any more."""
    if shelf is None:
        return None
    for place in places:
        dataset, rows = shelf.line(place.sha256, place.line)
        if dataset == found["dataset"] and len(rows):
            row = rows.to_dicts()[0]
            if row["_record_key"] == found["record_key"]:
                return row
    return None


def read_places_of(tables: CurrentTables, evidence_id: str) -> tuple[Place, ...]:
    """Where a piece of evidence stands, as published."""
    return _places(tables, evidence_id, None)


def _places(
    tables: CurrentTables, evidence_id: str, shelf: SourceShelf | None
) -> tuple[Place, ...]:
    rows = tables.frame("evidence_source", evidence_id=evidence_id).sort("file", "line")
    arrivals = {(a.file, a.sha256): a.seq for a in shelf.newest.log} if shelf else {}

    def more(row: dict[str, Any]) -> dict[str, Any]:
        ledger = tables.frame("intake_ledger", file=row["file"]).filter(sha256=row["sha256"])
        told = ledger.to_dicts()[0] if len(ledger) else {}
        pulls = (
            tables.frame("pull", file=row["file"]).filter(sha256=row["sha256"])
            if tables.holds("pull")
            else pl.DataFrame()
        )
        return {
            "as_of": told.get("as_of"),
            "region_code": told.get("region_code"),
            "state": told.get("state"),
            "arrival": arrivals.get((row["file"], row["sha256"])),
            "pulled_at": pulls["pulled_at"][-1] if len(pulls) else None,
        }

    return records(Place, rows, more)
