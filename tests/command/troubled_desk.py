"""The desk of an operator who pulls sources that may be in trouble, and what must hold of every line of it. No test stands here."""

from __future__ import annotations

import gc
import hashlib
import json
from dataclasses import dataclass, field
from logging import WARNING
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from servers.http_pages import CLIENT
from servers.http_pages import SECRET as HTTP_SECRET
from servers.s3 import ACCESS
from servers.s3 import SECRET as S3_SECRET
from servers.sshd import PASSWORD as SFTP_PASSWORD
from troubled_sides import NAME, NUMBER, PASSWORD

from command.main import main
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from logging import LogRecord
    from pathlib import Path

    from troubled_sides import Side

CANARIES = (
    *(PASSWORD, SFTP_PASSWORD, S3_SECRET, ACCESS, HTTP_SECRET, CLIENT, NAME, NUMBER, "canary"),
    *("127.0.0.1", "reader", "Bearer", "token-"),
)
"""Secrets, personal values and addresses: none may be shown or logged."""
DRIVERS = (
    *("Traceback", "Error", "error", "Exception", "Errno", "FATAL", "SSL:", "certificate verify"),
    *("psycopg", "pymysql", "asyncssh", "boto", "urllib3", "httpx", "libpq", "connection to", "Access denied", "line "),
)  # fmt: skip
"""What drivers say in their own words."""


@dataclass(frozen=True)
class Told:
    """What the program left: its exit code, what it printed, and what was logged on the way."""

    code: int
    out: str
    lines: list[str]
    logged: str


@dataclass
class Desk:
    """A deployment, an inbox and a warehouse that need not exist yet; `hedui source` run here, in this process."""

    root: Path
    capture: pytest.CaptureFixture[str]
    log: pytest.LogCaptureFixture
    limits: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sources, self.inbox = self.root / "sources", self.root / "inbox"
        self.warehouse = self.root / "county.duckdb"
        self.store = store_root(self.warehouse)
        self.inbox.mkdir(parents=True)

    @property
    def places(self) -> list[str]:
        return [*self.known, "--inbox", str(self.inbox)]

    @property
    def known(self) -> list[str]:
        """Of the places, those of a command that touches no inbox."""
        return ["--sources", str(self.sources), "--warehouse", str(self.warehouse)]

    def agree(
        self,
        *sides: Side,
        limits: Mapping[str, Any] | None = None,
        also: Mapping[str, Any] | None = None,
        **dataset: Any,
    ) -> None:
        """Write the source.yaml of each side anew. `also`: datasets beside vehicles; the rest is said of vehicles."""
        for side in sides:
            said = {
                "title": "测试来源",
                "region": side.region,
                "agreement": {"no": "虚〔2026〕1号", "purpose": "核对", "valid_from": "2020-01-01"},
                "cadence": {"cron": "0 2 * * *", "overdue_hours": 48},
                "limits": {"attempts": 1, "timeout_seconds": 60, "breaker_failures": 99, **(limits or {})},
                "transport": side.transport(),
                "datasets": {"vehicle": {**side.dataset(), **dataset}, **(also or {})},
            }  # fmt: skip
            (self.sources / side.name).mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump(said, allow_unicode=True, sort_keys=False)
            (self.sources / side.name / "source.yaml").write_text(text, encoding="utf-8")

    def pull(self, *arguments: str) -> Told:
        """`hedui source pull`, with everything that reaches the screen or a log."""
        return self.source("pull", *arguments, *self.places)

    def source(self, *arguments: str) -> Told:
        """A command of `hedui source` in this process; the places are among its arguments."""
        self.capture.readouterr()
        self.log.clear()
        kept = gc.get_threshold()
        try:
            with pytest.raises(SystemExit) as left:
                main(["source", *arguments])
        finally:
            gc.set_threshold(*kept)
        shown = self.capture.readouterr()
        ours = [r for r in self.log.records if not _of_server(r)]
        noise = [r.getMessage() for r in ours if r.levelno >= WARNING]
        logged = "\n".join(r.getMessage() for r in ours)
        lines = [*shown.err.splitlines(), *noise]  # a program of its own would print both
        return Told(int(left.value.code or 0), shown.out, lines, logged)

    def taken(self) -> dict[str, str]:
        """Digests of all that is in the inbox and the raw layer. Of a manifest, without who pulled and when."""
        raw = self.store / "raw"
        files = [*self.inbox.rglob("*"), *raw.rglob("*")]
        return {str(p.relative_to(self.root)): _digest(p) for p in files if p.is_file()}

    def landed(self) -> dict[str, str]:
        """Of these, what is in the inbox."""
        return {k: v for k, v in self.taken().items() if k.startswith("inbox/")}

    def staged(self) -> list[Path]:
        """What stands between a source and the inbox."""
        return list(self.store.glob("exchange/*/staged/*/*"))

    def logs(self) -> str:
        """What the store remembers of pulls."""
        files = self.store.glob("exchange/*/*.jsonl")
        return "".join(f.read_text(encoding="utf-8") for f in files)


def _of_server(record: LogRecord) -> bool:
    """Whether a server in this process said it: uvicorn, moto, or a loop that is not our own."""
    loop = record.name == "asyncio" and not str(record.threadName).startswith("hedui")
    return loop or record.name.startswith(("uvicorn", "werkzeug"))


def _digest(path: Path) -> str:
    content = path.read_bytes()
    if path.name.endswith(".manifest.json"):
        said = json.loads(content)
        for key in ("by", "at", "source"):
            said["provenance"].pop(key)
        content = json.dumps(said, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def assert_one_line(told: Told, *words: str) -> None:
    """One line that says what and what to do, exit 1, and nothing that must not be shown or logged."""
    assert told.code == 1, told
    assert len(told.lines) == 1, told.lines
    [line] = told.lines
    assert line.startswith("hedui: "), line
    what, _, todo = line.partition("；")
    assert len(todo) > 3, line
    for word in words:
        assert word in what + todo, line
    assert_nothing_shown(told.out + line + told.logged)


def assert_nothing_shown(text: str, *, drivers: bool = True) -> None:
    """No canary, and (on the screen) no driver's own words."""
    for canary in (*CANARIES, *(DRIVERS if drivers else ())):
        assert canary not in text, f"{canary!r}: {text}"
