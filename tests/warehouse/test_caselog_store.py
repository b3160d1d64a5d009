"""The logs beside judgements: append-only like them, given to a store of an earlier version, and closed to what no rule allows."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from household.casework import LOGS, Casework
from household.linkage.judgements import Judgement
from warehouse.caselogs import add_events, add_log_rows, read_casework
from warehouse.casework import APPLICATION_ID, VERSION, casework_file, open_casework
from warehouse.db import statement
from warehouse.errors import WarehouseError
from warehouse.judgements import add_judgements, read_judgements

if TYPE_CHECKING:
    from pathlib import Path

SAID = Judgement(
    "tax.income", "99K|工资薪金", "P1", "same", "王某", "核对了身份证", "2026-05-20T09:30:00"
)
NUMBERED = {"alert_event": "event_id", "alert_sample_answer": "answer_id", "consent": "consent_id"}
ROWS: dict[str, dict[str, Any]] = {
    "alert_event": {
        "alert_id": "AL1",
        "code": "D02",
        "subject_kind": "benefit",
        "subject_id": "B1",
        "region_code": "990101",
        "facts_digest": "0a",
        "action": "confirm",
        "outcome": "fraud",
        "amount_fen": 500,
        "direction": "over",
        "clerk": "王某",
        "second_clerk": "李某",
        "reason": "核对了原件",
        "decided_at": "2026-05-20T09:30:00",
    },
    "alert_sample": {
        "batch": "S1",
        "person_ref": "P1",
        "region_code": "990101",
        "run_id": "R1",
        "as_of": "2026-05-20",
        "seed": 1,
        "stratum": "dibao",
        "population": 10,
        "drawn": 1,
    },
    "alert_sample_answer": {
        "batch": "S1",
        "person_ref": "P1",
        "answer": "clean",
        "code": None,
        "clerk": "王某",
        "reason": "入户看过",
        "decided_at": "2026-05-20T09:30:00",
    },
    "consent": {
        "person_ref": "P1",
        "purpose": "charity",
        "given": 1,
        "paper_no": "99-1",
        "valid_to": None,
        "clerk": "王某",
        "decided_at": "2026-05-20T09:30:00",
    },
    "inspection_draw": {
        "batch": "I1",
        "household_no": "H1",
        "region_code": "990101",
        "programme": "dibao",
        "stratum": "dibao",
        "population": 10,
        "drawn": 1,
        "inspector": "甲",
        "second_inspector": "乙",
        "run_id": "R1",
        "as_of": "2026-05-20",
        "seed": 1,
        "drawn_by": "王某",
        "drawn_at": "2026-05-20T09:30:00",
    },
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return casework_file(tmp_path / "county.store")


def first_version(path: Path) -> None:
    """A store as the version before the alerts made it."""
    path.parent.mkdir(parents=True)
    old = sqlite3.connect(path, isolation_level=None)
    for table in ("judgement", "review_pair"):
        old.execute(statement(f"{table}_table"))
        for change in ("update", "delete"):
            old.execute(statement(f"{table}_no_{change}") + "\n; END")
    old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    old.execute("PRAGMA user_version = 1")
    old.execute(
        "INSERT INTO judgement (dataset, record_key, person_ref, answer, clerk, reason, decided_at, source)"
        " VALUES ('tax.income', '99K', 'P1', 'same', '王某', '核对了身份证', '2026-05-20T09:30:00', 'review')"
    )
    old.close()


def test_a_store_of_the_first_version_is_given_the_new_logs_and_keeps_its_judgements(
    store: Path,
) -> None:
    first_version(store)
    assert read_casework(store).digest() == ""
    with open_casework(store) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert read_judgements(store)["clerk"].to_list() == ["王某"]
    for name, row in ROWS.items():
        assert add_log_rows(store, name, [row]) == 1
    assert add_judgements(store, [SAID]) == 1
    assert read_judgements(store)["judgement_id"].to_list() == [1, 2]


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("change", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}"])
def test_nothing_entered_can_be_changed(store: Path, name: str, change: str) -> None:
    add_log_rows(store, name, [ROWS[name]])
    stranger = sqlite3.connect(store)  # whoever asks, with whatever program
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        stranger.execute(change.format(name, next(iter(ROWS[name]))))
    stranger.close()
    kept = getattr(read_casework(store), name).row(0, named=True)
    assert {k: v for k, v in kept.items() if k != NUMBERED.get(name)} == ROWS[name]


def test_no_store_is_an_empty_log_and_every_row_is_news(store: Path) -> None:
    assert read_casework(store).digest() == Casework().digest() == ""
    assert not store.exists()
    digests = {""}
    for name, row in ROWS.items():
        add_log_rows(store, name, [row])
        digests.add(read_casework(store).digest())
    assert len(digests) == len(ROWS) + 1


def test_events_are_numbered_in_the_order_of_entry(store: Path) -> None:
    row = ROWS["alert_event"]
    add_log_rows(store, "alert_event", [row, row | {"action": "close"}])
    add_log_rows(store, "alert_event", [row | {"action": "reopen", "outcome": None}])
    log = read_casework(store).alert_event
    assert log.schema == LOGS["alert_event"]
    assert log["event_id"].to_list() == [1, 2, 3]
    assert log["action"].to_list() == ["confirm", "close", "reopen"]


def test_a_decision_that_was_checked_before_another_came_is_not_entered(store: Path) -> None:
    row = ROWS["alert_event"]
    assert add_events(store, [row], after=0)
    assert not add_events(store, [row, row], after=0)
    assert len(read_casework(store).alert_event) == 1
    assert add_events(store, [row], after=1)
    assert read_casework(store).alert_event["event_id"].to_list() == [1, 2]


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "forget"},
        {"outcome": "guilty"},
        {"amount_fen": -1},
        {"direction": "sideways"},
        {"clerk": " "},
        {"reason": ""},
        {"second_clerk": "王某"},
    ],
)
def test_the_store_itself_refuses_what_no_rule_allows_and_keeps_none_of_its_company(
    store: Path, wrong: dict[str, object]
) -> None:
    row = ROWS["alert_event"]
    with pytest.raises(WarehouseError, match="无法读写"):
        add_log_rows(store, "alert_event", [row, row | wrong])
    assert read_casework(store).alert_event.is_empty()
