"""A04: reviews overdue."""

from __future__ import annotations

from datetime import date

from alert_town import Town


def test_a04_cycles_by_kind_to_the_day() -> None:
    town = Town()
    cases = {
        # kind, reviewed, from, to -> overdue on 2026-05-20
        "stable due today": ("stable", date(2025, 5, 20), date(2020, 1, 1), None),
        "stable overdue": ("stable", date(2025, 5, 19), date(2020, 1, 1), None),
        "unstable due today": ("unstable", date(2025, 11, 20), date(2020, 1, 1), None),
        "unstable overdue": ("unstable", date(2025, 11, 19), date(2020, 1, 1), None),
        "empty is unstable": (None, date(2025, 11, 19), date(2020, 1, 1), None),
        "in words": ("收入稳定", date(2025, 11, 19), date(2020, 1, 1), None),
        "never reviewed": ("stable", None, date(2025, 5, 1), None),
        "newly granted": ("stable", date(2020, 1, 1), date(2025, 6, 1), None),
        "ended": ("stable", None, date(2020, 1, 1), date(2026, 4, 1)),
    }
    for benefit_id, (kind, reviewed, start, end) in cases.items():
        town.add(
            "civil_affairs.benefit",
            town.person(),
            benefit_id=benefit_id,
            household_no=benefit_id,
            household_kind=kind,
            last_reviewed_on=reviewed,
            from_month=start,
            to_month=end,
        )
    alerts = town.alerts()
    assert alerts.subjects("A04") == {
        "stable overdue",
        "unstable overdue",
        "empty is unstable",
        "never reviewed",
    }


def test_a04_of_a_benefit_whose_number_is_wrong() -> None:
    town = Town()
    someone = town.person()
    town.add(
        "civil_affairs.benefit", someone, benefit_id="B1", id_no="12345", last_reviewed_on=None
    )
    assert town.alerts().subjects("A04") == {"B1"}


def test_a04_without_the_parameter_says_nothing() -> None:
    town = Town()
    town.add("civil_affairs.benefit", town.person(), last_reviewed_on=None)
    del town.values["review.months_stable"]
    assert town.alerts().subjects("A04") == set()
