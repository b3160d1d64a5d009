"""`hedui cases`: which cases are run, how a difference is told, and with which exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from command.main import hedui
from household.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

COUNTY = """packs:
  "990199":
    title: 试验县(虚构)
    values:
      standard.urban: [{value: 800}]
      standard.rural: [{value: 650}]
      asset.financial_months: [{value: 24}]
"""
CASES = """topic: 试验县
common: {region: "990199001"}
cases:
  - {case: 试验县标准, why: 标准八百元, expect: {dibao: [eligible, AMOUNT]}}
  - {case: 试验县农村, why: 农村六百五十元, app: {urban_rural: rural}, expect: {dibao: [eligible, 650]}}
"""


def told(*words: str) -> str:
    run = CliRunner()
    return run.invoke(
        hedui, ["cases", *words], catch_exceptions=False, standalone_mode=False
    ).output


def written(folder: Path, amount: int) -> Path:
    (folder / "990199" / "cases").mkdir(parents=True)
    (folder / "990199" / "pack.yaml").write_text(COUNTY, encoding="utf-8")
    text = CASES.replace("AMOUNT", str(amount))
    (folder / "990199" / "cases" / "standard.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_packs_brings_its_cases_and_a_difference_is_told(tmp_path: Path) -> None:
    folder = written(tmp_path, 801)
    run = CliRunner().invoke(hedui, ["cases", "--packs", str(folder)], standalone_mode=False)
    assert isinstance(run.exception, InputError)
    assert str(run.exception).startswith("2 个案例中 1 个不符")
    assert "案例 2 个，符合 1 个，不符 1 个" in run.output
    assert "standard.yaml:4" in run.output.replace("\n", "")
    assert "dibao 的 amount：应为 801，得到 800" in run.output


def test_our_own_cases_are_chosen_by_name_and_region() -> None:
    output = told("重庆城市标准", "--region", "5001")
    assert "案例 3 个，符合 3 个" in output
    with pytest.raises(InputError):
        told("重庆城市标准", "--region", "990101")


def test_coverage_looks_at_all_cases() -> None:
    with pytest.raises(click.UsageError):
        told("--coverage", "重庆")
