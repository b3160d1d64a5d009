"""`hedui packs check`: packs counted, every mistake one line, gaps on request, exit codes; and runs refused for the same mistake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from command.main import main
from household.rules.packs import read_packs
from pipelines.settings import Order

BAD = """packs:
  "990101":
    values:
      standard.urbn: []
      standard.urban: [{value: 70000}]
"""


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(["packs", "check", *arguments])
    code = caught.value.code
    assert isinstance(code, int)
    return code


def folder(tmp_path: Path, text: str) -> str:
    (tmp_path / "local.yaml").write_text(text, encoding="utf-8")
    return str(tmp_path)


def test_our_packs_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert call() == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 8
    assert all(line.startswith("规则包 ") for line in told)
    assert any(
        line.startswith("规则包 500112 渝北区（500112）：3 个参数 4 个取值") for line in told
    )
    assert not [line for line in told if "未登记的依据" in line]


def test_every_mistake_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--packs", folder(tmp_path, BAD)) == 1
    said = capsys.readouterr()
    wrong = [line for line in said.out.splitlines() if line.startswith("错误 ")]
    assert [line.split("：")[0] for line in wrong] == [
        "错误 local.yaml 第4行",
        "错误 local.yaml 第5行",
    ]
    assert said.err == "hedui: 规则包有 2 处错误；请逐条更正后重新检查\n"


def test_mistakes_in_statements_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    local = folder(tmp_path, 'packs: {"9902": {values: {asset.home_max: [{value: 1}]}}}')
    told = "id: X-1, place: 第一条, sentence: 某句, becomes: rule"
    for text, said in (
        (f"statements: {{某文: [{{{told}}}]}}", "规则须写 rules"),
        (f"statements: {{某文: [{{{told}, rules: [dibao.income]}}]}}", "文件 某文 没有登记"),
        (
            f"statements: {{民发〔2021〕57号: [{{{told.replace('X-1', 'P0-01')}, rules: [dibao.income]}}]}}",
            "编号 P0-01 重复出现",
        ),
    ):
        (tmp_path / "statements.yaml").write_text(text, encoding="utf-8")
        assert call("--packs", local) == 1
        out = capsys.readouterr().out
        assert "错误 statements.yaml 第1行" in out
        assert said in out


def test_a_binding_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--packs", folder(tmp_path, 'packs: {ar-004: {regions: ["64"]}}')) == 0
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "规则包 ar-004" in one]
    assert "（64）：6 个参数" in line


def test_gaps_are_told_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--gaps") == 0
    told = capsys.readouterr().out
    assert "缺失 规则包 500112 参数 rigid.method（刚性支出认定办法）：从未规定" in told
    assert "参数 edge.multiple（边缘家庭收入倍数）：2020-07-31 及以前" in told


@pytest.mark.parametrize(
    ("day", "missing"), [("2025-12-31", False), ("2026-01-01", True), ("2020-12-31", True)]
)
def test_gaps_of_a_day(day: str, missing: bool, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--on", day) == 0
    told = capsys.readouterr().out
    assert ("缺失 规则包 500112 参数 income.exclude_central_basic" in told) == missing


def test_a_folder_that_is_not_there_is_wrong_usage() -> None:
    assert call("--packs", "no-such-folder") == 2


def test_unregistered_citations_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'packs: {"33": {values: {asset.home_max: [{value: 1, source: 某文 第一条}]}}}'
    assert call("--packs", folder(tmp_path, text)) == 0
    assert "未登记的依据 某文 第一条" in capsys.readouterr().out


def test_an_order_of_a_run_reads_bound_packs(tmp_path: Path) -> None:
    """What `--packs` of a run means: our packs, then the folder's bindings over them."""
    local = Path(folder(tmp_path, 'packs: {ar-004: {regions: ["64"]}}'))
    order = Order(tmp_path, tmp_path / "w.duckdb", date(2026, 5, 20), packs=local)
    packs = read_packs(*order.pack_folders)
    assert packs.bound("640105001")
    found = packs.find("rigid.method", "640105001", date(2026, 5, 10))
    assert found is not None
    assert (found.value, found.pack_id) == ("deduction", "ar-004")
    assert not read_packs(*order.pack_folders[:1]).bound("640105001")
