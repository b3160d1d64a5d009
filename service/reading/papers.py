"""What no published table holds: the application's own papers and the source rows, read from the store beside the warehouse.

Only files that the run had are read, so that a page and its verdict stand on the same rows. One shelf a run is kept; who settles which rows
stand has done so once for every page of the run.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from connectors.errors import ConnectorError
from connectors.intake.arrivals import READ, read_arrivals
from connectors.store import Store
from pipelines.rerun import NewestRun
from pipelines.workplace import store_root
from service.reading.records import records

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from starlette.requests import Request

    from warehouse.current import CurrentTables

APPLICATION, MEMBER, AUTHORISATION = (
    "approval.application",
    "approval.member",
    "approval.authorisation",
)


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
    """An authorisation. `member_no`: None where its number is nobody's on the roster. `sources`: None is all of them."""

    authorisation_no: str
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


class SourceShelf:
    """The rows of one run. Safe for threads."""

    def __init__(self, newest: NewestRun) -> None:
        self.newest = newest
        self._rows: dict[str, pl.LazyFrame] = {}
        self._lock = threading.Lock()

    def rows(self, dataset: str) -> pl.LazyFrame:
        """The rows of a dataset that stand; settled once."""
        with self._lock:
            if dataset not in self._rows:
                self._rows[dataset] = self.newest.rows(dataset)
            return self._rows[dataset]

    def papers(self, application: str) -> Papers | None:
        """The papers of an application; None where the store does not hold them."""
        rows = self._of(APPLICATION, application)
        if rows.is_empty():
            return None
        members = self.roster(application)
        grants = self._of(AUTHORISATION, application)
        numbers = {m["id_no"]: int(m["member_no"]) for m in members.to_dicts() if m["id_no"]}
        stated = dict(zip(members["member_no"].to_list(), records(Paper, members), strict=True))
        told = records(Grant, grants, lambda row: {"member_no": numbers.get(row["id_no"])})
        own: dict[str, Any] = rows.row(-1, named=True)
        return Papers(
            own["commissioned_by"],
            own["applied_on"],
            own["accepted_on"],
            own["urban_rural"],
            own["temp_cause"],
            own["special_class"],
            stated,
            tuple(
                sorted(
                    told, key=lambda g: (g.member_no is None, g.member_no or 0, g.authorisation_no)
                )
            ),
        )

    def roster(self, application: str) -> pl.DataFrame:
        """The member rows of an application's latest roster, in clear."""
        rows = self._of(MEMBER, application)
        latest = pl.col("_extract_as_of") == pl.col("_extract_as_of").max()
        return rows.filter(latest).unique("member_no", keep="last").sort("member_no")

    def line(self, sha256: str, line: int) -> tuple[str, pl.DataFrame]:
        """The dataset and the typed row at a line of a file; no row where the file is not in the store."""
        for arrival in self.newest.log:
            if arrival.sha256 == sha256 and arrival.state == READ and arrival.dataset:
                path = self.newest.store.rows(arrival.dataset, arrival.rows_name)
                if path.exists():
                    found = pl.scan_parquet(path).filter(pl.col("_line") == line).collect()
                    return arrival.dataset, found
        return "", pl.DataFrame()

    def _of(self, dataset: str, application: str) -> pl.DataFrame:
        return self.rows(dataset).filter(pl.col("application_id") == application).collect()


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
                self._shelf = _open_shelf(tables, warehouse)
                self._run_id = tables.run.run_id if self._shelf else ""
            return self._shelf


def _open_shelf(tables: CurrentTables, warehouse: Path) -> SourceShelf | None:
    root = store_root(warehouse)
    if not root.is_dir():
        return None
    store = Store(root)
    try:
        log = read_arrivals(store)
    except ConnectorError:
        return None
    had = set(tables.frame("intake_ledger", columns=["sha256"])["sha256"])
    results = tables.frame("quality_result", columns=["dataset", "severity", "passed"])
    blocking = (pl.col("severity").cast(pl.String) == "blocking") & ~pl.col("passed")
    shut = frozenset(results.filter(blocking)["dataset"].cast(pl.String))
    return SourceShelf(NewestRun(tables.run, store, [a for a in log if a.sha256 in had], shut, {}))


def shelves_of(request: Request) -> SourceShelves:
    """The shelves of the running application."""
    found: SourceShelves = request.app.state.shelves
    return found
