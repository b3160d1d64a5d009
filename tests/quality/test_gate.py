from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from core_frames import AS_OF, core, ledger, line, number

from household.schema.datasets import DATASETS
from quality import gate as gate_module
from quality import warm
from quality.checks import Limits, checks_of
from quality.gate import CheckResult, GateResult, hold_gate
from quality.profile import Profile, profile

if TYPE_CHECKING:
    from collections.abc import Callable

VEHICLE = DATASETS["public_security.vehicle"]
CONTRIBUTION = DATASETS["human_resources.contribution"]

CANARY_NAME = "金丝雀"
CANARY_NUMBER = number(777, born="19770707")


def held(
    dataset: Any, frame: pl.DataFrame, *lines: dict[str, Any], limits: Limits | None = None
) -> GateResult:
    given = ledger(*(lines or [line(dataset, len(frame))]))
    taken = profile(dataset, frame.lazy(), ledger=given, as_of=AS_OF)
    return hold_gate(dataset, taken, limits=limits or Limits())


def result(gate: GateResult, check_id: str) -> CheckResult:
    (found,) = [r for r in gate.results if r.check_id == check_id]
    return found


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=list(DATASETS))
def test_sound_data_opens_every_gate_and_every_check_is_answered(dataset: Any) -> None:
    gate = held(dataset, core(dataset))
    assert gate.open, gate.shut_by
    assert gate.crashed is None
    assert [r.check_id for r in gate.results] == [c.check_id for c in checks_of(dataset)]
    assert [r.check_id for r in gate.results if r.passed is False] == []


BREAKS: dict[str, tuple[Callable[[pl.DataFrame], pl.DataFrame], str]] = {
    "dropped column": (lambda f: f.drop("status"), "columns_declared"),
    "dropped required column": (lambda f: f.drop("status"), "required_present.status"),
    "dropped hand-off column": (lambda f: f.drop("_extract_as_of"), "columns_declared"),
    "retyped column": (
        lambda f: f.with_columns(pl.col("first_registered_on").cast(pl.String)),
        "types_declared",
    ),
    "retyped key of numbers": (
        lambda f: f.with_columns(pl.col("owner_id_no__key").cast(pl.String)),
        "types_declared",
    ),
    "duplicate key": (lambda f: pl.concat([f[:3], f[:1]]), "key_unique"),
    "required null": (
        lambda f: f.with_columns(
            pl.when(pl.col("_line") == 2).then(None).otherwise("owner_name").alias("owner_name")
        ),
        "required_present.owner_name",
    ),
    "rows lost": (lambda f: f[:3], "rows_as_ledgered"),
}


@pytest.mark.parametrize(("damage", "check_id"), BREAKS.values(), ids=list(BREAKS))
def test_a_broken_frame_shuts_the_gate(
    damage: Callable[[pl.DataFrame], pl.DataFrame], check_id: str
) -> None:
    gate = held(VEHICLE, damage(core(VEHICLE)), line(VEHICLE))
    assert not gate.open
    assert check_id in gate.shut_by
    assert gate.crashed is None, "shut by a check, not by a crash"
    assert result(gate, check_id).passed is False


def test_a_ledger_that_does_not_add_up_shuts_the_gate() -> None:
    gate = held(VEHICLE, core(VEHICLE), line(VEHICLE, 5, rows_accepted=4))
    assert gate.shut_by == ("ledger_balances",)


def test_a_negative_required_amount_shuts_the_gate_and_an_optional_one_warns() -> None:
    money = [Decimal("-0.01"), Decimal("0.00")]
    gate = held(CONTRIBUTION, core(CONTRIBUTION, 2, base=money))
    assert gate.shut_by == ("money_not_negative.base",)
    gate = held(VEHICLE, core(VEHICLE, 2, value=money))
    assert gate.open
    assert result(gate, "money_not_negative.value").passed is False


