"""What differs from the last look, whatever was published in between."""

from __future__ import annotations

from datetime import date as D  # noqa: N812
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from household.reviews.differences import (
    alerts_to_mark,
    dates_to_mark,
    differences,
    falls_due,
    no_alerts_marked,
    no_dates_marked,
)
from household.schema.published.alerts import ALERT
from household.schema.published.calendar import CURRENT_BENEFIT, REVIEW_CALENDAR

DRAWING = pl.DataFrame(
    [("B1", "H1", "P1")], schema=["benefit_id", "household_no", "person_ref"], orient="row"
).select(
    (pl.col(n) if n in ("benefit_id", "household_no", "person_ref") else pl.lit(None))
    .cast(t)
    .alias(n)
    for n, t in CURRENT_BENEFIT.polars_schema().items()
)


def alert(alert_id: str, state: str = "open", **given: Any) -> dict[str, Any]:
    return {
        "alert_id": alert_id,
        "code": "D01",
        "severity": "B",
        "subject_kind": "person",
        "subject_id": "P1",
        "person_refs": ["P1"],
        "first_seen": D(2026, 5, 20),
        "state": state,
        "facts_digest": "f1",
        "evidence_ids": [],
        "text_zh": "一句话",
    } | given


def published(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=ALERT.polars_schema())


def look(marked: pl.DataFrame, *rows: dict[str, Any]) -> tuple[dict[str, str], pl.DataFrame]:
    """Alert -> change, and the mark after this look."""
    after = alerts_to_mark(marked, published(*rows), DRAWING)
    changes = differences(marked, after)
    return dict(changes.select("alert_id", "change").iter_rows()), after


def test_the_first_look_tells_everything_that_waits() -> None:
    told, _ = look(no_alerts_marked(), alert("A"), alert("B", "explained"), alert("C", "closed"))
    assert told == {"A": "raised"}


def test_nothing_changed_is_nothing() -> None:
    rows = alert("A", amount=Decimal("12.00")), alert("B", "explained")
    _, mark = look(no_alerts_marked(), *rows)
    told, again = look(mark, *rows)
    assert told == {}
    assert again.equals(mark)


def test_each_kind_of_change() -> None:
    before = [
        alert(name, amount=Decimal(5)) for name in ("gone", "facts", "money", "decided", "same")
    ]
    _, mark = look(
        no_alerts_marked(), *before, alert("back", "explained"), alert("was closed", "closed")
    )
    told, _ = look(
        mark,
        alert("facts", facts_digest="f2", amount=Decimal(5)),
        alert("money", amount=Decimal(6)),
        alert("decided", "confirmed", amount=Decimal(5)),
        alert("same", amount=Decimal(5)),
        alert("back", facts_digest="f2"),
        alert("was closed"),
        alert("new"),
    )
    assert told == {
        "gone": "closed",
        "facts": "facts_changed",
        "money": "amount_changed",
        "decided": "decided",
        "back": "reopened",
        "was closed": "reopened",
        "new": "raised",
    }


def test_several_runs_between_two_looks_are_one_difference() -> None:
    _, mark = look(no_alerts_marked(), alert("A"), alert("B"))
    # a run closed A and showed it so; the next leaves it out, and raised and closed C, of which nothing is left
    told, after = look(mark, alert("B"))
    assert told == {"A": "closed"}
    assert look(after, alert("B"))[0] == {}, "a closure is told once"
    assert look(after, alert("B"), alert("A"))[0] == {"A": "reopened"}


def test_a_look_that_was_not_marked_is_told_again() -> None:
    _, mark = look(no_alerts_marked(), alert("A"))
    first, _ = look(mark, alert("B"))
    assert look(mark, alert("B"))[0] == first == {"A": "closed", "B": "raised"}


def test_recipients_apart_from_applications_also_when_they_draw_no_more() -> None:
    rows = [
        alert("person"),
        alert("stranger", subject_id="P2"),
        alert("benefit", subject_kind="benefit", subject_id="B9"),
        alert("household", subject_kind="household", subject_id="H1"),
        alert("other household", subject_kind="household", subject_id="H2"),
        alert("application", subject_kind="application", subject_id="SQ1"),
    ]
    _, mark = look(no_alerts_marked(), *rows)
    about = set(mark.filter("about_recipients")["alert_id"])
    assert about == {"person", "benefit", "household"}
    nobody = DRAWING.clear()
    after = alerts_to_mark(mark, published(alert("person", "closed")), nobody)
    assert set(after.filter("about_recipients")["alert_id"]) == about


