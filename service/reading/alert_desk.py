"""Alerts as they are worked: the newest run and what was decided since, how often the rule was right, and what one alert stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from casework.logs import read_casework
from household.alerts.life.states import lives_now
from service.reading.seen import alerts_within, applications_within

if TYPE_CHECKING:
    from service.access.actor import Scope
    from service.deployment import Deployment
    from warehouse.current import CurrentTables

_SEVERITIES = ["B", "R", "I"]
"""The most urgent first."""


@dataclass(frozen=True)
class AlertFilter:
    """What is to be listed; None: whatever it is."""

    life: str | None = "open"
    severity: str | None = None
    code: str | None = None
    region: str | None = None
    application: str | None = None


@dataclass(frozen=True)
class Seen:
    """One alert with everything it stands on.

    Attributes:
        alert: its row of `lives_now`. people: masked, with their applications of the area. rows, months: `alert_evidence` without keys, `alert_month`.
        events: decisions, the oldest first. precision: of its rule, rows of `alert_precision`; null figures where nothing was decided.

    """

    alert: dict[str, Any]
    people: list[dict[str, Any]]
    rows: pl.DataFrame
    months: pl.DataFrame
    events: pl.DataFrame
    precision: pl.DataFrame


def desk(tables: CurrentTables, deployment: Deployment, scope: Scope) -> pl.DataFrame:
    """All alerts of the area as they are at this moment: the columns of `household.alerts.life.states.lives_now`."""
    events = read_casework(deployment.casework).alert_event
    alerts = alerts_within(tables, tables.frame("alert"), scope)
    return lives_now(alerts, tables.frame("alert_life"), events)


def chosen(alerts: pl.DataFrame, wanted: AlertFilter, tables: CurrentTables) -> pl.DataFrame:
    """The alerts that are wanted: the most urgent first, then the largest amount, then the oldest."""
    kept = alerts
    for name, value in (
        ("life", wanted.life),
        ("severity", wanted.severity),
        ("code", wanted.code),
    ):
        if value:
            kept = kept.filter(pl.col(name) == value)
    if wanted.region:
        kept = kept.filter(pl.col("region_code").str.starts_with(wanted.region))
    if wanted.application:
        people = tables.frame("roster_person", application_id=wanted.application)["person_ref"]
        kept = kept.filter(
            (pl.col("subject_id") == wanted.application)
            | pl.col("person_refs").list.set_intersection(people.to_list()).list.len().gt(0)
        )
    rank = pl.col("severity").replace_strict(
        {code: at for at, code in enumerate(_SEVERITIES)}, return_dtype=pl.Int64, default=9
    )
    return kept.sort(
        rank,
        "amount",
        "first_seen",
        "alert_id",
        descending=[False, True, False, False],
        nulls_last=True,
    )


def precision_of(tables: CurrentTables, code: str, region: str | None) -> pl.DataFrame:
    """How often a rule was right, in the alert's county and everywhere, over all periods; empty where nothing was measured."""
    if not tables.holds("alert_precision"):
        return pl.DataFrame()
    rows = tables.frame("alert_precision", code=code)
    return rows.filter(
        pl.col("region_code").is_null()
        | pl.lit(region, dtype=pl.String)
        .str.starts_with(pl.col("region_code"))
        .fill_null(value=False)
    ).drop("run_id")


def see(tables: CurrentTables, deployment: Deployment, scope: Scope, alert_id: str) -> Seen | None:
    """One alert of the area; None where there is none."""
    published = alerts_within(tables, tables.frame("alert", alert_id=alert_id), scope)
    if published.is_empty():
        return None
    log = read_casework(deployment.casework).alert_event
    events = log.filter(pl.col("alert_id") == alert_id)
    alert = lives_now(published, tables.frame("alert_life", alert_id=alert_id), events).row(
        0, named=True
    )
    refs = alert["person_refs"]
    people = [
        row
        for ref in refs
        for row in tables.frame("person", person_ref=ref).drop("run_id").iter_rows(named=True)
    ]
    named = sorted({one for row in people for one in row["application_ids"] or ()})
    inside = applications_within(tables, named, scope)
    for row in people:
        row["application_ids"] = [one for one in row["application_ids"] or () if one in inside]
    return Seen(
        alert,
        people,
        tables.frame("alert_evidence", alert_id=alert_id).drop("run_id", "record_key"),
        tables.frame("alert_month", alert_id=alert_id).drop("run_id"),
        events,
        precision_of(tables, alert["code"], alert["region_code"]),
    )
