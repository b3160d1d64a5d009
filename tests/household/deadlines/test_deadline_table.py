"""Table `deadline` as a whole: declared, cited, deterministic, without personal values; and the clocks against packs and parameters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from deadline_town import NATIONAL, Clocked

from household.deadlines.calendar import make_calendar
from household.deadlines.clocks import CLOCKS
from household.deadlines.table import deadline_rows
from household.rules.packs import Entry, Pack, Packs, read_packs
from household.rules.parameter_uses import OTHER_USES
from household.rules.parameters import PARAMETERS
from household.schema.published.deadlines import DEADLINE, DEADLINE_STATES, DEADLINE_STEPS

if TYPE_CHECKING:
    from household.alerts.watch import Watch

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def town() -> Clocked:
    """One application of each programme, recipients, a death, and an objection."""
    made = Clocked(date(2026, 12, 20))
    made.values |= {"temp.emergency_hours": 24, "temp.deadline_wd.temp_emergency": 3}
    made.values |= {"temp.submit_by_day": 25, "temp.file_wd": 5}
    for programme in (
        "dibao",
        "dibao_edge",
        "single_person",
        "tekun",
        "rigid",
        "temp_expenditure",
        "temp_emergency",
    ):
        made.apply(
            f"A-{programme}",
            made.person(),
            programme=programme,
            applied_on=date(2026, 12, 3),
            accepted_on=date(2026, 12, 7),
            temp_cause="fire",
            event_on=date(2026, 12, 2),
            relieved_on=date(2026, 12, 5),
        )
        if not programme.startswith("temp"):
            made.add("civil_affairs.benefit", made.person(), programme=programme)
    dead = made.person(status="死亡注销", cancelled_on=date(2026, 10, 10))
    made.add("civil_affairs.benefit", dead, last_reviewed_on=None)
    made.add(
        "approval.objection",
        objection_id="O1",
        application_id="A-dibao",
        ground="sold",
        raised_on=date(2026, 12, 8),
    )
    return made


@pytest.fixture(scope="module")
def watch(town: Clocked) -> Watch:
    return town.look()


@pytest.fixture(scope="module")
def rows(watch: Watch) -> pl.DataFrame:
    return deadline_rows(watch, watch.ledger)


def test_every_clock_is_declared_and_runs(rows: pl.DataFrame) -> None:
    assert tuple(CLOCKS) == DEADLINE_STEPS
    assert set(rows["step"]) == set(DEADLINE_STEPS)
    assert rows.schema == DEADLINE.polars_schema()
    for column in DEADLINE.columns:
        values = rows[column.name]
        assert not (column.required and values.null_count()), column.name
        assert not column.values or set(values.drop_nulls()) <= set(column.values), column.name
    assert rows["deadline_id"].is_unique().all()


def test_the_parameters_of_the_clocks_are_declared_and_told() -> None:
    for clock in CLOCKS.values():
        own = {f"{clock.key}.{programme}" for programme in clock.own}
        # 特困 alone has a township's opinion, and each kind of temporary assistance a limit of its own: no general one.
        general = {"township_opinion": set(), "aid_paid": set()}.get(clock.step, {clock.key})
        keys = own | general | ({clock.longest, clock.preferred} - {None})
        assert keys <= set(PARAMETERS), clock.step
        for key in keys:
            assert f"deadline: {clock.step}" in OTHER_USES[str(key)], key


def test_the_country_has_every_limit_that_is_not_local() -> None:
    packs = read_packs(ROOT / "rulepacks")
    for key, value in NATIONAL.items():
        found = packs.find(key, "110101", date(2026, 5, 20))
        assert found is not None, key
        assert (int(found.value), bool(found.source)) == (value, True), key


@pytest.mark.parametrize(
    ("region", "limits"),
    [
        ("500112001", {"aid_paid": (3, "50"), "submit": (25, "500112"), "file": (5, "500112")}),
        ("500101001", {"aid_paid": (3, "50")}),
        ("653130001", {"papers": (10, "653130")}),
        ("110101001", {}),
    ],
)
def test_regions_have_their_own_clocks_for_emergencies(
    region: str, limits: dict[str, tuple[int, str]]
) -> None:
    told = told_by_packs(read_packs(ROOT / "rulepacks"), region)
    found = {row["step"]: (row["limit_n"], row["pack_id"]) for row in told.iter_rows(named=True)}
    assert found == limits
    assert told["source_document"].null_count() == 0


def test_twenty_four_hours_where_the_document_is_bound() -> None:
    packs = read_packs(ROOT / "rulepacks")
    bound = Pack("ar-004", "自治区", ("64",), packs.packs["ar-004"].values)
    told = told_by_packs(Packs({"ar-004": bound}), "640101001")
    assert told.select("step", "limit_n", "unit").rows() == [("first_aid", 24, "hour")]


def told_by_packs(packs: Packs, region: str) -> pl.DataFrame:
    """Due dates of one emergency in a region, by real packs."""
    made = Clocked()
    made.apply(
        "A1",
        made.person(),
        programme="temp_emergency",
        region_code=region,
        temp_cause="fire",
        event_on=date(2026, 4, 2),
        relieved_on=date(2026, 4, 10),
    )
    watch = made.look(packs)
    return deadline_rows(watch, watch.ledger)


def test_national_text_is_cited_by_analogy_where_it_is_one(watch: Watch) -> None:
    law = {"deadline.start_investigation_wd": (Entry(3, source="民发〔2021〕57号 第十五条"),)}
    packs = Packs({"cn": Pack("cn", "全国", (), law)})
    changed = replace(watch, packs=packs)
    told = deadline_rows(changed, changed.ledger).filter(step="start_investigation")
    cited = dict(told.select("programme", "source_document").iter_rows())
    assert cited == {
        "dibao": "民发〔2021〕57号 第十五条",
        "single_person": "民发〔2021〕57号 第十五条",
        "dibao_edge": "参照 民发〔2021〕57号 第十五条",
        "rigid": "参照 民发〔2021〕57号 第十五条",
    }


def test_a_year_without_an_arrangement_is_told(watch: Watch) -> None:
    known = make_calendar([date(2026, 10, 1)], [])
    told = deadline_rows(watch, watch.ledger, known)
    provisional = told.filter(~pl.col("calendar_known"))
    assert provisional["text_zh"].str.contains("该年节假日安排未公布，按周一至周五估算").all()
    assert set(provisional["unit"]) == {"working_day", "month"}
    assert {"whole/A-dibao", "death_review/B0006"} <= set(provisional["deadline_id"])
    after = make_calendar([date(2026, 10, 1), date(2027, 1, 1)], [])
    told = deadline_rows(watch, watch.ledger, after)
    assert told["calendar_known"].all()
    assert told["text_zh"].str.contains("未公布").not_().all()


def test_sentences_say_the_rule_the_day_and_the_outcome(rows: pl.DataFrame) -> None:
    assert rows["text_zh"].str.contains("null|None|\\{").not_().all()
    told = dict(rows.select("deadline_id", "text_zh").iter_rows())
    assert told["first_aid/A-temp_emergency"] == (
        "急难型救助24小时内先行救助（登记只有日期，按日计）；急难发生：2026-12-02；到期日2026-12-03，最迟2026-12-04；"
        "期限已过，完成情况未登记，不作逾期认定"
    )
    assert told["papers/A-temp_emergency"] == (
        "急难缓解后10日内补齐手续；急难缓解：2026-12-05；到期日2026-12-15；至2026-12-20未完成，已逾期"
    )
    assert rows.filter((pl.col("state") != "met") & pl.col("settles_it").is_null()).is_empty()


def test_nothing_personal_is_told(town: Clocked, rows: pl.DataFrame) -> None:
    values = "\n".join(str(value) for row in rows.iter_rows() for value in row)
    for dataset in ("approval.member", "civil_affairs.benefit"):
        for person in town.rows[dataset]:
            assert person["id_no"] not in values
            assert person["name"] not in values


def test_the_same_town_has_the_same_due_dates_whatever_the_order(
    town: Clocked, rows: pl.DataFrame
) -> None:
    turned = Clocked(town.as_of)
    turned.values = town.values
    turned.rows = {name: list(reversed(given)) for name, given in town.rows.items()}
    watch = turned.look()
    assert deadline_rows(watch, watch.ledger).equals(rows)
    assert set(rows["state"]) <= set(DEADLINE_STATES)


def test_a_benefit_that_stands_twice_has_one_row() -> None:
    made = Clocked()
    someone = made.person()
    for region in ("990101001", "990102001"):
        made.add("civil_affairs.benefit", someone, benefit_id="B1", region_code=region)
    watch = made.look()
    assert deadline_rows(watch, watch.ledger)["region_code"].to_list() == ["990101001"]
