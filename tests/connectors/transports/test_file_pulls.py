"""The whole way of a file: a department's server, the pull, the log, the inbox. The pull itself has its own tests."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from file_sources import LONG_AGO, outside, s3_spec, sftp_spec, source_of
from servers.s3 import ACCESS, SECRET, s3_server
from servers.sshd import PASSWORD, asyncssh_server

from connectors.pulling.pull import pull_from
from connectors.pulling.pull_log import FAILED, NOTHING, TAKEN
from connectors.store import open_store
from connectors.transports.opening import open_transport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connectors.pulling.pull_log import PullEvent
    from connectors.sources.declaration import Source

NAME = "real_estate_990101_20260430.csv"
TITLES = "title_no,unit_no,owner_id_no,owner_name,use,area,status\n"


@dataclass
class Department:
    """A server of theirs. `place` puts a file there; `fail_once` cuts the next download in its middle."""

    source: Source
    place: Callable[[bytes], None]
    fail_once: Callable[[int], None]


@pytest.fixture(params=["sftp", "s3"])
def department(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Department]:
    limits = {"attempts": 1, "clock_skew_seconds": 10**9}  # the store tells the true time
    if request.param == "s3":
        with s3_server() as store:

            def cut(after: int) -> None:
                store.cut_at = after

            yield Department(
                source_of(s3_spec(store), **limits), lambda content: store.put(NAME, content), cut
            )
        return
    root = tmp_path / "theirs"
    root.mkdir()
    ticks = iter(range(100))
    with asyncssh_server(root) as server:

        def place(content: bytes) -> None:
            (root / NAME).write_bytes(content)
            at = LONG_AGO + next(ticks)
            os.utime(root / NAME, (at, at))

        def drop(after: int) -> None:
            assert server.faults is not None
            server.faults.drop_after = server.faults.read + after

        yield Department(source_of(sftp_spec(server), **limits), place, drop)


def rows(count: int, owner: str) -> bytes:
    lines = (
        f"T{n:09d},{n:012d},99010119900101{n % 10000:04d},{owner},住宅,80.50,现势\n"
        for n in range(count)
    )
    return (TITLES + "".join(lines)).encode()


def test_taken_once_gone_on_with_and_corrected(department: Department, tmp_path: Path) -> None:
    store = open_store(tmp_path / "work")
    inbox = tmp_path / "inbox"
    around = outside(PW=PASSWORD, ACCESS=ACCESS, SECRET=SECRET)

    def pulled() -> tuple[PullEvent, ...]:
        return pull_from(department.source, store, inbox, around, opening=open_transport)

    def landed() -> dict[str, Any]:
        return {p.name: p.read_bytes() for p in inbox.rglob("*.csv")}

    first, corrected = rows(20_000, "张三"), rows(20_000, "李四")
    department.place(first)
    department.fail_once(1 << 20)
    assert [e.outcome for e in pulled()] == [FAILED]
    assert landed() == {}
    (taken,) = pulled()
    assert (taken.outcome, taken.message) == (TAKEN, "")
    assert landed() == {NAME: first}
    assert [e.outcome for e in pulled()] in ([NOTHING], [])
    department.place(corrected)
    (again,) = pulled()
    assert (again.outcome, again.as_of) == (TAKEN, taken.as_of)
    assert landed() == {NAME: corrected}
    log = "".join(p.read_text() for p in store.root.rglob("pulls.jsonl"))
    assert "127.0.0.1" not in log
    assert PASSWORD not in log
