"""`hedui referrals`, `hedui statistics`, `hedui inspect` on a small county: what leaves the house, and what does not."""

from __future__ import annotations

import csv
import json
import re
import shutil
import stat
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from casework.logs import read_casework
from command.books import write_book
from command.main import hedui
from household.casework import CONSENT_SCHEMA
from household.errors import InputError
from household.referrals.handing import HANDOVERS, TITLES
from household.referrals.supported import LOW_INCOME
from pipelines.handing_over import people_in_clear
from pipelines.reviewing import Shelf
from pipelines.workplace import casework_of, store_root
from warehouse.current import read_current
from warehouse.errors import RefusedError
from warehouse.former import read_former

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

AT = "2026-05-21T09:00:00"
NUMBER = re.compile(r"99\d{15}[\dXx]")


def said(*words: str | Path) -> str:
    told = CliRunner().invoke(
        hedui, [str(word) for word in words], catch_exceptions=False, standalone_mode=False
    )
    assert told.exception is None
    return str(told.output)


@pytest.fixture
def own(silent: RunCounty, tmp_path: Path) -> Path:
    """A warehouse with its store that a test may write beside."""
    warehouse = tmp_path / "w.duckdb"
    shutil.copy(silent.warehouse, warehouse)
    shutil.copytree(store_root(silent.warehouse), store_root(warehouse))
    return warehouse


def sheet(path: Path, number: int) -> list[list[str]]:
    return [
        [str(cell) for cell in line]
        for line in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(number).to_python()
    ]


def test_lists_on_the_screen_name_nobody(silent: RunCounty) -> None:
    told = said("referrals", "list", "--warehouse", silent.warehouse, "--limit", "1000")
    rows = read_current(silent.warehouse, "referral")
    assert len(rows)
    assert told.count("\nRF") + told.startswith("RF") == len(rows)
    assert not NUMBER.search(told)
    as_json = said("referrals", "list", "--warehouse", silent.warehouse, "--list", "medical",
                   "--json")  # fmt: skip
    found = json.loads(as_json[: as_json.rindex("]") + 1])
    assert {row["list"] for row in found} == {"medical"}
    assert "record_key" not in found[0]


def test_a_list_is_handed_over_with_its_purpose_and_only_the_columns_that_it_needs(
    silent: RunCounty, tmp_path: Path
) -> None:
    out = tmp_path / "lists"
    said("referrals", "export", "--warehouse", silent.warehouse, "--list", "medical", "--out", out)
    (file,) = out.iterdir()
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first = dict(line[:2] for line in sheet(file, 0))
    assert first["接收单位"] == "医疗保障部门"
    assert "社会救助暂行办法" in first["依据"]
    head, *lines = sheet(file, 1)
    assert head == [*(TITLES[c] for c in HANDOVERS["medical"].columns), "办理情况"]
    rows = read_current(silent.warehouse, "referral").filter(pl.col("list") == "medical")
    assert {line[0] for line in lines} == set(rows["referral_id"])
    assert all(NUMBER.fullmatch(line[2]) for line in lines)
    before = file.read_bytes()
    said("referrals", "export", "--warehouse", silent.warehouse, "--list", "medical", "--out", out)
    assert file.read_bytes() == before


def test_the_people_of_a_list_are_those_of_its_references(silent: RunCounty) -> None:
    rows = read_current(silent.warehouse, "referral")
    places = read_current(silent.warehouse, "roster_person")
    links = read_current(silent.warehouse, "person_link")
    shelf = Shelf(silent.warehouse)
    wanted = rows["person_ref"].unique()
    people = people_in_clear(shelf, wanted, places, links)
    assert set(people["person_ref"]) == set(wanted)
    # the ledger names the same person as the roster does
    alone = people_in_clear(shelf, wanted, places.clear(), links)
    both = people.join(alone, on="person_ref", suffix="_alone")
    assert len(both)
    assert both.filter(pl.col("number") != pl.col("number_alone")).is_empty()


