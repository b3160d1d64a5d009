"""Sources that answer person by person where receipts of theirs arrive: who was not asked about is not known to have nothing."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from core_town import AS_OF, SENT, County, D, Household, run_extracts

from household.delivery import delivery_states
from household.extracts import RECEIPTS_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

    from core_told import Told

SHARES, POLICY = "securities.holding", "insurance.policy"
RECEIPT = {SHARES: "securities.receipt", POLICY: "insurance.receipt"}
LIMIT = "16800"
"""The most that one person may hold (700 x 24)."""

REPLIED: dict[str, Any] = {"asked_on": SENT, "replied_on": SENT, "state": "none"}


def asked(home: Household, *datasets: str) -> None:
    """In this household's region institutions answer person by person."""
    home.asked |= {RECEIPT[name] for name in datasets}


def receipt(home: Household, dataset: str, who: Any, state: str, code: str = "S1") -> None:
    home.row(RECEIPT[dataset], who, **REPLIED | {"state": state, "institution_code": code})


def states(*given: str, dataset: str = SHARES) -> Callable[[Household], None]:
    """One member, and a receipt of another institution for each state."""

    def build(home: Household) -> None:
        asked(home, dataset)
        who = home.join()
        for place, state in enumerate(given):
            receipt(home, dataset, who, state, f"S{place}")

    return build


def holding(value: str, state: str) -> Callable[[Household], None]:
    def build(home: Household) -> None:
        states(state)(home)
        who = home.county.rows["approval.member"][-1]
        home.county.add(
            SHARES,
            {"id_no": who["id_no"], "name": who["name"], "market_value": D(value), "as_of": SENT},
        )

    return build


def one_of_two(home: Household) -> None:
    asked(home, SHARES)
    receipt(home, SHARES, home.join(), "none")
    home.join()


def newborn(home: Household) -> None:
    asked(home, SHARES)
    receipt(home, SHARES, home.join(), "none")
    home.row("approval.member", member_no=2, relation="child", role="member", name="赵新生",
             application_id=home.name, birth_date=AS_OF)  # fmt: skip


def unasked_elsewhere(home: Household) -> None:
    home.join()


def both_sources(home: Household) -> None:
    asked(home, SHARES, POLICY)
    who = home.join()
    receipt(home, SHARES, who, "none")
    receipt(home, POLICY, who, "no_answer", "I7")


def found_but_not_sent(home: Household) -> None:
    """The gate of the holdings is shut, or they were lost on the way: what was found is not known."""
    states("found")(home)
    home.silent.add(SHARES)


def none_and_nothing_sent(home: Household) -> None:
    states("none")(home)
    home.silent.add(SHARES)


CASES: dict[str, tuple[Callable[[Household], None], str]] = {
    "no_receipts_in_the_region": (unasked_elsewhere, "pass"),
    "all_none": (states("none", "none"), "pass"),
    "found_within": (holding(LIMIT, "found"), "pass"),
    "found_beyond": (holding("16800.01", "found"), "fail"),
    "beyond_though_silent": (holding("16800.01", "no_answer"), "fail"),
    "nobody_asked": (states(), "unknown"),
    "no_answer": (states("no_answer"), "unknown"),
    "mismatch": (states("identity_mismatch"), "unknown"),
    "one_institution_silent": (states("none", "no_answer"), "unknown"),
    "one_member_not_asked": (one_of_two, "unknown"),
    "newborn": (newborn, "pass"),
    "policies": (states("none", dataset=POLICY), "pass"),
    "policies_silent": (states(dataset=POLICY), "unknown"),
    "one_source_of_two": (both_sources, "unknown"),
    "found_but_not_sent": (found_but_not_sent, "unknown"),
    "none_and_nothing_sent": (none_and_nothing_sent, "pass"),
}


def town() -> County:
    county = County()
    for name, (build, _) in CASES.items():
        build(county.household(name, members=0))
    return county


@pytest.fixture(scope="module")
def told() -> Told:
    return town().run()


@pytest.mark.parametrize("name", CASES)
def test_partial_answers_are_no_answer(told: Told, name: str) -> None:
    reason = told.reasons(name)["asset.plain.financial"]
    assert reason["outcome"] == CASES[name][1]
    suggestion = {"pass": "eligible", "fail": "ineligible", "unknown": "data_incomplete"}
    assert told.suggestion(name) == suggestion[CASES[name][1]]


@pytest.mark.parametrize(
    ("name", "source", "covered"),
    [
        ("no_receipts_in_the_region", "securities", {(None, "none")}),
        ("all_none", "securities", {("S0", "none"), ("S1", "none")}),
        ("nobody_asked", "securities", {(None, "no_answer")}),
        ("one_institution_silent", "securities", {("S0", "none"), ("S1", "no_answer")}),
        ("mismatch", "securities", {("S0", "identity_mismatch")}),
        ("mismatch", "insurance", {(None, "none")}),
        ("one_source_of_two", "insurance", {("I7", "no_answer")}),
        ("none_and_nothing_sent", "securities", {("S0", "none")}),
    ],
)
def test_coverage_is_a_line_for_every_institution(
    told: Told, name: str, source: str, covered: set[tuple[str | None, str]]
) -> None:
    assert told.coverage(name, 1, source) == covered


