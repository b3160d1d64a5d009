"""Everything that is published about alerts, table by table, in the order in which one rests on another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.alerts.alerts import carry_over, raise_alerts
from household.alerts.evidence.standing_on import alert_evidence, alert_months
from household.alerts.life.changes import change_rows
from household.alerts.life.firmness import doubtful, stepped_down, with_doubt
from household.alerts.life.states import life_rows
from household.alerts.life.unheard import carried, kept_alerts, unheard
from household.alerts.trust.misses import miss_rows
from household.alerts.trust.quality import rate_alerts
from household.alerts.trust.screened import screened_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from household.alerts.watch import Watch
    from household.assess import Inputs


def alert_tables(
    inputs: Inputs, watch: Watch, deadlines: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and rows of each table about alerts. `deadlines`: rows of table `deadline`."""
    found = raise_alerts(watch, deadlines)
    shaky = doubtful(found, watch)
    raised = with_doubt(found, shaky)
    previous, day = inputs.previous, inputs.extracts.as_of
    before = previous.get("alert")
    ids = unheard(previous, inputs.extracts, inputs.region)
    events = inputs.casework.alert_event
    published = carry_over(
        raised, before, day, secret=inputs.person_key, events=events, unheard=ids
    )
    kept = kept_alerts(published, raised, ids)
    published, precision = rate_alerts(published, events, packs=watch.packs, as_of=day)
    published = stepped_down(published, shaky)
    yield "alert", published
    rows = alert_evidence(raised, published, watch)
    yield "alert_evidence", carried(rows, previous, "alert_evidence", kept=kept)
    yield (
        "alert_month",
        carried(alert_months(raised, published), previous, "alert_month", kept=kept),
    )
    yield "alert_life", life_rows(published, raised, events)
    yield "alert_change", change_rows(published, before, events)
    yield "alert_precision", precision
    yield "miss_rate", miss_rows(inputs.casework)
    yield "screened_person", screened_rows(watch)
