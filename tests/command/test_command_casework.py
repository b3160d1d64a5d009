"""`hedui casework check` and `upgrade`: what they say, and HEDUI_CASEWORK as the one place that every command and run goes to."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from casework.accounts import Account, add_account, second_factor_secret, set_second_factor
from casework.errors import CaseworkError, NotOursError
from casework.judgements import add_judgements, read_judgements
from casework.store import file_address, open_store
from command.main import hedui
from household.linkage.judgements import Judgement
from pipelines.workplace import casework_of, store_root

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SAID = Judgement("tax.income", "99K", "P1", "same", "王某", "核对了身份证", "2026-05-20T09:30:00")


def casework(name: str, warehouse: Path, *more: str) -> Result:
    words = ["casework", name, "--warehouse", str(warehouse), *more]
    return CliRunner().invoke(hedui, words, catch_exceptions=False, standalone_mode=False)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEDUI_CASEWORK", raising=False)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "county.duckdb"


def test_a_store_is_told_and_only_looked_at(warehouse: Path) -> None:
    with pytest.raises(CaseworkError, match="没有人工判定库"):
        casework("check", warehouse)
    assert not store_root(warehouse).exists()
    add_judgements(casework_of(warehouse), [SAID])
    told = casework("check", warehouse)
    assert "judgement  1 行" in told.stdout
    assert "完好" in told.stderr
    facts = json.loads(casework("check", warehouse, "--json").stdout)
    assert (facts["kind"], facts["rows"]["judgement"], facts["troubles"]) == ("SQLite", 1, [])
    assert facts["revision"] == facts["revision_of_program"]


def test_a_store_without_its_guards_is_a_refusal(warehouse: Path) -> None:
    place = casework_of(warehouse)
    add_judgements(place, [SAID])
    stranger = sqlite3.connect(str(place.file))
    stranger.execute("DROP TRIGGER judgement_no_delete")
    stranger.close()
    with pytest.raises(CaseworkError, match="1 处问题"):
        casework("check", warehouse)


def test_upgrading_makes_a_store_and_says_so(warehouse: Path) -> None:
    assert "无 →" in casework("upgrade", warehouse).stderr
    assert "无需升级" in casework("upgrade", warehouse).stderr
    assert read_judgements(casework_of(warehouse)).is_empty()


def test_the_setting_leads_every_command_there(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere.sqlite"
    monkeypatch.setenv("HEDUI_CASEWORK", f"sqlite:///{elsewhere}")
    assert casework_of(warehouse).file == elsewhere
    assert "无 →" in casework("upgrade", warehouse).stderr
    add_judgements(file_address(elsewhere), [SAID])
    assert "judgement  1 行" in casework("check", warehouse).stdout
    # the key of secrets stays on this machine, wherever the rows go
    assert [one.name for one in store_root(warehouse).iterdir()] == ["casework.key"]


def test_a_setting_that_leads_nowhere_is_refused_without_its_password(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEDUI_CASEWORK", "postgresql://clerk:geheim@127.0.0.1:1/none")
    with pytest.raises(CaseworkError, match="连接不上人工判定库 PostgreSQL") as refusal:
        casework("check", warehouse)
    assert not isinstance(refusal.value, NotOursError)
    assert "geheim" not in f"{refusal.value!r} {refusal.value}"


def test_the_key_of_secrets_is_made_checked_and_renewed(warehouse: Path) -> None:
    casework("upgrade", warehouse)
    with open_store(casework_of(warehouse)) as store:
        add_account(store, Account("A1", "wang", "王某", "analyst"), by="tests", at="x")
        set_second_factor(store, "A1", "JBSWY3DPEHPK3PXP")
    key = store_root(warehouse) / "casework.key"
    before = key.read_bytes()
    assert "重新加密 1 个" in casework("rekey", warehouse).stderr
    assert key.read_bytes() != before
    assert "完好" in casework("check", warehouse).stderr
    with open_store(casework_of(warehouse)) as store:
        assert second_factor_secret(store, "A1") == "JBSWY3DPEHPK3PXP"
    key.write_bytes(before)
    with pytest.raises(CaseworkError, match="不是加密时所用"):
        casework("check", warehouse)
    with pytest.raises(CaseworkError, match="不是加密时所用"):
        casework("rekey", warehouse)


def test_another_file_may_hold_the_key(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEDUI_CASEWORK_KEY", str(tmp_path / "elsewhere" / "key"))
    casework("upgrade", warehouse)
    assert (tmp_path / "elsewhere" / "key").stat().st_mode & 0o777 == 0o600
    assert not (store_root(warehouse) / "casework.key").exists()
