"""`hedui show`: one application on the screen, without anything personal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from command.main import hedui
from household.errors import InputError
from household.rules.programmes import TITLES
from warehouse.current import read_current
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty


def show(warehouse: Path, application: str, *more: str) -> str:
    words = ["show", "--warehouse", str(warehouse), "--application", application, *more]
    told = CliRunner().invoke(hedui, words, catch_exceptions=False, standalone_mode=False)
    return told.output


def test_every_application_can_be_shown(noisy: RunCounty) -> None:
    verdicts = read_current(noisy.warehouse, "household_verdict")
    reasons = read_current(noisy.warehouse, "verdict_reason")
    for application in verdicts["application_id"].unique().sort():
        page = show(noisy.warehouse, application)
        assert application in page
        assert all(title in page for title in TITLES.values())
        asked = verdicts.filter(application_id=application, requested=True)
        if len(asked):
            told = reasons.filter(verdict_id=asked["verdict_id"][0])
            assert all(f" {seq} " in page for seq in told["seq"])


def test_no_number_of_a_person_is_shown(noisy: RunCounty) -> None:
    members = (noisy.inbox / "approval").glob("member_*")
    numbers = {n for file in members for n in re.findall(rb"99\d{15}[\dXx]", file.read_bytes())}
    assert numbers
    applications = read_current(noisy.warehouse, "roster_person")["application_id"].unique().sort()
    pages = "".join(show(noisy.warehouse, application) for application in applications)
    assert [n for n in numbers if n.decode() in pages] == []


@pytest.mark.parametrize("suffix", [".html", ".txt"])
def test_the_page_can_be_kept(noisy: RunCounty, tmp_path: Path, suffix: str) -> None:
    application = read_current(noisy.warehouse, "household_verdict")["application_id"][0]
    kept = tmp_path / f"page{suffix}"
    show(noisy.warehouse, application, "--save", str(kept))
    text = kept.read_text(encoding="utf-8")
    assert application in text
    assert "http" not in text


def test_an_unknown_application_is_refused_in_one_line(noisy: RunCounty) -> None:
    with pytest.raises(InputError, match="没有申请 X0"):
        show(noisy.warehouse, "X0")


def test_a_missing_warehouse_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError):
        show(tmp_path / "none.duckdb", "X0")