def test_a_tiny_file_with_most_rows_quarantined_only_warns() -> None:
    bad = line(VEHICLE, 6, rows_accepted=2, rows_quarantined=4)
    gate = held(VEHICLE, core(VEHICLE, 2), bad)
    assert gate.open
    found = result(gate, "quarantined_share")
    assert (found.passed, found.failed_rows, found.total_rows) == (False, 4, 6)


def test_a_header_only_file_keeps_the_gate_open() -> None:
    gate = held(VEHICLE, core(VEHICLE).clear(), line(VEHICLE, 0))
    assert gate.open
    assert result(gate, "quarantined_share").passed is None
    assert result(gate, "number_valid.owner_id_no").passed is None


def test_nothing_delivered_is_said_and_shuts_nothing() -> None:
    gate = held(VEHICLE, core(VEHICLE).clear(), line(DATASETS["tax.income"]))
    assert gate.open
    assert {r.check_id: r.passed for r in gate.results} == {
        "ledger_balances": True,
        "delivered": False,
        "files_readable": True,
    }


def test_a_refused_file_warns() -> None:
    refused = line(VEHICLE, rows_in=None, rows_accepted=0, state="refused")
    gate = held(VEHICLE, core(VEHICLE).clear(), refused)
    assert result(gate, "files_readable").passed is False
    assert result(gate, "delivered").passed is False


def test_freshness_is_counted_to_the_day() -> None:
    for day, passed in ((date(2026, 3, 19), True), (date(2026, 3, 18), False)):  # 62 and 63 days
        gate = held(VEHICLE, core(VEHICLE), line(VEHICLE, as_of=day))
        assert result(gate, "fresh").passed is passed
    strict = held(VEHICLE, core(VEHICLE), limits=Limits(max_age_days=19))
    assert result(strict, "fresh").passed is False


def test_volume_drop_warns_beyond_half() -> None:
    for now, passed in ((50, True), (49, False)):
        gate = held(
            VEHICLE,
            core(VEHICLE, now),
            line(VEHICLE, 100, as_of=date(2026, 3, 30), rows_accepted=0, rows_superseded=100)
            | {"state": "superseded", "file": "older.csv"},
            line(VEHICLE, now),
        )
        assert gate.open
        assert result(gate, "usual_volume").passed is passed


@pytest.mark.parametrize(
    ("changes", "check_id"),
    [
        ({"id_no": [number(0), number(0)], "name": ["张三", "李四"]}, "one_name.id_no"),
        ({"id_no": [number(0), "990101198001011231"]}, "number_valid.id_no"),
        ({"scheme": ["失业", "商业养老"]}, "terms_known.scheme"),
        ({"month": [date(2026, 4, 1), date(2026, 6, 1)]}, "dates_not_ahead"),
    ],
)
def test_doubtful_content_warns_and_shuts_nothing(changes: dict[str, Any], check_id: str) -> None:
    gate = held(CONTRIBUTION, core(CONTRIBUTION, 2, **changes))
    assert gate.open
    found = result(gate, check_id)
    assert (found.passed, found.failed_rows, found.severity) == (False, 1, "warning")


def test_optional_columns_that_emptied_since_the_last_run_warn() -> None:
    full = profile(VEHICLE, core(VEHICLE).lazy(), ledger=ledger(line(VEHICLE)), as_of=AS_OF)
    hollow = profile(
        VEHICLE,
        core(VEHICLE, model=[None, None, None, "甲"]).lazy(),
        ledger=ledger(line(VEHICLE)),
        as_of=AS_OF,
        previous=full,
    )
    found = result(hold_gate(VEHICLE, hollow), "optional_filled")
    assert found.passed is False
    assert "model 100% → 25%" in found.observed


def test_oddly_written_cells_warn_by_share() -> None:
    def with_notes(n: int) -> CheckResult:
        taken = profile(
            VEHICLE,
            core(VEHICLE, 100).lazy(),
            ledger=ledger(line(VEHICLE, 100)),
            as_of=AS_OF,
            noted={("owner_name", "inner_space"): n},
        )
        return result(hold_gate(VEHICLE, taken), "cells_as_agreed")

    assert with_notes(9).passed is True  # 9 of 900 cells
    assert with_notes(10).passed is False


