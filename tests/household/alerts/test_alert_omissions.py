"""O01, O02: who may have been left out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from alert_town import AS_OF, Person, Town


def test_o01_need_and_nothing_drawn() -> None:
    town = Town()
    expected = set()

    def household(name: str, *, raised: bool, signed: bool = True, **line: Any) -> Person:
        someone = town.person()
        town.add("approval.application", application_id=name)
        town.join(name, someone, signed=signed, relation="self", **line)
        if raised:
            expected.add(name)
        return someone

    household("ill", raised=True, seriously_ill=True)
    household("well", raised=False)
    household("ill, unsigned", raised=False, signed=False, seriously_ill=True)
    cards: tuple[tuple[str, dict[str, Any], bool], ...] = (
        ("grade 2", {"grade": 2}, True),
        ("grade 3", {"grade": 3}, False),
        ("expired", {"grade": 1, "valid_to": date(2026, 5, 19)}, False),
    )
    for name, card, raised in cards:
        town.add("disabled_federation.certificate", household(name, raised=raised), **card)
    jobless = {"kind": "失业登记"}
    for name, ended, raised in (("jobless", None, True), ("working again", AS_OF, False)):
        someone = household(name, raised=raised)
        town.add("human_resources.employment", someone, **jobless, ended_on=ended)
    for programme, raised in (("old_age", True), ("disability_care", True), ("orphan", False)):
        someone = household(f"ill, {programme}", raised=raised, seriously_ill=True)
        town.add("civil_affairs.benefit", someone, programme=programme, household_no=programme)
    # edge line: 1.5 x 700 x 12 months x 1 person = 12,600
    for wage, raised in (("12599.99", True), ("12600.00", False)):
        told: dict[str, Any] = {"seriously_ill": True, "declared_wage": Decimal(wage)}
        household(f"ill, {wage}", raised=raised, **told)
    assert town.alerts().subjects("O01") == expected


def test_o01_says_when_income_is_not_fully_known() -> None:
    town = Town()
    town.add("approval.application", application_id="X1")
    town.join("X1", town.person(), relation="self", seriously_ill=True)
    assert "尚不完整" not in town.alerts().of("O01")["text_zh"].item()
    town.silent.add("tax.income")
    assert "尚不完整" in town.alerts().of("O01")["text_zh"].item()


def test_o02_neither_asked_for_nor_drawn() -> None:
    town = Town()
    told: dict[str, Any] = {
        "seriously_ill": True,
        "declared_wage": Decimal("9000.00"),
    }  # 750 a month: edge, not dibao
    for name, programme in (
        ("asks dibao", "dibao"),
        ("asks it", "single_person"),
        ("draws", "dibao"),
    ):
        someone = town.person()
        town.add("approval.application", application_id=name, programme=programme)
        town.join(name, someone, relation="self", **told)
        if name == "draws":
            town.add("civil_affairs.benefit", someone, programme="single_person")
    alerts = town.alerts()
    eligible = alerts.seen.verdicts.filter(programme="single_person", suggestion="eligible")
    assert len(eligible) == 3
    assert alerts.subjects("O02") == {"asks dibao"}
