"""Everything that is published about alerts, table by table, in the order in which one rests on another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.alerts.alerts import carry_over, raise_alerts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from household.alerts.watch import Watch
    from household.assess import Inputs


def alert_tables(inputs: Inputs, watch: Watch) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and rows of each table about alerts."""
    raised = raise_alerts(watch)
    before, day = inputs.previous_alerts, inputs.extracts.as_of
    yield "alert", carry_over(raised, before, day, secret=inputs.person_key)
