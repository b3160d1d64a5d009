"""`hedui publish`: two runs of a county in a real PostgreSQL, row by row what the warehouse holds; and what is said of it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest
from click.testing import CliRunner
from driven_counties import run_inbox
from servers.postgresql import OWNER, PostgresqlServer, postgresql_server

from command import auditing
from command.main import hedui
from household.schema.published import PUBLISHED
from pipelines.audit_trail import trail_folder
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import RunCounty


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlServer]:
    with postgresql_server(tmp_path_factory.mktemp("ca")) as running:
        yield running


def published(warehouse: Path, server: PostgresqlServer, *words: str) -> tuple[Any, str]:
    """What `hedui publish --json` said, on both streams."""
    command = ["publish", "--warehouse", str(warehouse), "--json", *words]
    address = f"host={server.folder} port={server.port} user={OWNER} dbname=postgres"
    told = CliRunner().invoke(
        hedui,
        command,
        env={"HEDUI_POSTGRES": address},
        catch_exceptions=False,
        standalone_mode=False,
    )
    assert told.exception is None
    assert address not in told.output
    return json.loads(told.stdout), told.stderr


def content(connection: Any, table: str, schema: str) -> list[tuple[Any, ...]]:
    return sorted(connection.execute(f'SELECT * FROM "{schema}"."{table}"').fetchall(), key=repr)


def add_a_wage(inbox: Path) -> None:
    """A later extract in which the first row of one file comes again with another amount."""
    file = sorted((inbox / "tax").glob("income_*.csv"))[0]
    head, first, *_ = file.read_bytes().splitlines(keepends=True)
    said = first.rstrip(b"\r\n").rpartition(b",")[0]
    region = file.stem.split("_")[1]
    file.with_name(f"income_{region}_20260512_1.csv").write_bytes(head + said + b",1234.00\n")


def test_two_runs_of_a_county(noisy: RunCounty, server: PostgresqlServer, tmp_path: Path) -> None:
    inbox, path = tmp_path / "inbox", tmp_path / "w.duckdb"
    shutil.copytree(noisy.inbox, inbox)
    shutil.copy(noisy.warehouse, path)
    shutil.copytree(store_root(noisy.warehouse), store_root(path))
    with server.connect() as owner:
        owner.execute("CREATE ROLE approval_read")
    first, said = published(path, server, "--reader", "approval_read")
    assert "已授权只读：approval_read" in said
    add_a_wage(inbox)
    assert run_inbox(inbox, path).published
    second, said = published(path, server)
    assert [len(told["written"]) for told in (first, second)] == [1, 1]
    assert second["run_id"] in said

    def rows(told: Any) -> int:
        return sum(told["written"][0]["added"].values())

    assert 0 < rows(second) < rows(first) / 4
    ours = duckdb.connect(str(path), read_only=True)
    with ours, server.connect() as theirs:
        for table in PUBLISHED:
            for schema in ("publish", "current"):
                assert content(theirs, table, schema) == content(ours, table, schema)
    assert [found[2:] for found in entries(path)] == [
        ([first["run_id"]], ["approval_read"], "postgres"),
        ([second["run_id"]], [], "postgres"),
    ]
    again, said = published(path, server)
    assert (again["written"], again["run_id"]) == ([], second["run_id"])
    assert "没有新的运行" in said
    assert len(entries(path)) == 2


def entries(warehouse: Path) -> list[tuple[Any, ...]]:
    """What the audit log says left by this door."""
    lines = [
        json.loads(line)
        for file in sorted(trail_folder(warehouse).glob("*.jsonl"))
        for line in file.read_text(encoding="ascii").splitlines()
    ]
    told = [line for line in lines if line.get("subject_kind") == "mirror"]
    return [
        (t["action"], t["subject_id"], *(t["details"][d] for d in ("runs", "readers", "database")))
        for t in told
    ]


def test_nothing_leaves_that_cannot_be_written_down(
    noisy: RunCounty, server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server.connect() as owner:
        owner.execute("CREATE DATABASE unwritten")
    monkeypatch.setattr(auditing, "record_door", lambda *_, **__: 1 / 0)
    address = f"host={server.folder} port={server.port} user={OWNER} dbname=unwritten"
    command = ["publish", "--warehouse", str(noisy.warehouse), "--postgres", address]
    assert isinstance(CliRunner().invoke(hedui, command).exception, ZeroDivisionError)
    with server.connect("unwritten") as owner:
        assert owner.execute("SELECT to_regclass('publish.run')").fetchall() == [(None,)]


def test_no_address_is_wrong_usage_and_none_is_told(noisy: RunCounty) -> None:
    command = ["publish", "--warehouse", str(noisy.warehouse)]
    assert CliRunner().invoke(hedui, command, env={"HEDUI_POSTGRES": ""}).exit_code == 2
    secret = "host=127.0.0.1 port=1 password=hunter2"
    told = CliRunner().invoke(hedui, [*command, "--postgres", secret])
    assert "hunter2" not in str(told.exception) + told.output
    assert isinstance(told.exception, Exception)
    assert not isinstance(told.exception, psycopg.Error)
