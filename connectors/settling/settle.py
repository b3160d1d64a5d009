"""Which rows stand, across all files of a dataset that ever arrived. The outcome hangs on the files, not on their order of arrival.

The contract's words: the same key again, the later extract wins (date, then part, then path); an identical file changes nothing;
a snapshot is replaced whole, per region, by its newest extract; a refused file replaces nothing. A path that arrives with other
bytes replaces its older bytes whole: that alone depends on what came first.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from connectors.intake.arrivals import READ, Arrival
from connectors.intake.naming import MANIFEST_SUFFIX, arrival_order
from connectors.settling.repeats import find_replaced
from connectors.settling.settled import (
    EXTRACTS_SCHEMA,
    LEDGER_SCHEMA,
    Held,
    Piece,
    Settled,
)
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.store import Store

DONE = "done"
DUPLICATE = "duplicate"
SUPERSEDED = "superseded"
REFUSED = "refused"


def settle(dataset: str, arrivals: Sequence[Arrival], store: Store) -> Settled:
    """Work out which rows of a dataset stand.

    Args:
        dataset: name in the catalogue.
        arrivals: the whole log (events of other datasets are passed over).
        store: where the rows are.

    Returns:
        Settled; its ledger has one row for every file of the dataset that arrived, refused and replaced ones included.

    """
    events = _distinct([a for a in arrivals if a.dataset == dataset])
    live, replaced = _live(events)
    taken, twins = _without_twins(live)
    dropped = find_replaced(DATASETS[dataset], taken, store)
    lost = dict(dropped.group_by("_file").len().iter_rows())
    older = _older_snapshots(dataset, taken)
    shared = Counter((a.region, a.as_of, a.part) for a in taken)

    rows = []
    for event in events:
        if event in replaced:
            rows.append(
                _entry(event, SUPERSEDED, superseded=event.rows_in, message=_replaced_by(event))
            )
        elif event.state != READ:
            rows.append(_entry(event, REFUSED, message=event.message))
        elif event.seq in twins:
            message = f"内容与 {twins[event.seq]} 完全相同，不再计入"
            rows.append(_entry(event, DUPLICATE, message=message))
        elif event.seq in older:
            newest = older[event.seq]
            rows.append(
                _entry(
                    event,
                    SUPERSEDED,
                    superseded=event.rows_read,
                    quarantined=event.rows_quarantined,
                    message=_joined(event.message, f"已由本地区 {newest} 的新数据整体替代"),
                )
            )
        else:
            gone = lost.get(event.seq, 0)
            remarks = [event.message]
            if shared[event.region, event.as_of, event.part] > 1:
                remarks.append("另有文件报送同一地区同一日期同一分卷，两份均已计入，请核实")
            rows.append(
                _entry(
                    event,
                    DONE,
                    accepted=event.rows_read - gone,
                    superseded=gone,
                    quarantined=event.rows_quarantined,
                    message=_joined(*remarks),
                )
            )
    pieces = [a for a in taken if a.seq not in older]
    return Settled(
        dataset=dataset,
        pieces=tuple(Piece(a.rows_name, a.seq, _day(a), a.part) for a in pieces if a.rows_read),
        held=tuple(Held(a.file, a.rows_name) for a in taken if a.rows_quarantined),
        dropped=dropped.filter(pl.col("_file").is_in([a.seq for a in pieces])),
        ledger=_ledger(rows),
        extracts=pl.DataFrame(
            # An extract sent again unchanged on a later day changes no row, but says that it still stands.
            [
                (dataset, a.region, a.as_of)
                for a in live
                if a in taken or _repeats_its_region(a, twins, live)
            ],
            schema=EXTRACTS_SCHEMA,
            orient="row",
        ),
    )


def settle_strays(arrivals: Sequence[Arrival]) -> pl.DataFrame:
    """Ledger rows (LEDGER_SCHEMA) of entries that belong to no dataset: bad names, lone manifests, directories.

    A manifest whose file has come since is left out.
    """
    came = {a.file for a in arrivals}
    newest = {a.file: a for a in arrivals if a.dataset is None}
    strays = [a for f, a in newest.items() if f.removesuffix(MANIFEST_SUFFIX) not in came - {f}]
    return _ledger([_entry(a, REFUSED, message=a.message) for a in sorted(strays, key=_order)])


def _day(arrival: Arrival) -> date:
    """The extract's date; a file of a known dataset always has one."""
    if arrival.as_of is None:
        raise AssertionError(f"arrival {arrival.seq} of a dataset has no date")
    return arrival.as_of


