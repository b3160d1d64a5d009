"""Printing reports of one deployment: contents gathered, sealed, and entered in the register before anybody gets one.

Whoever calls has the leave to do so and has it recorded already: the gate in pages, `command/auditing.py` on the command line.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl

from casework.errors import BusyError, TakenError
from casework.reports import Printing as Entered
from casework.reports import add_printings, count_printings
from connectors.errors import ConnectorError
from household.errors import InputError
from pipelines.workplace import store_root
from service.reading.papers import open_shelf
from service.reports.gathering import gather
from service.reports.making import Printing, make_report
from service.reports.numbering import contents_digest, report_no
from service.reports.seal_keys import signer_beside
from service.reports.typeset import Typesetter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from casework.store import Place
    from service.reading.papers import Papers
    from service.reports.contents import Contents
    from service.reports.making import Report
    from service.reports.seal_keys import Signer
    from warehouse.current import CurrentTables

ATTEMPTS = 3
"""How often reports are printed anew when somebody else has printed one of them meanwhile."""
AT_ONCE = 50
"""Reports that are made, entered and handed on together: so many stand in memory."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who prints: the account as the register keeps it, the name as the page shows it, the day and the instant (ISO 8601, UTC)."""

    account: str
    name: str
    on: date
    at: str


class Press:
    """What printing needs: the warehouse's store with the papers, the register, fonts and key. Safe to share among threads."""

    def __init__(
        self, warehouse: Path, register: Place, *, typesetter: Typesetter, signer: Signer
    ) -> None:
        self._warehouse = warehouse
        self._register = register
        self._typesetter = typesetter
        self._signer = signer

    def print_one(
        self,
        tables: CurrentTables,
        application: str,
        *,
        maker: Maker,
        programmes: Collection[str] | None = None,
    ) -> Report:
        """The sealed report of one application, entered in the register. `programmes`: as `gather`.

        Raises:
            InputError: the run does not know the application. BusyError: others keep printing it. The rest as the store and fonts tell.

        """
        return next(self.print_many(tables, [application], maker=maker, programmes=programmes))

    def print_many(
        self,
        tables: CurrentTables,
        applications: Sequence[str],
        *,
        maker: Maker,
        programmes: Collection[str] | None = None,
    ) -> Iterator[Report]:
        """Sealed reports one after the other, each entered before it is handed on. Raises as `print_one`."""
        alerts = tables.frame("alert")
        papers = self._papers(tables, applications)
        for start in range(0, len(applications), AT_ONCE):
            some = applications[start : start + AT_ONCE]
            contents = [
                gather(tables, one, papers=papers.get(one), alerts=alerts, programmes=programmes)
                for one in some
            ]
            yield from self._entered(contents, maker)

    def _papers(self, tables: CurrentTables, applications: Sequence[str]) -> dict[str, Papers]:
        """What the store says; nothing where it is not there, and the report then says that it could not be read."""
        try:
            return open_shelf(tables, self._warehouse).papers_of(applications)
        except (InputError, ConnectorError):
            return {}

    def _entered(self, contents: Sequence[Contents], maker: Maker) -> list[Report]:
        digests = [contents_digest(one) for one in contents]
        numbers = [report_no(*one) for one in zip(contents, digests, strict=True)]
        for _ in range(ATTEMPTS):
            before = count_printings(self._register, numbers)
            reports = [
                make_report(
                    one,
                    Printing(maker.name, maker.on, before.get(number, 0)),
                    typesetter=self._typesetter,
                    signer=self._signer,
                    digest=digest,
                )
                for one, number, digest in zip(contents, numbers, digests, strict=True)
            ]
            try:
                add_printings(self._register, [_entry(r, before, maker) for r in reports])
            except TakenError:
                continue
            return reports
        raise BusyError("其他人正在打印同一份报告", "请稍后再试")


def press_for(
    warehouse: Path,
    register: Place,
    *,
    fonts: Path | None,
    seal_key: Path | None,
    token_bytes: Callable[[int], bytes],
) -> Press:
    """The press of a deployment.

    Args:
        warehouse: its file. register: the casework store. fonts, seal_key: as set. token_bytes: for a key that is made the first time.

    Raises:
        InputError: no Chinese font, or a key that cannot be used. OutsideError: the key cannot be written.

    """
    signer = signer_beside(store_root(warehouse), seal_key, token_bytes=token_bytes)
    return Press(warehouse, register, typesetter=Typesetter(fonts), signer=signer)


def _entry(report: Report, before: dict[str, int], maker: Maker) -> Entered:
    head = report.contents.header
    return Entered(
        report.report_no,
        before.get(report.report_no, 0),
        report.check_code,
        head.application_id,
        head.run_id,
        report.digest,
        sha256(report.data).hexdigest(),
        maker.account,
        maker.at,
    )


def chosen(
    tables: CurrentTables,
    *,
    region: str | None = None,
    programme: str | None = None,
    suggestion: str | None = None,
) -> pl.DataFrame:
    """Applications by what was applied for: their application_id, region_code and programme, one row a suggestion asked for.

    Args:
        tables: the run. region: a region and all below it. programme: what was applied for. suggestion: what is suggested on it.

    """
    rows = tables.frame(
        "household_verdict",
        columns=("application_id", "region_code", "programme", "requested", "suggestion"),
    ).filter("requested")
    if region is not None:
        rows = rows.filter(pl.col("region_code").str.starts_with(region))
    if programme is not None:
        rows = rows.filter(pl.col("programme").cast(pl.String) == programme)
    if suggestion is not None:
        rows = rows.filter(pl.col("suggestion").cast(pl.String) == suggestion)
    return rows.select("application_id", "region_code", "programme").sort("application_id")
