"""What no published table holds: the application's own papers and the source rows, read from the store beside the warehouse.

For pages and reports alike. Only files that the run had are read, so that a page or a report and its verdict stand on the same rows. A
service keeps one shelf a run; who settles which rows stand has done so once for every page of the run. Names and numbers are read to tell
whose an authorisation is; no paper holds one.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import polars as pl

from connectors.errors import ConnectorError
from connectors.intake.arrivals import READ
from household.errors import InputError
from pipelines.rerun import NewestRun, newest_of
from service.reading.records import records_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from starlette.requests import Request

    from service.reading.records import Row
    from warehouse.current import CurrentTables

APPLICATION, MEMBER, AUTHORISATION = (
    "approval.application",
    "approval.member",
    "approval.authorisation",
)
PLACE = ("application_id", "member_no")


@dataclass(frozen=True, slots=True)
class Paper:
    """What the application states of one person, nothing that names them. Amounts: yuan, of the whole window."""

    relation: str | None
    role: str | None
    excluded_reason: str | None
    employment_state: str | None
    seriously_ill: bool | None
    obligor_household_size: int | None
    obligor_household_income: Decimal | None
    declared_deposit: Decimal | None


@dataclass(frozen=True, slots=True)
class Grant:
    """An authorisation. `programme`: what it is for. `member_no`: None where its number is nobody's on the roster. `sources`: None is all of them."""

    authorisation_no: str
    programme: str | None
    signed_on: date | None
    valid_to: date | None
    revoked_on: date | None
    sources: str | None
    member_no: int | None = None


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of one application; `members` by place on the roster."""

    commissioned_by: str | None
    applied_on: date | None
    accepted_on: date | None
    urban_rural: str | None
    temp_cause: str | None
    special_class: str | None
    members: dict[int, Paper]
    grants: tuple[Grant, ...]


PAPER = tuple(f.name for f in fields(Paper))
GRANT = tuple(f.name for f in fields(Grant))
OWN = tuple(f.name for f in fields(Papers) if f.name not in ("members", "grants"))


class SourceShelf:
    """The rows of one run, and the papers of its applications, filed when they are first asked for. Safe for threads."""

    def __init__(self, newest: NewestRun) -> None:
        self.newest = newest
        self._rows: dict[str, pl.LazyFrame] = {}
        self._files: PaperFiles | None = None
        self._lock = threading.Lock()
        self._filing = threading.Lock()

    def rows(self, dataset: str) -> pl.LazyFrame:
        """The rows of a dataset that stand; settled once."""
        with self._lock:
            if dataset not in self._rows:
                self._rows[dataset] = self.newest.rows(dataset)
            return self._rows[dataset]

    def papers(self, application: str) -> Papers | None:
        """The papers of an application; None where the store does not hold them. The first question files those of every application."""
        with self._filing:
            if self._files is None:
                self._files = self._filed()
        return self._files.papers(application)

    def papers_of(self, applications: Sequence[str]) -> dict[str, Papers]:
        """The papers of some applications, read by themselves; one that the store does not hold is left out. Raises ConnectorError."""
        files = self._filed(
            pl.col("application_id").is_in(pl.Series(applications, dtype=pl.String).implode())
        )
        found = {application: files.papers(application) for application in applications}
        return {application: papers for application, papers in found.items() if papers is not None}

    def roster(self, application: str) -> pl.DataFrame:
        """The member rows of an application's latest roster, in clear."""
        own = pl.col("application_id") == application
        return latest_rosters(self.rows(MEMBER).filter(own)).collect()

    def line(self, sha256: str, line: int) -> tuple[str, pl.DataFrame]:
        """The dataset and the typed row at a line of a file; no row where the file is not in the store."""
        for arrival in self.newest.log:
            if arrival.sha256 == sha256 and arrival.state == READ and arrival.dataset:
                path = self.newest.store.rows(arrival.dataset, arrival.rows_name)
                if path.exists():
                    found = pl.scan_parquet(path).filter(pl.col("_line") == line).collect()
                    return arrival.dataset, found
        return "", pl.DataFrame()

    def _filed(self, wanted: pl.Expr | bool = True) -> PaperFiles:
        """The papers of the applications wanted."""
        rosters = latest_rosters(self.rows(MEMBER).filter(wanted))
        members = rosters.select(*PLACE, "id_no", *PAPER)
        places = members.select(*PLACE, "id_no").filter(pl.col("id_no") != "")
        grants = (
            self.rows(AUTHORISATION)
            .filter(wanted)
            .join(
                places.unique(["application_id", "id_no"], keep="last", maintain_order=True),
                on=["application_id", "id_no"],
                how="left",
                maintain_order="left",
            )
        )
        return PaperFiles(
            *(
                part.sort("application_id", maintain_order=True).collect().rechunk()
                for part in (
                    self.rows(APPLICATION).filter(wanted).select("application_id", *OWN),
                    members.drop("id_no"),
                    grants.select("application_id", *GRANT),
                )
            )
        )