def test_a_member_who_was_not_asked_about_is_said_so_in_coverage(told: Told) -> None:
    assert told.coverage("one_member_not_asked", 1, "securities") == {("S1", "none")}
    assert told.coverage("one_member_not_asked", 2, "securities") == {(None, "no_answer")}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nobody_asked", "证券（第1位成员尚未查询）"),
        ("one_institution_silent", "证券机构S1（第1位成员，未答复）"),
        ("one_source_of_two", "商业保险机构I7（第1位成员，未答复）"),
        ("found_but_not_sent", "证券机构S0（第1位成员，已答复，查得的明细未送达）"),
        ("policies_silent", "商业保险（第1位成员尚未查询）"),
    ],
)
def test_it_is_said_who_has_not_answered(told: Told, name: str, words: str) -> None:
    settles = told.reasons(name)["asset.plain.financial"]["settles_it"]
    assert words in settles
    assert "银行" not in settles


def test_receipts_that_could_not_be_used_are_no_reason_to_believe_the_extract() -> None:
    """A shut gate withholds the receipts; the holdings beside them are still only of those who were asked about."""
    county = County()
    states("none")(county.household("X1", members=0))
    extracts = county.extracts()
    region = county.households["X1"].region
    withheld = replace(
        extracts,
        delivered=extracts.delivered.filter(pl.col("dataset") != RECEIPT[SHARES]),
        rows=lambda name: (
            extracts.rows(name).clear() if name == RECEIPT[SHARES] else extracts.rows(name)
        ),
    )
    assert run_extracts(withheld, county.packs()).suggestion("X1") == "eligible"
    arrived = pl.DataFrame([(RECEIPT[SHARES], region)], schema=RECEIPTS_SCHEMA, orient="row")
    known = run_extracts(replace(withheld, receipts=arrived), county.packs())
    assert known.suggestion("X1") == "data_incomplete"


def test_receipts_serve_the_region_they_are_of_and_those_within() -> None:
    county = County()
    county.household("X1")
    region = county.households["X1"].region
    applications = pl.DataFrame({"app": [0], "region_code": [f"{region}001"]})
    terms = pl.DataFrame({"app": [0], "source_max_age_days": [62]})
    for of_region, state in {
        region[:4]: "asked",
        region: "asked",
        f"{region}001": "asked",
        f"{region}001200": "fresh",
        f"{region}002": "fresh",
    }.items():
        sent = pl.DataFrame([(RECEIPT[SHARES], of_region)], schema=RECEIPTS_SCHEMA, orient="row")
        extracts = replace(county.extracts(), receipts=sent)
        found = delivery_states(extracts, terms, applications)
        assert found.filter(dataset=SHARES)["state"].item() == state, of_region
        assert found.filter(dataset=POLICY)["state"].item() == "fresh"


def test_whoever_did_not_sign_is_not_read() -> None:
    county = County()
    home = county.household("X1", members=0)
    asked(home, SHARES)
    who = home.join(signed=False)
    home.sign(who, sources="banking;tax")
    receipt(home, SHARES, who, "found")
    told = county.run()
    assert told.coverage("X1", 1, "securities") == set()
    assert told.suggestion("X1") == "not_authorised"


RANK = {"ineligible": 0, "data_incomplete": 1, "eligible": 2}


def test_a_better_receipt_never_makes_it_worse_and_a_silence_never_better() -> None:
    """Random households: turning one receipt from silence to `none` never lowers, and one receipt more that is silent never raises."""
    draw = Random(8)
    before, answered, further = County(), County(), County()
    for serial in range(60):
        values = [draw.choice(("0", LIMIT, "16800.01")) for _ in range(draw.randint(1, 3))]
        given = [[draw.choice(STATES) for _ in range(draw.randint(0, 3))] for _ in values]
        turned = draw.randrange(len(values))
        for county, variant in ((before, ""), (answered, "answered"), (further, "further")):
            home = county.household(f"X{serial}", members=0)
            asked(home, SHARES)
            for place, (value, said) in enumerate(zip(values, given, strict=True)):
                who = home.join()
                if value != "0":
                    home.row(SHARES, who, market_value=D(value))
                told_of = list(said)
                if place == turned and variant == "answered":
                    told_of = ["none" if s not in ("found", "none") else s for s in said] or [
                        "none"
                    ]
                if place == turned and variant == "further":
                    told_of.append("no_answer")
                for code, state in enumerate(told_of):
                    receipt(home, SHARES, who, state, f"S{code}")
    ranks = []
    for county in (before, answered, further):
        told = county.run()
        ranks.append([RANK[told.suggestion(name)] for name in county.households])
    assert {0, 1, 2} <= set(ranks[0])
    assert all(after >= now for now, after in zip(ranks[0], ranks[1], strict=True))
    assert all(after <= now for now, after in zip(ranks[0], ranks[2], strict=True))


STATES = ("found", "none", "none", "no_answer", "identity_mismatch")
