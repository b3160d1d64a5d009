"""Ledgers that are to add up: what is counted over civil affairs' datasets and the household register."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from core_frames import AS_OF, core, number

from household.extracts import Extracts
from household.schema.datasets import DATASETS
from quality.ledgers import BENEFIT, LEDGER_CHECKS, PAYMENT, REGISTER, ledger_results

MARCH, MAY = date(2026, 3, 1), date(2026, 5, 1)


def counted(silent: tuple[str, ...] = (), **rows: dict[str, list[Any]]) -> dict[str, Any]:
    """(passed, failed, total) by question."""
    frames = {
        name: core(DATASETS[name], len(next(iter(given.values()))), **given)
        for name, given in zip((BENEFIT, PAYMENT, REGISTER), rows.values(), strict=True)
    }
    delivered = pl.DataFrame(
        [(name, "990101", AS_OF) for name in frames if name not in silent],
        schema={"dataset": pl.String, "region_code": pl.String, "as_of": pl.Date},
        orient="row",
    )
    found = ledger_results(Extracts(lambda name: frames[name].lazy(), delivered, AS_OF))
    return {r.check_id: (r.passed, r.failed_rows, r.total_rows) for _, r in found}


def ledgers(**changed: list[Any]) -> dict[str, dict[str, list[Any]]]:
    """Two benefits with a payment each, of people on the register; `changed` are columns of the benefits."""
    numbers = [number(1), number(2)]
    regions = ["990101001"] * 2
    benefits: dict[str, list[Any]] = {
        "benefit_id": ["B1", "B2"],
        "id_no": numbers,
        "programme": ["dibao"] * 2,
        "from_month": [MARCH] * 2,
        "to_month": [None] * 2,
        "region_code": regions,
    }
    payments: dict[str, list[Any]] = {
        "benefit_id": ["B1", "B2"],
        "programme": ["dibao"] * 2,
        "region_code": regions,
    }
    register = {"id_no": [*numbers], "former_id_no": [None] * 2}
    return {"benefits": benefits | changed, "payments": payments, "register": register}


def test_sound_ledgers_add_up_and_every_question_has_an_answer() -> None:
    told = counted(**ledgers())
    assert set(told) == set(LEDGER_CHECKS)
    assert set(told.values()) == {(True, 0, 2)}


def test_payments_without_a_benefit() -> None:
    rows = ledgers()
    rows["payments"] |= {
        "benefit_id": ["B1", "B9", None, None],
        "programme": ["dibao", "dibao", "dibao", "temp_emergency"],
        "region_code": ["990101001"] * 4,
    }
    told = counted(**rows)
    assert told["benefit_on_ledger"] == (False, 1, 2)
    assert told["benefit_named"] == (False, 1, 3)  # a one-off grant has none to name
    assert counted((BENEFIT,), **rows)["benefit_on_ledger"] == (None, 0, 0)


def test_recipients_whom_the_register_does_not_know() -> None:
    rows = ledgers()
    rows["register"] = {"id_no": [number(1), number(9)], "former_id_no": [None, None]}
    assert counted(**rows)["number_on_register"] == (False, 1, 2)
    assert counted((REGISTER,), **rows)["number_on_register"] == (None, 0, 0)
    rows["register"]["former_id_no"] = [None, number(2)]
    assert counted(**rows)["number_on_register"] == (True, 0, 2)


@pytest.mark.parametrize(
    ("first_ends", "failed"),
    [(date(2026, 4, 1), 0), (MAY, 0), (date(2026, 6, 1), 1), (None, 1), (date(2026, 2, 1), 0)],
)
def test_two_rows_of_one_person_and_programme(first_ends: date | None, failed: int) -> None:
    rows = ledgers(
        id_no=[number(1)] * 2, from_month=[MARCH, MAY], to_month=[first_ends, date(2026, 7, 1)]
    )
    assert counted(**rows)["periods_apart"][:2] == (failed == 0, failed)
