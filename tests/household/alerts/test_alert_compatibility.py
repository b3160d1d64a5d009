"""U07 and U12, and the matrix of programmes by region and month behind every U code about benefits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from alert_town import Person, Town
from ledger_town import ledger_alerts

from household.identity.numbers import number_of_key
from household.rules.compatibility import pair_key
from household.rules.packs import Entry

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
FULL, PART = Decimal("1225.00"), Decimal("1224.99")


def draws(town: Town, *benefits: dict[str, Any]) -> Person:
    someone = town.person()
    for place, benefit in enumerate(benefits):
        row = {"household_no": f"{someone.number[-4:]}{place}", "from_month": MARCH}
        town.add("civil_affairs.benefit", someone, **(row | benefit))
    return someone


def raised(town: Town) -> dict[str, set[str]]:
    """Code -> numbers of the people, of the codes about benefits side by side."""
    alerts = ledger_alerts(town)
    return {c: alerts.people(c) for c in sorted(set(alerts.frame["code"])) if c.startswith("U")}


def test_every_other_excluded_pair_is_u12_and_what_may_stand_is_silent() -> None:
    town = Town()
    excluded = [("tekun", "tekun"), ("old_age", "old_age"), ("dibao", "rigid")]
    excluded += [("orphan", "de_facto_orphan"), ("single_person", "tekun")]
    allowed = [("dibao_edge", "single_person"), ("disability_living", "disability_care")]
    allowed += [("dibao", "orphan"), ("dibao", "old_age"), ("tekun", "old_age")]
    double = {draws(town, *({"programme": p} for p in pair)).number for pair in excluded}
    for pair in allowed:
        draws(town, *({"programme": p} for p in pair))
    assert raised(town) == {"U12": double}


def test_u12_counts_each_shared_month_once_and_tells_both_periods() -> None:
    town = Town()
    tekun = {"programme": "tekun", "monthly_amount": Decimal("980.00")}
    draws(town, tekun, tekun | {"monthly_amount": Decimal("970.55"), "from_month": APRIL}, tekun)
    alerts = ledger_alerts(town)
    assert alerts.amount("U12") == 3 * Decimal("980.00")
    row = alerts.of("U12").row(0, named=True)
    assert [month["amount"] for month in row["months"]] == [980 * 10**8] * 3
    assert "特困人员救助供养2026年3月起在享" in row["text_zh"]
    assert "特困人员救助供养2026年4月起在享" in row["text_zh"]
    assert len(row["rests_on"]) == 3


def test_a_benefit_that_ends_before_it_begins_neither_runs_nor_overlaps() -> None:
    town = Town()
    tekun = {"programme": "tekun"}
    draws(town, tekun, tekun | {"from_month": MAY, "to_month": MARCH})
    draws(town, tekun | {"from_month": date(2026, 6, 1), "to_month": MARCH}, {"programme": "dibao"})
    alerts = ledger_alerts(town)
    assert not [code for code in alerts.frame["code"] if code.startswith("U")]
    assert alerts.seen.ledger.benefits["running"].sum() == 2


def test_a_region_that_allows_a_pair_is_silent_in_the_months_it_does() -> None:
    town = Town()
    town.compatibility = {
        pair_key("dibao", "tekun"): (Entry("compatible", APRIL, date(2026, 4, 30)),),
        pair_key("tekun", "tekun"): (Entry("compatible", MARCH),),
    }
    someone = draws(town, {"programme": "dibao"}, {"programme": "tekun"})
    draws(
        town, {"programme": "dibao"}, {"programme": "tekun", "from_month": APRIL, "to_month": APRIL}
    )
    draws(town, {"programme": "tekun"}, {"programme": "tekun"})
    elsewhere = draws(town, {"programme": "tekun"}, {"programme": "tekun", "region_code": "460101"})
    alerts = ledger_alerts(town)
    assert alerts.people("U03") == {someone.number}
    months = alerts.of("U03")["months"].item().to_list()
    assert [month["month_no"] % 12 + 1 for month in months] == [3, 5]
    assert alerts.amount("U03") == 1200
    assert alerts.people("U12") == {elsewhere.number}  # the other region does not allow it


def test_u07_is_a_full_allowance_beside_what_it_should_only_top_up() -> None:
    town = Town(values={**Town().values, "child.de_facto_basic": FULL})
    child = {"programme": "de_facto_orphan", "monthly_amount": FULL}
    full = [draws(town, child, {"programme": p}) for p in ("dibao", "disability_living")]
    draws(town, child | {"monthly_amount": PART}, {"programme": "dibao"})
    draws(town, child | {"monthly_amount": None}, {"programme": "dibao"})
    draws(town, child, {"programme": "disability_care"})
    alerts = ledger_alerts(town)
    assert alerts.people("U07") == {p.number for p in full}
    refs = alerts.seen.roster.persons.select("key", "person_ref")
    ref_of = {number_of_key(key): ref for key, ref in refs.iter_rows()}
    assert alerts.amount("U07", ref_of[full[0].number]) == 3 * 600
    del town.values["child.de_facto_basic"]
    assert raised(town) == {}
