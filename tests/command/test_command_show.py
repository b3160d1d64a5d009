"""`hedui show`: one application on the screen, without anything personal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner

from command.main import hedui
from household.errors import InputError
from household.rules.programmes import TITLES
from warehouse.current import read_current
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty


SPEAKERS = ["tax", "payroll", "employment", "contribution"]


def show(warehouse: Path, application: str, *more: str) -> str:
    words = ["show", "--warehouse", str(warehouse), "--application", application, *more]
    told = CliRunner().invoke(hedui, words, catch_exceptions=False, standalone_mode=False)
    return told.output


def test_every_application_can_be_shown(noisy: RunCounty) -> None:
    verdicts = read_current(noisy.warehouse, "household_verdict")
    reasons = read_current(noisy.warehouse, "verdict_reason")
    for application in verdicts["application_id"].unique().sort():
        page = show(noisy.warehouse, application)
        assert application in page
        assert all(title in page for title in TITLES.values())
        asked = verdicts.filter(application_id=application, requested=True)
        if len(asked):
            told = reasons.filter(verdict_id=asked["verdict_id"][0])
            assert all(f" {seq} " in page for seq in told["seq"])


def test_declared_stands_against_verified_the_greatest_difference_first(noisy: RunCounty) -> None:
    lines = read_current(noisy.warehouse, "income_line").drop_nulls(["declared", "verified"])
    apart = lines.with_columns((pl.col("verified") - pl.col("declared")).alias("apart"))
    many = apart.group_by("application_id").agg(pl.len(), pl.col("apart").abs().max())
    name, _, most = many.filter(pl.col("len") > 1).sort("apart", descending=True).row(0)
    page = show(noisy.warehouse, name)
    section = page[page.index("收入核对") :]
    told = [row["apart"] for row in apart.filter(application_id=name).iter_rows(named=True)]
    assert all(f" {gap} " in section for gap in told)
    first = next(line for line in section.splitlines()[4:] if re.search(r"\d\.\d\d", line))
    assert str(most) in first


def test_sources_of_a_wage_stand_side_by_side_where_they_differ(noisy: RunCounty) -> None:
    months = read_current(noisy.warehouse, "income_month").filter(kind="wage")
    said = pl.concat_list(SPEAKERS).list.drop_nulls()
    differing = months.filter(said.list.n_unique() > 1)
    assert len(differing)
    agreed = set(months["application_id"]) - set(differing["application_id"])
    title = "各来源说法不同的月份"
    row = differing.sort("application_id", "period").row(0, named=True)
    page = show(noisy.warehouse, row["application_id"])
    section = page[page.index(title) :]
    assert row["period"] in section
    spoke = [name for name in SPEAKERS if row[name] is not None]
    alike = differing.filter(
        *(pl.col(name).is_not_null() == (name in spoke) for name in SPEAKERS),
        application_id=row["application_id"],
        person_ref=row["person_ref"],
        employer_no=row["employer_no"],
        labour=row["labour"],
        adopted_source=row["adopted_source"],
    )
    assert all(str(alike[name].sum()) in section for name in (*spoke, "adopted"))
    assert title not in show(noisy.warehouse, min(agreed))


def test_rows_that_did_not_count_are_grouped_by_reason(noisy: RunCounty) -> None:
    rows = read_current(noisy.warehouse, "evidence").filter(
        pl.col("quantity").is_in(["wage", "business", "property", "transfer"]), counted=False
    )
    name = rows["application_id"].min()
    page = show(noisy.warehouse, str(name))
    section = page[page.index("未计入的收入记录") :].replace("\n", "")
    for reason in rows.filter(application_id=name)["why_not"].unique():
        assert reason[:6] in section


def test_due_dates_of_the_application_are_shown(noisy: RunCounty) -> None:
    rows = read_current(noisy.warehouse, "deadline").filter(subject_kind="application")
    dated = rows.filter(rows["due_on"].is_not_null())
    application = dated["subject_id"][0]
    told = show(noisy.warehouse, application).split("\n期限")[1]
    own = dated.filter(subject_id=application)
    assert all(str(day) in told for day in own["due_on"])
    unrecorded = rows.filter(subject_id=application, state="unrecorded")
    assert told.count(" 未登记 ") == len(unrecorded)


def test_no_number_of_a_person_is_shown(noisy: RunCounty) -> None:
    members = (noisy.inbox / "approval").glob("member_*")
    numbers = {n for file in members for n in re.findall(rb"99\d{15}[\dXx]", file.read_bytes())}
    assert numbers
    applications = read_current(noisy.warehouse, "roster_person")["application_id"].unique().sort()
    pages = "".join(show(noisy.warehouse, application) for application in applications)
    assert [n for n in numbers if n.decode() in pages] == []


@pytest.mark.parametrize("suffix", [".html", ".txt"])
def test_the_page_can_be_kept(noisy: RunCounty, tmp_path: Path, suffix: str) -> None:
    application = read_current(noisy.warehouse, "household_verdict")["application_id"][0]
    kept = tmp_path / f"page{suffix}"
    show(noisy.warehouse, application, "--save", str(kept))
    text = kept.read_text(encoding="utf-8")
    assert application in text
    assert "http" not in text


def test_an_unknown_application_is_refused_in_one_line(noisy: RunCounty) -> None:
    with pytest.raises(InputError, match="没有申请 X0"):
        show(noisy.warehouse, "X0")


def test_a_missing_warehouse_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError):
        show(tmp_path / "none.duckdb", "X0")
