"""`hedui links`: what a clerk decides is kept, shown without names, and honoured by the next run; and the blind double review."""

from __future__ import annotations

import csv
import json
import re
import shutil
import stat
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner
from driven_counties import copy_inbox, run_inbox

from casework.errors import NotOursError
from casework.judgements import read_batches, read_judgements
from command.main import hedui
from command.review_sheets import Answered, read_sheet, write_sheet
from household.errors import InputError
from household.linkage.judgements import PAIR, link_ids
from pipelines.reviewing import Shelf, roster_people
from pipelines.workplace import casework_of, store_root
from warehouse.current import latest, read_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

    from pipelines.outcome import Outcome

BENEFIT = "human_resources.benefit"
AT = "2026-05-21T09:30:00"


def links(name: str, warehouse: Path, *more: str) -> str:
    words = ["links", name, "--warehouse", str(warehouse), *more]
    told = CliRunner().invoke(hedui, words, catch_exceptions=False, standalone_mode=False)
    return told.output


def judge(warehouse: Path, link: str, answer: str, *, clerk: str = "王某") -> str:
    said = ("--link", link, "--answer", answer, "--clerk", clerk, "--reason", "核对了证件")
    return links("judge", warehouse, *said, "--at", AT)


def slip(number: str) -> str:
    return number[:15] + str((int(number[15]) + 1) % 10) + number[16:]


def suggestions(warehouse: Path) -> dict[tuple[str, str], str]:
    rows = read_current(warehouse, "household_verdict")
    keys = ("application_id", "programme", "suggestion")
    return {(a, p): s for a, p, s in rows.select(pl.col(keys).cast(pl.String)).iter_rows()}


@dataclass(frozen=True)
class Doubted:
    """A county with two applications that only a pension under a damaged number stands against, before and after judgements."""

    inbox: Path
    warehouse: Path
    applications: tuple[tuple[str, str], ...]
    links: dict[str, list[str]]
    before: dict[tuple[str, str], str]
    after: dict[tuple[str, str], str]
    outcome: Outcome
    told: str


@pytest.fixture(scope="module")
def doubted(silent: RunCounty, tmp_path_factory: pytest.TempPathFactory) -> Doubted:
    folder = tmp_path_factory.mktemp("doubted")
    inbox, warehouse = copy_inbox(silent.inbox, folder / "inbox"), folder / "w.duckdb"
    eligible = (
        read_current(silent.warehouse, "household_verdict")
        .filter(pl.col("suggestion").cast(pl.String) == "eligible", "requested")
        .filter(pl.col("programme").cast(pl.String).is_in(["dibao", "dibao_edge"]))
        .sort("application_id")
    )
    chosen = tuple(
        eligible.select("application_id", pl.col("programme").cast(pl.String)).head(2).iter_rows()
    )
    places = read_current(silent.warehouse, "roster_person")
    people = roster_people(Shelf(silent.warehouse), places)
    rows = []
    for application, _ in chosen:
        who = places.filter(application_id=application, member_no=1)
        person = people.join(who, on="person_ref").row(0, named=True)
        for month in (202602, 202603, 202604):
            pension = {"kind": "职工养老金", "month": month, "amount": "90000.00"}
            number = slip(person["person_number"])
            rows.append({"id_no": number, "name": person["person_name"], **pension})
    region = next((inbox / "human_resources").glob("benefit_*")).name.split("_")[1]
    with (inbox / "human_resources" / f"benefit_{region}_20260501_9.csv").open(
        "w", encoding="utf-8", newline=""
    ) as file:
        writer = csv.DictWriter(file, [*rows[0], "region_code"])
        writer.writeheader()
        writer.writerows(row | {"region_code": region} for row in rows)
    run_inbox(inbox, warehouse)
    before = suggestions(warehouse)
    found = read_current(warehouse, "person_link").filter(
        pl.col("dataset").cast(pl.String) == BENEFIT, pl.col("tier").cast(pl.String) == "C"
    )
    found = found.with_columns(link_ids(found.with_columns(pl.col("dataset").cast(pl.String))))
    of = {
        application: found.join(
            places.filter(application_id=application, member_no=1), on="person_ref"
        )["link_id"].to_list()
        for application, _ in chosen
    }
    told = "".join(
        judge(warehouse, link, answer)
        for (application, _), answer in zip(chosen, ("same", "not_same"), strict=True)
        for link in of[application]
    )
    outcome = run_inbox(inbox, warehouse)
    after = suggestions(warehouse)
    return Doubted(inbox, warehouse, chosen, of, before, after, outcome, told)


