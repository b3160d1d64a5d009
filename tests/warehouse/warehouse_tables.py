"""Small published tables for the tests of the warehouse: made-up households whose content follows from one number."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from household.schema.published import PUBLISHED
from warehouse.record import RunFacts, RunRecord, record_run

if TYPE_CHECKING:
    from collections.abc import Mapping

AS_OF = dt.date(2026, 5, 20)


def make_tables(households: int, *, amount: str = "100.00") -> dict[str, pl.DataFrame]:
    """Every table but `run`, with one verdict, reason and piece of evidence a household, in descending order of ids."""
    numbers = range(households, 0, -1)
    filled: dict[str, list[dict[str, Any]]] = {name: [] for name in PUBLISHED if name != "run"}
    for n in numbers:
        filled["household_verdict"].append(_verdict(n, amount))
        filled["verdict_reason"].append(_reason(n))
        filled["evidence"].append(_evidence(n))
        filled["person"].append(
            {
                "person_ref": f"P{n:07d}",
                "application_ids": [f"A{n:07d}"],
                "id_no_masked": "990*************34",
                "name_masked": "张＊",
                "in_roster": True,
            }
        )
    filled["intake_ledger"].append(
        {
            "file": "tax/income_990101_20260430.csv",
            "sha256": "ab" * 32,
            "dataset": "tax.income",
            "region_code": "990101",
            "as_of": dt.date(2026, 4, 30),
            "rows_in": households + 1,
            "rows_accepted": households,
            "rows_quarantined": 1,
            "rows_superseded": 0,
            "state": "done",
            "message": None,
        }
    )
    return {
        name: pl.DataFrame(rows, schema=PUBLISHED[name].polars_schema())
        for name, rows in filled.items()
    }


def make_run(sequence: int, tables: Mapping[str, pl.DataFrame]) -> RunRecord:
    """The record of the run of that number over these tables."""
    return record_run(
        RunFacts(
            run_id=f"{sequence:06d}",
            sequence=sequence,
            as_of=AS_OF,
            region_code="990101",
            input_digest="i",
            packs_digest="p",
            program_version="0.1.0",
            person_key_is_default=False,
        ),
        tables,
    )


def _verdict(n: int, amount: str) -> dict[str, Any]:
    return {
        "verdict_id": f"V{n:07d}",
        "application_id": f"A{n:07d}",
        "programme": "dibao",
        "requested": n % 2 == 1,
        "region_code": "990101001",
        "pack_ids": ["990101", "cn"],
        "pack_digest": "d",
        "as_of": AS_OF,
        "suggestion": "eligible" if n % 3 else "ineligible",
        "certain": True,
        "persons_counted": 3,
        "income_window": Decimal("12000.01"),
        "income_per_capita_month": Decimal("333.333611"),
        "amount": Decimal(amount),
        "digest": "e",
    }


def _reason(n: int) -> dict[str, Any]:
    return {
        "verdict_id": f"V{n:07d}",
        "seq": 1,
        "rule_id": "dibao.income",
        "outcome": "pass",
        "certain": True,
        "measured": Decimal("333.333611"),
        "limit_value": Decimal("740.000000"),
        "unit": "yuan",
        "text_zh": "=SUM(A1:A9)" if n == 1 else "月人均收入低于标准",
        "evidence_ids": [f"E{n:07d}", f"E{n + 1:07d}"] if n % 2 else [],
    }


def _evidence(n: int) -> dict[str, Any]:
    return {
        "evidence_id": f"E{n:07d}",
        "application_id": f"A{n:07d}",
        "person_ref": f"P{n:07d}",
        "dataset": "tax.income",
        "record_key": f"99010119850201{n:04d}|工资薪金|2026-04||",
        "quantity": "wage",
        "amount": Decimal("-0.05"),
        "counted": True,
        "link_tier": "A",
        "link_score": 0.5,
    }
