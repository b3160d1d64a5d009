"""`hedui accounts` and `hedui keys`: secrets are never on the command line, shown once, and every change is in the audit log."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from casework.accounts import find_account
from casework.audit.segments import audit_folder, segment_file
from casework.keys import find_key
from casework.sessions import find_session, start_session
from casework.store import open_store
from command.main import hedui
from pipelines.workplace import casework_of, store_root
from service.access.passwords import matches

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from casework.accounts import Account

NOW = datetime(2026, 5, 20, tzinfo=UTC)
LIMITS = {"idle": timedelta(hours=1), "longest": timedelta(hours=1)}


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """These commands never open it."""
    monkeypatch.delenv("HEDUI_CASEWORK", raising=False)
    file = tmp_path / "w.duckdb"
    file.touch()
    return file


@pytest.fixture
def say(warehouse: Path) -> Callable[..., Result]:
    def run(*words: str, given: str | None = None) -> Result:
        command = [*words[:2], "--warehouse", str(warehouse), *words[2:]]
        return CliRunner().invoke(hedui, command, input=given)

    return run


def known(warehouse: Path, login: str) -> Account:
    with open_store(casework_of(warehouse)) as store:
        found = find_account(store, login=login)
    assert found is not None
    return found


def written(warehouse: Path) -> list[dict[str, object]]:
    """The entries of the audit log."""
    file = segment_file(audit_folder(store_root(warehouse)), 1)
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_an_account_is_added_with_a_password_shown_once(
    say: Callable[..., Result], warehouse: Path
):
    done = say(
        "accounts", "add", "--login", "admin", "--name", "王某", "--role", "system_administrator"
    )
    assert done.exit_code == 0, done.output
    shown = re.search(r"一次性口令：(\S+)", done.output)
    assert shown is not None
    account = known(warehouse, "admin")
    assert matches(account.password_hash, shown[1])
    assert account.must_change
    told = written(warehouse)
    assert [one["action"] for one in told] == ["account.add", "account.added"]
    assert told[1]["subject_id"] == account.account_id
    assert all(one["role"] == "command_line" and one["actor_id"] for one in told)
    assert shown[1] not in json.dumps(told)
    again = say("accounts", "add", "--login", "ADMIN", "--name", "王某", "--role", "analyst")
    assert (again.exit_code, "登录名已被使用" in str(again.exception)) == (1, True)


def test_a_password_may_come_by_a_pipe_and_a_poor_one_is_refused(
    say: Callable[..., Result], warehouse: Path
):
    add = (
        "accounts",
        "add",
        "--login",
        "wang",
        "--name",
        "王某",
        "--role",
        "analyst",
        "--password-stdin",
    )
    for poor in ("short\n", "wang-wang-2026\n", "password123456\n", "", "abcdefghijklmnop\n"):
        assert say(*add, given=poor).exit_code == 1, poor
    done = say(*add, given="lamp river seven tin\n")
    assert done.exit_code == 0
    assert "lamp" not in done.output
    assert matches(known(warehouse, "wang").password_hash, "lamp river seven tin")


def test_scope_role_state_and_link_are_changed_and_listed(
    say: Callable[..., Result], warehouse: Path
):
    say(
        "accounts",
        "add",
        "--login",
        "wang",
        "--name",
        "王某",
        "--role",
        "analyst",
        "--region",
        "33",
    )
    say("accounts", "scope", "--login", "wang", "--region", "3300", "--programme", "dibao")
    say("accounts", "role", "--login", "wang", "--role", "supervisor")
    say("accounts", "link", "--login", "wang", "--subject", "sub-1")
    say("accounts", "disable", "--login", "wang")
    found = known(warehouse, "wang")
    assert (found.regions, found.programmes, found.role) == (("3300",), ("dibao",), "supervisor")
    assert (found.oidc_subject, found.disabled_at is not None) == ("sub-1", True)
    assert "已停用" in say("accounts", "list").output
    say("accounts", "enable", "--login", "wang")
    listed = json.loads(say("accounts", "list", "--json").output)
    assert listed[0]["disabled_at"] is None
    assert "password" not in json.dumps(listed)
    scoped = next(one for one in written(warehouse) if one["action"] == "account.scope")
    assert scoped["details"] == {"programmes": ["dibao"], "regions": ["3300"]}
    nobody = say("accounts", "disable", "--login", "nobody")
    assert (nobody.exit_code, "没有这个登录名" in str(nobody.exception)) == (1, True)


def test_the_last_administrator_stays(say: Callable[..., Result], warehouse: Path):
    say("accounts", "add", "--login", "admin", "--name", "王某", "--role", "system_administrator")
    assert say("accounts", "disable", "--login", "admin").exit_code == 1
    assert say("accounts", "role", "--login", "admin", "--role", "auditor").exit_code == 1
    say("accounts", "add", "--login", "other", "--name", "李某", "--role", "system_administrator")
    assert say("accounts", "disable", "--login", "admin").exit_code == 0


def test_a_reset_ends_sessions(say: Callable[..., Result], warehouse: Path):
    say("accounts", "add", "--login", "wang", "--name", "王某", "--role", "analyst")
    account = known(warehouse, "wang")
    with open_store(casework_of(warehouse)) as store:
        start_session(store, account.account_id, "token", NOW)
        assert find_session(store, "token", NOW, **LIMITS) is not None
    done = say("accounts", "reset", "--login", "wang")
    assert "一次性口令" in done.output
    with open_store(casework_of(warehouse)) as store:
        assert find_session(store, "token", NOW, **LIMITS) is None
    assert known(warehouse, "wang").password_hash != account.password_hash
    assert say("accounts", "reset", "--login", "wang", "--second-factor").exit_code == 0
    both = say("accounts", "reset", "--login", "wang", "--second-factor", "--password-stdin")
    assert both.exit_code == 2


def test_keys_are_shown_once_listed_and_revoked(say: Callable[..., Result], warehouse: Path):
    add = (
        "accounts",
        "add",
        "--login",
        "shenpi",
        "--name",
        "审批系统",
        "--role",
        "service",
        "--region",
        "33",
    )
    assert "口令" not in say(*add).output
    made = say("keys", "add", "--login", "shenpi", "--days", "30")
    key = next(word for word in made.output.split() if word.startswith("hedui_"))
    _, key_id, secret = key.split("_")
    listed = say("keys", "list").output
    assert key_id in listed
    assert secret not in listed + json.dumps(written(warehouse))
    now = datetime.now(UTC)
    with open_store(casework_of(warehouse)) as store:
        assert find_key(store, key, now) is not None
        assert find_key(store, key, now + timedelta(days=31)) is None
    assert say("keys", "revoke", "--key", key_id).exit_code == 0
    with open_store(casework_of(warehouse)) as store:
        assert find_key(store, key, now) is None
    assert say("keys", "revoke", "--key", key_id).exit_code == 1
    assert [one["action"] for one in written(warehouse)][2:] == [
        "key.add",
        "key.revoke",
        "key.revoke",
    ]
    say("accounts", "add", "--login", "wang", "--name", "王某", "--role", "analyst")
    assert say("keys", "add", "--login", "wang").exit_code == 1
