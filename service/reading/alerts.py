"""What the API tells of alerts: a list filtered in memory, and one alert with the rows and months that it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from service.reading.seen import alerts_within

if TYPE_CHECKING:
    from service.access.actor import Scope
    from service.reading.index import VerdictIndex
    from warehouse.current import CurrentTables


@dataclass(frozen=True, slots=True)
class WantedAlerts:
    """Which alerts; every condition given must hold, an empty one is not asked. `region`: with all below it."""

    region: str = ""
    code: str = ""
    severity: str = ""
    state: str = ""
    subject_kind: str = ""
    subject_id: str = ""

    def condition(self) -> pl.Expr:
        """The conditions over the columns of `index_alert_rows.sql`."""
        kept = [pl.lit(value=True)]
        kept += [
            pl.col(name) == value
            for name in ("code", "severity", "state", "subject_kind", "subject_id")
            if (value := getattr(self, name))
        ]
        if self.region:
            kept.append(pl.col("region_code").str.starts_with(self.region).fill_null(value=False))
        return pl.all_horizontal(*kept)


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """An alert, the source rows that it stands on, and its amount month by month."""

    alert: pl.DataFrame
    evidence: pl.DataFrame
    months: pl.DataFrame


def list_alerts(
    tables: CurrentTables,
    index: VerdictIndex,
    wanted: WantedAlerts,
    *,
    scope: Scope,
    after: str,
    most: int,
) -> tuple[pl.DataFrame, int]:
    """The next alerts behind the id `after`, one more than `most` where there are more, by id; and how many there are in all.

    Raises:
        WarehouseError: as the tables tell.

    """
    found = index.alerts(tables, scope).filter(wanted.condition())
    start = found["alert_id"].search_sorted(after, side="right") if after else 0
    keys = found[start : start + most + 1].select("row", "alert_id")
    rows = tables.ask("alerts_at", rows=keys["row"].to_list())
    if set(rows["alert_id"]) != set(keys["alert_id"]) or rows["run_id"].n_unique() > 1:
        # The same run in a file that was written anew: its rows are elsewhere.
        rows = tables.ask("alerts_named", alerts=keys["alert_id"].to_list())
    return rows.sort("alert_id"), found.height


def read_alert(tables: CurrentTables, alert_id: str, *, scope: Scope) -> AlertDetail | None:
    """One alert; None where there is none or it may not be seen. Raises as `CurrentTables.frame`."""
    alert = alerts_within(tables, tables.frame("alert", alert_id=alert_id), scope)
    if alert.is_empty():
        return None
    return AlertDetail(
        alert,
        tables.frame("alert_evidence", alert_id=alert_id),
        tables.frame("alert_month", alert_id=alert_id),
    )
