"""What documents say of two parameters together: at the limit and beside it, and from which day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from household.rules.packs import examine_packs

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """packs:
  cn: {values: {edge.multiple: [{value: 1.5, from: 2020-08-01, source: 甲文}]}}
  ar:
    regions: []
    values:
      extra.rate_range: [{value: [0.1, 0.3], from: 2021-01-01, source: 乙文}]
      single_person.income_multiple: [{value: 1.5, from: 2021-01-01, source: 乙文}]
      tekun.full_care_min_wage_share: [{value: 0.7, source: 乙文}]
"""


def told(tmp_path: Path, own: str, binding: str = "") -> list[str]:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    text = HEAD.replace("regions: []", f"regions: [{binding}]")
    (tmp_path / "1" / "pack.yaml").write_text(text, encoding="utf-8")
    own = f"packs:\n  '9901':\n    values:\n{own}"
    (tmp_path / "2" / "own.yaml").write_text(own, encoding="utf-8")
    _, mistakes = examine_packs(tmp_path / "1", tmp_path / "2")
    return [str(mistake) for mistake in mistakes]


@pytest.mark.parametrize(
    ("rate", "agrees"),
    [("0.0999", False), ("0.1", True), ("0.3", True), ("0.3001", False)],
)
def test_an_extra_lies_in_the_range_of_the_region(tmp_path: Path, rate: str, agrees: bool) -> None:
    mistakes = told(tmp_path, f"      extra.rate: [{{value: {rate}}}]", "'99'")
    assert (mistakes == []) == agrees
    if not agrees:
        (one,) = mistakes
        assert one.startswith("own.yaml 第4行：规则包 9901 参数 extra.rate：2021-01-01 起")
        assert f"extra.rate 为 {rate}" in one


def test_an_extra_that_ended_before_the_range_began_is_nobodys_mistake(tmp_path: Path) -> None:
    assert told(tmp_path, "      extra.rate: [{value: 0.5, to: 2020-12-31}]", "'99'") == []


def test_an_extra_that_ends_with_the_ranges_first_day_is_one(tmp_path: Path) -> None:
    assert told(tmp_path, "      extra.rate: [{value: 0.5, to: 2021-01-01}]", "'99'")


def test_a_range_that_is_not_bound_here_binds_nobody(tmp_path: Path) -> None:
    assert told(tmp_path, "      extra.rate: [{value: 0.5}]") == []


def test_the_multiple_of_single_persons_is_that_of_the_edge(tmp_path: Path) -> None:
    (one,) = told(tmp_path, "      edge.multiple: [{value: 2, from: 2022-01-01}]", "'99'")
    assert "2022-01-01 起参照单人户的收入倍数" in one


@pytest.mark.parametrize(("care", "agrees"), [("1399.99", False), ("1400", True)])
def test_full_care_is_no_less_than_its_share_of_the_minimum_wage(
    tmp_path: Path, care: str, agrees: bool
) -> None:
    values = f"      tekun.care_full: [{{value: {care}}}]\n      wage.minimum: [{{value: 2000}}]"
    assert (told(tmp_path, values, "'99'") == []) == agrees


SECOND = """  other:
    regions: ['9901']
    values: {extra.rate_range: [{value: [0.1, 0.2]{end}, source: 丙文}]}
"""


def _two_bound(tmp_path: Path, end: str) -> list[str]:
    text = HEAD.replace("regions: []", "regions: ['9901']") + SECOND.replace("{end}", end)
    (tmp_path / "pack.yaml").write_text(text, encoding="utf-8")
    return [str(mistake) for mistake in examine_packs(tmp_path)[1]]


def test_two_packs_bound_to_one_region_may_not_give_one_parameter(tmp_path: Path) -> None:
    (one,) = _two_bound(tmp_path, "")
    assert "又给出同一参数" in one


def test_two_packs_bound_to_one_region_may_follow_one_another(tmp_path: Path) -> None:
    assert _two_bound(tmp_path, ", to: 2020-12-31") == []


def test_a_pack_bound_to_a_region_goes_before_the_one_that_bears_its_code(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(HEAD.replace("regions: []", "regions: ['9901']"), "utf-8")
    own = "packs: {'9901': {values: {extra.rate_range: [{value: [0.2, 0.2]}]}}}"
    (tmp_path / "own.yaml").write_text(own, "utf-8")
    packs, mistakes = examine_packs(tmp_path)
    assert not mistakes
    assert packs.chain("990101") == ("ar", "9901", "cn")
