"""Ledgers that do not add up, through `hedui run`: each wrong is a finding or an alert, none is lost and none counted twice."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from driven_counties import run_inbox

from household.identity.numbers import number_of_key
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from pathlib import Path

REGION = "990101"
KNOWN, TWICE, STRANGER, BACKWARDS = (
    number_of_key(int(f"{REGION}19700201{serial}")) for serial in ("101", "102", "103", "104")
)


def benefit(number: str, benefit_id: str, **more: Any) -> dict[str, Any]:
    row = {
        "benefit_id": benefit_id,
        "household_no": f"H{benefit_id}",
        "id_no": number,
        "name": "赵一",
        "programme": "old_age",
        "region_code": f"{REGION}001",
        "from_month": "2026-03",
        "household_kind": "stable",
        "monthly_amount": "100.00",
    }
    return row | more


def payment(number: str, benefit_id: str | None, month: int) -> dict[str, Any]:
    return {
        "payment_no": f"F{benefit_id}{month}",
        "benefit_id": benefit_id,
        "id_no": number,
        "name": "赵一",
        "programme": "old_age",
        "paid_on": f"2026-{month:02d}-08",
        "amount": "100.00",
        "region_code": f"{REGION}001",
    }


ROWS: dict[str, list[dict[str, Any]]] = {
    "approval.application": [],
    "approval.member": [],
    "approval.authorisation": [],
    "civil_affairs.benefit": [
        benefit(KNOWN, "B1"),
        benefit(TWICE, "B2"),
        benefit(TWICE, "B3", monthly_amount="90.00"),
        benefit(STRANGER, "B4"),
        benefit(BACKWARDS, "B5", from_month="2026-04", to_month="2026-01"),
        benefit(BACKWARDS, "B6", programme="tekun"),
    ],
    "civil_affairs.payment": [
        payment(KNOWN, "B1", 4),
        payment(KNOWN, "B9", 4),
        payment(KNOWN, "B9", 3),
        payment(KNOWN, None, 4),
        payment(BACKWARDS, "B5", 4),
    ],
    "public_security.population": [
        {"id_no": number, "name": "赵一", "status": "正常"} for number in (KNOWN, TWICE, BACKWARDS)
    ],
}


def write(inbox: Path) -> None:
    for name, rows in ROWS.items():
        dataset = DATASETS[name]
        file = inbox / dataset.source / f"{dataset.subject}_{REGION}_20260510.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, [c.name for c in dataset.columns])
            writer.writeheader()
            writer.writerows(rows)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ledgers")
    write(folder / "inbox")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DAGSTER_HOME", raising=False)
        run_inbox(folder / "inbox", folder / "w.duckdb")
    return folder / "w.duckdb"


def test_every_wrong_is_told_once(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        alerts = connection.execute(
            "select code, amount from current.alert where code in ('U12', 'U13', 'H06') order by code"
        ).fetchall()
        people = connection.execute(
            "select count(*) from current.alert where code like 'U%' and state = 'open'"
        ).fetchone()
        findings = connection.execute(
            "select check_id, failed_rows, passed from current.quality_result where not passed"
            " and (check_id in ('benefit_named', 'benefit_on_ledger', 'number_on_register',"
            " 'periods_apart') or starts_with(check_id, 'period_forward')) order by check_id"
        ).fetchall()
    assert alerts == [("H06", None), ("U12", Decimal("270.00")), ("U13", Decimal("200.00"))]
    assert people == (2,)
    assert findings == [
        ("benefit_named", 1, False),
        ("benefit_on_ledger", 2, False),
        ("number_on_register", 1, False),
        ("period_forward.to_month", 1, False),
        ("periods_apart", 1, False),
    ]
