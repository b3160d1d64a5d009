"""Whose a look was: what of the published tables belongs to one person, so that the audit log can be asked who looked at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from casework.audit.reading import ledger

if TYPE_CHECKING:
    from pathlib import Path

    from casework.audit.reading import Found
    from warehouse.current import CurrentTables


@dataclass(frozen=True, slots=True)
class Belonging:
    """What is of one person in the newest run.

    Attributes:
        applications: in which the person is counted. ids: these, the person_ref, and ids of their verdicts, evidence and alerts.
        regions: codes of the applications' regions.

    """

    applications: tuple[str, ...]
    ids: frozenset[str]
    regions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Who looked: `direct` at the person or an application of hers, `wide` at an area or a run that held her. The newest first."""

    belonging: Belonging
    direct: Found
    wide: Found


def belonging_of(tables: CurrentTables, person_ref: str) -> Belonging | None:
    """What is of a person; None where the newest run does not know her."""
    places = tables.frame("roster_person", person_ref=person_ref)
    applications = places["application_id"].unique().sort().to_list()
    if not applications:
        return None
    ids, regions = {person_ref, *applications}, set()
    for application in applications:
        verdicts = tables.frame("household_verdict", application_id=application)
        evidence = tables.frame("evidence", application_id=application)
        ids |= {*verdicts["verdict_id"], *evidence["evidence_id"]}
        regions |= set(verdicts["region_code"])
    alerts = tables.frame("alert").filter(
        pl.col("person_refs").list.contains(person_ref) | pl.col("subject_id").is_in(sorted(ids))
    )
    ids |= set(alerts["alert_id"])
    return Belonging(tuple(applications), frozenset(ids), frozenset(regions))


def ledger_of(folder: Path, belonging: Belonging, *, limit: int) -> Ledger:
    """Who looked at what is of one person. `folder`: of the audit log. `limit`: of each of the two lists."""
    direct, wide = ledger(folder, belonging.ids, regions=belonging.regions, limit=limit)
    return Ledger(belonging, direct, wide)
