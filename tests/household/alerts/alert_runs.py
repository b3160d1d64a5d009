"""A row of runs over a few alerts, with decisions between them: what the life of an alert is tried on. No test stands here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from household.alerts.life.changes import change_rows
from household.alerts.life.decisions import Said, check_event
from household.alerts.life.history import carry_over
from household.alerts.life.states import life_rows, lives_now, no_events
from household.alerts.raised import RAISED
from household.casework import EVENT_SCHEMA

FIRST = date(2026, 5, 1)
OUTCOME = {"confirm": "person_error", "dismiss": "source_error"}


@dataclass
class Runs:
    """Runs one after another. `facts`: subject -> what is raised of it now; a subject that is not there is not raised."""

    facts: dict[str, str] = field(default_factory=dict)
    amounts: dict[str, int | None] = field(default_factory=dict)
    log: pl.DataFrame = field(default_factory=no_events)
    alerts: pl.DataFrame | None = None
    lives: pl.DataFrame | None = None
    changes: pl.DataFrame | None = None
    count: int = 0

    def run(self) -> pl.DataFrame:
        """One more run, a month later."""
        raised = self.raised()
        day = FIRST + timedelta(days=30 * self.count)
        before, self.count = self.alerts, self.count + 1
        self.alerts = carry_over(raised, before, day, secret=b"key", events=self.log)
        self.lives = life_rows(self.alerts, raised, self.log)
        self.changes = change_rows(self.alerts, before, self.log)
        return self.alerts

    def raised(self) -> pl.DataFrame:
        schema = RAISED | {
            "person_refs": pl.List(pl.String()),
            "evidence_ids": pl.List(pl.String()),
        }
        rows = [
            {
                "code": "D02",
                "subject_kind": "benefit",
                "subject_id": subject,
                "persons": [1],
                "region_code": "990101",
                "amount": self.amounts.get(subject),
                "facts": facts,
                "rests_on": [],
                "text_zh": "说明",
                "settles_it": "核实",
                "person_refs": ["P1"],
                "evidence_ids": ["E1"],
            }
            for subject, facts in self.facts.items()
        ]
        return pl.DataFrame(rows, schema=schema)

    def now(self) -> pl.DataFrame:
        """What `hedui alerts list` shows."""
        assert self.alerts is not None
        assert self.lives is not None
        return lives_now(self.alerts, self.lives, self.log)

    def of(self, subject: str) -> dict[str, Any]:
        """The row of one subject as it is now."""
        return self.now().filter(pl.col("subject_id") == subject).row(0, named=True)

    def life(self, subject: str) -> str:
        return str(self.of(subject)["life"])

    def published(self) -> dict[str, str]:
        """Subject -> published state."""
        assert self.alerts is not None
        return dict(self.alerts.select("subject_id", "state").iter_rows())

    def changed(self) -> dict[str, str]:
        """alert's subject -> change."""
        assert self.changes is not None
        return dict(self.changes.select("subject_id", "change").iter_rows())

    def decide(self, subject: str, action: str, **said: Any) -> dict[str, object]:
        """A clerk decides."""
        told = {
            "outcome": OUTCOME.get(action),
            "clerk": "王某",
            "reason": "核对了原件",
            "decided_at": "2026-05-20T09:30:00",
        } | said
        now = self.of(subject)
        row = check_event(Said(now["alert_id"], action, **told), now)
        entered = {"event_id": len(self.log) + 1, **row}
        self.log = pl.concat([self.log, pl.DataFrame([entered], schema=EVENT_SCHEMA)])
        return row
