"""Silence closes nothing: an alert whose source was not delivered, or that lies outside the run's region, stays as it was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from alert_town import AS_OF, Town

from household.alerts.evidence.standing_on import alert_evidence, alert_months
from household.alerts.life.history import carry_over
from household.alerts.life.unheard import SAID, carried, kept_alerts, unheard
from household.alerts.raised import RAISED

if TYPE_CHECKING:
    from household.extracts import Extracts

LATER = AS_OF + timedelta(days=30)


@pytest.fixture(scope="module")
def town() -> Town:
    """Somebody who draws and is held."""
    town = Town()
    drawing = town.person()
    town.add("civil_affairs.benefit", drawing)
    town.add("justice.custody", drawing, from_date=date(2026, 4, 11))
    return town


@pytest.fixture(scope="module")
def first_run(town: Town) -> dict[str, pl.DataFrame]:
    found = town.alerts()
    raised = found.frame.filter(pl.col("code") == "D03")
    published = carry_over(raised, None, AS_OF)
    return {
        "alert": published,
        "alert_evidence": alert_evidence(raised, published, found.seen),
        "alert_month": alert_months(raised, published),
    }


def nothing_raised() -> pl.DataFrame:
    lists = {"person_refs": pl.List(pl.String()), "evidence_ids": pl.List(pl.String())}
    return pl.DataFrame(schema=RAISED | lists)


def silenced(town: Town, *datasets: str) -> Extracts:
    town.silent = set(datasets)
    return town.extracts()


@pytest.mark.parametrize(
    ("silent", "state"),
    [((), "closed"), (("justice.custody",), "open"), (("tax.income",), "closed")],
)
def test_a_silent_source_closes_nothing_and_a_heard_one_does(
    town: Town, first_run: dict[str, pl.DataFrame], silent: tuple[str, ...], state: str
) -> None:
    assert first_run["alert"]["state"].to_list() == ["open"]
    ids = unheard(first_run, silenced(town, *silent), None)
    now = carry_over(nothing_raised(), first_run["alert"], LATER, unheard=ids)
    assert now["state"].to_list() == [state]
    assert now["first_seen"].to_list() == [AS_OF]
    assert now["text_zh"][0].endswith(SAID) is (state == "open")


def test_what_is_kept_keeps_its_rows_and_says_so_once(
    town: Town, first_run: dict[str, pl.DataFrame]
) -> None:
    before, nothing = first_run, nothing_raised()
    extracts = silenced(town, "justice.custody")
    for _ in range(2):
        ids = unheard(before, extracts, None)
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


def test_another_region_s_alerts_are_left_alone(
    town: Town, first_run: dict[str, pl.DataFrame]
) -> None:
    extracts = silenced(town)
    ids = first_run["alert"]["alert_id"].to_list()
    assert unheard(first_run, extracts, "990102")["alert_id"].to_list() == ids
    assert unheard(first_run, extracts, "990101").is_empty()
    assert unheard({}, extracts, "990102").is_empty()
