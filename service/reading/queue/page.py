"""A page of the queue: one row an application, by the programme asked for, from the index of the newest run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from service.reading.records import records
from service.reading.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from casework.assignments import Assignments
    from service.access.actor import Scope
    from service.reading.index import VerdictIndex
    from service.reading.queue.filters import Asked
    from warehouse.current import CurrentTables
    from warehouse.record import RunRecord

PAGE = 50
MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One application. `margin`: limit less income as a share of the limit; None where either is not known.

    `age`: days from the first clock of the application to the run's day; None where no clock's start is recorded.
    `holder`: account that has taken it.
    """

    application_id: str
    programme: str
    region_code: str
    suggestion: str
    certain: bool
    income_per_capita_month: Decimal | None
    income_limit: Decimal | None
    amount: Decimal | None
    alerts_b: int
    alerts_r: int
    alerts_i: int
    started_on: date | None
    next_due_on: date | None
    overdue: int
    margin: Decimal | None
    age: int | None
    holder: str | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page. `counts`: by suggestion, of all that the other filters leave. `after`: where the next page begins; None at the end.

    `lost`: the place where the page was to begin is not in this list any more, so it begins at the first row.
    """

    run: RunRecord
    total: int
    rows: tuple[QueueRow, ...]
    counts: Mapping[str, int]
    after: str | None
    lost: bool = False


def read_queue(
    tables: CurrentTables,
    index: VerdictIndex,
    scope: Scope,
    *,
    asked: Asked,
    account: str,
    held: Assignments,
    after: str = "",
    limit: int = PAGE,
) -> QueuePage:
    """One page of the queue.

    Args:
        tables, index: of one run. scope: of whoever looks. asked: the filters. account: of whoever looks.
        held: who has what. after: the application after which the page begins. limit: rows of a page.

    """
    wanted = asked.wanted(tables.run.as_of, applications=_mine(asked, account, held))
    found = _found(tables, index, scope, (wanted, asked), held)
    whole = _found(tables, index, scope, (replace(wanted, suggestions=()), asked), held)
    start, lost = _start(index, found, after)
    page = found[start : start + limit]
    rows = _rows(tables, index, page, held)
    more = start + limit < len(found)
    return QueuePage(
        tables.run,
        len(found),
        rows,
        index.counts(whole),
        rows[-1].application_id if more and rows else None,
        lost,
    )


def read_all(
    tables: CurrentTables,
    index: VerdictIndex,
    scope: Scope,
    *,
    asked: Asked,
    account: str,
    held: Assignments,
) -> tuple[QueueRow, ...]:
    """Every row of the list, for those who may take it away."""
    wanted = asked.wanted(tables.run.as_of, applications=_mine(asked, account, held))
    found = _found(tables, index, scope, (wanted, asked), held)
    return _rows(tables, index, found, held)


def visible(
    tables: CurrentTables, index: VerdictIndex, scope: Scope, applications: tuple[str, ...]
) -> tuple[str, ...]:
    """Those of the applications that are in the queue of the area, in the index's order."""
    found = index.positions(Wanted(requested=True, applications=applications), scope, tables=tables)
    return tuple(index.frame["application_id"].gather(found))


def _mine(asked: Asked, account: str, held: Assignments) -> tuple[str, ...] | None:
    return held.held_by(account) if asked.whose == "mine" else None


def _found(
    tables: CurrentTables,
    index: VerdictIndex,
    scope: Scope,
    ask: tuple[Wanted, Asked],
    held: Assignments,
) -> pl.Series:
    wanted, asked = ask
    found = index.positions(wanted, scope, tables=tables, order=asked.order)
    taken = list(held.everything()) if asked.whose == "free" else []
    if taken:
        ids = index.frame["application_id"].gather(found)
        found = found.filter(~ids.is_in(pl.Series(taken).implode()))
    return found


def _start(index: VerdictIndex, found: pl.Series, after: str) -> tuple[int, bool]:
    if not after:
        return 0, False
    at = index.frame["application_id"].gather(found).index_of(after)
    return (0, True) if at is None else (at + 1, False)


def _rows(
    tables: CurrentTables, index: VerdictIndex, page: pl.Series, held: Assignments
) -> tuple[QueueRow, ...]:
    frame = index.rows(page, "alerts", "deadlines", tables=tables).with_columns(
        pl.col("programme", "suggestion").cast(pl.String)
    )
    as_of = tables.run.as_of
    holders = held.of(frame["application_id"].to_list())

    def more(row: dict[str, Any]) -> dict[str, Any]:
        began, ppm = row["started_on"], row["margin_ppm"]
        return {
            "margin": None if ppm is None else Decimal(ppm) / MILLION,
            "age": None if began is None else (as_of - began).days,
            "holder": holders.get(row["application_id"]),
        }

    return records(QueueRow, frame, more)
