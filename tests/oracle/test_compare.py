"""The comparer must be silent where everything agrees, and speak of each thing that does not."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from .compare import COLUMNS, differences
from .test_oracle import AS_OF, REGION, Builder

if TYPE_CHECKING:
    from pathlib import Path

    from .world import Expected, Row


def a_household() -> Expected:
    world = Builder(members=2)
    world.pension("300")
    world.of("public_security.vehicle", plate_no="V1", plate_type="小型汽车", status="正常")
    world.of("civil_affairs.funeral", 2, record_no="F1", died_on=AS_OF)
    benefit = {
        "benefit_id": "B1",
        "household_no": "H1",
        "programme": "dibao",
        "region_code": REGION,
    }
    for serial, start in enumerate(("2024-01-01", "2025-01-01"), start=1):
        more = {"benefit_id": f"B{serial}", "from_month": AS_OF.fromisoformat(start)}
        world.of("civil_affairs.benefit", **(benefit | more))
    return world.run()


def tables(result: Expected) -> dict[str, list[Row]]:
    """What a faithful engine would publish."""

    def ref(row: Row) -> str:
        return f"p{row['member_no']}"

    alerts = []
    for alert in result.alert:
        refs = [f"p{number}" for _, number in alert["members"]]
        subject = refs[0] if alert["subject_kind"] == "person" else alert["subject"]
        alerts.append(alert | {"subject_id": subject, "person_refs": refs, "state": "open"})
    return {
        "household_verdict": list(result.household_verdict),
        "income_line": [row | {"person_ref": ref(row)} for row in result.income_line],
        "coverage": [row | {"person_ref": ref(row)} for row in result.coverage],
        "evidence": [],
        "person_link": [row | {"person_ref": ref(row)} for row in result.person_link],
        "roster_person": [
            {"application_id": app, "member_no": number, "person_ref": f"p{number}"}
            for app, number in result.roster
        ],
        "alert": alerts,
    }


def publish(path: Path, rows: dict[str, list[Row]]) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema current")
        for table, columns in COLUMNS.items():
            names = [name.strip() for name in columns.split(",")]
            types = [f"{n} varchar[]" if n == "person_refs" else f"{n} {_type(n)}" for n in names]
            connection.execute(f"create table current.{table} ({', '.join(types)})")
            marks = ", ".join("?" * len(names))
            for row in rows[table]:
                values = [_plain(row[name]) for name in names]
                connection.execute(f"insert into current.{table} values ({marks})", values)
    return path


def _type(name: str) -> str:
    if name in ("requested", "certain"):
        return "boolean"
    numeric = ("amount", "income_window", "financial_assets", "rigid_spending", "declared")
    if name in (*numeric, "verified", "adopted"):
        return "decimal(18, 2)"
    if name in ("persons_counted", "homes", "vehicles", "businesses", "member_no"):
        return "integer"
    return "decimal(18, 6)" if name == "income_per_capita_month" else "varchar"


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Fraction) else value


@pytest.fixture
def result() -> Expected:
    return a_household()


def test_what_agrees_is_passed_over(tmp_path: Path, result: Expected) -> None:
    assert {"D01", "U01"} <= {alert["code"] for alert in result.alert}
    warehouse = publish(tmp_path / "w.duckdb", tables(result))
    assert differences(result, warehouse) == []


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("household_verdict", {"suggestion": "eligible"}, "suggestion"),
        ("household_verdict", {"income_window": Fraction(1)}, "income_window"),
        ("income_line", {"adopted": Fraction(1)}, "income_line"),
        ("coverage", {"state": "stale"}, "coverage"),
        ("person_link", {"tier": "C"}, "person_link"),
        ("alert", {"code": "T05"}, "not raised"),
    ],
)
def test_one_change_is_one_line(
    tmp_path: Path, result: Expected, table: str, change: dict[str, Any], said: str
) -> None:
    rows = tables(result)
    at = next(
        i for i, row in enumerate(rows[table]) if all(row.get(k) != v for k, v in change.items())
    )
    rows[table][at] = rows[table][at] | change
    lines = differences(result, publish(tmp_path / "w.duckdb", rows))
    assert len(lines) == 1
    assert said in lines[0]


def test_an_alert_too_many_and_a_verdict_too_few_are_told(tmp_path: Path, result: Expected) -> None:
    rows = tables(result)
    rows["alert"].append(
        rows["alert"][0] | {"code": "T03", "subject_kind": "application", "subject_id": "X1"}
    )
    rows["household_verdict"] = rows["household_verdict"][1:]
    lines = differences(result, publish(tmp_path / "w.duckdb", rows))
    assert sorted(line.split()[0] for line in lines) == ["alert", "verdict"]
