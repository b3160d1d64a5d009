"""Silence closes nothing: an alert whose source was not delivered, or that lies outside the run's region, stays as it was."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
from alert_town import AS_OF, Town

from household.alerts.evidence.standing_on import alert_evidence, alert_months
from household.alerts.life.history import carry_over
from household.alerts.life.unheard import SAID, carried, kept_alerts, unheard

LATER = AS_OF + timedelta(days=30)


def held_town() -> Town:
    town = Town()
    drawing = town.person()
    town.add("civil_affairs.benefit", drawing)
    town.add("justice.custody", drawing, from_date=date(2026, 4, 11))
    return town


def first_run(town: Town) -> dict[str, pl.DataFrame]:
    found = town.alerts()
    raised = found.frame.filter(pl.col("code") == "D03")
    published = carry_over(raised, None, AS_OF)
    return {
        "alert": published,
        "alert_evidence": alert_evidence(raised, published, found.seen),
        "alert_month": alert_months(raised, published),
    }


def test_a_silent_source_closes_nothing_and_a_heard_one_does():
    town = held_town()
    before = first_run(town)
    assert before["alert"]["state"].to_list() == ["open"]
    nothing = town.alerts().frame.clear()
    for silent, state in (
        (set(), "closed"),
        ({"justice.custody"}, "open"),
        ({"tax.income"}, "closed"),
    ):
        town.silent = silent
        ids = unheard(before, town.extracts(), None)
        now = carry_over(nothing, before["alert"], LATER, unheard=ids)
        assert now["state"].to_list() == [state], silent
        assert now["first_seen"].to_list() == [AS_OF]
        assert now["text_zh"][0].endswith(SAID) is (state == "open")


def test_what_is_kept_keeps_its_rows_and_says_so_once():
    town = held_town()
    before = first_run(town)
    town.silent = {"justice.custody"}
    nothing = town.alerts().frame.clear()
    for _ in range(2):
        ids = unheard(before, town.extracts(), None)
        now = carry_over(nothing, before["alert"], LATER, unheard=ids)
        kept = kept_alerts(now, nothing, ids)
        after = {
            name: carried(before[name].clear(), before, name, kept=kept)
            for name in ("alert_evidence", "alert_month")
        }
        for name, rows in after.items():
            assert rows.equals(before[name]), name
            assert len(rows)
        before = {"alert": now, **after}
    assert now["text_zh"][0].count(SAID) == 1


def test_another_region_s_alerts_are_left_alone():
    town = held_town()
    before = first_run(town)
    extracts = town.extracts()
    assert (
        unheard(before, extracts, "990102")["alert_id"].to_list()
        == before["alert"]["alert_id"].to_list()
    )
    assert unheard(before, extracts, "990101").is_empty()
    assert unheard({}, extracts, "990102").is_empty()
