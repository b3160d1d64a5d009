"""Links that wait for a clerk, in the actor's area: the queues, and one pair side by side with why it was linked. Record keys stay inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from casework.judgements import read_judgements
from household.linkage.by_number import ONLY_NUMBER
from household.linkage.judgements import NOT_SAME, PAIR, SAME
from household.linkage.queues import SECOND_READER, in_queue, is_read_twice, told_links
from service.reading.seen import applications_within

if TYPE_CHECKING:
    from household.linkage.explaining import LinkStory
    from service.access.actor import Actor, Scope
    from service.deployment import Deployment
    from service.reading.explanations import Explanations
    from warehouse.current import CurrentTables


@dataclass(frozen=True)
class Pair:
    """One pair as a reviewer sees it.

    Attributes:
        row: of `told_links`. story: why, masked. blind: somebody has answered, and this reader is not to know what.
        moved: files or judgements have come since the run. flips: what would be suggested without the row, where it decides.

    """

    row: dict[str, Any]
    story: LinkStory
    blind: bool
    moved: bool
    flips: list[dict[str, Any]]


def links_of_area(tables: CurrentTables, deployment: Deployment, scope: Scope) -> pl.DataFrame:
    """Links that may wait, of people with an application in the area: the columns of `told_links`, those applications only."""
    log = read_judgements(deployment.casework)
    judged = log["record_key"].unique().to_list()
    links = tables.ask("link_candidates", only_number=ONLY_NUMBER, judged=judged)
    refs = pl.concat([links["person_ref"], log["person_ref"]]).unique().to_list()
    people = tables.ask("people_of_links", people=refs)
    found = told_links(links, people, log)
    applications = found["application_ids"].explode().drop_nulls().unique().to_list()
    own = pl.lit(sorted(applications_within(tables, applications, scope)), dtype=pl.List(pl.String))
    return found.with_columns(
        pl.col("application_ids").list.set_intersection(own).list.sort()
    ).filter(pl.col("application_ids").list.len() > 0)


def in_view(links: pl.DataFrame, queue: str, actor: Actor) -> pl.DataFrame:
    """What waits for this reader in a queue: the likeliest first. Nobody reads his own answers a second time."""
    if queue != SECOND_READER:
        return _sorted(links.filter(in_queue(queue)))
    others = pl.col("clerks").list.contains(actor.account_id).not_().fill_null(value=False)
    once = links.filter(
        pl.col("state").is_in([SAME, NOT_SAME]), pl.col("clerks").list.len() == 1, others
    )
    drawn = [is_read_twice(link_id) for link_id in once["link_id"]]
    return _sorted(once.filter(pl.Series(drawn, dtype=pl.Boolean)))


def find_pair(
    tables: CurrentTables,
    deployment: Deployment,
    actor: Actor,
    *,
    link_id: str,
    explanations: Explanations,
) -> Pair | None:
    """One pair of the area with its explanation; None where there is none.

    Raises:
        InputError: the store beside the warehouse is not there, or another person key was used. BusyError: too many wait.

    """
    rows = links_of_area(tables, deployment, actor.scope).filter(pl.col("link_id") == link_id)
    if rows.is_empty():
        return None
    row = rows.row(0, named=True)
    dataset, record_key, person_ref = (str(row[name]) for name in PAIR)
    found = explanations.explain(tables, (dataset, record_key, person_ref))
    clerks = row["clerks"] or []
    blind = bool(clerks) and actor.account_id not in clerks and row["conflict"] is None
    return Pair(row, found.story, blind, found.moved, _flips(tables, row))


def agreement(links: pl.DataFrame) -> tuple[int, int]:
    """Pairs that two people or more have answered, and those of them on which they contradict each other."""
    twice = links.filter(pl.col("clerks").list.len() >= 2)
    return len(twice), len(twice.filter(pl.col("conflict") == "clerks"))


def _flips(tables: CurrentTables, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Whether the row alone decides a suggestion: what would be suggested without it."""
    told = []
    for application in row["application_ids"] or []:
        evidence = tables.frame("evidence", application_id=application).filter(
            pl.col("dataset") == row["dataset"], pl.col("record_key") == row["record_key"]
        )
        if evidence.is_empty():
            continue
        verdicts = tables.frame("household_verdict", application_id=application)
        for verdict in verdicts.iter_rows(named=True):
            facts = tables.frame("flip_fact", verdict_id=verdict["verdict_id"]).filter(
                pl.col("evidence_id").is_in(evidence["evidence_id"].implode())
            )
            told += [
                {"application_id": application, "programme": verdict["programme"], **fact}
                for fact in facts.iter_rows(named=True)
            ]
    return told


def _sorted(links: pl.DataFrame) -> pl.DataFrame:
    return links.sort("score", "link_id", descending=[True, False], nulls_last=True)
