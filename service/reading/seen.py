"""What an area may see of verdicts and alerts, by region and by what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from service.access.actor import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.access.actor import Scope
    from warehouse.current import CurrentTables


def seen_by(scope: Scope) -> pl.Expr:
    """Rows of verdicts that an area may see. Who may see some programmes only sees what was asked for in these.

    Every application is evaluated in further programmes for information; that opens no household to who deals with those.
    """
    own = scope.rows(programme="programme")
    return own if EVERYTHING in scope.programmes else own & pl.col("requested")


def sees(scope: Scope, verdict: Mapping[str, Any]) -> bool:
    """The same of one row."""
    own = scope.covers(verdict["region_code"], verdict["programme"])
    return own and (EVERYTHING in scope.programmes or bool(verdict["requested"]))


def alerts_within(tables: CurrentTables, alerts: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """The alerts of the area. Who may see some programmes only sees those about people, or an application, that ask for one of them.

    Args:
        tables: of the run. alerts: with the columns region_code, subject_id and person_refs. scope: of whoever looks.

    """
    kept = alerts.filter(scope.rows())
    if EVERYTHING in scope.programmes or kept.is_empty():
        return kept
    columns = ["application_id", "region_code", "programme", "requested"]
    verdicts = tables.frame("household_verdict", columns=columns).filter(seen_by(scope))
    own = verdicts["application_id"].unique()
    roster = tables.frame("roster_person", columns=["application_id", "person_ref"])
    people = roster.filter(pl.col("application_id").is_in(own.implode()))["person_ref"].unique()
    of_people = (
        kept.select("alert_id", "person_refs")
        .explode("person_refs")
        .filter(pl.col("person_refs").is_in(people.implode()))["alert_id"]
    )
    return kept.filter(
        pl.col("subject_id").is_in(own.implode()) | pl.col("alert_id").is_in(of_people.implode())
    )


def applications_within(
    tables: CurrentTables, applications: list[str], scope: Scope
) -> frozenset[str]:
    """Those of the applications that the area may see, by their region and the programmes asked for."""
    rows = tables.ask("regions_of_applications", applications=applications)
    return frozenset(
        row["application_id"]
        for row in rows.iter_rows(named=True)
        if any(scope.covers(row["region_code"], one) for one in row["programmes"] or [None])
    )
