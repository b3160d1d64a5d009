"""What `make agree` found, each as the smallest household that shows it. Both sides answer alike, and what the law asks for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from core_town import County

from .engine_run import county_in_memory
from .known_readings import unexplained

if TYPE_CHECKING:
    from pathlib import Path

SUPPORT = {
    "support.method": "excess_rate",
    "support.line_multiple": Decimal("1.5"),
    "support.rate": Decimal("0.3"),
}
RICH = {"obligor_household_income": Decimal(90000), "obligor_household_size": 1}


def found() -> County:
    """One household a find."""
    county = County()
    home = county.household("DEAD", values=SUPPORT)
    dead = home.join(role="obligor", signed=False, registered=False, **RICH)
    home.row("public_security.population", dead, status="死亡注销", cancelled_on=date(2026, 1, 1))

    home = county.household("AID", values={"income.exclude_central_basic": None})
    gone = home.join(signed=False, registered=False)
    home.row("public_security.population", gone, status="死亡注销", cancelled_on=date(2026, 1, 1))
    home.join(signed=False)

    home = county.household("POLICY", members=0)
    who = home.join()
    masked = who.number[:6] + "********" + who.number[14:]
    home.row("insurance.policy", who, id_no=masked, surrender_value=None)

    area = {
        "asset.home_rule": "count_and_area",
        "asset.home_max": Decimal(1),
        "asset.home_area_per_head": Decimal(45),
    }
    home = county.household("SHARES", values=area, members=0)
    who = home.join()
    half = {"share": Decimal("0.5"), "area": Decimal(60)}
    home.row("housing.real_estate", who, title_no="T1", unit_no="U1", **half)
    home.row("housing.real_estate", who, title_no="T2", unit_no="U1", **half)
    home.row("housing.real_estate", who, title_no="T3", unit_no="U2", area=Decimal(31))

    home = county.household("SPENT", values={"rigid.method": "ratio", "rigid.ratio": None})
    home.silent.add("tax.income")
    return county


def test_both_sides_agree_on_what_was_found(tmp_path: Path) -> None:
    assert unexplained(county_in_memory(tmp_path, found())) == []


def test_the_answers_are_those_of_the_agreement() -> None:
    told = found().run()
    # An obligor dead by a row that nobody signed for gives nothing, and need not sign.
    assert told.verdict("DEAD")["income_window"] == 0
    # Aid in an emergency hangs on no pension, also where the roster counts more heads than stand.
    assert told.suggestion("AID", "temp_emergency") == "eligible"
    # A policy that may be theirs, and whose value is not stated, leaves the sum open.
    assert told.suggestion("POLICY") == "needs_review"
    # Two halves of one home are the whole of it: 60 + 31 m² are more than 45 x 2 of the one who lives there.
    assert told.reasons("SHARES")["asset.plain.home"]["outcome"] == "fail"
    # Without a ratio, silent income is data that is missing too.
    assert told.verdict("SPENT", "rigid")["certain"] is False
