"""What an alert stands on: every row it rests on, how it was matched, and its amount month by month."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from alert_town import AS_OF, Alerts, Person, Town, core_frame
from hypothesis import given, settings
from hypothesis import strategies as st

import rulepacks
from household.alerts.alerts import raise_alerts
from household.alerts.basis import BASIS
from household.alerts.codes import CODES
from household.alerts.evidence.cited_rows import ALIKE, OF_NOBODY, ON_LEDGER, ON_ROSTER, REQUEST
from household.alerts.evidence.row_words import NOT_GIVEN, OTHER_WORD, row_words
from household.alerts.evidence.standing_on import alert_evidence, alert_months
from household.alerts.life.history import carry_over
from household.alerts.raised import MONTH, RAISED, total_of
from household.linkage.by_number import NAME_CONFLICT
from household.money import YUAN
from household.persons import person_rows
from household.rules.citing import unregistered
from household.rules.packs import read_packs
from household.schema.column import Kind
from household.schema.datasets import DATASETS
from household.schema.published.alerts import ALERT_EVIDENCE, ALERT_MONTH

if TYPE_CHECKING:
    from household.alerts.watch import Watch

UNKNOWN = Person("990101197002300019", "钱某")
"""A number that no calendar knows."""


def evidence(watch: Watch) -> pl.DataFrame:
    """Table alert_evidence with the code of each alert."""
    raised = raise_alerts(watch)
    published = carry_over(raised, None, AS_OF)
    told = alert_evidence(raised, published, watch)
    assert told.schema == ALERT_EVIDENCE.polars_schema()
    return told.join(published.select("alert_id", "code"), on="alert_id", maintain_order="left")


def one_raised(**values: object) -> pl.DataFrame:
    """One raised alert in RAISED, with nobody and nothing unless told otherwise."""
    plain = {"code": "D02", "subject_kind": "benefit", "subject_id": "B1", "facts": "x"}
    lists: dict[str, object] = {
        n: [] for n in ("persons", "rests_on", "person_refs", "evidence_ids")
    }
    more = dict.fromkeys(("person_refs", "evidence_ids"), pl.List(pl.String()))
    row = dict.fromkeys(RAISED) | plain | {"text_zh": "说明"} | lists | values
    return pl.DataFrame([row], schema=RAISED | more)


@pytest.fixture(scope="module")
def crowd() -> Alerts:
    """A town with an alert of every kind of row: linked, of a roster, of a ledger without number, of nobody, and alike in name only."""
    town = Town()
    dead, other, asks, young = (town.person() for _ in range(4))
    town.add("civil_affairs.benefit", dead)
    town.add("civil_affairs.benefit", dead, programme="tekun", household_no="H2")
    town.add("civil_affairs.benefit", other, household_no="H3", last_reviewed_on=date(2024, 1, 1))
    town.add("civil_affairs.benefit", UNKNOWN, household_no="H4", last_reviewed_on=None)
    town.add("civil_affairs.funeral", dead, died_on=date(2026, 1, 5))
    town.add("civil_affairs.funeral", Person(dead.number, "钱某"), died_on=date(2026, 1, 6))
    town.add("civil_affairs.payment", dead, benefit_id="B0001", account_no="6200990000001")
    town.add("civil_affairs.payment", other, household_no="H3", account_no="6200990000001")
    town.add("civil_affairs.payment", Person("", dead.name), benefit_id="B0001")
    town.apply("SQ1", asks, young, programme="temp_emergency", relieved_on=date(2026, 1, 1))
    town.apply("SQ2", young)
    town.add("banking.account", asks, large_outflow_6m=Decimal(60000))
    parent = town.person(hukou_no="HK1", relation_to_head="户主")
    town.person(date(2000, 1, 1), hukou_no="HK1", relation_to_head="子")
    town.apply("SQ3", parent)
    marriage = {"id_no_a": asks.number, "name_a": asks.name, "id_no_b": parent.number}
    day = {"registered_on": date(2026, 4, 1)}
    town.add("civil_affairs.marriage", **marriage, name_b=parent.name, kind="离婚", **day)
    return town.alerts()


@pytest.fixture(scope="module")
def told(crowd: Alerts) -> pl.DataFrame:
    return evidence(crowd.seen)


def test_every_row_that_an_alert_rests_on_is_told(crowd: Alerts, told: pl.DataFrame) -> None:
    raised = crowd.frame
    assert set(raised["code"]) >= {"D01", "D02", "U03", "U09", "A01", "A04", "P05", "H01", "T03"}
    rests = raised.explode("rests_on").unnest("rests_on").drop_nulls("record_key")
    for code in rests["code"].unique():
        wanted = set(rests.filter(code=code).select("dataset", "record_key").iter_rows())
        assert set(told.filter(code=code).select("dataset", "record_key").iter_rows()) == wanted
    assert min(told["line"]) >= 2
    assert told["as_of"].null_count() == 0


def test_rows_are_numbered_from_one_in_each_alert(crowd: Alerts, told: pl.DataFrame) -> None:
    for _, rows in told.group_by("alert_id"):
        assert rows["seq"].to_list() == list(range(1, len(rows) + 1))
    assert told.equals(evidence(crowd.seen))


def test_how_a_row_was_matched_is_told(told: pl.DataFrame) -> None:
    how = ("record_key", "link_tier", "link_score", "link_decided_by", "link_note")
    rows = set(told.filter(code="D02", dataset="civil_affairs.funeral").select(how).iter_rows())
    assert rows == {
        ("R0001", "A", 1.0, "rule", ALIKE),
        ("R0002", "B", 0.99, "rule", NAME_CONFLICT),
    }


def test_a_recipient_without_a_valid_number_is_the_person_of_the_row(
    crowd: Alerts, told: pl.DataFrame
) -> None:
    own = crowd.seen.roster.persons.filter(pid="BB0004")["person_ref"].item()
    row = told.filter(code="A04", record_key="B0004").row(0, named=True)
    assert (row["person_ref"], row["link_tier"], row["link_note"]) == (own, None, ON_LEDGER)


def test_a_row_of_the_request_is_of_nobody(told: pl.DataFrame) -> None:
    row = told.filter(code="T03").row(0, named=True)
    assert (row["dataset"], row["person_ref"]) == ("approval.application", None)
    assert row["link_note"] == REQUEST
    assert f"补办手续日期：{NOT_GIVEN}" in row["text_zh"]


def test_a_roster_line_is_the_person_of_its_place(told: pl.DataFrame) -> None:
    rows = told.filter(code="U09")
    assert set(rows["record_key"]) == {"SQ1|2", "SQ2|1"}
    assert set(rows["link_note"]) == {ON_ROSTER}
    assert rows["person_ref"].n_unique() == 1
    assert rows["person_ref"].null_count() == 0


def test_a_register_row_of_nobody_known_is_told_without_a_person(told: pl.DataFrame) -> None:
    child = told.filter(pl.col("person_ref").is_null(), code="H01")
    assert child["link_note"].to_list() == [OF_NOBODY]
    assert "户籍状态：正常" in child["text_zh"].item()


def test_a_row_that_names_two_is_told_of_the_alerts_own_people_only(crowd: Alerts) -> None:
    watch = crowd.seen
    both = watch.linked["civil_affairs.marriage"]["person"].to_list()
    assert len(set(both)) == 2
    refs = dict(watch.roster.persons.select("person", "person_ref").iter_rows())
    row = {"dataset": "civil_affairs.marriage", "record_key": "R0001"}
    for persons, named in (([both[0]], [refs[both[0]]]), ([], sorted(refs[p] for p in both))):
        raised = one_raised(persons=persons, rests_on=[row])
        shown = alert_evidence(raised, carry_over(raised, None, AS_OF), watch)
        assert shown["person_ref"].to_list() == named


def test_a_row_without_a_number_is_of_nobody(told: pl.DataFrame) -> None:
    row = told.filter(code="D02", record_key="P0003").row(0, named=True)
    assert (row["person_ref"], row["link_tier"], row["link_note"]) == (None, None, OF_NOBODY)


@pytest.mark.parametrize("tier", ["C", "D"])
def test_a_likeness_is_not_told_as_a_link(crowd: Alerts, tier: str) -> None:
    name = "civil_affairs.funeral"
    alike = crowd.seen.linked[name].with_columns(pl.lit(tier).alias("tier"))
    watch = replace(crowd.seen, linked={**crowd.seen.linked, name: alike})
    raised = one_raised(rests_on=[{"dataset": name, "record_key": "R0001"}])
    row = alert_evidence(raised, carry_over(raised, None, AS_OF), watch).row(0, named=True)
    assert (row["person_ref"], row["link_tier"], row["link_note"]) == (None, None, OF_NOBODY)
    assert "死亡日期：2026-01-05" in row["text_zh"]


def test_a_clerks_decision_is_told_as_such(crowd: Alerts) -> None:
    name = "civil_affairs.funeral"
    judged = crowd.seen.linked[name].with_columns(
        pl.lit(value=True).alias("clerk"), pl.lit(None, dtype=pl.Float64).alias("score")
    )
    watch = replace(crowd.seen, linked={**crowd.seen.linked, name: judged})
    raised = one_raised(rests_on=[{"dataset": name, "record_key": "R0001"}])
    row = alert_evidence(raised, carry_over(raised, None, AS_OF), watch).row(0, named=True)
    assert (row["link_decided_by"], row["link_score"]) == ("clerk", None)


def test_no_alerts_stand_on_nothing(crowd: Alerts) -> None:
    raised = crowd.frame.clear()
    published = carry_over(raised, None, AS_OF)
    assert alert_evidence(raised, published, crowd.seen).equals(ALERT_EVIDENCE.empty())
    assert alert_months(raised, published).equals(ALERT_MONTH.empty())


def test_people_of_an_alert_are_shown_masked_also_when_they_are_on_no_roster(
    crowd: Alerts,
) -> None:
    watch = crowd.seen
    people = person_rows(watch.roster, watch.ledger.benefits)
    drawing = watch.roster.persons.filter("on_ledger", pl.col("in_roster").not_())
    shown = people.join(drawing.select("person_ref", "pid"), on="person_ref").sort("pid")
    assert len(shown) == 3
    assert shown.filter(pid="BB0004")["name_masked"].item() == "钱＊"
    assert set(shown["name_masked"]) == {"钱＊", "赵＊"}
    assert shown["id_no_masked"].str.contains(r"^990\*{13}\d\w$").all()
    assert people["person_ref"].is_unique().all()


# What a row says


@pytest.mark.parametrize("name", list(DATASETS))
def test_no_personal_value_and_no_free_text_is_told(name: str) -> None:
    written = {Kind.DATE: date(1970, 2, 1), Kind.USCC: "91990101MA0000001X"}
    row = {
        c.name: written.get(c.kind, "赵某 990101197002010013" if c.dtype == pl.String else None)
        for c in DATASETS[name].columns
        if (c.personal or c.dtype == pl.String) and c.name != "institution"
    }
    said = row_words(name, core_frame(name, [row], AS_OF)).item()
    assert not re.search("赵|1970|9901", said)


def test_each_kind_is_written_in_its_own_way() -> None:
    rows = core_frame(
        "civil_affairs.benefit",
        [
            {
                "is_head": True,
                "programme": "dibao",
                "urban_rural": "rural",
                "from_month": date(2024, 1, 1),
                "household_kind": "unstable",
                "monthly_amount": Decimal("600.50"),
            },
            {"programme": "tekun", "is_head": False, "household_kind": "随便"},
        ],
        AS_OF,
    )
    rural, other = row_words("civil_affairs.benefit", rows)
    assert rural == (
        "是否户主：是，救助类型：最低生活保障，城乡类别：农村，起始年月：2024-01，终止年月：未填，最近复核日期：未填，"
        "家庭类别：收入不稳定或有劳动能力，月保障金额：600.50元"
    )
    assert other == (
        "是否户主：否，救助类型：特困人员救助供养，终止年月：未填，最近复核日期：未填，"
        f"家庭类别：{OTHER_WORD}"
    )
    share = core_frame("market_regulation.entity", [{"share": Decimal("0.500000")}], AS_OF)
    assert row_words("market_regulation.entity", share).item() == "出资比例：0.5"


def test_an_empty_amount_is_never_told_as_nought() -> None:
    rows = core_frame("human_resources.employment", [{"kind": "失业登记"}], AS_OF)
    assert row_words("human_resources.employment", rows).item() == "登记类型：失业登记"
    car = core_frame("public_security.vehicle", [{"plate_type": "小型汽车"}], AS_OF)
    assert f"评估价值：{NOT_GIVEN}" in row_words("public_security.vehicle", car).item()


def test_a_bank_is_named_without_numbers() -> None:
    rows = core_frame("banking.account", [{"institution": "示范银行62009900000012345"}], AS_OF)
    said = row_words("banking.account", rows).item()
    assert "示范银行" in said
    assert "9900000" not in said


# Month by month


def with_months(*amounts: int | None, start: int = 2025 * 12 + 10) -> pl.DataFrame:
    months = [
        {"month_no": start + i, "amount": a, "days": None, "of_days": None}
        for i, a in enumerate(amounts)
    ]
    frame = pl.DataFrame(months, schema=MONTH).with_columns(pl.lit("B1").alias("subject_id"))
    return one_raised(amount=total_of(frame)["amount"].item(), months=months)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 5_000 * YUAN), min_size=1, max_size=40))
def test_months_add_up_to_the_amount_to_the_fen(amounts: list[int]) -> None:
    raised = with_months(*amounts)
    published = carry_over(raised, None, AS_OF)
    told = alert_months(raised, published)
    assert told["amount"].sum() == published["amount"].item()
    off = [abs(Decimal(a) / YUAN - t) for a, t in zip(amounts, told["amount"], strict=True)]
    assert max(off) <= Decimal("0.01")


def test_months_are_told_by_their_first_day_across_a_year() -> None:
    raised = with_months(100 * YUAN, 200 * YUAN, 300 * YUAN)
    told = alert_months(raised, carry_over(raised, None, AS_OF))
    assert told["month"].to_list() == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert [str(a) for a in told["amount"]] == ["100.00", "200.00", "300.00"]
    assert told.schema == ALERT_MONTH.polars_schema()


def test_a_month_that_is_not_known_stays_unknown_and_so_does_the_sum() -> None:
    raised = with_months(100 * YUAN, None, 300 * YUAN)
    published = carry_over(raised, None, AS_OF)
    told = alert_months(raised, published)["amount"].to_list()
    assert [None if a is None else str(a) for a in told] == ["100.00", None, "300.00"]
    assert published["amount"].item() is None


def test_every_code_names_a_registered_document() -> None:
    documents = read_packs(Path(rulepacks.__file__).parent).documents.values()
    assert set(BASIS) >= set(CODES)
    assert not [code for code, said in BASIS.items() if unregistered(said, documents)]
