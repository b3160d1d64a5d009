"""Who looks at more households within an hour than the work asks for is told of, once an hour."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from audit_logs import Clock, lines_of, look

from casework.audit.entry import Entry
from casework.audit.harvest import ALARM, HarvestWatch, is_reading
from casework.audit.log import AuditLog
from casework.audit.opening import open_log
from casework.audit.verify import verify

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audit"


def alarms(folder: Path) -> list[dict[str, object]]:
    told = [json.loads(line) for line in lines_of(folder)]
    return [line for line in told if line["action"] == ALARM]


def test_at_the_limit_nothing_beyond_it_one_alarm(folder: Path):
    log = AuditLog(folder, now=Clock(), watch=HarvestWatch(limit=5))
    for number in range(5):
        log.record(look(number))
    assert alarms(folder) == []
    for number in range(5, 12):
        log.record(look(number))
    (alarm,) = alarms(folder)
    assert (alarm["subject_id"], alarm["actor_id"], alarm["seq"]) == ("zhang", "zhang", 7)
    assert alarm["details"] == {"limit": 5, "minutes": 60, "subjects": 6}
    assert verify(folder).holds


def test_one_household_many_times_is_one(folder: Path):
    log = AuditLog(folder, now=Clock(), watch=HarvestWatch(limit=2))
    for _ in range(50):
        log.record(look(1))
    assert alarms(folder) == []


def test_lists_taken_away_and_pages_of_the_api_count_their_households(folder: Path):
    log = AuditLog(folder, now=Clock(), watch=HarvestWatch(limit=6, limits={}))
    named = {"applications": [f"A{n}" for n in range(7)]}
    for who, action in (("li", "export.queue"), ("system", "verdict.page")):
        log.record(Entry(action, who, details=named))
    for action in ("export.queue_ask", "export.queue_propose"):
        log.record(Entry(action, "asks", details=named))
    assert [alarm["subject_id"] for alarm in alarms(folder)] == ["li", "system"]


def test_lists_count_each_time_and_named_ones_by_household(folder: Path):
    log = AuditLog(folder, now=Clock(), watch=HarvestWatch(limit=6))
    for _ in range(6):
        log.record(Entry("queue.list", "li"))
    assert alarms(folder) == []
    log.record(Entry("queue.list", "li"))
    assert len(alarms(folder)) == 1
    log.record(Entry("report.print", "wang", details={"applications": [f"A{n}" for n in range(7)]}))
    assert [alarm["subject_id"] for alarm in alarms(folder)] == ["li", "wang"]


def test_the_hour_slides(folder: Path):
    clock = Clock()
    log = AuditLog(folder, now=clock, watch=HarvestWatch(limit=3))
    for number in range(12):
        log.record(look(number))
        clock.move(minutes=20)
    assert alarms(folder) == []  # never more than three within an hour


def test_it_is_told_again_the_next_hour(folder: Path):
    clock = Clock()
    log = AuditLog(folder, now=clock, watch=HarvestWatch(limit=1))
    for number in range(8):
        log.record(look(number))
        clock.move(minutes=15)
    assert [alarm["at"] for alarm in alarms(folder)] == [
        "2026-05-20T01:45:00+00:00",
        "2026-05-20T02:45:00+00:00",
    ]


def test_a_system_has_another_limit(folder: Path):
    watch = HarvestWatch(limit=1, limits={"service": 100})
    log = AuditLog(folder, now=Clock(), watch=watch)
    for number in range(50):
        log.record(Entry("verdict.read", "sp", role="service", subject_id=f"A{number}"))
    assert alarms(folder) == []


def test_a_restart_forgets_nothing(folder: Path):
    clock = Clock()
    for number in range(6):
        with open_log(folder, now=clock, watch=HarvestWatch(limit=5)) as log:
            log.record(look(number))
        clock.move(minutes=2)
    assert len(alarms(folder)) == 1


def test_what_another_process_recorded_counts(folder: Path):
    watched = AuditLog(folder, now=Clock(), watch=HarvestWatch(limit=5))
    watched.record(look(0))
    other = AuditLog(folder, now=Clock())
    for number in range(1, 5):
        other.record(look(number))
    watched.record(look(5))
    assert len(alarms(folder)) == 1


@pytest.mark.parametrize(
    ("entry", "reads"),
    [
        (Entry("household.read"), True),
        (Entry("household.read", outcome="denied"), False),
        (Entry("alert.decide"), False),
        (Entry("audit.list"), False),
        (Entry("tables.export"), True),
    ],
)
def test_what_counts_as_seeing_personal_data(entry: Entry, reads: bool):
    assert is_reading(entry) is reads