def test_the_gravest_come_first() -> None:
    after = alerts_to_mark(
        no_alerts_marked(),
        published(
            alert("I", severity="I"),
            alert("B little", amount=Decimal(1)),
            alert("B unknown"),
            alert("B much", amount=Decimal(9)),
        ),
        DRAWING,
    )
    order = differences(no_alerts_marked(), after)["alert_id"].to_list()
    assert order == ["B much", "B little", "B unknown", "I"]


def test_new_ones_come_before_amounts_that_merely_grew() -> None:
    _, mark = look(no_alerts_marked(), alert("grown", amount=Decimal(5)), alert("gone"))
    rows = published(alert("grown", amount=Decimal(6)), alert("new", severity="I"))
    changes = differences(mark, alerts_to_mark(mark, rows, DRAWING))
    assert changes["change"].to_list() == ["raised", "closed", "amount_changed"]


STATES = st.sampled_from(["open", "explained", "confirmed", "closed"])
RUNS = st.dictionaries(st.sampled_from("ABC"), st.tuples(STATES, st.sampled_from(["f1", "f2"])))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(RUNS, st.booleans()), min_size=1, max_size=4))
def test_who_reads_only_differences_knows_everything_that_waits(
    runs: list[tuple[dict[str, tuple[str, str]], bool]],
) -> None:
    waits = {"open", "confirmed"}
    mark, known = no_alerts_marked(), dict[str, str]()
    for run, is_looked_at in runs:
        if not is_looked_at:
            continue  # a run between two looks
        rows = [alert(name, state, facts_digest=digest) for name, (state, digest) in run.items()]
        after = alerts_to_mark(mark, published(*rows), DRAWING)
        known |= dict(differences(mark, after).select("alert_id", "state_now").iter_rows())
        mark = after
        assert differences(mark, alerts_to_mark(mark, published(*rows), DRAWING)).is_empty()
        assert {name for name, state in known.items() if state in waits} == {
            name for name, (state, _) in run.items() if state in waits
        }


def entry(calendar_id: str, day: D, state: str = "due") -> dict[str, Any]:
    return {"calendar_id": calendar_id, "on_date": day, "state": state}


def calendar(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=REVIEW_CALENDAR.polars_schema())


def test_the_calendar_tells_each_day_once_and_again_when_it_has_become_late() -> None:
    rows = calendar(
        entry("near", D(2026, 6, 1)), entry("far", D(2026, 8, 19)), entry("off", D(2026, 8, 20))
    )
    first = falls_due(rows, no_dates_marked(), as_of=D(2026, 5, 20), days=91)
    assert first.select("calendar_id", "newly").rows() == [("near", True), ("far", True)]
    mark = dates_to_mark(no_dates_marked(), rows, first)
    again = falls_due(rows, mark, as_of=D(2026, 5, 20), days=91)
    assert again["newly"].to_list() == [False, False]
    later = calendar(entry("near", D(2026, 6, 1), "overdue"), *rows[1:].to_dicts())
    third = falls_due(later, mark, as_of=D(2026, 6, 2), days=91)
    assert dict(third.select("calendar_id", "newly").iter_rows()) == {
        "near": True,
        "far": False,
        "off": True,
    }


def test_a_shorter_look_forgets_nothing_that_was_told() -> None:
    rows = calendar(entry("near", D(2026, 5, 21)), entry("far", D(2026, 8, 1)))
    wide = falls_due(rows, no_dates_marked(), as_of=D(2026, 5, 20), days=90)
    mark = dates_to_mark(no_dates_marked(), rows, wide)
    short = falls_due(rows, mark, as_of=D(2026, 5, 20), days=1)
    assert short["calendar_id"].to_list() == ["near"]
    kept = dates_to_mark(mark, rows, short)
    assert sorted(kept["calendar_id"]) == ["far", "near"]
    gone = dates_to_mark(kept, rows.filter(calendar_id="near"), short)
    assert gone["calendar_id"].to_list() == ["near"], "what left the calendar is forgotten"
