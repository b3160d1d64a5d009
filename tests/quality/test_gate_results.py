from __future__ import annotations

import polars as pl
from core_frames import AS_OF, core, ledger, line

from household.schema.datasets import DATASETS
from quality.checks import Dimension
from quality.gate import GateResult, hold_gate
from quality.profile import profile
from quality.results import LINKAGE_SCHEMA, QUALITY_RESULT_SCHEMA, quality_rows


def gates(*names: str) -> list[GateResult]:
    return [
        hold_gate(
            DATASETS[n],
            profile(
                DATASETS[n],
                core(DATASETS[n]).lazy(),
                ledger=ledger(line(DATASETS[n])),
                as_of=AS_OF,
            ),
        )
        for n in names
    ]


def test_rows_have_the_published_shape_and_cover_six_dimensions() -> None:
    rows = quality_rows(gates("tax.income", "public_security.vehicle"))
    assert dict(rows.schema) == QUALITY_RESULT_SCHEMA
    assert set(rows["dimension"]) == {str(d) for d in Dimension}
    assert set(rows["severity"]) == {"blocking", "warning"}
    assert rows.select("dataset", "check_id").is_unique().all()
    assert rows["dataset"].is_sorted()
    assert (
        rows.select(pl.exclude("passed", "failed_rows", "total_rows").is_null().any()).row(0)
        == (False,) * 5
    )


def test_order_of_gates_does_not_matter() -> None:
    held = gates("tax.income", "public_security.vehicle")
    assert quality_rows(held).equals(quality_rows(held[::-1]))


def test_a_crashed_gate_is_published_as_failed() -> None:
    def crash() -> None:
        raise ZeroDivisionError

    gate = hold_gate(DATASETS["tax.income"], crash)  # type: ignore[arg-type]
    (row,) = quality_rows([gate]).to_dicts()
    assert (row["check_id"], row["passed"], row["severity"]) == ("gate_ran", False, "blocking")


def test_linkage_counts_become_accuracy_results() -> None:
    counts = pl.DataFrame(
        {
            "dataset": ["tax.income", "public_security.vehicle", "finance.payroll"],
            "linked_rows": [100, 100, 0],
            "name_conflict_rows": [2, 3, 0],
            "wrong_number_rows": [0, 1, 0],
        },
        schema=LINKAGE_SCHEMA,
    )
    rows = quality_rows([], linkage=counts)
    assert set(rows["dimension"]) == {"accuracy"}
    passed = {(d, c): p for d, c, p in rows.select("dataset", "check_id", "passed").iter_rows()}
    assert passed == {
        ("tax.income", "link_name_agrees"): True,
        ("tax.income", "link_number_own"): True,
        ("public_security.vehicle", "link_name_agrees"): False,
        ("public_security.vehicle", "link_number_own"): False,
        ("finance.payroll", "link_name_agrees"): None,
        ("finance.payroll", "link_number_own"): None,
    }