def test_a_judgement_is_published_anew_and_changes_the_suggestion(doubted: Doubted) -> None:
    same, not_same = doubted.applications
    assert [len(found) for found in doubted.links.values()] == [3, 3]
    assert {doubted.before[same], doubted.before[not_same]} == {"needs_review"}
    assert doubted.outcome.published
    assert doubted.after[same] == "ineligible"
    assert doubted.after[not_same] == "eligible"
    others = set(doubted.before) - {
        key for key in doubted.before if key[0] in {same[0], not_same[0]}
    }
    assert {k: doubted.before[k] for k in others} == {k: doubted.after[k] for k in others}
    decided = read_current(doubted.warehouse, "person_link").filter(
        pl.col("decided_by").cast(pl.String) == "clerk"
    )
    assert sorted(decided["tier"].cast(pl.String)) == ["B"] * 3 + ["D"] * 3


def test_a_run_with_no_new_judgement_publishes_nothing(doubted: Doubted) -> None:
    before = doubted.warehouse.read_bytes()
    outcome = run_inbox(doubted.inbox, doubted.warehouse)
    assert not outcome.published
    assert doubted.warehouse.read_bytes() == before
    assert len(read_judgements(casework_of(doubted.warehouse))) == 6


def test_nothing_personal_is_shown(doubted: Doubted) -> None:
    places = read_current(doubted.warehouse, "roster_person")
    people = roster_people(Shelf(doubted.warehouse), places)
    shown = doubted.told
    shown += links("list", doubted.warehouse, "--limit", "100000")
    shown += links("judgements", doubted.warehouse)
    assert len(re.findall(r"(?m)^[0-9a-f]{16}  [ABCD]  ", shown)) > 100
    assert not re.search(r"99\d{15}[\dXx]", shown)
    names = people["person_name"].to_list()
    assert [name for name in names if len(name) > 2 and name in shown] == []


def test_the_queue_lets_go_of_what_is_decided(doubted: Doubted) -> None:
    judged = {link for found in doubted.links.values() for link in found}
    waiting = links("list", doubted.warehouse, "--queue", "clerical", "--limit", "100000")
    assert not [link for link in judged if link in waiting]
    application = doubted.applications[0][0]
    mine = links("list", doubted.warehouse, "--application", application, "--limit", "100000")
    assert all(link in mine for link in doubted.links[application])
    assert not [link for link in doubted.links[doubted.applications[1][0]] if link in mine]
    assert "共 3 条，列出 2 条" in links(
        "list", doubted.warehouse, "--application", application, "--limit", "2"
    ).replace(f"共 {mine.count(chr(10)) - 1} 条", "共 3 条")


@pytest.fixture
def own(doubted: Doubted, tmp_path: Path) -> Path:
    """A copy of the warehouse and its casework, to be judged further."""
    warehouse = tmp_path / "w.duckdb"
    shutil.copy(doubted.warehouse, warehouse)
    shutil.copytree(store_root(doubted.warehouse), store_root(warehouse))
    return warehouse


def test_two_clerks_who_differ_are_told_at_once_and_listed(doubted: Doubted, own: Path) -> None:
    link = doubted.links[doubted.applications[0][0]][0]
    assert links("list", own, "--queue", "conflicts").startswith("共 0 条")
    assert "结论相反" in judge(own, link, "not_same", clerk="李某")
    assert link in links("list", own, "--queue", "conflicts")
    assert f"矛盾  {link}" in links("judgements", own)
    assert "结论相反" not in judge(own, link, "same", clerk="李某")
    assert links("list", own, "--queue", "conflicts").startswith("共 0 条")


