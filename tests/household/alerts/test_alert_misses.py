"""People without an alert: who they are, who of them is drawn, what may be answered, and what the answers say against a known truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from alert_town import Town

from household.alerts.trust.misses import miss_rows, settled_answers
from household.alerts.trust.sample_answers import Line, check_answers, without_repeats
from household.alerts.trust.screened import (
    BY_COUNTY,
    BY_PROGRAMME,
    draw_people,
    screened_rows,
    without_alert,
)
from household.casework import SAMPLE_ANSWER_SCHEMA, SAMPLE_SCHEMA, Casework
from household.errors import InputError
from household.schema.published.alert_quality import MISS_RATE, SCREENED_PERSON
from household.schema.published.alerts import ALERT
from household.shares import exact_limits

AS_OF = date(2026, 5, 20)
AT = "2026-05-25T17:00:00"
HERE = "990101001"


# who is looked at


def test_recipients_and_members_are_screened_and_obligors_are_not() -> None:
    town = Town()
    both, member, recipient, obligor, past = (town.person() for _ in range(5))
    town.apply("S1", both, member)
    town.join("S1", obligor, role="obligor")
    town.add(
        "civil_affairs.benefit", both, benefit_id="B1", programme="tekun", region_code="990102001"
    )
    town.add("civil_affairs.benefit", both, benefit_id="B2")
    town.add("civil_affairs.benefit", recipient, benefit_id="B3")
    town.add("civil_affairs.benefit", past, benefit_id="B4", to_month=date(2026, 4, 1))
    watch = town.watch()
    told = screened_rows(watch).select(SCREENED_PERSON.polars_schema().keys())
    assert set(told["person_ref"]) <= set(watch.refs["person_ref"])
    assert sorted(told.drop("person_ref").rows(), key=str) == [
        (HERE, "dibao"),
        (HERE, "dibao"),
        (HERE, None),
    ]


def people(*refs: str, **more: list[str | None]) -> pl.DataFrame:
    rows = {
        "person_ref": list(refs),
        "region_code": [HERE] * len(refs),
        "programme": [None] * len(refs),
    }
    return pl.DataFrame(rows | more, schema=SCREENED_PERSON.polars_schema())


def left_of(
    town: pl.DataFrame,
    *waiting: dict[str, Any],
    benefits: dict[str, str] | None = None,
    places: dict[str, str] | None = None,
    by: str = BY_PROGRAMME,
) -> pl.DataFrame:
    """Who is left; benefits and places: id -> person."""
    shown = pl.DataFrame(list(waiting), schema=ALERT.polars_schema())
    tables = [
        pl.DataFrame(
            list((told or {}).items()),
            schema=[name, "person_ref"],
            orient="row",
            schema_overrides={name: pl.String, "person_ref": pl.String},
        )
        for name, told in (("benefit_id", benefits), ("application_id", places))
    ]
    return without_alert(town, shown, benefits=tables[0], places=tables[1], by=by)


def alert(
    kind: str, subject: str, state: str = "open", refs: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {"subject_kind": kind, "subject_id": subject, "state": state, "person_refs": list(refs)}


def test_whom_an_alert_concerns_is_not_drawn_from() -> None:
    town = people("P1", "P2", "P3", "P4", "P5")
    waiting = [
        alert("person", "P1", refs=("P1",)),
        alert("application", "S2", "confirmed"),
        alert("benefit", "B1"),
        alert("application", "S3", "explained", ("P4",)),
        alert("household", "H1", "closed", ("P5",)),
    ]
    left = left_of(
        town, *waiting, benefits={"B1": "P3", "B2": "P4"}, places={"S2": "P2", "S3": "P4"}
    )
    assert left["person_ref"].to_list() == ["P4", "P5"]
    assert left_of(town).select(town.columns).equals(town)


def test_strata_are_programmes_or_counties() -> None:
    town = people(
        "P1",
        "P2",
        "P3",
        programme=["tekun", "tekun", None],
        region_code=[HERE, None, "990102001"],
    )
    by_programme = left_of(town)
    assert by_programme.select("stratum", "population").rows() == [
        ("tekun", 2),
        ("tekun", 2),
        ("none", 1),
    ]
    assert left_of(town, by=BY_COUNTY)["stratum"].to_list() == ["990101", "unknown", "990102"]


# drawing


def frame(**strata: int) -> pl.DataFrame:
    rows = [(f"{name}{n}", HERE, name, many) for name, many in strata.items() for n in range(many)]
    return pl.DataFrame(
        rows, schema=["person_ref", "region_code", "stratum", "population"], orient="row"
    )


def drawn(size: int = 30, seed: int = 1, **strata: int) -> pl.DataFrame:
    found = frame(**(strata or {"dibao": 300, "tekun": 40, "none": 1}))
    return draw_people(found, size=size, seed=seed, run_id="R1", as_of=AS_OF, by=BY_PROGRAMME)


def test_a_sample_hangs_on_seed_and_people_and_not_on_their_order() -> None:
    first = drawn()
    turned = frame(dibao=300, tekun=40, none=1).reverse()
    again = draw_people(turned, size=30, seed=1, run_id="R1", as_of=AS_OF, by=BY_PROGRAMME)
    assert first.equals(again)
    assert dict(first.schema) == SAMPLE_SCHEMA
    other = drawn(seed=2)
    assert other["batch"][0] != first["batch"][0]
    assert set(other["person_ref"]) != set(first["person_ref"])


def test_every_stratum_is_seen_and_says_how_many_it_stands_for() -> None:
    told = drawn().select("stratum", "population", "drawn").unique().sort("stratum")
    assert told.rows() == [("dibao", 300, 21), ("none", 1, 1), ("tekun", 40, 8)]
    with pytest.raises(InputError, match="至少需要 5 人"):
        drawn(size=4)
    with pytest.raises(InputError, match="没有可抽取的无预警人员"):
        draw_people(frame(), size=4, seed=1, run_id="R1", as_of=AS_OF, by=BY_PROGRAMME)


# answering


LINE = Line(2, "M1", "P1", "有遗漏", "P02", "")
DRAWN = {("M1", "P1"), ("M1", "P2")}


def test_a_filled_line_becomes_a_row_and_an_empty_one_nothing() -> None:
    lines = [LINE, Line(3, "M1", "P2", "", "", "")]
    assert check_answers(lines, DRAWN, clerk=" 王某 ", at="2026-05-25 17:00") == [
        {
            "batch": "M1",
            "person_ref": "P1",
            "answer": "missed",
            "code": "P02",
            "reason": "抽样复核",
            "clerk": "王某",
            "decided_at": AT,
        }
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"person_ref": "P9"}, "不是从这个结果库抽取的"),
        ({"batch": "M2"}, "不是从这个结果库抽取的"),
        ({"word": "漏了"}, "结论无法识别"),
        ({"word": ""}, "没有填写结论"),
        ({"code": "Z99"}, "没有这个预警代码"),
        ({"word": "无遗漏"}, "不应填写预警代码"),
        ({"code": ""}, "须写明预警代码或理由"),
        ({"reason": "号码990101197002010013"}, "长数字"),
    ],
)
def test_what_cannot_be_taken_is_named_by_its_line_and_takes_the_rest_with_it(
    change: dict[str, str], told: str
) -> None:
    good = Line(2, "M1", "P2", "无遗漏", "", "")
    with pytest.raises(InputError, match=f"1 行不能采用，全部未记录：第 7 行：.*{told}") as refused:
        check_answers([good, replace(LINE, number=7, **change)], DRAWN, clerk="王某", at=AT)
    assert "990101" not in str(refused.value)
    assert "漏了" not in str(refused.value)


def test_a_person_answered_twice_in_a_sheet_is_refused() -> None:
    with pytest.raises(InputError, match="第 3 行：人员代号重复"):
        check_answers([LINE, replace(LINE, number=3)], DRAWN, clerk="王某", at=AT)
    with pytest.raises(InputError, match="没有写明复核人"):
        check_answers([LINE], DRAWN, clerk=" ", at=AT)
    with pytest.raises(InputError, match="时间无法读取"):
        check_answers([LINE], DRAWN, clerk="王某", at="昨天")


def test_the_same_sheet_twice_says_nothing_new() -> None:
    rows = check_answers([LINE], DRAWN, clerk="王某", at=AT)
    entered = pl.DataFrame([{"answer_id": 1, **rows[0]}], schema=SAMPLE_ANSWER_SCHEMA)
    assert without_repeats(rows, entered) == []
    changed = check_answers([replace(LINE, code="P03")], DRAWN, clerk="王某", at=AT)
    assert without_repeats(changed, entered) == changed
    back = pl.concat(
        [entered, pl.DataFrame([{"answer_id": 2, **changed[0]}], schema=SAMPLE_ANSWER_SCHEMA)]
    )
    assert without_repeats(rows, back) == rows


# what the answers say


def answers(*said: tuple[str, str, str], batch: str = "M1") -> pl.DataFrame:
    """(person, answer, clerk) in the order of entry."""
    rows = [
        (number, batch, ref, answer, "P02" if answer == "missed" else None, clerk, "r", AT)
        for number, (ref, answer, clerk) in enumerate(said, start=1)
    ]
    return pl.DataFrame(rows, schema=SAMPLE_ANSWER_SCHEMA, orient="row")


def test_a_later_answer_replaces_one_s_own_and_two_who_differ_settle_nothing() -> None:
    told = settled_answers(
        answers(
            ("P1", "missed", "甲"),
            ("P1", "clean", "甲"),
            ("P2", "missed", "甲"),
            ("P2", "clean", "乙"),
            ("P3", "missed", "甲"),
            ("P3", "missed", "乙"),
        )
    ).sort("person_ref")
    assert told.select("person_ref", "answer", "code").rows() == [
        ("P1", "clean", None),
        ("P2", "unsure", None),
        ("P3", "missed", "P02"),
    ]


def told_of(sample: pl.DataFrame, said: pl.DataFrame) -> dict[str | None, dict[str, Any]]:
    rows = miss_rows(Casework(alert_sample=sample, alert_sample_answer=said))
    assert dict(rows.schema) == MISS_RATE.polars_schema()
    return {row["stratum"]: row for row in rows.iter_rows(named=True)}


def test_strata_weigh_as_what_they_stand_for() -> None:
    sample = drawn(size=20, dibao=900, tekun=100)
    by = {name: group["person_ref"].to_list() for (name,), group in sample.group_by("stratum")}
    batch = sample["batch"][0]
    said = [(ref, "clean", "甲") for ref in by["dibao"]]
    said += [(ref, "missed" if n == 0 else "clean", "甲") for n, ref in enumerate(by["tekun"])]
    told = told_of(sample, answers(*said, batch=batch))
    share = 1 / len(by["tekun"])
    assert float(told["tekun"]["rate"]) == pytest.approx(share, abs=1e-6)
    assert float(told[None]["rate"]) == pytest.approx(0.1 * share, abs=1e-6)
    assert told["dibao"]["rate"] == 0
    assert float(told["dibao"]["upper"]) == pytest.approx(
        exact_limits(0, len(by["dibao"]), population=900)[1], abs=1e-6
    )
    assert (told[None]["people"], told[None]["drawn"], told[None]["answered"]) == (1000, 20, 20)
    assert told[None]["as_of"] == AS_OF


def test_who_is_not_settled_widens_and_does_not_move() -> None:
    sample = drawn(size=20, dibao=900)
    refs, batch = sample["person_ref"].to_list(), sample["batch"][0]
    half = [(ref, "missed" if n < 5 else "clean", "甲") for n, ref in enumerate(refs[:10])]
    told = told_of(sample, answers(*half, (refs[10], "unsure", "甲"), batch=batch))[None]
    assert (told["answered"], told["missed"], told["unsure"]) == (11, 5, 1)
    assert told["rate"] == pytest.approx(0.5)
    assert float(told["lower"]) == pytest.approx(exact_limits(5, 20, population=900)[0], abs=1e-6)
    assert float(told["upper"]) == pytest.approx(exact_limits(15, 20, population=900)[1], abs=1e-6)


def test_a_sample_that_nobody_answered_says_nothing() -> None:
    told = told_of(drawn(), answers())[None]
    assert (told["rate"], told["lower"], told["upper"], told["answered"]) == (None, None, None, 0)
    assert "不作估计" in told["text_zh"]
    assert miss_rows(Casework()).equals(MISS_RATE.empty())


def test_a_stratum_that_was_read_whole_has_no_width() -> None:
    sample = drawn(size=10, dibao=10)
    said = [
        (ref, "missed" if n < 3 else "clean", "甲") for n, ref in enumerate(sample["person_ref"])
    ]
    told = told_of(sample, answers(*said, batch=sample["batch"][0]))[None]
    assert told["lower"] == told["rate"] == told["upper"]


def test_intervals_hold_the_true_miss_rate_in_93_of_100_seeds() -> None:
    """A county whose missed people are known; a sample is drawn, answered and told with each of 100 seeds."""
    rng = np.random.default_rng(11)
    strata, rates = (
        {"dibao": 1200, "tekun": 200, "none": 600},
        {"dibao": 0.02, "tekun": 0.1, "none": 0.01},
    )
    county = frame(**strata)
    chance = county["stratum"].replace_strict(rates, return_dtype=pl.Float64).to_numpy()
    missed = set(county.filter(pl.Series(rng.random(len(county)) < chance))["person_ref"])
    truth = len(missed) / len(county)
    held = 0
    for seed in range(100):
        sample = draw_people(county, size=150, seed=seed, run_id="R1", as_of=AS_OF, by=BY_PROGRAMME)
        said = [(ref, "missed" if ref in missed else "clean", "甲") for ref in sample["person_ref"]]
        told = told_of(sample, answers(*said, batch=sample["batch"][0]))[None]
        held += float(told["lower"]) <= truth <= float(told["upper"])
    assert held >= 93
