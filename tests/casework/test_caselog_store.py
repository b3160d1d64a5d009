"""The logs beside judgements, in both databases: append-only, numbered in the order of entry, and closed to what no rule allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from casework.errors import RefusedError, TakenError
from casework.logs import add_events, add_log_rows, read_casework
from casework.store import exists, open_store
from household.casework import LOGS, Casework

if TYPE_CHECKING:
    from casework.store import Address

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


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("change", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}"])
def test_nothing_entered_can_be_changed(place: Address, name: str, change: str) -> None:
    add_log_rows(place, name, [ROWS[name]])
    with (
        pytest.raises(RefusedError, match="无法读写"),
        open_store(place) as store,
        store.writing() as connection,
    ):
        connection.execute(sa.text(change.format(name, next(iter(ROWS[name])))))
    kept = getattr(read_casework(place), name).row(0, named=True)
    assert {k: v for k, v in kept.items() if k != NUMBERED.get(name)} == ROWS[name]


def test_no_store_is_an_empty_log_and_reading_makes_none(file: Address) -> None:
    assert read_casework(file).digest() == Casework().digest() == ""
    assert not exists(file)


def test_every_row_is_news(place: Address) -> None:
    digests = {read_casework(place).digest()}
    assert digests == {""}
    for name, row in ROWS.items():
        add_log_rows(place, name, [row])
        digests.add(read_casework(place).digest())
    assert len(digests) == len(ROWS) + 1


def test_the_digest_is_that_of_the_stores_before_there_were_revisions(place: Address) -> None:
    for name, row in ROWS.items():
        add_log_rows(place, name, [row])
    assert read_casework(place).digest() == (
        "38cf6ce8022a37172e12efbe16ed7121239142a29808b8b275c0230701770e81"
    )


@pytest.mark.parametrize("name", ["alert_sample", "inspection_draw"])
def test_a_key_is_taken_once(place: Address, name: str) -> None:
    add_log_rows(place, name, [ROWS[name]])
    other = ROWS[name] | {"batch": "other"}
    with pytest.raises(TakenError):
        add_log_rows(place, name, [other, ROWS[name]])
    assert len(getattr(read_casework(place), name)) == 1


def test_events_are_numbered_in_the_order_of_entry(place: Address) -> None:
    row = ROWS["alert_event"]
    add_log_rows(place, "alert_event", [row, row | {"action": "close"}])
    add_log_rows(place, "alert_event", [row | {"action": "reopen", "outcome": None}])
    log = read_casework(place).alert_event
    assert log.schema == LOGS["alert_event"]
    assert log["event_id"].to_list() == [1, 2, 3]
    assert log["action"].to_list() == ["confirm", "close", "reopen"]


def test_a_decision_that_was_checked_before_another_came_is_not_entered(place: Address) -> None:
    row = ROWS["alert_event"]
    assert add_events(place, [row], after=0)
    assert not add_events(place, [row, row], after=0)
    assert len(read_casework(place).alert_event) == 1
    assert add_events(place, [row], after=1)
    assert read_casework(place).alert_event["event_id"].to_list() == [1, 2]


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
    place: Address, wrong: dict[str, object]
) -> None:
    row = ROWS["alert_event"]
    with pytest.raises(RefusedError, match="无法读写"):
        add_log_rows(place, "alert_event", [row, row | wrong])
    assert read_casework(place).alert_event.is_empty()
