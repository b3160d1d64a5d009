"""Two states of the law: what differs, whom it reaches, when it is in force, and values laid over a pack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from household.rules.pack_changes import (
    REGIONS,
    in_force_otherwise,
    overlay,
    pack_changes,
    regions_reached,
)
from household.rules.packs import Entry, Pack, Packs

D = Decimal
NEW_YEAR = date(2026, 1, 1)
OLD_YEAR = date(2025, 12, 31)


def packs(*made: Pack) -> Packs:
    return Packs({pack.pack_id: pack for pack in made})


def county(**values: Entry | tuple[Entry, ...]) -> Pack:
    told = {
        key.replace("_", ".", 1): entries if isinstance(entries, tuple) else (entries,)
        for key, entries in values.items()
    }
    return Pack("990101", "某县", ("990101",), told)


NATION = Pack("cn", "全国", (), {"income.window_months": (Entry(D(12)),)})
TODAY = packs(NATION, county(standard_urban=Entry(D(740)), extra_rate=Entry(D("0.2"))))


def test_nothing_differs_from_itself_nor_by_words_alone() -> None:
    reworded = packs(
        NATION,
        county(standard_urban=Entry(D(740), source="另一种写法"), extra_rate=Entry(D("0.20"))),
    )
    assert pack_changes(TODAY, TODAY) == []
    assert pack_changes(TODAY, reworded) == []


def test_values_dates_lost_parameters_and_regions_differ() -> None:
    other = packs(
        NATION,
        Pack(
            "990101",
            "某县",
            ("990101", "990102"),
            county(standard_urban=Entry(D(740), NEW_YEAR)).values,
        ),
    )
    told = {change.key: (change.before, change.after) for change in pack_changes(TODAY, other)}
    assert told == {
        REGIONS: (("990101",), ("990101", "990102")),
        "standard.urban": ((Entry(D(740)),), (Entry(D(740), NEW_YEAR),)),
        "extra.rate": ((Entry(D("0.2")),), ()),
    }


def test_a_pack_that_comes_or_goes_differs_in_everything() -> None:
    without = packs(NATION)
    assert {c.key for c in pack_changes(without, TODAY)} == {
        REGIONS,
        "standard.urban",
        "extra.rate",
    }
    assert all(c.after == () for c in pack_changes(TODAY, without))


@pytest.mark.parametrize(
    ("changed", "reached"),
    [("990101", ["990101003"]), ("cn", ["500112", "990101003"]), ("990102", [])],
)
def test_a_change_reaches_the_regions_below_its_pack(changed: str, reached: list[str]) -> None:
    new = Pack(
        changed, "", (changed,) if changed.isdigit() else (), {"edge.multiple": (Entry(D(2)),)}
    )
    other = packs(*(TODAY.packs | {changed: new}).values())
    changes = [c for c in pack_changes(TODAY, other) if c.pack_id == changed]
    asked = ["990101003", "500112", "990101003"]
    assert regions_reached(changes, asked, before=TODAY, after=other) == reached


def test_a_changed_value_is_in_force_from_its_day_on() -> None:
    dated = (Entry(D(740), None, OLD_YEAR), Entry(D(800), NEW_YEAR))
    other = packs(NATION, county(standard_urban=dated, extra_rate=Entry(D("0.2"))))
    changes = pack_changes(TODAY, other)

    def asked(day: date) -> bool:
        return in_force_otherwise(changes, [("990101003", day)], before=TODAY, after=other)

    assert not asked(OLD_YEAR)
    assert asked(NEW_YEAR)


def test_overlaying_replaces_single_parameters_with_all_their_dates() -> None:
    new = packs(county(standard_urban=Entry(D(900), NEW_YEAR)))
    merged = overlay(TODAY, new)
    assert merged.packs["cn"] == NATION
    assert merged.packs["990101"].values == {
        "standard.urban": (Entry(D(900), NEW_YEAR),),
        "extra.rate": (Entry(D("0.2")),),
    }
    assert merged.find("standard.urban", "990101", OLD_YEAR) is None


def test_overlaying_keeps_what_a_pack_is_bound_to_unless_told_otherwise() -> None:
    document = Pack("ar-004", "文件", ("64",), {"extra.rate": (Entry(D("0.1")),)})
    values = {"extra.rate": (Entry(D("0.3")),)}
    silent = overlay(packs(document), packs(Pack("ar-004", "", (), values)))
    spoken = overlay(packs(document), packs(Pack("ar-004", "", ("65",), values)))
    assert silent.packs["ar-004"].regions == ("64",)
    assert spoken.packs["ar-004"].regions == ("65",)
    assert overlay(packs(NATION), packs(document)).packs["ar-004"] == document
