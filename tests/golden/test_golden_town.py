"""The written town from files to the current views: suggestions, amounts, alerts, and the account of every file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from golden_files import read_town, rows_of_town, write_inbox

from pipelines.drive import drive
from pipelines.settings import Order

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.outcome import Outcome

HOMES = read_town()
WATCHED = ("D01", "D03", "U01", "U03", "P02", "P03", "A01", "A05")
BROKEN = "990101-not-a-date"


@dataclass(frozen=True)
class Golden:
    """The inbox, the warehouse and what two runs said."""

    warehouse: Path
    rows: dict[str, list[dict[str, Any]]]
    first: Outcome
    again: Outcome

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the published tables."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(query, list(values)).fetchall()


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Golden:
    folder = tmp_path_factory.mktemp("golden")
    rows = rows_of_town(HOMES)
    lost = {"record_no": "F999", "name": "某人", "died_on": BROKEN}
    rows["civil_affairs.funeral"].append(lost)
    write_inbox(folder / "inbox", rows)
    order = Order(folder / "inbox", folder / "w.duckdb", date(2026, 5, 20))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DAGSTER_HOME", raising=False)
        return Golden(folder / "w.duckdb", rows, drive(order), drive(order))


def test_the_town_is_large_enough_and_says_why() -> None:
    assert len(HOMES) >= 30
    assert len({home["id"] for home in HOMES}) == len(HOMES)
    assert all(home["why"] for home in HOMES)
    assert {code for home in HOMES for code in home.get("alerts", [])} == set(WATCHED)


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home["id"])
def test_suggestions_and_amounts(golden: Golden, home: dict[str, Any]) -> None:
    found = {
        programme: (suggestion, amount)
        for programme, suggestion, amount in golden.ask(
            "select programme, suggestion, amount from current.household_verdict "
            "where application_id = ?",
            home["id"],
        )
    }
    for programme, wanted in home["expect"].items():
        suggestion, amount = wanted if isinstance(wanted, list) else (wanted, None)
        exact = None if amount is None else Decimal(amount)
        assert found[programme] == (suggestion, exact), (home["why"], programme)


def test_no_unknown_and_no_fail_is_without_a_way_out(golden: Golden) -> None:
    told = golden.ask(
        "select outcome, count(*), count(settles_it) from current.verdict_reason group by all"
    )
    assert {outcome for outcome, _, _ in told} == {"pass", "fail", "unknown"}
    assert all(rows == settled for outcome, rows, settled in told if outcome != "pass")


def test_the_months_of_the_town_add_up_to_what_was_verified(golden: Golden) -> None:
    apart = golden.ask(
        "select application_id, person_ref, kind, verified, months from current.income_line "
        "full join (select application_id, person_ref, kind, sum(adopted) as months "
        "from current.income_month group by all) using (application_id, person_ref, kind) "
        "where verified is distinct from months"
    )
    assert apart == []
    assert golden.ask("select count(*) > 50 from current.income_month") == [(True,)]


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home["id"])
def test_alerts(golden: Golden, home: dict[str, Any]) -> None:
    households = [f"H{home['id'][1:]}", f"H{home['id'][1:]}B"]
    codes = golden.ask(
        "with mine as (select person_ref from current.roster_person where application_id = $1) "
        "select distinct code from current.alert where state = 'open' and (subject_id = $1 "
        "or list_contains($2, subject_id) or subject_id in (from mine))",
        home["id"],
        households,
    )
    assert {code for (code,) in codes} & set(WATCHED) == set(home.get("alerts", []))


def test_every_file_is_accounted_for(golden: Golden) -> None:
    ledger = golden.ask(
        "select dataset, rows_in, rows_accepted, rows_quarantined, rows_superseded, state "
        "from current.intake_ledger"
    )
    assert {row[0]: row[1] for row in ledger} == {n: len(r) for n, r in golden.rows.items()}
    assert all(row[1] == row[2] + row[3] + row[4] for row in ledger)
    assert {row[5] for row in ledger} == {"done"}
    assert {row[0]: row[3] for row in ledger if row[3]} == {"civil_affairs.funeral": 1}


def test_the_row_that_cannot_be_read_says_where(golden: Golden) -> None:
    ((file, line, column, reason),) = golden.ask(
        'select file, line, "column", reason_zh from current.quarantine'
    )
    assert file == "civil_affairs/funeral_990101_20260510.csv"
    assert line == len(golden.rows["civil_affairs.funeral"]) + 1
    assert column in ("died_on", "死亡日期")
    assert reason
    assert "某人" not in reason


def test_running_again_publishes_nothing(golden: Golden) -> None:
    assert golden.first.published
    assert not golden.again.published
    assert golden.first.run.run_id == golden.again.run.run_id
    assert golden.ask("select count(distinct run_id) from publish.household_verdict") == [(1,)]


def test_views_show_each_application_and_programme_once(golden: Golden) -> None:
    ((rows, keys),) = golden.ask(
        "select count(*), count(distinct (application_id, programme)) from current.household_verdict"
    )
    assert rows == keys == 7 * len(HOMES)


def test_tables_hang_together(golden: Golden) -> None:
    for child, column, parent in (
        ("verdict_reason", "verdict_id", "household_verdict"),
        ("evidence", "person_ref", "person"),
        ("coverage", "person_ref", "person"),
        ("person_link", "person_ref", "person"),
        ("roster_person", "person_ref", "person"),
    ):
        ((orphans,),) = golden.ask(
            f"select count(*) from current.{child} anti join current.{parent} using ({column})"
        )
        assert orphans == 0, child
