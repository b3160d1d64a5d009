"""`hedui alerts list` and `show`: what waits, the most urgent first, and everything that an alert stands on, without naming anybody."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import click
import polars as pl
import pytest
from click.testing import CliRunner

from command.main import hedui
from household.errors import InputError
from pipelines.deciding import Desk
from warehouse.current import read_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

    Rows = list[dict[str, Any]]


def alerts(name: str, warehouse: Path, *more: str) -> tuple[str, str]:
    words = ["alerts", name, "--warehouse", str(warehouse), *more]
    told = CliRunner().invoke(hedui, words, catch_exceptions=False, standalone_mode=False)
    return told.stdout, told.stderr


def listed(warehouse: Path, *more: str) -> Rows:
    rows: Rows = json.loads(alerts("list", warehouse, "--limit", "9999", *more, "--json")[0])
    return rows


@pytest.fixture(scope="module")
def published(noisy: RunCounty) -> pl.DataFrame:
    return read_current(noisy.warehouse, "alert")


@pytest.fixture
def own(noisy: RunCounty, tmp_path: Path) -> Path:
    """A copy of the warehouse that a test may decide in."""
    warehouse = tmp_path / "w.duckdb"
    shutil.copy(noisy.warehouse, warehouse)
    return warehouse


def test_open_alerts_are_listed_the_most_urgent_first(
    noisy: RunCounty, published: pl.DataFrame
) -> None:
    rows = listed(noisy.warehouse)
    assert {row["alert_id"] for row in rows} == set(published.filter(state="open")["alert_id"])
    order = [
        ("BRI".index(r["severity"]), r["amount"] is None, -float(r["amount"] or 0), r["first_seen"])
        for r in rows
    ]
    assert order == sorted(order)
    assert len({row["severity"] for row in rows}) > 1
    assert any(row["amount"] for row in rows)


def test_the_list_can_be_narrowed(noisy: RunCounty, published: pl.DataFrame) -> None:
    opened = published.filter(state="open")
    code = opened["code"].value_counts(sort=True)["code"][0]
    assert {r["code"] for r in listed(noisy.warehouse, "--code", code.lower())} == {code}
    assert {r["severity"] for r in listed(noisy.warehouse, "--severity", "B")} == {"B"}
    region = opened["region_code"].drop_nulls()[0]
    here = listed(noisy.warehouse, "--region", region)
    assert len(here) == len(opened.filter(pl.col("region_code").str.starts_with(region))) > 0
    ref = opened.filter(pl.col("person_refs").list.len() > 0)["person_refs"][0][0]
    mine = listed(noisy.warehouse, "--person", ref)
    assert mine
    assert all(ref in row["person_refs"] for row in mine)
    assert listed(noisy.warehouse, "--state", "closed") == []


def test_alerts_of_an_application_are_its_own_and_its_peoples(
    noisy: RunCounty, published: pl.DataFrame
) -> None:
    places = read_current(noisy.warehouse, "roster_person")
    about = published.filter(subject_kind="application")["subject_id"][0]
    people = set(places.filter(application_id=about)["person_ref"])
    rows = listed(noisy.warehouse, "--application", about)
    assert {about} <= {row["subject_id"] for row in rows}
    assert all(row["subject_id"] == about or people & set(row["person_refs"]) for row in rows)
    page = CliRunner().invoke(
        hedui, ["show", "--warehouse", str(noisy.warehouse), "--application", about]
    )
    assert all(row["alert_id"] in page.stdout for row in rows)


def test_no_more_are_listed_than_asked_for_and_the_count_says_so(noisy: RunCounty) -> None:
    page, count = alerts("list", noisy.warehouse, "--limit", "2")
    assert len(re.findall("AL[0-9a-f]{20}", page)) == 2
    assert f"共 {len(listed(noisy.warehouse))} 条，列出 2 条" in count


def test_every_alert_can_be_shown_with_its_rows_and_months(
    noisy: RunCounty, published: pl.DataFrame
) -> None:
    evidence = read_current(noisy.warehouse, "alert_evidence")
    months = read_current(noisy.warehouse, "alert_month")
    first = published.sort("amount").unique("subject_kind", keep="first", maintain_order=True)
    assert len(first) == 4
    for alert in first.iter_rows(named=True):
        page, _ = alerts("show", noisy.warehouse, "--alert", alert["alert_id"])
        flat = page.replace("\n", "").replace(" ", "")
        assert alert["settles_it"].replace(" ", "") in flat
        rows = evidence.filter(alert_id=alert["alert_id"])
        assert f"依据（{len(rows)} 行" in page or not len(rows)
        for row in rows.head(40).iter_rows(named=True):
            assert f"{row['file'].rsplit('/')[-1]}:{row['line']}" in flat
    summed = months["alert_id"][0]
    page, _ = alerts("show", noisy.warehouse, "--alert", summed)
    total = published.filter(alert_id=summed)["amount"].item()
    assert f" {total} \n" in page.split("逐月金额")[1].split("合计")[1]


def test_months_of_an_alert_add_up_to_its_amount(noisy: RunCounty, published: pl.DataFrame) -> None:
    months = read_current(noisy.warehouse, "alert_month")
    sums = months.group_by("alert_id").agg(
        pl.col("amount").sum(), pl.col("amount").is_null().any().alias("unknown")
    )
    told = sums.join(published, on="alert_id", suffix="_of_alert")
    assert len(told) == len(sums) > 0
    assert told.filter("unknown")["amount_of_alert"].null_count() == told["unknown"].sum()
    known = told.filter(~pl.col("unknown"))
    assert (known["amount"] == known["amount_of_alert"]).all()


def test_every_raised_alert_stands_on_lines_of_delivered_files(
    noisy: RunCounty, published: pl.DataFrame
) -> None:
    evidence = read_current(noisy.warehouse, "alert_evidence")
    files = read_current(noisy.warehouse, "intake_ledger")["file"]
    assert set(evidence["file"]) <= set(files)
    cited = published.filter(pl.col("evidence_ids").list.len() > 0)["alert_id"]
    assert set(cited) <= set(evidence["alert_id"])


def test_no_number_of_a_person_is_shown(noisy: RunCounty, published: pl.DataFrame) -> None:
    folders = [noisy.inbox / source for source in ("approval", "civil_affairs")]
    files = [file for folder in folders for file in folder.iterdir() if file.suffix != ".json"]
    numbers = {n for file in files for n in re.findall(rb"99\d{15}[\dXx]", file.read_bytes())}
    assert len(numbers) > 50
    ids = published.unique("code", keep="first", maintain_order=True)["alert_id"].head(6)
    pages = [alerts("show", noisy.warehouse, "--alert", alert, "--json")[0] for alert in ids]
    everything = "".join([*pages, *alerts("list", noisy.warehouse, "--limit", "999")])
    texts = "".join(read_current(noisy.warehouse, "alert_evidence")["text_zh"])
    assert [n for n in numbers if n.decode() in everything + texts] == []
    assert "record_key" not in everything


def test_what_was_decided_is_seen_at_once(own: Path) -> None:
    alert = listed(own)[0]["alert_id"]
    digest = json.loads(alerts("show", own, "--alert", alert, "--json")[0])["facts_digest"]
    said = ("--clerk", "王某", "--reason", "已看过材料", "--at", "2026-05-21T09:30:00")
    alerts("decide", own, "--alert", alert, "--action", "explain", "--facts", digest[:12], *said)
    assert alert not in {row["alert_id"] for row in listed(own)}
    assert [row["alert_id"] for row in listed(own, "--state", "explained")] == [alert]
    page, _ = alerts("show", own, "--alert", alert)
    assert "已说明" in page.splitlines()[0]
    assert "王某" in page.split("处理经过")[1]
    assert Desk(own).alerts.filter(alert_id=alert)["life"].to_list() == ["explained"]


def test_what_is_not_there_is_refused_in_one_line(noisy: RunCounty) -> None:
    with pytest.raises(InputError, match="没有这条预警"):
        alerts("show", noisy.warehouse, "--alert", "ALnone")
    with pytest.raises(InputError, match="没有申请 X0"):
        alerts("list", noisy.warehouse, "--application", "X0")
    with pytest.raises(click.UsageError, match="没有预警代码 Z99"):
        alerts("list", noisy.warehouse, "--code", "z99")
