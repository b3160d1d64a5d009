"""`hedui links explain`: any link and any non-link of a warehouse, as published, with nobody's name or number on the screen."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import click
import polars as pl
import pytest
from click.testing import CliRunner

from casework.judgements import add_judgements
from command.main import hedui
from household.errors import InputError
from household.linkage.judgements import Judgement, link_ids
from pipelines.explaining import Bench
from pipelines.reviewing import Shelf, roster_people
from pipelines.settings import DEMONSTRATION_KEY
from pipelines.workplace import casework_of, store_root
from warehouse.current import read_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty


def explained(warehouse: Path, *more: str) -> str:
    words = ["links", "explain", "--warehouse", str(warehouse), *more]
    return CliRunner().invoke(hedui, words, catch_exceptions=False, standalone_mode=False).output


@pytest.fixture(scope="module")
def links(noisy: RunCounty) -> pl.DataFrame:
    found = read_current(noisy.warehouse, "person_link").with_columns(
        pl.col("dataset", "tier", "decided_by").cast(pl.String)
    )
    return found.with_columns(link_ids(found))


@pytest.fixture(scope="module")
def bench(noisy: RunCounty) -> Bench:
    return Bench(noisy.warehouse, key=DEMONSTRATION_KEY)


def some(links: pl.DataFrame, tier: str, by: str, count: int) -> pl.DataFrame:
    found = links.filter(tier=tier, decided_by=by).sort("link_id")
    return found.unique("dataset", maintain_order=True).head(count)


@pytest.mark.parametrize("tier", ["A", "B", "C"])
def test_links_of_a_run_are_explained_as_they_were_published(
    bench: Bench, links: pl.DataFrame, tier: str
) -> None:
    chosen = some(links, tier, "rule" if tier in "AB" else "model", 3)
    assert len(chosen)
    for link in chosen.iter_rows(named=True):
        found = bench.explain(link["dataset"], link["record_key"], link["person_ref"])
        assert not found.moved
        assert found.story.tier == tier
        assert (found.story.score, found.story.note) == (link["score"], link["note"])


def test_the_page_says_all_and_names_nobody(noisy: RunCounty, links: pl.DataFrame) -> None:
    places = read_current(noisy.warehouse, "roster_person")
    names = roster_people(Shelf(noisy.warehouse), places)["person_name"].drop_nulls().to_list()
    for tier, by, said in (("A", "rule", "由号码规则决定"), ("C", "model", "由权重决定")):
        page = explained(noisy.warehouse, "--link", some(links, tier, by, 1)["link_id"][0])
        assert said in page
        assert all(word in page for word in ("姓名", "先验", "亲属折减", "合计", "概率"))
        assert ("仅供参考" in page) == (tier == "A")
        assert "注意" not in page
        assert not re.search(r"99[0-9]{15}[0-9Xx]|(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", page)
        assert [name for name in names if len(name) > 2 and name in page] == []


def test_the_picture_is_written(noisy: RunCounty, links: pl.DataFrame, tmp_path: Path) -> None:
    target = tmp_path / "why.svg"
    link = some(links, "C", "model", 1)["link_id"][0]
    assert "已写入" in explained(noisy.warehouse, "--link", link, "--svg", str(target))
    picture = target.read_text(encoding="utf-8")
    assert ET.fromstring(picture).tag.endswith("svg")
    assert "C 级" in picture


def test_a_row_that_is_not_a_persons_is_explained_by_its_line(
    noisy: RunCounty, bench: Bench, links: pl.DataFrame
) -> None:
    pension = "human_resources.benefit"
    of = links.filter(dataset=pension, tier="A").sort("link_id")
    rows = bench.rows(pension).collect().filter(pl.col("_record_key") == of["record_key"][0])
    ledger = read_current(noisy.warehouse, "intake_ledger")
    file = bench.newest.settled(pension).ledger.filter(_file=rows["_file"][0])["file"][0]
    assert file in set(ledger["file"])
    line = f"{file}:{rows['_line'][0]}"
    assert bench.record_at(pension, line) == of["record_key"][0]
    other = next(ref for ref in of["person_ref"] if ref != of["person_ref"][0])
    page = explained(
        noisy.warehouse, "--dataset", pension, "--line", line, "--person", other
    )  # fmt: skip
    assert "没有关联" in page
    assert "另一名已知人员" in page


def test_what_came_after_the_run_is_told(
    noisy: RunCounty, links: pl.DataFrame, tmp_path: Path
) -> None:
    warehouse = tmp_path / "w.duckdb"
    shutil.copy(noisy.warehouse, warehouse)
    shutil.copytree(store_root(noisy.warehouse), store_root(warehouse))
    link = some(links, "A", "rule", 1).row(0, named=True)
    pair = (link["dataset"], link["record_key"], link["person_ref"])
    said = Judgement(*pair, "not_same", "王某", "核对了证件", "2026-05-21T09:30:00")
    add_judgements(casework_of(warehouse), [said])
    page = explained(warehouse, "--link", link["link_id"])
    assert "D 级，由人工判定决定" in page
    assert "注意：运行之后又有新的文件或判定" in page


def test_what_may_not_be_read_is_not_shown(bench: Bench, links: pl.DataFrame) -> None:
    pension = "human_resources.benefit"
    record = links.filter(dataset=pension)["record_key"][0]
    signed = bench.granted.filter(pl.col("granted") > 0)["person"]
    unsigned = bench.roster.persons.filter(pl.col("person").is_in(signed.implode()).not_())
    assert len(unsigned)
    with pytest.raises(InputError, match="授权"):
        bench.explain(pension, record, unsigned["person_ref"][0])


def test_wrong_questions_are_one_line(noisy: RunCounty, bench: Bench, links: pl.DataFrame) -> None:
    with pytest.raises(InputError, match="没有这条关联"):
        explained(noisy.warehouse, "--link", "0" * 16)
    with pytest.raises(click.UsageError):
        explained(noisy.warehouse, "--dataset", "human_resources.benefit")
    with pytest.raises(InputError, match="没有可关联的数据集"):
        bench.record_at("approval.member", "a.csv:2")
    with pytest.raises(InputError, match="位置无法识别"):
        bench.record_at("human_resources.benefit", "a.csv")
    with pytest.raises(InputError, match="没有这一行"):
        bench.record_at("human_resources.benefit", "a.csv:2")
    strange = Bench(noisy.warehouse, key=b"another key")
    link = links.row(0, named=True)
    with pytest.raises(InputError, match="HEDUI_PERSON_KEY"):
        strange.explain(link["dataset"], link["record_key"], link["person_ref"])
