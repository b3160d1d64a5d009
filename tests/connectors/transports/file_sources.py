"""Sources over file transports as tests need them: a made-up agreement, an outside that stands still, and a caller that only counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from connectors.errors import SourceUnreachable
from connectors.outside import Outside
from connectors.sources.declaration import (
    Agreement,
    Cadence,
    FileDataset,
    Limits,
    ObjectStore,
    SecretRef,
    Sftp,
    Source,
    Tls,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.s3 import S3Server
    from servers.sshd import SftpServer

T = TypeVar("T")
NOW = datetime(2026, 5, 6, 1, 30, tzinfo=UTC)
LONG_AGO = datetime(2026, 5, 1, tzinfo=UTC).timestamp()
DATASET = FileDataset(folder="")


@dataclass
class PlainCaller:
    """Calls at most `attempts` times, without waiting."""

    attempts: int = 1
    calls: int = 0
    troubles: list[SourceUnreachable] = field(default_factory=list)

    def call(self, what: Callable[[], T]) -> T:
        for left in reversed(range(self.attempts)):
            self.calls += 1
            try:
                return what()
            except SourceUnreachable as trouble:
                self.troubles.append(trouble)
                if not left:
                    raise
        raise AssertionError


def outside(**environ: str) -> Outside:
    return Outside(
        now=lambda: NOW, sleep=lambda _: None, chance=lambda: 0.5, by="tests", environ=environ
    )


def sftp_spec(server: SftpServer, **changes: Any) -> Sftp:
    login = {"key": SecretRef(file=server.key)} if server.key else {"password": SecretRef(env="PW")}
    said: dict[str, Any] = {
        "kind": "sftp",
        "host": "127.0.0.1",
        "port": server.port,
        "user": server.user,
        "host_key": server.host_key,
        **login,
        **changes,
    }
    return Sftp(**said)


def s3_spec(server: S3Server, **changes: Any) -> ObjectStore:
    said: dict[str, Any] = {
        "kind": "s3",
        "endpoint": server.endpoint,
        "bucket": server.bucket,
        "access_key": SecretRef(env="ACCESS"),
        "secret_key": SecretRef(env="SECRET"),
        "tls": Tls(),
        **changes,
    }
    return ObjectStore(**said)


def source_of(transport: Sftp | ObjectStore, **limits: Any) -> Source:
    return Source(
        name="housing",
        title="不动产登记",
        region="990101",
        agreement=Agreement(no="测协〔2026〕1号", purpose="低保核对", valid_from=date(2026, 1, 1)),
        cadence=Cadence(cron="0 2 * * *", overdue_hours=48),
        limits=Limits(**{"timeout_seconds": 60.0, **limits}),
        transport=transport,
        datasets={"real_estate": DATASET},
    )
