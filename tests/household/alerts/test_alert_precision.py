"""How often a rule was right: what counts once, as what and when; and the interval held against known truths."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from decision_log import decided, event, log

from household.alerts.life.decisions import OUTCOMES, OUTCOMES_OF
from household.alerts.life.states import MAKES
from household.alerts.trust.demotion import rule_states
from household.alerts.trust.precision import (
    FINDINGS,
    RIGHT,
    TALLY_SCHEMA,
    WRONG,
    standing_decisions,
    tally_decisions,
    window_of,
)
from household.alerts.trust.quality import precision_rows, rate_alerts
from household.rules.packs import Entry, Pack, Packs
from household.schema.published.alert_quality import ALERT_PRECISION
from household.schema.published.alerts import ALERT
from household.shares import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable

AS_OF = date(2026, 5, 20)
WINDOW = "2025Q3/2026Q2"
NO_PACKS = Packs({})


def rights(events: Iterable[dict[str, Any]]) -> list[bool]:
    return standing_decisions(log(events)).sort("event_id")["right"].to_list()


def tallies(
    events: Iterable[dict[str, Any]],
) -> dict[tuple[str | None, str | None], tuple[int, int]]:
    """(region, period) -> decided, right."""
    told = tally_decisions(standing_decisions(log(events)), AS_OF)
    return {(region, period): (n, x) for _, region, period, n, x, _, _ in told.iter_rows()}


def test_every_outcome_is_right_or_wrong_and_every_finding_an_action() -> None:
    assert sorted((*RIGHT, *WRONG)) == sorted(OUTCOMES)
    assert set(FINDINGS) == set(OUTCOMES_OF) == set(MAKES) - {"close", "reopen"}


@pytest.mark.parametrize("outcome", [*RIGHT, *WRONG])
def test_something_real_is_right_whoever_s_fault_it_was(outcome: str) -> None:
    assert rights([event("a", outcome)]) == [outcome in RIGHT]


def test_what_was_explained_is_wrong_and_what_was_dismissed_too() -> None:
    assert rights([event("a", None, action="explain")]) == [False]
    assert rights([event("a", "system_error", action="dismiss")]) == [False]
    assert rights([event("a", "system_error", action="confirm")]) == [True]


def test_what_nobody_found_out_is_not_counted() -> None:
    assert rights([]) == []
    assert rights([event("a", None, action="close")]) == []
    assert rights([event("a", "person_error"), event("a", None, action="reopen")]) == []


def test_the_newest_finding_stands_and_closing_keeps_it() -> None:
    again = [
        event("a", "person_error"),
        event("a", None, action="reopen"),
        event("a", "no_issue"),
        event("a", "no_issue", action="close"),
    ]
    assert rights(again) == [False]
    assert rights([event("a", None, action="explain"), event("a", None, action="close")]) == [False]


def test_closing_later_does_not_move_a_finding_to_another_quarter() -> None:
    late = [
        event("a", "person_error", decided_at="2026-03-31T17:00:00"),
        event("a", "person_error", action="close", decided_at="2026-04-01T09:00:00"),
    ]
    assert (None, "2026Q1") in tallies(late)
    assert (None, "2026Q2") not in tallies(late)


def test_other_facts_are_another_finding_and_a_subject_counts_once_a_period() -> None:
    early, late = "2026-02-01T09:00:00", "2026-04-01T09:00:00"
    told = tallies(
        [
            event("a", "no_issue", facts_digest="1", decided_at=early),
            event("a", "person_error", facts_digest="2", decided_at=late),
            event("b", "no_issue", facts_digest="1", decided_at=late),
            event("b", "fraud", facts_digest="2", decided_at=late),
        ]
    )
    assert told[None, "2026Q1"] == (1, 0)
    assert told[None, "2026Q2"] == (2, 2)
    assert told[None, None] == told[None, WINDOW] == (2, 2)


@pytest.mark.parametrize(
    ("day", "window"),
    [
        (date(2026, 5, 20), WINDOW),
        (date(2026, 3, 31), "2025Q2/2026Q1"),
        (date(2026, 4, 1), WINDOW),
        (date(2026, 12, 31), "2026Q1/2026Q4"),
    ],
)
def test_the_window_is_four_quarters_with_this_one(day: date, window: str) -> None:
    assert window_of(day) == window


def test_the_window_begins_on_its_first_day() -> None:
    told = tallies(
        [
            event("a", decided_at="2025-06-30T23:59:59"),
            event("b", decided_at="2025-07-01T00:00:00"),
        ]
    )
    assert told[None, WINDOW] == (1, 0)
    assert told[None, None] == (2, 0)


def test_counties_are_counted_each_and_together() -> None:
    told = tallies(
        [
            event("a", region_code="990101001"),
            event("b", region_code="990101"),
            event("c", "fraud", region_code="990102003"),
            event("d", region_code="9901"),
            event("e", region_code=None),
        ]
    )
    assert told[None, None] == (5, 1)
    assert told["990101", None] == (2, 0)
    assert told["990102", None] == (1, 1)
    assert {region for region, _ in told} == {None, "990101", "990102"}


def test_a_time_that_cannot_be_read_counts_in_no_quarter() -> None:
    assert tallies([event("a", decided_at="gestern")]) == {
        (None, None): (1, 0),
        ("990101", None): (1, 0),
    }


def test_amounts_are_summed_by_direction_and_none_is_not_nought() -> None:
    events = [
        event("a", "person_error", amount_fen=125_00, direction="over"),
        event("b", "fraud", amount_fen=75_50, direction="over"),
        event("c", "person_error"),
    ]
    told = rate_alerts(ALERT.empty(), log(events), packs=NO_PACKS, as_of=AS_OF)[1]
    all_told = told.filter(pl.col("region_code").is_null(), pl.col("period").is_null())
    assert all_told.select("amount_over", "amount_under").rows() == [(Decimal("200.50"), None)]


def test_the_table_shows_wilson_s_interval_in_six_places() -> None:
    told = rate_alerts(ALERT.empty(), log(decided(3, 7)), packs=NO_PACKS, as_of=AS_OF)[1]
    row = told.filter(pl.col("region_code").is_null(), pl.col("period") == "2026Q2").row(
        0, named=True
    )
    low, high = wilson(3, 10)
    assert (row["decided"], row["right"], row["wrong"]) == (10, 3, 7)
    assert row["precision"] == Decimal("0.300000")
    assert (float(row["lower"]), float(row["upper"])) == (
        pytest.approx(low, abs=1e-6),
        pytest.approx(high, abs=1e-6),
    )
    assert (
        row["text_zh"]
        == "办结 10 件，查实 3 件，未查实 7 件；准确率 30.0%，95% 区间 10.7% 至 60.3%"
    )


def test_without_decisions_nothing_changes() -> None:
    alerts = pl.DataFrame(
        [
            (
                "AL1",
                "P02",
                "R",
                "person",
                "P1",
                ["P1"],
                "990101001",
                None,
                AS_OF,
                "open",
                "f",
                [],
                "说明",
                None,
            )
        ],
        schema=ALERT.polars_schema(),
        orient="row",
    )
    told, precision = rate_alerts(alerts, log([]), packs=packs_of(), as_of=AS_OF)
    assert told.equals(alerts)
    assert precision.equals(ALERT_PRECISION.empty())


def packs_of() -> Packs:
    values = {
        "alert.precision_floor": (Entry(Decimal("0.5")),),
        "alert.precision_least": (Entry(Decimal(30)),),
    }
    return Packs({"cn": Pack("cn", "全国", (), values)})


# the interval


def test_intervals_hold_the_true_precision_in_93_of_100_seeds() -> None:
    """A rule of each truth, decided by lot in 100 seeds: the published interval holds the truth about as often as it says."""
    rng = np.random.default_rng(20260520)
    truths = {"P01": 0.99, "P02": 0.9, "P03": 0.75, "P04": 0.5, "P05": 0.36, "P06": 0.1}
    many = {"P01": 120, "P02": 60, "P03": 35, "P04": 30, "P05": 200, "P06": 80}
    rows = [
        (code, None, f"{seed}", many[code], int(rng.binomial(many[code], truth)), None, None)
        for code, truth in truths.items()
        for seed in range(100)
    ]
    told = precision_rows_of(pl.DataFrame(rows, schema=TALLY_SCHEMA, orient="row"))
    truth = pl.col("code").replace_strict(truths, return_dtype=pl.Float64)
    held = told.filter(pl.col("decided") > 0).select(
        "code", ((pl.col("lower") <= truth) & (pl.col("upper") >= truth)).alias("held")
    )
    assert len(held) == 600
    assert held["held"].mean() >= 0.93  # type: ignore[operator]
    for code, n in many.items():
        assert exact_coverage(truths[code], n) >= 0.95, code


def exact_coverage(truth: float, n: int) -> float:
    """How often the interval holds a truth, over everything that can come out: no lot is drawn."""
    chance = [comb(n, x) * truth**x * (1 - truth) ** (n - x) for x in range(n + 1)]
    limits = [wilson(x, n) for x in range(n + 1)]
    return sum(p for p, (low, high) in zip(chance, limits, strict=True) if low <= truth <= high)


def precision_rows_of(told: pl.DataFrame) -> pl.DataFrame:
    states = rule_states(told, [], packs=NO_PACKS, as_of=AS_OF)
    return precision_rows(told, states, AS_OF)
