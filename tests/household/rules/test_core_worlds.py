"""The same questions with other lines: tier C, lines under objection, everything under objection, pensions without a rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from core_town import AS_OF, County, D, Household, Someone

from household.evidence import TIER_C
from household.identity.numbers import number_of_key
from household.rules.packs import Entry

if TYPE_CHECKING:
    from core_told import Told

CAR = "public_security.vehicle"


def damaged(who: Someone) -> str:
    """The number with its check digit wrong."""
    return who.number[:17] + ("1" if who.number[17] != "1" else "2")


def doubtful(home: Household, who: Someone, dataset: str, **row: object) -> None:
    """A row of tier C: a damaged number, and the name."""
    prefix = "owner_" if dataset == CAR else ""
    home.row(dataset, who, **{f"{prefix}id_no": damaged(who)}, **row)


@pytest.fixture(scope="module")
def told() -> Told:
    county = County()
    cases: dict[str, tuple[str, dict[str, object]]] = {
        "c_car": (CAR, {"value": D(30001)}),
        "c_car_cheap": (CAR, {"value": D(30000)}),
        "c_death": ("civil_affairs.funeral", {}),
        "c_custody": ("justice.custody", {}),
        "c_bill": ("medical_insurance.settlement", {"total": D(99999)}),
        "c_shop_sold": (CAR, {"value": D(99999), "status": "注销"}),
    }
    for name, (dataset, row) in cases.items():
        home = county.household(name, members=0)
        who = home.join()
        if name == "c_bill":
            home.monthly(who, "1050")
        doubtful(home, who, dataset, **row)
    home = county.household("c_and_sure", members=0)
    who = home.join()
    doubtful(home, who, CAR, value=D(99999))
    home.row("housing.real_estate", who, use="办公")
    for name, entries in {
        "central_ends": (Entry(True, date(2021, 1, 1), date(2025, 12, 31)),),
        "central_out": (Entry(True),),
        "central_in": (Entry(False),),
    }.items():
        home = county.household(name, members=0, values={"income.exclude_central_basic": entries})
        home.monthly(home.join(), "143", kind="居民养老金", central_basic=D(143))
    return county.run()


def test_a_doubtful_line_that_turns_a_rule_asks_for_review(told: Told) -> None:
    for name in ("c_car", "c_death", "c_custody"):
        assert (told.suggestion(name), told.verdict(name)["amount"]) == ("needs_review", None)
    assert told.suggestion("c_bill", "rigid") == "needs_review"


def test_a_doubtful_line_that_turns_nothing_changes_nothing(told: Told) -> None:
    assert told.suggestion("c_car_cheap") == "eligible"
    assert told.suggestion("c_shop_sold") == "eligible"
    assert told.verdict("c_car_cheap")["vehicles"] == 0
    assert told.suggestion("c_and_sure") == "ineligible"


def test_a_doubtful_line_is_shown_and_not_counted(told: Told) -> None:
    for name in ("c_car", "c_car_cheap"):
        (line,) = told.evidence(name, CAR)
        assert (line["link_tier"], line["counted"], line["counted_amount"]) == ("C", False, None)
        assert line["why_not"] == TIER_C
    reason = told.reasons("c_car")["asset.plain.vehicle"]
    assert (reason["outcome"], reason["certain"]) == ("pass", False)
    assert reason["evidence_ids"] == [told.evidence("c_car", CAR)[0]["evidence_id"]]
    assert "核实" in reason["settles_it"]


def test_a_doubtful_death_does_not_hold_emergency_help(told: Told) -> None:
    assert told.suggestion("c_death", "temp_emergency") == "eligible"


def test_central_basic_pension_without_a_rule(told: Told) -> None:
    """143 a month: in force until 2025-12, four months of 2026 have no rule; tekun never counts it."""
    ended, out, kept = (told.verdict(n) for n in ("central_ends", "central_out", "central_in"))
    assert (ended["income_window"], ended["suggestion"]) == (D("572.00"), "parameter_missing")
    assert (out["income_window"], out["amount"]) == (D("0.00"), D("700.00"))
    assert (kept["income_window"], kept["amount"]) == (D("1716.00"), D("557.00"))
    for name in ("central_ends", "central_in"):
        assert told.verdict(name, "tekun")["income_window"] == D("0.00")
    # Below the edge either way, and no amount hangs on it.
    assert told.suggestion("central_ends", "temp_emergency") == "eligible"


@pytest.fixture(scope="module")
def before() -> Told:
    return TestObjections.county({}).run()


class TestObjections:
    """Objections name lines by the ids of the run before."""

    @staticmethod
    def county(objections: dict[str, dict[str, Any]]) -> County:
        county = County()
        for name in ("car", "car_and_shop", "none", "dead"):
            home = county.household(name, members=0)
            who = home.join()
            if name.startswith("car"):
                home.row(CAR, who, value=D(40000))
            if name == "car_and_shop":
                home.row("housing.real_estate", who, use="商业")
            if name == "dead":
                home.row("civil_affairs.funeral", who)
            if name in objections:
                given: dict[str, Any] = {
                    "application_id": name,
                    "ground": "sold",
                    "raised_on": AS_OF,
                }
                home.row("approval.objection", **(given | objections[name]))
        return county

    def test_without_objections(self, before: Told) -> None:
        assert [before.suggestion(n) for n in ("car", "car_and_shop", "none", "dead")] == [
            "ineligible",
            "ineligible",
            "eligible",
            "ineligible",
        ]

    def test_an_objection_to_the_deciding_line(self, before: Told) -> None:
        (line,) = before.evidence("car", CAR)
        (other,) = before.evidence("car_and_shop", CAR)
        (death,) = before.evidence("dead", "civil_affairs.funeral")
        told = self.county(
            {
                "car": {"evidence_id": line["evidence_id"]},
                "car_and_shop": {"evidence_id": other["evidence_id"]},
                "dead": {"evidence_id": death["evidence_id"]},
            }
        ).run()
        assert told.suggestion("car") == "needs_review"
        assert told.suggestion("car_and_shop") == "ineligible"
        assert told.suggestion("dead") == "needs_review"
        assert told.evidence("car", CAR)[0]["evidence_id"] == line["evidence_id"]

    def test_an_objection_to_everything(self) -> None:
        told = self.county({n: {} for n in ("car", "car_and_shop", "none", "dead")}).run()
        assert told.suggestion("car") == "needs_review"
        assert told.suggestion("car_and_shop") == "needs_review"
        assert told.suggestion("none") == "eligible"
        assert told.suggestion("dead") == "ineligible"

    def test_a_mistyped_line_concerns_everything(self) -> None:
        told = self.county({"car": {"evidence_id": "E0"}}).run()
        assert told.suggestion("car") == "needs_review"

    def test_an_objection_of_tomorrow_is_none_today(self, before: Told) -> None:
        (line,) = before.evidence("car", CAR)
        day = AS_OF + timedelta(days=1)
        told = self.county({"car": {"evidence_id": line["evidence_id"], "raised_on": day}}).run()
        assert told.suggestion("car") == "ineligible"


def test_a_damaged_number_is_really_damaged() -> None:
    who = Someone(number_of_key(99010119800201001), "")
    assert damaged(who) != who.number