@dataclass(frozen=True, slots=True)
class PaperFiles:
    """The papers of every application of a run, nothing in them that names a person; frames sorted by application_id."""

    applications: pl.DataFrame
    members: pl.DataFrame
    grants: pl.DataFrame

    def papers(self, application: str) -> Papers | None:
        """The papers of one; None where there are none."""
        found = _cut(self.applications, application)
        if not found:
            return None
        members = _cut(self.members, application)
        papers = records_of(Paper, members)
        stated = {int(row["member_no"]): paper for row, paper in zip(members, papers, strict=True)}
        grants = sorted(records_of(Grant, _cut(self.grants, application)), key=_by_place)
        more = {"members": stated, "grants": tuple(grants)}
        return records_of(Papers, found[-1:], lambda _: more)[0]


def latest_rosters(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Of `approval.member`: each application's latest roster, one row a place, in the order of places."""
    latest = pl.col("_extract_as_of") == pl.col("_extract_as_of").max().over("application_id")
    return rows.filter(latest).unique(PLACE, keep="last", maintain_order=True).sort(PLACE)


def _cut(frame: pl.DataFrame, application: str) -> list[Row]:
    ids = frame["application_id"]
    start = ids.search_sorted(application, side="left")
    return frame[start : ids.search_sorted(application, side="right")].to_dicts()


class SourceShelves:
    """The shelf of the newest run, made when it is first asked for and again when another run is published."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._run_id = ""
        self._shelf: SourceShelf | None = None

    def of(self, tables: CurrentTables, warehouse: Path) -> SourceShelf | None:
        """The shelf of the run whose tables these are; None where the store is not beside the warehouse or cannot be read."""
        with self._lock:
            if self._run_id != tables.run.run_id:
                try:
                    self._shelf, self._run_id = open_shelf(tables, warehouse), tables.run.run_id
                except (InputError, ConnectorError):
                    self._shelf, self._run_id = None, ""
            return self._shelf


def open_shelf(tables: CurrentTables, warehouse: Path) -> SourceShelf:
    """The shelf of the run whose tables these are.

    Args:
        tables: of the run. warehouse: its path; nothing but the store beside it is read.

    Raises:
        InputError: the store is not beside the warehouse. ConnectorError: it cannot be read.

    """
    newest = newest_of(tables, warehouse)
    had = set(tables.frame("intake_ledger", columns=["sha256"])["sha256"])
    return SourceShelf(replace(newest, log=[a for a in newest.log if a.sha256 in had]))


def _by_place(grant: Grant) -> tuple[bool, int, str]:
    return grant.member_no is None, grant.member_no or 0, grant.authorisation_no


def shelves_of(request: Request) -> SourceShelves:
    """The shelves of the running application."""
    found: SourceShelves = request.app.state.shelves
    return found
