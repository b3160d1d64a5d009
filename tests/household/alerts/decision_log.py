"""Logs of decisions for tests: who decided matters to nobody here. No test stands here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from household.casework import EVENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable

ACTION = {
    "person_error": "confirm",
    "fraud": "confirm",
    "system_error": "confirm",
    "under_payment": "confirm",
    "no_issue": "dismiss",
    "source_error": "dismiss",
}
LATE = "2026-04-10T09:30:00"


def event(subject: str, outcome: str | None = "no_issue", **more: Any) -> dict[str, Any]:
    """One decision on a subject; the action follows from the outcome."""
    return {
        "code": "P02",
        "subject_kind": "person",
        "subject_id": subject,
        "region_code": "990101001",
        "facts_digest": "f",
        "action": ACTION.get(outcome or "", "explain"),
        "outcome": outcome,
        "clerk": "王某",
        "reason": "已核实",
        "decided_at": LATE,
    } | more


def log(events: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """The events in the order of entry."""
    rows = [
        {"event_id": number, "alert_id": f"AL{one['code']}{one['subject_id']}"} | one
        for number, one in enumerate(events, start=1)
    ]
    return pl.DataFrame(rows, schema=EVENT_SCHEMA)


def decided(right: int, wrong: int, **more: Any) -> list[dict[str, Any]]:
    """So many right and so many wrong decisions on subjects of their own."""
    place = f"{more.get('region_code', '')}{more.get('decided_at', '')}"
    return [
        *(event(f"{place}r{n}", "person_error", **more) for n in range(right)),
        *(event(f"{place}w{n}", "no_issue", **more) for n in range(wrong)),
    ]