def test_the_lists_of_recipients_follow_from_the_rows_as_they_came(silent: RunCounty) -> None:
    """By number alone, row by row: this county has no noise."""
    shelf = Shelf(silent.warehouse)

    def rows(name: str) -> list[dict[str, object]]:
        return shelf.rows(name).collect().to_dicts()

    gone = {r["id_no"] for r in rows("public_security.population") if r["status"] == "死亡注销"}
    gone |= {r["id_no"] for r in rows("civil_affairs.funeral")}
    gone |= {r["id_no"] for r in rows("justice.custody") if not r["to_date"]}
    drawing = {
        r["id_no"]
        for r in rows("civil_affairs.benefit")
        if r["programme"] in LOW_INCOME
        and str(r["from_month"]) <= "2026-05-31"
        and (r["to_month"] is None or str(r["to_month"]) >= "2026-05-01")
    }
    insured: dict[object, list[dict[str, object]]] = {}
    for row in rows("medical_insurance.insured"):
        if row["status"] == "正常":
            insured.setdefault(row["id_no"], []).append(row)
    listed = read_current(silent.warehouse, "referral").filter(pl.col("standing") == "drawing")
    people = people_in_clear(
        shelf,
        listed["person_ref"].unique(),
        read_current(silent.warehouse, "roster_person"),
        read_current(silent.warehouse, "person_link"),
    )
    numbers = dict(people.select("person_ref", "number").iter_rows())

    def named(reason: str) -> set[str]:
        return {numbers[ref] for ref in listed.filter(reason=reason)["person_ref"]}

    there = drawing - gone
    assert named("medical.not_insured") == {n for n in there if n not in insured}
    unpaid = {
        n
        for n in there
        if {"居民"} == {r["scheme"] for r in insured.get(n, [])}
        and all(r["funded_as"] == "无" for r in insured[n])
    }
    rigid = {r["id_no"] for r in rows("civil_affairs.benefit") if r["programme"] == "rigid"}
    assert unpaid
    assert named("medical.not_subsidised") == unpaid - rigid


def test_consent_is_entered_and_a_withdrawal_holds_at_once(own: Path, tmp_path: Path) -> None:
    person = read_current(own, "person")["person_ref"][0]
    about = (
        "--warehouse",
        own,
        "--person",
        person,
        "--paper",
        "TY-1",
        "--clerk",
        "王某",
        "--at",
        AT,
    )
    said("referrals", "consent", *about, "--given")
    log = read_casework(casework_of(own)).consent
    assert log.schema == pl.Schema(CONSENT_SCHEMA)
    assert log["given"].to_list() == [1]
    said("referrals", "consent", *about, "--withdrawn")
    with pytest.raises(InputError, match="没有这个人员代号"):
        said("referrals", "consent", "--warehouse", own, "--person", "P0", *about[4:], "--given")
    out = tmp_path / "lists"
    told = said("referrals", "export", "--warehouse", own, "--list", "charity", "--out", out)
    assert "已写出 0 条" in told


def test_statistics_add_up_to_the_tables_that_they_count(silent: RunCounty) -> None:
    def table(name: str) -> pl.DataFrame:
        return read_current(silent.warehouse, name)

    county = table("statistic").filter(pl.col("region_level") == "county")

    def total(measure: str, column: str = "count") -> int:
        return int(county.filter(measure=measure)[column].sum())

    verdicts, coverage = table("household_verdict").filter("requested"), table("coverage")
    assert total("suggestions") == total("verified", "of_count") == len(verdicts) > 0
    assert total("referrals") == len(table("referral"))
    assert total("alerts") == len(table("alert").filter(pl.col("state") != "closed"))
    answered = coverage.filter(pl.col("state").is_in(["found", "none"]))
    assert total("complete") == total("detected", "of_count") == len(answered)
    assert total("complete", "of_count") == len(coverage)
    of_month = county.filter(measure="recipients", month="2026-05")
    benefits = table("current_benefit")
    everybody = of_month.filter(pl.col("programme").is_null())["count"].sum()
    assert everybody == benefits["person_ref"].n_unique()
    by_programme = dict(of_month.drop_nulls("programme").select("programme", "count").iter_rows())
    dibao = benefits.filter(programme="dibao")["person_ref"].n_unique()
    assert by_programme["dibao"] == dibao
    towns = table("statistic").filter(region_level="township", measure="suggestions")
    assert towns["count"].sum() == len(verdicts)