def test_a_judgement_of_nothing_is_refused(own: Path) -> None:
    with pytest.raises(InputError, match="没有这条关联"):
        judge(own, "0" * 16, "same")
    with pytest.raises(InputError, match="没有申请 X0"):
        links("list", own, "--application", "X0")


def test_a_damaged_store_of_judgements_stops_a_run_before_anything_is_written(
    doubted: Doubted, own: Path
) -> None:
    casework_of(own).file.write_bytes(b"not a database" * 100)
    before = own.read_bytes()
    with pytest.raises(NotOursError, match="已损坏"):
        run_inbox(doubted.inbox, own)
    assert own.read_bytes() == before


# the blind double review


def fill(folder: Path, fmt: str, answers: dict[str, list[str]]) -> list[str]:
    """Two filled sheets: each reader's words for the pairs in the order of their codes."""
    files = []
    for reader, words in answers.items():
        codes = sorted(line.pair_code for line in read_sheet(folder / f"review_{reader}.{fmt}"))
        path = folder / f"filled_{reader}.csv"
        with path.open("w", encoding="gb18030", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["复核号", "结论", "理由"])
            writer.writerows([code, word, ""] for code, word in zip(codes, words, strict=True))
        files.append(str(path))
    return files


def test_two_sheets_in_different_orders_that_give_nothing_away(own: Path, tmp_path: Path) -> None:
    out = tmp_path / "review"
    told = links("sample", own, "--size", "40", "--seed", "3", "--out", str(out))
    assert "个人信息原文" in told
    sheets = {reader: read_sheet(out / f"review_{reader}.xlsx") for reader in "ab"}
    codes = {reader: [line.pair_code for line in sheet] for reader, sheet in sheets.items()}
    assert len(codes["a"]) == 40
    assert codes["a"] != codes["b"]
    assert sorted(codes["a"]) == sorted(codes["b"])
    assert {line.answer for sheet in sheets.values() for line in sheet} == {None}
    for file in out.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    links("sample", own, "--size", "40", "--seed", "3", "--out", str(out), "--format", "csv")
    text = (out / "review_a.csv").read_text(encoding="utf-8-sig")
    kept = read_batches(casework_of(own))
    assert len(kept) == 40  # the same sample drawn again is the same sample
    ids = link_ids(kept)
    assert not [word for word in (*ids, "name_equal", "规则", "C/", "0.99") if word in text]
    head = next(csv.reader([text.splitlines()[0]]))
    assert not {"等级", "得分", "说明", "匹配等级"} & set(head)
    assert re.search(r"99\d{15}[\dXx]", text)


def test_a_linked_row_and_its_person_stand_side_by_side(own: Path, tmp_path: Path) -> None:
    out = tmp_path / "review"
    links("sample", own, "--size", "40", "--seed", "3", "--out", str(out), "--format", "csv")
    with (out / "review_a.csv").open(encoding="utf-8-sig") as file:
        rows = {row["复核号"]: row for row in csv.DictReader(file)}
    batch = read_batches(casework_of(own)).filter(tier="A", kind="收入")
    assert len(batch) > 5
    for code in batch["pair_code"]:
        assert rows[code]["来源：姓名"] == rows[code]["名册：姓名"] != ""
        assert rows[code]["来源：证件号码"] == rows[code]["名册：证件号码"] != ""


