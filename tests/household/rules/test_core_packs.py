"""Packs: looked up by region and day, bound to regions; and the terms made of them. Reading them is tested in test_pack_reading."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from household.money import YUAN
from household.rules.packs import Packs, read_packs
from household.rules.terms import central_basic_by_month, terms_of

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 1, 1)


def made(tmp_path: Path, text: str, name: str = "pack.yaml") -> Packs:
    return read_packs(written(tmp_path, text, name))


def written(tmp_path: Path, text: str, name: str = "pack.yaml") -> Path:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def body(key: str, entries: str, pack: str = '"99"') -> str:
    return f"packs:\n  {pack}:\n    title: 某\n    values:\n      {key}: {entries}\n"


def test_a_later_folder_replaces_a_pack_whole(tmp_path: Path) -> None:
    one = written(
        tmp_path,
        body("asset.home_max", "[{value: 1}]\n      asset.home_rule: [{value: count}]"),
        "1/a.yaml",
    )
    two = written(tmp_path, body("asset.home_max", "[{value: 2}]"), "2/b.yaml")
    packs = read_packs(one.parent, two.parent)
    found = packs.find("asset.home_max", "990101", DAY)
    assert found is not None
    assert found.value == 2
    assert packs.find("asset.home_rule", "990101", DAY) is None


def test_numbers_are_exact_and_on_is_a_word(tmp_path: Path) -> None:
    text = body("edge.multiple", "[{value: 1.1}]\n      income.excluded: [{value: [on, 某款]}]")
    packs = made(tmp_path, text)
    for key, wanted in (("edge.multiple", Decimal("1.1")), ("income.excluded", ("on", "某款"))):
        found = packs.find(key, "99", DAY)
        assert found is not None
        assert found.value == wanted


CHAIN = """
packs:
  cn: {values: {asset.home_max: [{value: 1, source: 某文}], edge.multiple: [{value: 1.5, source: 某文}]}}
  "99": {values: {asset.home_max: [{value: 2}]}}
  "9901": {values: {asset.home_max: [{value: 3, from: 2026-01-01, to: 2026-12-31, source: 甲文}]}}
  far: {regions: ["99010102"], values: {asset.home_max: [{value: 4}]}}
  unbound: {regions: [], values: {asset.home_max: [{value: 5, source: 某文}]}}
  "8": {values: {asset.home_max: [{value: 6, source: 某文}]}}
"""


@pytest.mark.parametrize(
    ("region", "day", "value", "pack"),
    [
        ("990101020", DAY, 4, "far"),
        ("990101030", DAY, 3, "9901"),
        ("990101030", date(2025, 12, 31), 2, "99"),
        ("990101030", date(2026, 12, 31), 3, "9901"),
        ("990101030", date(2027, 1, 1), 2, "99"),
        ("990200000", DAY, 2, "99"),
        ("110000000", DAY, 1, "cn"),
        ("880000000", DAY, 6, "8"),
    ],
)
def test_the_nearest_region_in_force_speaks(
    tmp_path: Path, region: str, day: date, value: int, pack: str
) -> None:
    found = made(tmp_path, CHAIN).find("asset.home_max", region, day)
    assert found is not None
    assert (found.value, found.pack_id) == (value, pack)


def test_the_chain_names_the_packs_nearest_first(tmp_path: Path) -> None:
    packs = made(tmp_path, CHAIN)
    assert packs.chain("990101020") == ("far", "9901", "99", "cn")
    assert packs.chain("110000") == ("cn",)


def test_a_region_without_a_pack_of_its_own_is_told(tmp_path: Path) -> None:
    packs = made(tmp_path, CHAIN)
    assert packs.bound("990101020")
    assert not packs.bound("110000")


def test_a_later_folder_binds_a_pack_and_keeps_its_values(tmp_path: Path) -> None:
    one = written(tmp_path, CHAIN, "1/a.yaml")
    two = written(tmp_path, 'packs: {unbound: {regions: ["11", "12"]}}', "2/b.yaml")
    assert read_packs(one).find("asset.home_max", "110000", DAY).value == 1  # type: ignore[union-attr]
    packs = read_packs(one, two.parent)
    for region in ("110000", "120000"):
        found = packs.find("asset.home_max", region, DAY)
        assert found is not None
        assert (found.value, found.pack_id) == (5, "unbound")
    assert packs.digest("110000") != read_packs(one).digest("110000")


def test_an_ended_value_is_missing(tmp_path: Path) -> None:
    packs = made(tmp_path, body("standard.urban", "[{value: 700, to: 2025-12-31}]"))
    assert packs.find("standard.urban", "99", date(2025, 12, 31)) is not None
    assert packs.find("standard.urban", "99", DAY) is None


def test_digests_follow_what_is_said(tmp_path: Path) -> None:
    one = made(tmp_path, CHAIN)
    other = made(tmp_path, CHAIN.replace("source: 甲文", "source: 别文"))
    assert one.digest("990101") != other.digest("990101")
    assert one.digest("880000") == other.digest("880000")
    assert one.digest_all() != other.digest_all()


def terms(packs: Packs, *applications: tuple[str, str, date]) -> list[dict[str, Any]]:
    frame = pl.DataFrame(
        [(i, *a) for i, a in enumerate(applications)],
        schema={
            "app": pl.UInt32(),
            "region_code": pl.String(),
            "urban_rural": pl.String(),
            "applied_on": pl.Date(),
        },
        orient="row",
    )
    return terms_of(packs, frame).values.to_dicts()


def test_terms_are_those_of_the_day_of_the_application(tmp_path: Path) -> None:
    packs = made(
        tmp_path,
        body(
            "standard.urban",
            "[{value: 700, to: 2025-12-31}, {value: 740, from: 2026-01-01}]\n"
            "      standard.rural: [{value: 600.5}]",
        ),
    )
    told = terms(
        packs,
        ("990101", "urban", date(2025, 12, 31)),
        ("990101", "urban", DAY),
        ("990101", "rural", DAY),
        ("110101", "urban", DAY),
    )
    assert [row["standard"] for row in told] == [
        700 * YUAN,
        740 * YUAN,
        600 * YUAN + YUAN // 2,
        None,
    ]


def test_asset_terms_fall_back(tmp_path: Path) -> None:
    packs = made(
        tmp_path,
        body(
            "asset.home_max",
            "[{value: 1}]\n      edge.asset.home_max: [{value: 2, to: 2025-12-31}]\n"
            "      rigid.asset.home_max: [{value: 3, from: 2027-01-01}]",
        ),
    )
    for day, wanted in (
        (date(2025, 12, 31), (1, 2, 2)),
        (DAY, (1, 1, 1)),
        (date(2027, 1, 1), (1, 1, 3)),
    ):
        (row,) = terms(packs, ("990101", "urban", day))
        assert tuple(row[f"{v}_home_max"] for v in ("plain", "edge", "rigid")) == wanted


def test_a_missing_parameter_is_null(tmp_path: Path) -> None:
    (row,) = terms(made(tmp_path, body("asset.home_max", "[]")), ("990101", "urban", DAY))
    assert row["plain_home_max"] is None
    assert row["income_work_cost_rate"] is None


def test_central_basic_goes_by_the_first_day_of_the_month(tmp_path: Path) -> None:
    packs = made(
        tmp_path,
        body("income.exclude_central_basic", "[{value: true, from: 2025-11-02, to: 2025-12-31}]"),
    )
    months = [2025 * 12 + 10, 2025 * 12 + 11, 2026 * 12]
    told = central_basic_by_month(packs, ["990101"], months)
    assert told["excluded"].to_list() == [None, True, None]
