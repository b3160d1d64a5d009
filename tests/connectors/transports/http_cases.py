"""A source that speaks HTTP, a fixed world around it, and a caller that counts: what tests of the HTTP transport share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from servers.http_pages import CLIENT, KEY_ID, SECRET

from connectors.errors import SourceUnreachable
from connectors.outside import SHANGHAI, Outside
from connectors.sources.declaration import Limits, PageDataset, Source
from connectors.transports.http_pages import HttpTransport

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from servers.http_pages import Interface

    from connectors.transports.transport import Fetched, Mark

NUMBER = "990101199001010011"


@dataclass
class World:
    """A day that stands still unless `step` moves the clock at each look at it."""

    time: datetime = datetime(2026, 5, 20, 9, tzinfo=SHANGHAI)
    step: timedelta = timedelta()
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        self.time += self.step
        return self.time

    def outside(self) -> Outside:
        return Outside(
            now=self.now,
            sleep=self.slept.append,
            chance=lambda: 0.5,
            by="tests",
            environ={"SECRET": SECRET, "WRONG": "wrong"},
        )


@dataclass
class Counting:
    """A Caller of few tries that remembers the waits that were asked for."""

    tries: int = 2
    made: int = 0
    waits: list[float | None] = field(default_factory=list)

    def call(self, what: Callable[[], Any]) -> Any:
        for left in reversed(range(self.tries)):
            self.made += 1
            try:
                return what()
            except SourceUnreachable as error:
                self.waits.append(error.wait)
                if not left:
                    raise
        raise AssertionError


def source(
    url: str, *, wants: str = "", tls: dict[str, Any] | None = None, **limits: Any
) -> Source:
    """A source at that url. `wants`: the authorisation, `wrong` a wrong one."""
    secret = {"env": "WRONG" if "wrong" in wants else "SECRET"}
    auth = None
    if "oauth2" in wants:
        auth = {
            "kind": "oauth2",
            "token_url": f"{url}/token",
            "client_id": CLIENT,
            "client_secret": secret,
        }
    elif "hmac" in wants:
        auth = {"kind": "hmac", "key_id": KEY_ID, "secret": secret}
    return Source.model_validate(
        {
            "name": "housing",
            "title": "住建",
            "region": "990101",
            "agreement": {"no": "A-1", "purpose": "核对", "valid_from": "2026-01-01"},
            "cadence": {"cron": "0 2 * * *", "overdue_hours": 48},
            "limits": Limits(**{"timeout_seconds": 60.0, **limits}),
            "transport": {"kind": "http", "url": f"{url}/data", "auth": auth, "tls": tls or {}},
        }
    )


def pages(path: str = "pages", **said: Any) -> PageDataset:
    """A dataset by page numbers with a total; `path` cursor or whole give the other kinds."""
    paging = {
        "pages": {"parameter": "page"},
        "cursor": {"parameter": "after", "cursor": "meta.next"},
    }.get(path)
    given = {"path": path, "rows": "data.items", "paging": paging, "total": "meta.total", **said}
    return PageDataset.model_validate(given)


def rows(count: int) -> list[str]:
    """JSON rows whose numbers must keep their digits."""
    return [
        f'{{"cert_no":"T{i}","area":{i}.50,"account":45000000000000{i:04d},"sole":true,"until":null}}'
        for i in range(count)
    ]


@dataclass
class Case:
    """A transport at work on one dataset."""

    interface: Interface
    folder: Path
    spec: PageDataset = field(default_factory=pages)
    wants: str = ""
    limits: dict[str, Any] = field(default_factory=dict)
    tls: dict[str, Any] | None = None
    world: World = field(default_factory=World)
    caller: Counting = field(default_factory=Counting)

    def take(self, mark: Mark | None = None) -> Fetched | None:
        """One pull: None where nothing is offered. The file is `rows.parquet` in the folder."""
        taken = {} if mark is None else {self.spec.path: mark}
        with self.transport() as transport:
            offers = list(transport.offers("real_estate", self.spec, taken))
            if not offers:
                return None
            return transport.fetch(offers[0], self.spec, self.target)

    def transport(self) -> HttpTransport:
        made = source(self.interface.url, wants=self.wants, tls=self.tls, **self.limits)
        return HttpTransport(made, self.world.outside(), self.caller)

    @property
    def target(self) -> Path:
        return self.folder / "rows.parquet"

    @property
    def frame(self) -> pl.DataFrame:
        return pl.read_parquet(self.target)