def _order(arrival: Arrival) -> tuple[date, str, str, int]:
    """Settling order, and for one path the order of arrival."""
    as_of = arrival.as_of or date.min
    return (*arrival_order(as_of, arrival.part, arrival.file), arrival.seq)


def _distinct(events: list[Arrival]) -> list[Arrival]:
    """One event for the same bytes at the same path with the same outcome: the newest. In settling order."""
    newest = {(a.file, a.sha256, a.state): a for a in events}
    return sorted(newest.values(), key=_order)


def _live(events: list[Arrival]) -> tuple[list[Arrival], set[Arrival]]:
    """Read files that count, and events whose path has been sent again: with other bytes, or after a refusal."""
    standing = {a.file: a for a in sorted(events, key=lambda a: a.seq) if a.state == READ}
    latest = {a.file: a for a in sorted(events, key=lambda a: a.seq)}
    replaced = {
        a
        for a in events
        if (a.file in standing and a.seq < standing[a.file].seq)
        or (a.state != READ and a.seq < latest[a.file].seq)
    }
    return [a for a in events if standing.get(a.file) == a], replaced


def _without_twins(live: list[Arrival]) -> tuple[list[Arrival], dict[int, str]]:
    """Files that are taken, and for every identical one (by number) the path of the one it repeats.

    A file repeats another when its bytes, read alike, are those of a file of the same day, or of the one that arrived for its region just
    before it. The same bytes read by other words (a corrected layout or code) are news.
    Bytes that come back after others have stood in between are news: what was sold and bought back is there again. Identical bytes for
    another region are one file sent twice, except an empty table: two regions may both hold nobody.
    """
    taken: list[Arrival] = []
    twins: dict[int, str] = {}
    by_day: dict[tuple[str, str | None, date | None], str] = {}
    newest: dict[str | None, Arrival] = {}
    whole = Counter(
        (a.region, a.as_of) for a in {(a.region, a.as_of, a.rows_name): a for a in live}.values()
    )
    elsewhere: dict[str, Arrival] = {}
    for arrival in live:
        twin = by_day.get((arrival.rows_name, arrival.region, arrival.as_of))
        before = newest.get(arrival.region)
        if twin is None and before is not None and before.rows_name == arrival.rows_name:
            alone = whole[arrival.region, arrival.as_of] == whole[before.region, before.as_of] == 1
            twin = before.file if alone else None  # a part says nothing of its whole
        other = elsewhere.get(arrival.sha256)
        if (
            twin is None
            and arrival.rows_in
            and other is not None
            and other.region != arrival.region
        ):
            twin = other.file
        if twin is not None:
            twins[arrival.seq] = twin
            continue
        taken.append(arrival)
        by_day[arrival.rows_name, arrival.region, arrival.as_of] = arrival.file
        newest[arrival.region] = arrival
        elsewhere.setdefault(arrival.sha256, arrival)
    return taken, twins


def _repeats_its_region(arrival: Arrival, twins: dict[int, str], live: list[Arrival]) -> bool:
    """Whether an identical file repeats one of its own region, and not another's."""
    return any(a.file == twins.get(arrival.seq) and a.region == arrival.region for a in live)


def _older_snapshots(dataset: str, taken: list[Arrival]) -> dict[int, date]:
    """Number of every extract that a newer one of its region replaces whole, and the newer one's date."""
    if DATASETS[dataset].keep != "snapshot":
        return {}
    newest: dict[str | None, date] = {}
    for arrival in taken:
        newest[arrival.region] = max(_day(arrival), newest.get(arrival.region, date.min))
    return {a.seq: newest[a.region] for a in taken if _day(a) < newest[a.region]}


def _replaced_by(event: Arrival) -> str:
    before = f"（原被拒绝：{event.message}）" if event.state != READ else ""
    return f"同名文件已重新报送，本次不再计入{before}"


def _joined(*parts: str) -> str:
    return "；".join(part for part in parts if part)


def _entry(
    event: Arrival,
    state: str,
    *,
    accepted: int = 0,
    quarantined: int = 0,
    superseded: int = 0,
    message: str,
) -> tuple[object, ...]:
    """One ledger row. A file whose rows are not counted (refused, duplicate) brings no rows in."""
    return (
        event.seq,
        event.file,
        event.sha256,
        event.dataset,
        event.region,
        event.as_of,
        accepted + quarantined + superseded,
        accepted,
        quarantined,
        superseded,
        state,
        message,
    )


def _ledger(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=LEDGER_SCHEMA, orient="row")
