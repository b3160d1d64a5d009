"""Two judgements beside each other: directions, money that nobody knows, the rule that turned, and sums that add up."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from household.comparison import PAID, changes_of, compare_verdicts, summarise, totals
from household.rules.amounts import AMOUNTS
from household.rules.answers import ANSWERS_SCHEMA
from household.rules.programmes import PROGRAMMES
from household.schema.compared import (
    BESIDE,
    CHANGES,
    COUNTS,
    GAIN,
    LOSS,
    OTHER,
    SAME,
    SUMMARY,
    SUMS,
)
from household.schema.published import PUBLISHED
from household.schema.published.verdicts import SUGGESTIONS

D = Decimal
VERDICTS = PUBLISHED["household_verdict"].polars_schema()
UNKNOWN = [name for name in SUGGESTIONS if name not in ("eligible", "ineligible")]
Side = tuple[str, Decimal | None]


def verdicts(rows: list[dict[str, Any]]) -> pl.DataFrame:
    blank = {"requested": True, "region_code": "990101", "certain": True, "persons_counted": 2}
    return pl.DataFrame(
        [{name: (blank | row).get(name) for name in VERDICTS} for row in rows], schema=VERDICTS
    )


def one(side: Side, programme: str = "dibao", **more: Any) -> pl.DataFrame:
    row = {"application_id": "A1", "programme": programme, "suggestion": side[0], "amount": side[1]}
    return verdicts([row | more])


def moved(before: Side, after: Side, programme: str = "dibao") -> dict[str, Any]:
    return compare_verdicts(one(before, programme), one(after, programme)).row(0, named=True)


def test_what_is_paid_by_the_month_or_once_is_what_has_an_amount() -> None:
    assert set(PAID) == set(AMOUNTS)


@pytest.mark.parametrize(
    ("before", "after", "direction", "change"),
    [
        (("ineligible", None), ("eligible", D("0.01")), GAIN, D("0.01")),
        (("eligible", D(100)), ("eligible", D("100.01")), GAIN, D("0.01")),
        (("eligible", D(100)), ("eligible", D("100.00")), SAME, D(0)),
        (("eligible", D(100)), ("eligible", D("99.99")), LOSS, D("-0.01")),
        (("eligible", D(100)), ("ineligible", None), LOSS, D(-100)),
        (("ineligible", None), ("ineligible", None), SAME, D(0)),
        (("eligible", D(100)), ("eligible", None), OTHER, None),
        (("needs_review", None), ("needs_review", None), SAME, None),
    ],
)
def test_directions_between_known_suggestions(
    before: Side, after: Side, direction: str, change: Decimal | None
) -> None:
    row = moved(before, after)
    assert (row["direction"], row["amount_change"]) == (direction, change)


@pytest.mark.parametrize("unknown", UNKNOWN)
@pytest.mark.parametrize("known", [("eligible", D(100)), ("ineligible", None)])
def test_into_and_out_of_doubt_nobody_gains_or_loses(unknown: str, known: Side) -> None:
    for row in (moved(known, (unknown, None)), moved((unknown, None), known)):
        assert (row["direction"], row["amount_change"]) == (OTHER, None)


def test_a_programme_without_an_amount_changes_without_money() -> None:
    row = moved(("ineligible", None), ("eligible", None), "tekun")
    assert (row["direction"], row["amount_change"], row["paid"]) == (GAIN, None, None)


def test_who_leaves_one_programme_may_be_in_another() -> None:
    rows = [
        {"application_id": "A1", "programme": "dibao_edge", "suggestion": "eligible"},
        {"application_id": "A1", "programme": "dibao", "suggestion": "ineligible"},
    ]
    turned = [
        rows[0] | {"suggestion": "ineligible"},
        rows[1] | {"suggestion": "eligible", "amount": D(9)},
    ]
    compared = compare_verdicts(verdicts(rows), verdicts(turned))
    assert compared["eligible_for"].to_list() == [["dibao"], ["dibao"]]


AMOUNT = st.decimals(0, 500, places=2)
SIDES = st.sampled_from(SUGGESTIONS).flatmap(
    lambda name: st.tuples(st.just(name), AMOUNT if name == "eligible" else st.none())
)
CASES = st.lists(
    st.tuples(
        st.sampled_from(list(PROGRAMMES)), SIDES, SIDES, st.sampled_from(["990101", "990102"])
    ),
    min_size=1,
    max_size=25,
)


def both(cases: list[Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    frames = []
    for side in (1, 2):
        rows = [
            {
                "application_id": f"A{n}",
                "programme": case[0],
                "suggestion": case[side][0],
                "amount": case[side][1] if case[0] in PAID else None,
                "region_code": case[3],
                "requested": n % 2 == 0,
                "persons_counted": None if n % 5 == 0 else n % 3,
            }
            for n, case in enumerate(cases)
        ]
        frames.append(verdicts(rows))
    return frames[0], frames[1]


@settings(deadline=None, max_examples=40)
@given(CASES)
def test_backwards_every_gain_is_a_loss_and_every_sum_its_opposite(cases: list[Any]) -> None:
    before, after = both(cases)
    there, back = compare_verdicts(before, after), compare_verdicts(after, before)
    mirror = {GAIN: LOSS, LOSS: GAIN, OTHER: OTHER, SAME: SAME}
    assert [mirror[way] for way in there["direction"]] == back["direction"].to_list()
    one_way, other_way = (totals(summarise(c)).row(0, named=True) for c in (there, back))
    for how in ("month", "once"):
        assert one_way[f"{how}_before"] == other_way[f"{how}_after"]
        change, opposite = one_way[f"{how}_change"], other_way[f"{how}_change"]
        assert change == (None if opposite is None else -opposite)


@settings(deadline=None, max_examples=40)
@given(CASES)
def test_the_summary_counts_everybody_once_and_adds_nothing_unknown(cases: list[Any]) -> None:
    before, after = both(cases)
    summary = summarise(compare_verdicts(before, after))
    whole = totals(summary).row(0, named=True)
    assert whole["applications"] == len(cases)
    for side, frame in (("before", before), ("after", after)):
        eligible = frame.filter(suggestion="eligible")
        assert whole[f"eligible_{side}"] == len(eligible)
        assert whole[f"open_{side}"] == len(frame.filter(pl.col("suggestion").is_in(UNKNOWN)))
        assert whole[f"unpriced_{side}"] == eligible["amount"].null_count()
        for how in ("month", "once"):
            paid = [name for name, way in PAID.items() if way == how]
            plain = sum(
                (
                    row["amount"]
                    for row in frame.iter_rows(named=True)
                    if row["programme"] in paid and row["amount"] is not None
                ),
                D(0),
            )
            told = whole[f"{how}_{side}"]
            assert told == (plain if any(case[0] in paid for case in cases) else None)
    assert whole["persons_unknown"] == before["persons_counted"].null_count()
    assert list(summary.schema.items()) == list(SUMMARY.polars_schema().items())
    parts = totals(summary, ["region_code", "programme"])
    assert parts.columns == ["region_code", "programme", *COUNTS, *SUMS, *BESIDE]
    assert parts["applications"].sum() == len(cases)


def test_totals_of_nobody_count_nobody_and_know_no_sum() -> None:
    whole = totals(summarise(compare_verdicts(*both([])))).row(0, named=True)
    assert {whole[name] for name in (*COUNTS, *BESIDE)} == {0}
    assert {whole[name] for name in SUMS} == {None}


def answers(*rows: tuple[str, int, str, bool, str | None]) -> pl.DataFrame:
    """Rule, seq, outcome, certain, limit."""
    return pl.DataFrame(
        [
            {
                "application_id": "A1",
                "programme": "dibao",
                "seq": seq,
                "rule_id": rule,
                "outcome": outcome,
                "certain": certain,
                "measured": D(1),
                "limit_value": None if limit is None else D(limit),
            }
            for rule, seq, outcome, certain, limit in rows
        ],
        schema=ANSWERS_SCHEMA,
    )


EMPTY = ("household.empty", 1, "pass", True, None)


def turned(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, Any]:
    compared = compare_verdicts(one(("eligible", D(5))), one(("ineligible", None)))
    found = changes_of(compared, before, after)
    assert list(found.schema.items()) == list(CHANGES.polars_schema().items())
    return found.row(0, named=True)


def test_the_first_rule_whose_outcome_differs_is_told() -> None:
    before = answers(
        EMPTY,
        ("a", 2, "pass", True, "7"),
        ("b", 3, "pass", True, "8"),
        ("c", 4, "pass", True, None),
    )
    after = answers(
        EMPTY,
        ("a", 2, "pass", False, "6"),
        ("b", 3, "fail", True, "9"),
        ("c", 4, "fail", True, None),
    )
    row = turned(before, after)
    assert (row["rule_id"], row["outcome_before"], row["outcome_after"]) == ("b", "pass", "fail")
    assert (row["limit_before"], row["limit_after"]) == (D(8), D(9))


def test_where_no_outcome_differs_the_rule_in_doubt_is_told() -> None:
    before = answers(EMPTY, ("a", 2, "pass", True, "7"))
    assert turned(before, answers(EMPTY, ("a", 2, "pass", False, "7")))["rule_id"] == "a"


def test_a_rule_that_is_asked_on_one_side_only_is_one_that_turned() -> None:
    row = turned(
        answers(EMPTY, ("ratio", 2, "pass", True, "1")),
        answers(EMPTY, ("deducted", 2, "fail", True, "2")),
    )
    assert (row["rule_id"], row["outcome_before"], row["outcome_after"]) == (
        "deducted",
        None,
        "fail",
    )


def test_an_amount_alone_turns_no_rule() -> None:
    same = answers(EMPTY, ("a", 2, "pass", True, "7"))
    compared = compare_verdicts(one(("eligible", D(5))), one(("eligible", D(6))))
    row = changes_of(compared, same, same).row(0, named=True)
    assert (row["rule_id"], row["direction"], row["amount_change"]) == (None, GAIN, D(1))


def test_every_pair_of_suggestions_has_a_direction() -> None:
    for was, now in product(SUGGESTIONS, repeat=2):
        row = moved((was, None), (now, None), "tekun")
        assert row["direction"] == SAME if was == now else row["direction"] in (GAIN, LOSS, OTHER)
