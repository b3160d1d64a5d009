"""The change feed in the casework store: a walk over a run is seen whole or not at all, and read in order.

Entries are written in parts, so that nobody who wants to write waits long; the last transaction makes the walk and with it all of its
entries visible. A walk is found against the one before and numbered after it, so whoever sees n has seen all that will ever be below n.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import sqlalchemy as sa

from casework.tables.feed import FEED_ATTEMPT, FEED_ENTRY, FEED_RUN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casework.store import CaseworkStore

EVERYTHING = "*"
WINDOW = 50_000
"""Numbers looked through for one page: a narrow area of a long feed is answered with a short page and where to go on."""

PART = 10_000
"""Entries written in one transaction."""

ENTRY: Mapping[str, pl.DataType] = {
    "change": pl.String(),
    "reason": pl.String(),
    "region_code": pl.String(),
    "application_id": pl.String(),
    "programme": pl.String(),
    "requested": pl.Int64(),
    "authorised": pl.Int64(),
    "verdict_id": pl.String(),
    "previous_verdict_id": pl.String(),
    "alert_id": pl.String(),
    "alert_version": pl.String(),
}
"""Columns of an entry as they are written; a verdict's has application_id, an alert's alert_id."""

STANDING_VERDICT = (
    "application_id",
    "programme",
    "verdict_id",
    "region_code",
    "requested",
    "authorised",
)
STANDING_ALERT = ("alert_id", "alert_version", "region_code")


@dataclass(frozen=True, slots=True)
class Walk:
    """A run that was walked. `last_seq`: the newest entry after it."""

    walk_no: int
    run_id: str
    sequence: int
    recorded_at: str
    bridged: bool
    last_seq: int


@dataclass(frozen=True, slots=True)
class Page:
    """Entries behind a number, each with run_id, at and bridged; `upto`: where to go on; `head`: the newest number of all."""

    rows: list[dict[str, Any]]
    upto: int
    head: int


def newest_walk(store: CaseworkStore) -> Walk | None:
    """The run walked last; None before the first. Raises as `CaseworkStore.reading`."""
    with store.reading() as connection:
        return _newest(connection)


def standing(store: CaseworkStore) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What a reader of the whole feed holds now: verdicts (STANDING_VERDICT) and alerts (STANDING_ALERT). Raises as `reading`."""
    with store.reading() as connection:
        verdicts = _last_of(connection, ("application_id", "programme"), STANDING_VERDICT)
        alerts = _last_of(connection, ("alert_id",), STANDING_ALERT)
    return (
        verdicts.filter(pl.col("change") != "withdrawn").drop("change"),
        alerts.filter(pl.col("change") != "alert_gone").drop("change"),
    )


def record_walk(
    store: CaseworkStore,
    entries: pl.DataFrame,
    *,
    run: tuple[str, int],
    at: str,
    bridged: bool,
    after: Walk | None,
) -> Walk | None:
    """Write a walk and its entries; they are seen when the last part is committed.

    Args:
        entries: columns ENTRY, in their order. run: its id and sequence. at: instant as text.
        bridged: runs between were not to be had. after: the walk that the entries are the difference to.

    Returns:
        The walk; None, and nothing written, where another was written meanwhile: find the difference anew.

    Raises:
        CaseworkError: as `CaseworkStore.writing`.

    """
    with store.writing() as connection:
        done = connection.execute(sa.insert(FEED_ATTEMPT).values(started_at=at))
        (attempt,) = done.inserted_primary_key or (0,)
    last = after.last_seq if after else 0
    for part in entries.iter_slices(PART):
        rows = part.with_columns(pl.lit(attempt).alias("attempt_no")).to_dicts()
        with store.writing() as connection:
            if _newest(connection) != after:
                return None
            last = _number(connection, rows)
            connection.execute(sa.insert(FEED_ENTRY), rows)
    with store.writing() as connection:
        if _newest(connection) != after:
            return None
        connection.execute(
            sa.insert(FEED_RUN).values(
                attempt_no=attempt,
                run_id=run[0],
                sequence=run[1],
                recorded_at=at,
                bridged=int(bridged),
                last_seq=last,
            )
        )
        return _newest(connection)


