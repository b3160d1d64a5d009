"""The smallest cases of the places where engine and calculator differ. They fail when one of the two has changed its mind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from core_town import County

from .engine_run import county_in_memory

if TYPE_CHECKING:
    from pathlib import Path


def test_a_plain_household_is_the_same_on_both_sides(tmp_path: Path) -> None:
    county = County()
    home = county.household("X1", members=2)
    home.monthly(home.someone(), "100.00")
    assert county_in_memory(tmp_path, county).differences() == []


def test_class_by_income_without_its_multiple_and_without_n(tmp_path: Path) -> None:
    county = County()
    county.household(
        "X1", values={"temp.low_income_multiple": None}, silent=["public_security.population"]
    )
    sides = county_in_memory(tmp_path, county)
    assert [line for line in sides.differences() if "temp_expenditure" in line] == []


def test_a_dead_obligor_need_not_sign(tmp_path: Path) -> None:
    county = County()
    home = county.household("X1", programme="tekun")
    dead = home.join(role="obligor", signed=False, registered=False)
    home.row("public_security.population", dead, status="死亡注销", cancelled_on=date(2026, 1, 1))
    sides = county_in_memory(tmp_path, county)
    assert [line for line in sides.differences() if "A05" in line] == []


def test_a_ratio_hangs_on_who_is_counted() -> None:
    """Section 8: n silent makes every rule on n unknown; income and spending are those of the counted."""

    def county(*, delivered: bool) -> County:
        county = County()
        silent = [] if delivered else ["civil_affairs.funeral"]
        home = county.household("X1", silent=silent, members=0)
        ill, other = home.join(), home.join()
        for person in (ill, other):
            home.monthly(person, "1050.00")
        home.row("medical_insurance.settlement", ill, total=Decimal(10000))
        if delivered:
            home.row("civil_affairs.funeral", other)
        return county

    before, after = county(delivered=False).run(), county(delivered=True).run()
    assert after.suggestion("X1", "rigid") != "ineligible"
    assert before.verdict("X1", "rigid")["certain"] is False
