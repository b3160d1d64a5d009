"""Answers that are kept are the answers that would have been made, and only what hangs on something new is assessed again."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from again_town import EVENTS, AgainTown

from household.assess import assess_again, identify
from household.case import CaseFile
from household.dependence import NEW, ORDER, changed, why
from household.joining import FIRST, PARTS, TABLES, Kept, compare
from household.rules.terms import Terms

if TYPE_CHECKING:
    from household.dependence import Basis


@pytest.fixture(scope="module")
def town() -> AgainTown:
    """A town that has been assessed once; the tests below go on with it, in their order."""
    town = AgainTown(3)
    inputs = town.inputs()
    tables, reassessed = assess_again(inputs, identify(inputs), town.shelf)
    assert reassessed.because == {FIRST: town.homes}
    assert set(tables["household_verdict"]["suggestion"]) >= {"eligible", "ineligible"}
    assert all(len(tables[name]) for name in TABLES)
    return town


def test_whatever_happens_only_who_hangs_on_it_is_assessed_again(town: AgainTown) -> None:
    names = iter(town.names)
    expected = {}
    for event, cause in EVENTS.items():
        name = "N000" if cause == why([NEW]) else next(names)
        event(town, name)
        if cause is not None:
            expected[name] = cause
    told = town.again()
    assert told.differing == []
    assert set(told.causes) == set(expected)
    for name, cause in expected.items():
        assert cause in told.causes[name]
    assert told.changed <= set(expected)
    assert len(told.changed) > len(expected) / 2


def test_any_sequence_gives_the_answers_from_nothing(town: AgainTown) -> None:
    drawn, happened = random.Random(5), []
    for number, event in enumerate(drawn.choices(list(EVENTS), k=6), start=1):
        cause = EVENTS[event]
        name = f"N{number:03d}" if cause == why([NEW]) else drawn.choice(town.names)
        try:
            event(town, name)
        except (LookupError, StopIteration):  # nothing more of the kind can happen there
            continue
        happened.append((event.__name__, name, cause))
    told = town.again()
    assert told.differing == [], happened
    assert set(told.causes) <= {name for _, name, cause in happened if cause}, happened
    assert told.changed <= set(told.causes), happened
    assert told.causes


@pytest.mark.parametrize(
    ("field", "cause"),
    [
        ("as_of", "全部重新核算：基准日变化"),
        ("program", "全部重新核算：程序变化"),
        ("key", "全部重新核算：人员代号密钥变化"),
    ],
)
def test_what_concerns_everybody_alike_is_named(town: AgainTown, field: str, cause: str) -> None:
    basis, parts = _kept(town)
    now = replace(basis, **{field: "another"})
    joining = compare(town.shelf.kept(), now, parts)
    assert joining.kept is None
    assert set(joining.reassessed.again["because_zh"]) == {cause}
    assert joining.reassessed.again["application_id"].to_list() == sorted(
        parts["application_id"].unique()
    )


def test_where_nothing_differs_every_row_is_kept(town: AgainTown) -> None:
    basis, parts = _kept(town)
    joining = compare(town.shelf.kept(), basis, parts.reverse())
    assert joining.holds_whole
    assert joining.reassessed.because == {}
    for name in TABLES:
        assert joining.former(name).equals(town.shelf.frames[name])


def test_who_left_takes_every_row_along_and_nobody_is_assessed_again(town: AgainTown) -> None:
    basis, parts = _kept(town)
    left = town.shelf.frames["household_verdict"]["application_id"][0]
    joining = compare(town.shelf.kept(), basis, parts.filter(pl.col("application_id") != left))
    assert not joining.holds_whole
    assert joining.reassessed.again.is_empty()
    verdicts = town.shelf.frames["household_verdict"].filter(application_id=left)
    for name in ("household_verdict", "evidence", "income_line", "judged", "counted"):
        rows = joining.join(name, town.shelf.frames[name].clear())
        assert left not in rows["application_id"]
        assert rows.equals(town.shelf.frames[name].filter(pl.col("application_id") != left))
    reasons = joining.join("verdict_reason", town.shelf.frames["verdict_reason"].clear())
    assert set(reasons["verdict_id"]).isdisjoint(verdicts["verdict_id"])


def test_an_application_has_no_part_twice_and_none_unnamed(town: AgainTown) -> None:
    _, parts = _kept(town)
    once = parts.filter(pl.col("part") != ORDER)
    assert not once.select("application_id", "part").is_duplicated().any()
    assert all(why([part]) for part in parts["part"].unique())


def test_lines_in_another_order_are_told_only_where_nothing_else_is() -> None:
    assert why([ORDER]) == "证据行次序变化"
    assert why(["wage/tax.income", ORDER, "receipt/tax.income"]) == (
        "证据行变化（个人所得税申报收入）"
    )


def test_a_part_that_came_or_went_is_a_change() -> None:
    def parts(*rows: tuple[str, str, str]) -> pl.DataFrame:
        names = ("application_id", "part", "digest")
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    before = parts(("A", "roster", "1"), ("A", "terms", "1"), ("B", "terms", "1"), ("D", "x", "1"))
    now = parts(("A", "roster", "2"), ("A", "terms", "1"), ("B", "terms", "1"), ("C", "terms", "1"))
    now = pl.concat([now, parts(("B", "receipts", "1"))])
    assert changed(now, before).rows() == [("A", ["roster"]), ("B", ["receipts"]), ("C", [NEW])]
    assert changed(before, before).is_empty()


def test_whoever_adds_to_the_case_file_thinks_of_its_digest() -> None:
    """`dependence._parts` and `batches` go through these one by one: what is new there is not digested by itself."""
    assert [f.name for f in fields(CaseFile)] == [
        "applications",
        "seats",
        "lines",
        "unread_absences",
        "states",
        "receipts",
        "terms",
        "as_of",
    ]
    assert [f.name for f in fields(Terms)] == ["values", "classes", "cited"]


def _kept(town: AgainTown) -> tuple[Basis, pl.DataFrame]:
    kept = town.shelf.kept()
    assert isinstance(kept, Kept)
    return kept.basis, kept.frame(PARTS)
