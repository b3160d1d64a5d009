"""`hedui whatif`: what it prints and writes. Whether it is true is asked in test_whatif_truth."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from whatif_packs import RAISED, write_pack, write_whole

from command.main import hedui
from household.errors import InputError
from household.schema.compared import CHANGES, SUMMARY
from warehouse.current import read_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

FILES = {f"{name}.{end}" for name in ("changes", "summary") for end in ("csv", "parquet", "xlsx")}
FILES |= {"chart.svg", "index.html"}


def whatif(warehouse: Path, pack: Path, *more: str) -> str:
    words = ["whatif", "--warehouse", str(warehouse), "--pack", str(pack), *more]
    return CliRunner().invoke(hedui, words, catch_exceptions=False, standalone_mode=False).output


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("pack"), RAISED)


@pytest.fixture(scope="module")
def out(noisy: RunCounty, pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whatif") / "结果"
    whatif(noisy.warehouse, pack, "--merge", "--out", str(folder))
    return folder


def test_the_screen_says_who_changes_and_what_it_costs(noisy: RunCounty, pack: Path) -> None:
    told = whatif(noisy.warehouse, pack, "--merge")
    for words in (
        "受益",
        "受损",
        "待定变化",
        "每月",
        "一次性",
        "不在合计内",
        "standard.urban",
        "1100",
    ):
        assert words in told
    assert "不重算在领待遇" in told
    assert "注意" not in told
    assert max(map(len, told.splitlines())) <= 118


def test_the_summary_for_programs_is_exact(noisy: RunCounty, pack: Path) -> None:
    said = json.loads(whatif(noisy.warehouse, pack, "--merge", "--json"))
    rows = read_current(noisy.warehouse, "household_verdict").filter("requested")
    due = rows.filter(pl.col("programme").cast(pl.String).is_in(["dibao", "rigid"]))["amount"]
    asked = said["requested"]
    assert (
        asked["applications"]
        == len(rows)
        == sum(asked[w] for w in ("gain", "loss", "other", "same"))
    )
    assert Decimal(asked["month_before"]) == due.sum()
    assert said["reproduced"] is True
    assert [p["key"] for p in said["parameters"]] == sorted(RAISED)
    for group in ("by_programme", "by_region"):
        assert sum(row["applications"] for row in said[group]) == len(rows)


def test_the_files_hold_the_declared_columns_of_the_same_rows(out: Path) -> None:
    assert {file.name for file in out.iterdir()} == FILES
    for table in (CHANGES, SUMMARY):
        kept = pl.read_parquet(out / f"{table.name}.parquet")
        assert kept.columns == [c.name for c in table.all_columns]
        assert list(kept.schema.items())[1:] == list(table.polars_schema().items())
        assert kept.height
        sheet = pl.read_csv(out / f"{table.name}.csv", infer_schema=False)
        assert (sheet.columns, sheet.height) == (kept.columns, kept.height)
        book = load_workbook(out / f"{table.name}.xlsx", read_only=True)
        assert len(list(book[table.name].iter_rows())) == kept.height + 1


def test_the_chart_is_a_picture_with_texts_in_fonts_of_the_reader(out: Path) -> None:
    picture = ET.fromstring((out / "chart.svg").read_text(encoding="utf-8"))
    texts = [node for node in picture.iter() if node.tag.endswith("}text")]
    words = "".join(text for node in texts for text in node.itertext())
    assert "最低生活保障" in words
    assert "每月金额" in words
    assert all(node.get("font-family", "").endswith("sans-serif") for node in texts)


def test_the_page_needs_nothing_from_outside_and_names_nobody(noisy: RunCounty, out: Path) -> None:
    page = (out / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"""(src|href)\s*=|url\(|@import|<script""", page)
    addresses = set(re.findall(r"https?://[^\s\"'<]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "<svg" in page
    written = b"".join(file.read_bytes() for file in sorted(out.iterdir())).decode(
        "utf-8", "replace"
    )
    assert not re.search(r"99\d{15}[\dXx]", written)


def test_the_same_question_gives_the_same_bytes(
    noisy: RunCounty, pack: Path, out: Path, tmp_path: Path
) -> None:
    whatif(noisy.warehouse, pack, "--merge", "--out", str(tmp_path))
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes(), name


def test_what_must_be_known_first_is_said_at_the_top(
    noisy: RunCounty, pack: Path, tmp_path: Path
) -> None:
    dropped = whatif(noisy.warehouse, pack)
    assert "不再给出" in dropped
    assert "--merge" in dropped
    same = whatif(noisy.warehouse, write_whole(tmp_path / "same", {}))
    assert "没有变化" in same
    assert "受益 " not in same
    dated = tmp_path / "dated.yaml"
    dated.write_text(
        'packs: {"990101": {values: {extra.rate: [{value: 0.2, to: 2026-12-31}, {value: 0.3, from: 2027-01-01}]}}}',
        encoding="utf-8",
    )
    later = whatif(noisy.warehouse, dated, "--merge")
    assert "申请日都不生效" in " ".join(later.split())


def test_an_output_folder_that_is_a_file_is_refused(
    noisy: RunCounty, pack: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    words = [
        "whatif",
        "--warehouse",
        str(noisy.warehouse),
        "--pack",
        str(pack),
        "--out",
        str(tmp_path / "file"),
    ]
    assert CliRunner().invoke(hedui, words).exit_code == 2


def test_a_pack_folder_that_is_not_there_is_refused(noisy: RunCounty, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有规则包"):
        whatif(noisy.warehouse, tmp_path / "none")
