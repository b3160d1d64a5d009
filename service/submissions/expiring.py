"""Authorisations that end soon or have ended, as the newest run has them, of the applications that somebody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from datetime import date

    from service.access.actor import Scope
    from service.deployment import Deployment

AHEAD = timedelta(days=60)
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Expiring:
    """One authorisation. `subject_kind`, `subject_id`: whose benefit or application it carries; `overdue`: the day has passed."""

    on: date
    subject_kind: str
    subject_id: str
    person_ref: str | None
    programme: str | None
    overdue: bool


def expiring(deployment: Deployment, scope: Scope) -> list[Expiring]:
    """The next ones first, at most SHOWN, those that end within AHEAD of the service's day or ended undone."""
    until = deployment.outside.today + AHEAD
    columns = [
        "on_date",
        "kind",
        "subject_kind",
        "subject_id",
        "person_ref",
        "programme",
        "region_code",
        "state",
    ]
    with deployment.warehouse.borrowed() as tables:
        if not tables.holds("review_calendar"):
            return []
        rows = tables.frame("review_calendar", columns=columns)
    mine = rows.with_columns(pl.col("kind", "programme", "state").cast(pl.String)).filter(
        pl.col("kind") == "authorisation_expires",
        pl.col("on_date") <= until,
        scope.rows(programme="programme"),
    )
    return [
        Expiring(
            row["on_date"],
            row["subject_kind"],
            row["subject_id"],
            row["person_ref"],
            row["programme"],
            row["state"] == "overdue",
        )
        for row in mine.sort("on_date").head(SHOWN).iter_rows(named=True)
    ]