def test_profiling_that_crashes_shuts_the_gate_without_repeating_the_error() -> None:
    def crash() -> Profile:
        raise ValueError(f"could not read {CANARY_NUMBER} of {CANARY_NAME}")

    gate = hold_gate(VEHICLE, crash)
    assert not gate.open
    assert gate.crashed == "ValueError"
    assert gate.shut_by == ("gate_ran",)
    assert "出错" in gate.results[0].observed
    assert CANARY_NUMBER not in json.dumps(gate.to_dict(), ensure_ascii=False)
    assert CANARY_NAME not in json.dumps(gate.to_dict(), ensure_ascii=False)


def test_an_expectation_that_crashes_shuts_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError(CANARY_NAME)

    asked = warm.engine().expectations.ExpectColumnMaxToBeBetween
    monkeypatch.setattr(asked, "_validate", crash)
    gate = held(VEHICLE, core(VEHICLE))
    assert not gate.open
    assert gate.crashed == "GateError"
    assert CANARY_NAME not in json.dumps(gate.to_dict(), ensure_ascii=False)


def test_great_expectations_missing_shuts_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise ImportError("no such module")

    monkeypatch.setattr(warm, "engine", absent)
    gate = held(VEHICLE, core(VEHICLE))
    assert (gate.open, gate.crashed) == (False, "ImportError")


def test_no_personal_value_is_in_any_result() -> None:
    names = [CANARY_NAME, CANARY_NAME + "甲", None, CANARY_NAME]
    ids = [CANARY_NUMBER, CANARY_NUMBER, CANARY_NUMBER[:17] + "?", CANARY_NUMBER[:15]]
    gate = held(
        VEHICLE,
        core(
            VEHICLE,
            plate_no=["990A7777"] * 4,
            owner_id_no=ids,
            owner_name=names,
            use=[CANARY_NAME] * 4,
        ),
    )
    assert not gate.open
    text = json.dumps(gate.to_dict(), ensure_ascii=False)
    for canary in (CANARY_NAME, CANARY_NUMBER, CANARY_NUMBER[:15], "990A7777"):
        assert canary not in text


def test_the_verdict_is_great_expectations_own() -> None:
    gate = held(VEHICLE, core(VEHICLE, 3, owner_name=["甲", None, "乙"]))
    assert gate.validation is not None
    assert gate.validation["success"] is False
    (found,) = [
        r
        for r in gate.validation["results"]
        if r["expectation_config"]["meta"]["check_id"] == "required_present.owner_name"
    ]
    assert found["success"] is False
    assert found["result"]["observed_value"] == 1
    assert found["expectation_config"]["type"] == "expect_column_max_to_be_between"
    assert found["expectation_config"]["meta"]["severity"] == "blocking"


def test_holding_a_gate_twice_gives_the_same_and_survives_json() -> None:
    first, second = held(VEHICLE, core(VEHICLE)), held(VEHICLE, core(VEHICLE))
    assert json.dumps(first.to_dict()) == json.dumps(second.to_dict())
    assert GateResult.from_dict(json.loads(json.dumps(first.to_dict()))) == first


def test_what_is_remembered_is_what_would_be_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """An equal question is answered from memory, in an object of its own; another measure is asked."""
    asked: list[str] = []
    real = gate_module._ask
    monkeypatch.setattr(
        gate_module, "_ask", lambda d, *rest: asked.append(d.name) or real(d, *rest)
    )
    first = held(VEHICLE, core(VEHICLE))
    first.validation["results"].clear()  # type: ignore[index]
    again = held(VEHICLE, core(VEHICLE))
    assert asked == [VEHICLE.name]
    assert again.validation["results"]  # type: ignore[index]
    assert not held(VEHICLE, core(VEHICLE).drop("status")).open
    assert len(asked) == 2
