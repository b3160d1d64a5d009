"""A rule steps back only where it is certain to be below the floor, by one step, says so, and comes back by itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from decision_log import decided, log

from household.alerts.codes import CODES
from household.alerts.trust.demotion import NO_SUSPICION, certainly_below
from household.alerts.trust.precision import Tally
from household.alerts.trust.quality import rate_alerts
from household.rules.packs import Entry, Pack, Packs
from household.schema.published.alerts import ALERT
from household.shares import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable

AS_OF = date(2026, 5, 20)
HERE, THERE = "990101001", "990102001"
EARLIER = "2025-06-30T09:00:00"
"""The day before the window begins."""


def pack(pack_id: str, floor: str | None, least: int | None = 30) -> Pack:
    values = {}
    if floor is not None:
        values["alert.precision_floor"] = (Entry(Decimal(floor)),)
    if least is not None:
        values["alert.precision_least"] = (Entry(Decimal(least)),)
    return Pack(pack_id, pack_id, () if pack_id == "cn" else (pack_id,), values)


CN = Packs({"cn": pack("cn", "0.5")})


def alerts(*codes: str, region: str | None = HERE, **more: Any) -> pl.DataFrame:
    rows = [
        {
            "alert_id": f"AL{code}",
            "code": code,
            "severity": CODES[code].severity,
            "subject_kind": CODES[code].subject_kind,
            "subject_id": "S1",
            "person_refs": [],
            "region_code": region,
            "first_seen": AS_OF,
            "state": "open",
            "facts_digest": "f",
            "evidence_ids": [],
            "text_zh": "说明",
        }
        | more
        for code in codes
    ]
    return pl.DataFrame(rows, schema=ALERT.polars_schema())


def rated(
    shown: pl.DataFrame, events: Iterable[dict[str, Any]], packs: Packs = CN
) -> tuple[list[str], list[str], pl.DataFrame]:
    """Severities, texts and the table of precision."""
    told, precision = rate_alerts(shown, log(events), packs=packs, as_of=AS_OF)
    return told["severity"].to_list(), told["text_zh"].to_list(), precision


def test_a_rule_that_is_mostly_wrong_steps_back_one_step_and_says_so() -> None:
    severities, texts, precision = rated(alerts("P02"), decided(6, 34))
    assert severities == ["I"]
    said = (
        "说明【级别说明：本规则在本地区近四个季度（2025Q3/2026Q2）办结 40 件，查实 6 件，"
        "准确率的 95% 区间上限 29.0% 低于下限 50.0%，级别由R（核实）调为I（提示）；仍请照常核实】"
    )
    assert texts == [said]
    here = precision.filter(pl.col("region_code") == "990101")
    assert here.select("severity", "severity_now", "demoted").unique().rows() == [("R", "I", True)]
    window = here.filter(pl.col("period") == "2025Q3/2026Q2")
    assert "级别由R（核实）调为I（提示）" in window["text_zh"].item()


@pytest.mark.parametrize(("code", "now"), [("D01", "R"), ("P02", "I"), ("O01", "I")])
def test_one_step_and_nothing_below_information(code: str, now: str) -> None:
    severities, texts, precision = rated(alerts(code), decided(0, 500, code=code))
    assert severities == [now]
    assert ("级别说明" in texts[0]) == (code != "O01")
    assert precision["demoted"].to_list() == [code != "O01"] * len(precision)


@pytest.mark.parametrize("code", sorted(set(NO_SUSPICION) & set(CODES)))
def test_what_suspects_nobody_never_steps_back(code: str) -> None:
    shown = alerts(code)
    severities, texts, precision = rated(shown, decided(0, 500, code=code))
    assert (severities, texts) == (shown["severity"].to_list(), ["说明"])
    window = precision.filter(pl.col("period").str.contains("/"))
    assert all("不因准确率调整级别" in text for text in window["text_zh"])


def test_the_last_count_that_is_certain_and_the_first_that_is_not() -> None:
    """Of 40, 13 have the upper limit 0.4801, 14 have 0.5055."""
    assert wilson(13, 40)[1] < 0.5 < wilson(14, 40)[1]
    assert rated(alerts("P02"), decided(13, 27))[0] == ["I"]
    assert rated(alerts("P02"), decided(14, 26))[0] == ["R"]


def test_fewer_than_the_least_number_is_nothing_to_go_by() -> None:
    assert rated(alerts("P02"), decided(0, 29))[0] == ["R"]
    assert rated(alerts("P02"), decided(0, 30))[0] == ["I"]


def test_a_rule_comes_back_when_the_interval_reaches_the_floor_again() -> None:
    bad = decided(6, 34)
    severities, texts, _ = rated(alerts("P02"), bad)
    before = alerts("P02", severity=severities[0], text_zh=texts[0])
    better = [*bad, *decided(40, 0, decided_at="2026-05-01T09:00:00")]
    assert rated(before, better)[:2] == (["R"], ["说明"])


def test_what_a_gone_row_said_last_time_is_not_said_twice() -> None:
    bad = decided(6, 34)
    severities, texts, _ = rated(alerts("P02"), bad)
    again = rated(alerts("P02", severity=severities[0], text_zh=texts[0], state="closed"), bad)
    assert again[:2] == (severities, texts)


def test_what_was_decided_before_the_window_is_history() -> None:
    assert rated(alerts("P02"), decided(0, 80, decided_at=EARLIER))[0] == ["R"]


def test_a_county_with_enough_of_its_own_is_judged_by_its_own() -> None:
    events = [*decided(30, 10, region_code=HERE), *decided(0, 200, region_code=THERE)]
    assert rated(alerts("P02", region=HERE), events)[0] == ["R"]
    assert rated(alerts("P02", region=THERE), events)[0] == ["I"]


def test_a_county_with_too_few_is_judged_by_all() -> None:
    events = [*decided(5, 0, region_code=HERE), *decided(0, 200, region_code=THERE)]
    severities, texts, precision = rated(alerts("P02", region=HERE), events)
    assert severities == ["I"]
    assert "本地区办结不足，按全部地区计" in texts[0]
    assert rated(alerts("P02", region="990103001"), events)[0] == ["I"]
    assert rated(alerts("P02", region=None), events)[0] == ["I"]
    here = precision.filter(pl.col("region_code") == "990101", pl.col("period").str.contains("/"))
    assert here.select("decided", "demoted").rows() == [(5, True)]


def test_a_county_without_a_decision_has_its_row_once_its_rule_steps_back() -> None:
    events = decided(0, 200, region_code=THERE)
    precision = rated(alerts("P02", region="990103001"), events)[2]
    nobody = precision.filter(pl.col("region_code") == "990103")
    assert nobody.select("decided", "precision", "demoted").rows() == [(0, None, True)]


def test_the_floor_is_that_of_the_county_and_without_one_nothing_steps_back() -> None:
    events = decided(12, 28)
    for floor, now in (("0.3", "R"), ("0.6", "I")):
        local = Packs({"cn": pack("cn", "0.5"), "9901": pack("9901", floor, None)})
        assert rated(alerts("P02"), events, local)[0] == [now]
    assert rated(alerts("P02"), decided(0, 500), Packs({}))[0] == ["R"]
    assert rated(alerts("P02"), decided(0, 500), Packs({"cn": pack("cn", "0.5", None)}))[0] == ["R"]


def test_other_rules_and_columns_are_left_alone() -> None:
    shown = alerts("P02", "P03", "D01")
    told, _ = rate_alerts(shown, log(decided(0, 100)), packs=CN, as_of=AS_OF)
    assert told["severity"].to_list() == ["I", "R", "B"]
    same = [name for name in shown.columns if name not in ("severity", "text_zh")]
    assert told.select(same).equals(shown.select(same))
    assert told["text_zh"].to_list()[1:] == ["说明", "说明"]


# certainty


@pytest.mark.parametrize("floor", ["0.3", "0.5", "0.95"])
def test_certainly_below_is_the_upper_limit_of_the_interval(floor: str) -> None:
    for decided_n in range(1, 90):
        for right in range(decided_n + 1):
            tally = Tally(decided_n, right, None, None)
            below = wilson(right, decided_n)[1] < float(floor)
            assert certainly_below(tally, Decimal(floor)) == below, (right, decided_n)


@pytest.mark.parametrize(("truth", "at_most"), [(0.5, 0.04), (0.55, 0.01), (0.7, 0.0)])
def test_a_rule_that_is_not_below_the_floor_hardly_ever_steps_back(
    truth: float, at_most: float
) -> None:
    """2,000 rules of one truth: on the floor itself about one in forty is unlucky, above it none."""
    rng = np.random.default_rng(5)
    counts = rng.binomial(60, truth, size=2000)
    stepped = [certainly_below(Tally(60, int(x), None, None), Decimal("0.5")) for x in counts]
    assert sum(stepped) / 2000 <= at_most
    surely = rng.binomial(60, 0.2, size=2000)
    found = [certainly_below(Tally(60, int(x), None, None), Decimal("0.5")) for x in surely]
    assert sum(found) / 2000 > 0.98