def _number(connection: sa.Connection, rows: list[dict[str, Any]]) -> int:
    """Give rows the numbers behind all that were ever given; returns the last one."""
    given = connection.execute(sa.select(sa.func.coalesce(sa.func.max(FEED_ENTRY.c.seq), 0)))
    last = int(given.scalar_one())
    for row in rows:
        last += 1
        row["seq"] = last
    return last


def read_entries(
    store: CaseworkStore,
    after: int,
    *,
    regions: tuple[str, ...],
    programmes: tuple[str, ...],
    most: int,
) -> Page:
    """The next entries of an area behind `after`, `most` at most; fewer do not mean that these were the last. Raises as `reading`."""
    with store.reading() as connection:
        newest = _newest(connection)
        head = newest.last_seq if newest else 0
        end = min(head, after + WINDOW)
        query = (
            sa.select(FEED_ENTRY, FEED_RUN.c.run_id, FEED_RUN.c.recorded_at, FEED_RUN.c.bridged)
            .join(FEED_RUN, FEED_RUN.c.attempt_no == FEED_ENTRY.c.attempt_no)
            .where(FEED_ENTRY.c.seq > after, FEED_ENTRY.c.seq <= end, _within(regions, programmes))
            .order_by(FEED_ENTRY.c.seq)
            .limit(most)
        )
        rows = [dict(row._mapping) for row in connection.execute(query)]
    return Page(rows, rows[-1]["seq"] if len(rows) == most else max(end, after), head)


def last_of_verdict(store: CaseworkStore, verdict_id: str) -> dict[str, Any] | None:
    """The newest entry that published this verdict, and under `now` the newest of its application and programme. Raises as `reading`."""
    newest = (
        sa.select(FEED_ENTRY)
        .where(FEED_ENTRY.c.attempt_no.in_(sa.select(FEED_RUN.c.attempt_no)))
        .order_by(FEED_ENTRY.c.seq.desc())
        .limit(1)
    )
    with store.reading() as connection:
        found = connection.execute(newest.where(FEED_ENTRY.c.verdict_id == verdict_id)).first()
        if found is None:
            return None
        now = connection.execute(
            newest.where(
                FEED_ENTRY.c.application_id == found.application_id,
                FEED_ENTRY.c.programme == found.programme,
            )
        ).one()
    return {**found._mapping, "now": dict(now._mapping)}


def _newest(connection: sa.Connection) -> Walk | None:
    row = connection.execute(
        sa.select(FEED_RUN).order_by(FEED_RUN.c.walk_no.desc()).limit(1)
    ).first()
    if row is None:
        return None
    return Walk(
        row.walk_no, row.run_id, row.sequence, row.recorded_at, bool(row.bridged), row.last_seq
    )


def _last_of(
    connection: sa.Connection, keys: tuple[str, ...], columns: tuple[str, ...]
) -> pl.DataFrame:
    """The newest entry of each key, its `change` beside the columns."""
    last = (
        sa.select(sa.func.max(FEED_ENTRY.c.seq).label("seq"))
        .where(
            FEED_ENTRY.c[keys[0]].is_not(None),
            FEED_ENTRY.c.attempt_no.in_(sa.select(FEED_RUN.c.attempt_no)),
        )
        .group_by(*(FEED_ENTRY.c[name] for name in keys))
        .subquery()
    )
    names = ("change", *columns)
    query = sa.select(*(FEED_ENTRY.c[name] for name in names)).join(
        last, last.c.seq == FEED_ENTRY.c.seq
    )
    rows = [tuple(row) for row in connection.execute(query)]
    return pl.DataFrame(rows, schema={name: ENTRY[name] for name in names}, orient="row")


def _within(regions: tuple[str, ...], programmes: tuple[str, ...]) -> sa.ColumnElement[bool]:
    area: sa.ColumnElement[bool] = sa.true()
    if EVERYTHING not in regions:
        area = sa.or_(
            sa.false(),
            *(FEED_ENTRY.c.region_code.startswith(code, autoescape=True) for code in regions),
        )
    if EVERYTHING not in programmes:
        # Of an application that asked for something else they see nothing; nor of alerts, whose programmes no entry tells.
        area = sa.and_(area, FEED_ENTRY.c.programme.in_(programmes), FEED_ENTRY.c.requested == 1)
    return area
