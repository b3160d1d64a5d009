"""How institutions answer: each state counted apart, by the day, of the area; nobody asked is nothing known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import pytest

from household.schema.published import PUBLISHED
from service.access.actor import Scope
from service.reading.quality.answers import institutions, responses

REGIONS = {"SQ1": "990101100", "SQ2": "990101101"}
MAY = date(2026, 5, 4)


def question(number: int, state: str, application: str = "SQ1", **more: Any) -> dict[str, Any]:
    return {
        "run_id": "R1",
        "request_id": f"Q{number}",
        "application_id": application,
        "person_ref": f"p{number}",
        "source": "banking",
        "institution_code": "B001",
        "institution": "某银行",
        "batch": "b",
        "attempt": 1,
        "asked_on": MAY,
        "sent_on": MAY,
        "state": state,
        "conflicting": False,
    } | more


@dataclass(frozen=True)
class Tables:
    """A newest run that holds questions and coverage."""

    questions: tuple[dict[str, Any], ...]

    def holds(self, _: str) -> bool:
        return True

    def frame(self, name: str, *, source: str) -> pl.DataFrame:
        schema = {c.name: c.dtype for c in PUBLISHED[name].all_columns}
        return pl.DataFrame(list(self.questions), schema=schema).filter(
            pl.col("source").cast(pl.String) == source
        )

    def ask(
        self, name: str, *, regions: tuple[str, ...] = (), everything: bool = True, **_: object
    ) -> pl.DataFrame:
        own = [a for a, r in REGIONS.items() if everything or r.startswith(tuple(regions))]
        if name == "quality_own_applications":
            return pl.DataFrame({"application_id": own}, schema={"application_id": pl.String})
        if name == "quality_regions":
            return pl.DataFrame({"region_code": list(REGIONS.values())})
        states = [("B002", "found", 9), ("B002", "no_answer", 1), ("B001", "stale", 4)]
        return pl.DataFrame(
            [
                {
                    "source": "banking",
                    "institution": one,
                    "state": state,
                    "lines": lines,
                    "newest_as_of": MAY,
                }
                for one, state, lines in states
            ]
        )


QUESTIONS = (
    question(1, "found", replied_on=date(2026, 5, 6), working_days=2),
    question(2, "none", replied_on=date(2026, 5, 8), working_days=4),
    question(3, "identity_mismatch", replied_on=date(2026, 5, 7), working_days=3),
    question(4, "late", sent_on=date(2026, 4, 20), reminded_on=date(2026, 5, 5)),
    question(5, "asked", "SQ2", sent_on=date(2026, 4, 1)),
    question(6, "no_answer", "SQ2", escalated_on=date(2026, 5, 9)),
    question(7, "failed", "SQ2"),
    question(8, "prepared"),
)


def told(scope: Scope) -> dict[str, Any]:
    tables: Any = Tables(QUESTIONS)
    return responses(tables, scope, "banking").row(0, named=True)


def test_every_state_is_counted_apart() -> None:
    row = told(Scope(("*",)))
    states = ("found", "none", "identity_mismatch", "waiting", "late", "no_answer", "failed")
    assert [row[s] for s in states] == [1] * 7
    assert row["asked"] == 7  # what is only prepared was not asked
    assert row["answered_share"] == pytest.approx(3 / 7)
    assert (row["median_working_days"], row["p95_working_days"]) == (3, 4)
    assert (row["replied_newest"], row["open_oldest"]) == (date(2026, 5, 8), date(2026, 4, 1))
    assert (row["reminded"], row["escalated"]) == (1, 1)


def test_questions_of_another_town_are_not_counted() -> None:
    row = told(Scope(("990101100",)))
    assert (row["asked"], row["waiting"], row["failed"]) == (4, 0, 0)
    assert row["open_oldest"] == date(2026, 4, 20)
    assert row["escalated"] == 0


def test_nobody_asked_is_no_row() -> None:
    tables: Any = Tables(())
    assert responses(tables, Scope(("*",)), "banking").is_empty()
    other: Any = Tables(QUESTIONS)
    assert responses(other, Scope(("*",)), "tax").is_empty()


def test_the_silent_stand_first_and_too_old_is_no_answer() -> None:
    tables: Any = Tables(())
    rows = institutions(tables, Scope(("*",))).rows(named=True)
    assert [row["institution"] for row in rows] == ["B001", "B002"]
    assert (rows[0]["answered_share"], rows[0]["stale"]) == (0.0, 4)
    assert rows[1]["answered_share"] == pytest.approx(0.9)