def test_answers_become_judgements_and_figures(own: Path, tmp_path: Path) -> None:
    out = tmp_path / "review"
    links("sample", own, "--size", "40", "--seed", "3", "--out", str(out))
    one = ["同一人"] * 40
    two = ["不是", "不是", "不确定", ""] + ["同一人"] * 36
    one[0] = "不是"
    files = fill(out, "xlsx", {"a": one, "b": two})
    said = ("--answers", *files, "--clerks", "赵某", "钱某", "--at", AT)
    told = json.loads(links("score", own, *said, "--json"))
    casework = casework_of(own)
    log = read_judgements(casework).filter(source="sample")
    assert len(log) == 79
    assert (told["pairs"], told["read_by_two"], told["not_read_twice"]) == (40, 39, 1)
    assert told["observed_agreement"] == pytest.approx(37 / 39)
    batch = read_batches(casework)
    differing = batch.sort("pair_code").select(PAIR).slice(1, 1)
    assert told["to_be_settled"] == link_ids(differing).to_list()
    assert told["precision"]["read"] == 38
    assert told["precision"]["low"] < told["precision"]["value"] < told["precision"]["high"]
    assert "看不见" in told["cannot_see"]
    # importing again enters nothing; settling the difference is seen by scoring the batch anew
    links("score", own, *said)
    assert len(read_judgements(casework).filter(source="sample")) == 79
    judge(own, told["to_be_settled"][0], "same", clerk="钱某")
    again = json.loads(links("score", own, "--batch", told["batch"], "--json"))
    assert again["to_be_settled"] == []
    assert again["precision"]["read"] == 39
    assert again["observed_agreement"] == told["observed_agreement"]  # what they said unknowing
    page = links("score", own, "--batch", told["batch"])
    assert "准确率：" in page
    assert "等级 A" in page


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda text: text.replace("同一人", "也许", 1), "第 2 行的结论无法识别"),
        (lambda text: text.replace("复核号", "编号"), "缺少列 复核号"),
        (lambda text: text + "0000000000,同一人,\r\n", "不属于同一批次"),
        (lambda text: text + text.splitlines()[1] + "\r\n", "复核号重复"),
    ],
)
def test_a_spoilt_sheet_is_refused_whole(
    own: Path, tmp_path: Path, change: object, match: str
) -> None:
    out = tmp_path / "review"
    links("sample", own, "--size", "40", "--seed", "3", "--out", str(out), "--format", "csv")
    files = fill(out, "csv", {"a": ["同一人"] * 40, "b": ["同一人"] * 40})
    spoilt = tmp_path / "spoilt.csv"
    text = (out / "filled_b.csv").read_text(encoding="gb18030")
    spoilt.write_bytes(change(text.replace("\n", "\r\n")).encode("gb18030"))  # type: ignore[operator]
    with pytest.raises(InputError, match=match):
        links("score", own, "--answers", files[0], str(spoilt), "--clerks", "赵", "钱", "--at", AT)
    assert read_judgements(casework_of(own)).filter(source="sample").is_empty()


def test_one_reader_is_not_two(own: Path, tmp_path: Path) -> None:
    out = tmp_path / "review"
    links("sample", own, "--size", "40", "--seed", "3", "--out", str(out))
    files = [str(out / f"review_{reader}.xlsx") for reader in "ab"]
    with pytest.raises(InputError, match="复核人相同"):
        links("score", own, "--answers", *files, "--clerks", "赵某", " 赵某", "--at", AT)


def test_a_workbook_is_the_same_bytes_each_time_and_reads_back(tmp_path: Path) -> None:
    rows = pl.DataFrame({"pair_code": ["c1"], "row_name": ["=1+1"], "answer": ["不是"]})
    for name in ("one.xlsx", "two.xlsx", "three.csv"):
        write_sheet(tmp_path / name, rows, as_of=date(2026, 5, 20))
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    for name in ("one.xlsx", "three.csv"):
        assert read_sheet(tmp_path / name) == [Answered("c1", "not_same", "")]
    assert "'=1+1" in (tmp_path / "three.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "four.xlsx").write_bytes(b"no workbook")
    with pytest.raises(InputError, match="不是可读的 xlsx"):
        read_sheet(tmp_path / "four.xlsx")


def test_judgements_do_not_move_the_warehouse_by_themselves(doubted: Doubted, own: Path) -> None:
    run = latest(own)
    judge(own, doubted.links[doubted.applications[0][0]][0], "unsure", clerk="李某")
    assert latest(own) == run
