"""`hedui watch` on a small county: differences from the last look, told once, and nothing lost when it is cut short."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from driven_counties import AS_OF, copy_inbox
from pydantic import SecretStr

from command.main import main
from household.errors import HouseholdError
from pipelines.settings import Order
from pipelines.watching import keep_mark, looking
from warehouse.current import read_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

    from pipelines.watching import Look


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    assert isinstance(left.value.code, int)
    return left.value.code


@dataclass(frozen=True)
class County:
    """A county of its own, that may be written to."""

    inbox: Path
    warehouse: Path

    @property
    def order(self) -> Order:
        return Order(self.inbox, self.warehouse, AS_OF)

    @property
    def options(self) -> list[str]:
        return ["watch", "--warehouse", str(self.warehouse), "--as-of", AS_OF.isoformat()]

    def look(self) -> dict[str, str]:
        """Alert -> change, without noting that it was told."""
        with looking(self.order, days=90) as look:
            return told(look)

    def recipient(self) -> tuple[str, str]:
        """Number and name of somebody who draws dibao and is in no other alert about custody."""
        benefits = read_current(self.warehouse, "current_benefit")
        wanted = set(benefits.filter(programme="dibao", screened=True)["benefit_id"])
        file = sorted((self.inbox / "civil_affairs").glob("benefit_*.csv"))[-1]
        with file.open(encoding="utf-8-sig", newline="") as lines:
            row = next(r for r in csv.DictReader(lines) if r["待遇编号"] in wanted)
        return row["证件号码"], row["姓名"]

    def hold(self) -> None:
        """A file that says that this person is held."""
        file = self.inbox / "justice" / "custody_990101_20260518.csv"
        head = "收押编号,证件号码,姓名,类别,收押日期,释放日期"
        row = ",".join(["SY99", *self.recipient(), "服刑", "2026-03-02", ""])
        file.write_text(f"{head}\n{row}\n", "utf-8")


def told(look: Look) -> dict[str, str]:
    return dict(look.changes.select("code", "change").iter_rows())


@pytest.fixture
def county(silent: RunCounty, tmp_path: Path) -> County:
    shutil.copy(silent.warehouse, tmp_path / "w.duckdb")
    shutil.copytree(silent.warehouse.with_suffix(".store"), tmp_path / "w.store")
    return County(copy_inbox(silent.inbox, tmp_path / "inbox"), tmp_path / "w.duckdb")


def said(captured: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return dict(json.loads(captured.readouterr().out))


def test_a_watch_from_the_first_look_on(
    county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # the first look, without an inbox: everything is new once
    assert call(*county.options, "--json") == 0
    first = said(capsys)
    assert (first["published"], first["since"], first["marked"]) == (False, None, True)
    alerts = read_current(county.warehouse, "alert")
    assert {c["alert_id"] for c in first["changes"]} == set(alerts.filter(state="open")["alert_id"])
    benefits = read_current(county.warehouse, "current_benefit")
    assert first["screened"]["persons"] == benefits["person_ref"].n_unique() > 0
    assert "banking.account" in {s["dataset"] for s in first["screened"]["sources"]}
    assert first["due"]
    assert "record_key" not in first["due"][0]
    assert county.look() == {}

    # a person is found to be held, between two looks also by a run; on the screen and in files
    county.hold()
    out = tmp_path / "lists"
    options = ["--inbox", str(county.inbox), "--out", str(out), "--peek"]
    assert call(*county.options, *options) == 0
    shown = capsys.readouterr().out
    assert "D03" in shown
    assert "新出现" in shown
    rows = _rows(next(out.glob("watch_changes_*.csv")))
    assert [(r["变化"], r["在享"]) for r in rows if r["代码"] == "D03"] == [("新出现", "true")]
    assert sorted(f.suffix for f in out.iterdir()) == [".csv", ".csv", ".xlsx", ".xlsx"]
    number, name = county.recipient()
    written = shown + "".join(f.read_text("utf-8-sig") for f in out.glob("*.csv"))
    assert number not in written
    assert name not in written

    # cut short, it is told again until it has been told to its end
    with pytest.raises(KeyboardInterrupt), looking(county.order, days=90):
        raise KeyboardInterrupt
    with looking(county.order, days=90) as look:
        assert told(look)["D03"] == "raised"
        keep_mark(county.order, look)
    assert county.look() == {}


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _interrupted(*told: object, **more: object) -> None:
    raise KeyboardInterrupt


def test_without_news_it_says_so_and_writes_nothing(
    county: County,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with looking(county.order, days=90) as look:
        keep_mark(county.order, look)
    mark = (county.warehouse.with_suffix(".store") / "watch" / "mark.parquet").read_bytes()
    assert call(*county.options, "--out", str(tmp_path / "lists")) == 0
    assert "与上次观察相比没有变化" in capsys.readouterr().out
    assert not (tmp_path / "lists").exists()
    monkeypatch.setattr("command.watch_told.page", _interrupted)
    assert call(*county.options) == 1
    assert "没有记为已告知" in capsys.readouterr().err
    after = (county.warehouse.with_suffix(".store") / "watch" / "mark.parquet").read_bytes()
    assert after == mark


def test_what_cannot_be_compared_is_refused(
    county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = ["watch", "--warehouse", str(tmp_path / "none.duckdb"), "--as-of", "2026-05-20"]
    assert call(*missing) == 1
    assert "--inbox" in capsys.readouterr().err
    with looking(county.order, days=90) as look:
        keep_mark(county.order, look)
    other = Order(county.inbox, county.warehouse, AS_OF, person_key=SecretStr("another"))
    with pytest.raises(HouseholdError, match="密钥"), looking(other, days=90):
        pass
    mark = county.warehouse.with_suffix(".store") / "watch" / "mark.parquet"
    mark.write_bytes(b"not parquet")
    with pytest.raises(HouseholdError, match="无法读取"), looking(county.order, days=90):
        pass
    with looking(Order(county.inbox, county.warehouse, AS_OF, region="9901"), days=90) as look:
        assert look.since is None, "another region has a look of its own"
