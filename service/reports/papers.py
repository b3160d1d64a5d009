"""What a report needs and no published table holds: who commissioned it, the authorisations, who is what to whom.

Read from the working store beside the warehouse, from the files that the published run had: what has come since is not its.
Names and numbers are read to tell whose an authorisation is, and go no further.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.rerun import open_newest
from service.reports.contents import Authorisation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

APPLICATION, MEMBER, AUTHORISATION = (
    "approval.application",
    "approval.member",
    "approval.authorisation",
)


@dataclass(frozen=True, slots=True)
class MemberPaper:
    """What the application says of one member."""

    relation: str | None
    role: str | None
    excluded_reason: str | None
    declared_deposit: Decimal | None


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of one application. `members` by place on the roster."""

    commissioned_by: str | None
    applied_on: date | None
    accepted_on: date | None
    members: dict[int, MemberPaper]
    authorisations: tuple[Authorisation, ...]


def read_papers(warehouse: Path, applications: Sequence[str]) -> dict[str, Papers]:
    """The papers of some applications, read at once.

    Returns:
        Papers by application; one that the store does not hold is left out.

    Raises:
        InputError: the store is not beside the warehouse. NotOursError, BusyError, ConnectorError: it cannot be read.

    """
    newest = open_newest(warehouse, ("intake_ledger",))
    had = set(newest.tables["intake_ledger"]["sha256"].to_list())
    newest = replace(newest, log=[a for a in newest.log if a.sha256 in had])
    wanted = pl.Series(list(applications), dtype=pl.String).implode()

    def rows(dataset: str) -> pl.DataFrame:
        return newest.rows(dataset).filter(pl.col("application_id").is_in(wanted)).collect()

    members = rows(MEMBER)
    latest = pl.col("_extract_as_of") == pl.col("_extract_as_of").max().over("application_id")
    by_member = _by_application(members.filter(latest))
    by_paper = _by_application(rows(AUTHORISATION))
    return {
        row["application_id"]: _papers(
            row, by_member.get(row["application_id"], []), by_paper.get(row["application_id"], [])
        )
        for row in rows(APPLICATION).iter_rows(named=True)
    }


def _by_application(rows: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(row["application_id"], []).append(row)
    return found


def _papers(
    application: dict[str, Any], members: list[dict[str, Any]], papers: list[dict[str, Any]]
) -> Papers:
    places = {row["id_no"]: int(row["member_no"]) for row in members if row["id_no"]}
    return Papers(
        application["commissioned_by"],
        application["applied_on"],
        application["accepted_on"],
        {int(row["member_no"]): _member(row) for row in members},
        tuple(
            sorted(
                (_authorisation(row, places.get(row["id_no"])) for row in papers),
                key=lambda a: (a.member_no is None, a.member_no or 0, a.number),
            )
        ),
    )


def _member(row: dict[str, Any]) -> MemberPaper:
    return MemberPaper(
        row["relation"], row["role"], row["excluded_reason"], row["declared_deposit"]
    )


def _authorisation(row: dict[str, Any], member_no: int | None) -> Authorisation:
    return Authorisation(
        row["authorisation_no"],
        member_no,
        row["programme"],
        row["signed_on"],
        row["valid_to"],
        row["revoked_on"],
        row["sources"],
    )