def test_statistics_hide_small_counts_and_the_warehouse_does_not(
    silent: RunCounty, tmp_path: Path
) -> None:
    rows = read_current(silent.warehouse, "statistic")
    assert rows.filter(pl.col("count").is_in([1, 2])).height
    file = tmp_path / "s.xlsx"
    said("statistics", "--warehouse", silent.warehouse, "--month", "all", "--region", "990101",
         "--out", file)  # fmt: skip
    head, *lines = sheet(file, 1)
    count = head.index("数量")
    assert lines
    assert not {"1", "2"} & {line[count] for line in lines}
    assert "<3" in {line[count] for line in lines}
    titles = {line[0] for line in sheet(file, 0)}
    assert {"核定少发", "核定多发", "数据完整率"} <= titles
    page = said("statistics", "--warehouse", silent.warehouse, "--measure", "recipients")
    assert "在享人数" in page
    assert "2026-04" not in page
    with pytest.raises(InputError, match="不能写成"):
        said("statistics", "--warehouse", silent.warehouse, "--out", tmp_path / "s.pdf")


def test_an_inspection_is_drawn_kept_and_proved(own: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("姓名,所在乡镇\n甲,\n乙,\n丙,990101101\n", encoding="utf-8")
    out = tmp_path / "i.csv"
    about = ("--seed", "5", "--inspectors", people, "--by", "王某", "--at", AT, "--out", out)
    words = ("inspect", "draw", "--warehouse", own, "--share", "30%", *about)
    told = said(*words)
    assert said(*words).endswith(told.splitlines()[-1] + "\n")  # the same batch, entered once
    batch = re.search(r"批次 (J[0-9a-f]{8})", told)
    assert batch
    log = read_casework(casework_of(own)).inspection_draw
    assert len(log) == log["household_no"].n_unique()
    with out.open(encoding="utf-8-sig", newline="") as file:
        sheet_rows = list(csv.DictReader(file))
    assert {row["家庭编号"] for row in sheet_rows} == set(log["household_no"])
    assert not NUMBER.search(out.read_text(encoding="utf-8-sig"))
    assert batch[1] in said("inspect", "list", "--warehouse", own)
    proof = ("inspect", "verify", "--warehouse", own, "--batch", batch[1])
    assert "家庭与派员与记录一致" in said(*proof, "--inspectors", people)
    people.write_text("姓名\n甲\n乙\n丁\n戊\n", encoding="utf-8")
    with pytest.raises(InputError, match="重派的不同"):
        said(*proof, "--inspectors", people)
    assert "一致" in said(*proof)
    with pytest.raises(RefusedError, match="已没有批次"):
        read_former(own, "R999999", "current_benefit")


def test_a_book_is_the_same_bytes_and_no_text_becomes_a_formula(tmp_path: Path) -> None:
    sheets = {"说明": [["a", "b"]], "表": [["甲", "乙"], ["=1+1", 3], [None, "x"]]}
    for name in ("one.xlsx", "two.xlsx", "three.csv"):
        write_book(tmp_path / name, sheets, as_of=date(2026, 5, 20))
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert sheet(tmp_path / "one.xlsx", 1)[1] == ["=1+1", "3.0"]
    assert "'=1+1,3" in (tmp_path / "three.csv").read_text(encoding="utf-8-sig")
    assert (tmp_path / "three_说明.csv").exists()
