"""Random inspections: what is drawn follows from seed and run, and only from them."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from household.errors import InputError
from household.inspections import (
    CONFIRMATIONS,
    HOUSEHOLDS,
    Inspector,
    draw_units,
    faults_of,
    households_drawing,
    how_many,
    send_inspectors,
    share_of,
    waiting_for_confirmation,
)

TOWNS = ("990101001", "990101002")
PEOPLE = [Inspector("甲", TOWNS[0]), Inspector("乙"), Inspector("丙", TOWNS[1]), Inspector("丁")]


def benefits(count: int = 60) -> pl.DataFrame:
    programmes = ("dibao", "tekun", "old_age")
    return pl.DataFrame(
        {
            "benefit_id": [f"B{n:03d}" for n in range(count)],
            "household_no": [f"H{n:03d}" for n in range(count)],
            "person_ref": [f"P{n:03d}" for n in range(count)],
            "programme": [programmes[n % 3] for n in range(count)],
            "region_code": [TOWNS[n % 2] + "003" * (n % 4 == 0) for n in range(count)],
        }
    )


def recorded(seed: int, share: str = "30%") -> pl.DataFrame:
    units = households_drawing(benefits())
    shares = how_many(units, size=None, share=share_of(share), kind=HOUSEHOLDS)
    sent = send_inspectors(draw_units(units, shares, seed), PEOPLE, seed)
    return sent.with_columns(pl.lit(seed).alias("seed"))


def test_a_household_stands_once_under_its_first_benefit_and_allowances_make_none() -> None:
    rows = benefits(3)
    twice = rows.with_columns(household_no=pl.lit("H"), region_code=pl.lit(TOWNS[0]))
    units = households_drawing(twice)
    assert units.rows() == [("H", TOWNS[0], "tekun", f"tekun/{TOWNS[0]}")]
    assert set(households_drawing(rows)["household_no"]) == {"H000", "H001"}


def test_a_share_is_taken_of_every_stratum_and_rounded_up() -> None:
    drawn = recorded(1)
    strata = drawn.select("stratum", "population", "drawn").unique()
    assert len(strata) == 4
    for _, population, count in strata.iter_rows():
        assert count == -(-population * 3 // 10)
        assert count == len(drawn.filter(pl.col("stratum") == strata["stratum"][0]))


def test_the_same_seed_draws_the_same_and_another_seed_another() -> None:
    again, other = recorded(1), recorded(2)
    assert recorded(1).equals(again)
    assert set(again["household_no"]) != set(other["household_no"])
    shuffled = households_drawing(benefits().sample(fraction=1, shuffle=True, seed=3))
    assert shuffled.equals(households_drawing(benefits()))


def test_every_household_can_be_drawn() -> None:
    """Over many seeds each is drawn about as often as its share says; 0.3 of 200 seeds, six standard deviations wide."""
    units = households_drawing(benefits())
    shares = how_many(units, size=None, share=Decimal("0.3"), kind=HOUSEHOLDS)
    drawn = pl.concat([draw_units(units, shares, seed) for seed in range(200)])
    times = drawn["household_no"].value_counts()["count"]
    assert len(times) == len(units)
    assert 60 - 40 < min(times) <= max(times) < 60 + 40


@given(st.integers(0, 2**31))
def test_two_inspectors_go_everywhere_and_never_home(seed: int) -> None:
    drawn = recorded(seed)
    home = {i.name: i.region for i in PEOPLE}
    load = dict.fromkeys(home, 0)
    for region, one, two in drawn.select(
        "region_code", "inspector", "second_inspector"
    ).iter_rows():
        assert one != two
        for name in (one, two):
            load[name] += 1
            assert not (home[name] and region.startswith(home[name]))
    assert sum(load.values()) == 2 * len(drawn)
    assert not faults_of(drawn, households_drawing(benefits()))


def test_work_is_dealt_evenly_where_everybody_may_go_everywhere() -> None:
    units = households_drawing(benefits())
    shares = how_many(units, size=14, share=None, kind=HOUSEHOLDS)
    people = [Inspector(name) for name in "甲乙丙丁"]
    sent = send_inspectors(draw_units(units, shares, 4), people, 4)
    both = pl.concat([sent["inspector"], sent["second_inspector"].alias("inspector")])
    assert sorted(both.value_counts()["count"]) == [7, 7, 7, 7]


def test_what_was_tampered_with_is_found() -> None:
    units, record = households_drawing(benefits()), recorded(7)
    stratum = record["stratum"][0]
    spared = record["household_no"][0]
    undrawn = units.filter(
        pl.col("stratum") == stratum,
        pl.col("household_no").is_in(record["household_no"].implode()).not_(),
    )["household_no"][0]
    swapped = record.with_columns(pl.col("household_no").replace(spared, undrawn))
    assert faults_of(swapped, units) == [f"{stratum}：抽中的户与按种子重抽的不同"]
    reseeded = record.with_columns(pl.lit(8).alias("seed"))
    assert faults_of(reseeded, units)
    smaller = units.filter(pl.col("household_no") != undrawn)
    assert faults_of(record, smaller) == [f"{stratum}：总户数与该次运行的不同"]


def test_of_confirmations_at_least_thirty_percent() -> None:
    verdicts = pl.DataFrame(
        {
            "application_id": [f"S{n}" for n in range(11)],
            "region_code": TOWNS[0],
            "programme": ["tekun"] * 10 + ["dibao"],
            "requested": True,
        }
    )
    places = pl.DataFrame({"application_id": ["S0", "S1"], "person_ref": ["P001", "P003"]})
    units = waiting_for_confirmation(verdicts, places, benefits())
    # P001 draws tekun already, P003 dibao only
    assert units["household_no"].to_list() == [f"S{n}" for n in range(1, 10)]
    with pytest.raises(InputError, match="不足 30%"):
        how_many(units, size=2, share=None, kind=CONFIRMATIONS)
    assert sum(how_many(units, size=3, share=None, kind=CONFIRMATIONS).values()) == 3
    assert how_many(units, size=2, share=None, kind=HOUSEHOLDS)


@pytest.mark.parametrize(("text", "share"), [("30%", "0.3"), (" 0.3", "0.3"), ("１００％", "1")])
def test_shares_as_people_write_them(text: str, share: str) -> None:
    assert share_of(text) == Decimal(share)


@pytest.mark.parametrize("text", ["", "0", "-1%", "101%", "nan", "三成", "inf"])
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(InputError, match="抽取比例无法读取"):
        share_of(text)


def test_too_few_inspectors_and_names_that_stand_twice() -> None:
    drawn = recorded(1).drop("inspector", "second_inspector")
    with pytest.raises(InputError, match="不足两名"):
        send_inspectors(drawn, PEOPLE[:2], 1)
    with pytest.raises(InputError, match="重名"):
        send_inspectors(drawn, [*PEOPLE, Inspector("乙")], 1)
    with pytest.raises(InputError, match="没有可抽取的家庭"):
        how_many(drawn.clear(), size=None, share=Decimal("0.3"), kind=HOUSEHOLDS)
