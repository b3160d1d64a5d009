"""Sources to pull in tests: a clock that only sleeping moves, a folder, and rows that a view would give. Region 99 does not exist."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from inbox_files import sha, standing, vehicles

from connectors.outside import SHANGHAI, Outside
from connectors.pulling.calling import SourceCaller, calls_on
from connectors.pulling.pull import pull
from connectors.pulling.pull_log import PullEvent, read_pulls
from connectors.sources.declaration import Source
from connectors.store import Store, open_store
from connectors.transports.folder import FolderTransport
from connectors.transports.transport import Fetched, Offer, Probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from connectors.sources.declaration import DatasetSpec
    from connectors.transports.transport import Mark

NOON = datetime(2026, 5, 8, 12, 0, tzinfo=SHANGHAI)
REGION = "990101"


@dataclass
class Clock:
    """The time; sleeping moves it, and is remembered."""

    at: datetime = NOON
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)

    @property
    def outside(self) -> Outside:
        return Outside(now=self.now, sleep=self.sleep, chance=lambda: 0.5, by="tests")


def declared(
    name: str,
    transport: dict[str, Any],
    datasets: dict[str, Any],
    *,
    limits: dict[str, Any] | None = None,
    **agreement: Any,
) -> Source:
    """A source as its source.yaml would say."""
    agreed = {"no": "协议-1", "purpose": "核对", "valid_from": "2026-01-01"} | agreement
    said = {
        "name": name,
        "title": "某单位",
        "region": REGION,
        "agreement": agreed,
        "cadence": {"cron": "0 3 * * *", "overdue_hours": 26},
        "limits": limits or {},
        "transport": transport,
        "datasets": datasets,
    }
    return Source.model_validate(said)


def folder_source(folder: Path, **said: Any) -> Source:
    """Vehicles in a folder."""
    folder.mkdir(exist_ok=True)
    spec = said.pop("spec", {})
    transport = {"kind": "folder", "path": str(folder)}
    return declared("public_security", transport, {"vehicle": spec}, **said)


def view_source(name: str = "public_security", subject: str = "vehicle", **said: Any) -> Source:
    """One view; `spec` adds to what is said of it."""
    spec = {"view": "share.v", "key": ["k"]} | said.pop("spec", {})
    transport = {"kind": "postgresql", "host": "127.0.0.1", "database": "d", "user": "u"}
    return declared(name, transport, {subject: spec}, **said)


def drop(folder: Path, *plates: str, day: str = "20260508", part: str = "", name: str = "") -> Path:
    """Put an extract of vehicles into a department's folder, long enough ago to be whole."""
    path = folder / (name or f"vehicle_{REGION}_{day}{part}.csv")
    path.write_bytes(vehicles(*plates))
    aged(path)
    return path


def aged(path: Path, *, seconds: int = 60) -> None:
    """Let a file have been written so long before noon."""
    stamp = NOON.timestamp() - seconds + len(path.read_bytes()) / 1000
    os.utime(path, (stamp, stamp))


@dataclass
class View:
    """Rows that a view holds, and what it says of them. `trouble`: raised in place of an answer.

    `changed`: only rows from the watermark on are read; where there is an `overlap`, those at the watermark once more.
    """

    rows: list[dict[str, str | None]]
    as_of: date | None = None
    said_rows: int | None = None
    clock: datetime | None = None
    trouble: Callable[[], Exception] | None = None
    changed: bool = False
    overlap: bool = True
    columns: list[str] = field(default_factory=list)
    reads: int = 0


class ViewTransport:
    """A transport of whole or incremental rows, without a server. Rows hold `changed` (a number) where only later ones are read."""

    def __init__(
        self, source: Source, outside: Outside, caller: SourceCaller, views: Mapping[str, View]
    ) -> None:
        self.source, self.outside, self.caller, self.views = source, outside, caller, views

    def __enter__(self) -> ViewTransport:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def probe(self) -> Probe:
        return Probe("fake", self.outside.now())

    def offers(self, subject: str, _: DatasetSpec, taken: Mapping[str, Mark]) -> Iterator[Offer]:
        day = self.views[subject].as_of or self.outside.today
        mark = taken.get("share.v", {})
        yield Offer(subject, self.source.region, day, "", "parquet", "share.v", mark)

    def fetch(self, offer: Offer, _: DatasetSpec, target: Path) -> Fetched:
        return self.caller.call(lambda: self._fetch(self.views[offer.subject], offer, target))

    def _fetch(self, view: View, offer: Offer, target: Path) -> Fetched:
        view.reads += 1
        if view.trouble is not None:
            raise view.trouble()
        since = int(str(offer.mark.get("changed", 0))) if view.changed else 0
        first = since if view.overlap else since + 1
        rows = [r for r in view.rows if int(r.get("changed") or first) >= first]
        named = list(dict.fromkeys(name for row in view.rows for name in row))
        columns = view.columns = named or view.columns
        pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String)).write_parquet(target)
        newest = max((int(r.get("changed") or 0) for r in view.rows), default=since)
        return Fetched(
            as_of=offer.as_of,
            mark={"changed": str(newest)},
            rows=len(rows),
            said_rows=view.said_rows,
            columns=tuple(columns),
            clock=view.clock,
        )


def car(plate: str, **said: str | None) -> dict[str, str | None]:
    """A row of vehicles as a view gives it."""
    owner = "99010119800301101X"
    row = {
        "plate_no": plate,
        "plate_type": "小型汽车",
        "owner_id_no": owner,
        "owner_name": "王建国",
    }
    return {**row, "status": "正常", "value": "1000", **said}


@dataclass
class Site:
    """A place of work in a temporary folder: store, inbox, clock."""

    root: Path
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.root.mkdir(exist_ok=True)
        (self.root / "inbox").mkdir(exist_ok=True)
        self.store: Store = open_store(self.root / "w.store")

    @property
    def inbox(self) -> Path:
        return self.root / "inbox"

    def caller(self, source: Source) -> SourceCaller:
        spent = calls_on(self.log(source), self.clock.outside.today)
        return SourceCaller(source, self.clock.outside, spent)

    def pull_folder(self, source: Source, **how: Any) -> tuple[PullEvent, ...]:
        caller = self.caller(source)
        transport = FolderTransport(source, self.clock.outside, caller)
        out = self.clock.outside
        return pull(source, transport, self.store, self.inbox, out, caller=caller, **how)

    def pull_view(self, source: Source, **views: View) -> tuple[PullEvent, ...]:
        caller = self.caller(source)
        out = self.clock.outside
        transport = ViewTransport(source, out, caller, views)
        return pull(source, transport, self.store, self.inbox, out, caller=caller)

    def log(self, source: Source) -> list[PullEvent]:
        return read_pulls(self.store, source.name)

    def files(self) -> dict[str, str]:
        """What lies in the inbox, and the digest of each file; manifests are left out, whatever is no entry is not."""
        found = {p.relative_to(self.inbox).as_posix(): p for p in self.inbox.rglob("*.*")}
        return {
            name: sha(path.read_bytes())
            for name, path in sorted(found.items())
            if not name.endswith(".manifest.json")
        }


def outcomes(events: tuple[PullEvent, ...]) -> list[str]:
    return [e.outcome for e in events]


def plates(site: Site) -> list[str]:
    """What the intake makes stand of the vehicles that have landed."""
    return standing(site.inbox, site.store)[1]["plate_no"].to_list()
