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
    from collections.abc import Mapping

    from pipelines.explaining import Explained
    from service.access.actor import Actor, Scope
    from service.deployment import Deployment
    from service.reading.explanations import Explanations
    from warehouse.current import CurrentTables


@dataclass(frozen=True)
class Pair:
    """One pair as a reviewer sees it.

    Attributes:
        row: of `told_links`. found: why, masked. blind: somebody has answered, and this reader is not to know what.
        flips: what would be suggested without the row, where it decides.

    """

    row: dict[str, Any]
    found: Explained
    blind: bool
    flips: list[dict[str, Any]]


def links_of_area(tables: CurrentTables, deployment: Deployment, scope: Scope) -> pl.DataFrame:
    """Links that may wait, of people with an application in the area: the columns of `told_links`, those applications only.

    The likeliest first. Read anew each time: pages that are turned often ask `waiting_links`, which finds the same.
    """
    log = read_judgements(deployment.casework)
    judged = log["record_key"].unique().to_list()
    links = tables.ask("link_candidates", only_number=ONLY_NUMBER, judged=judged)
    return likeliest_first(within(tables, told(tables, links, log), scope))


def told(tables: CurrentTables, links: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    """`told_links` with what is published of the people. `links`, `log`: as there."""
    refs = pl.concat([links["person_ref"], log["person_ref"]]).unique().to_list()
    return told_links(links, tables.ask("people_of_links", people=refs), log)


def within(tables: CurrentTables, found: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """Rows of `told_links` of people with an application in the area, those applications only."""
    every = found.select("link_id", pl.col("application_ids").alias("own")).explode("own")
    asked = every["own"].drop_nulls().unique().to_list()
    own = pl.Series("own", sorted(applications_within(tables, asked, scope)), dtype=pl.String)
    kept = every.join(own.to_frame(), on="own", how="semi").unique()
    by_link = kept.group_by("link_id").agg(pl.col("own").sort())
    seen = found.join(by_link, on="link_id", how="inner", maintain_order="left")
    return seen.with_columns(pl.col("own").alias("application_ids")).drop("own")


def likeliest_first(links: pl.DataFrame) -> pl.DataFrame:
    """The order in which links wait."""
    return links.sort("score", "link_id", descending=[True, False], nulls_last=True)


def in_view(links: pl.DataFrame, queue: str, actor: Actor) -> pl.DataFrame:
    """What waits for this reader in a queue, in the order given. Nobody reads his own answers a second time."""
    if queue != SECOND_READER:
        return links.filter(in_queue(queue))
    others = pl.col("clerks").list.contains(actor.account_id).not_().fill_null(value=False)
    once = links.filter(
        pl.col("state").is_in([SAME, NOT_SAME]), pl.col("clerks").list.len() == 1, others
    )
    drawn = [is_read_twice(link_id) for link_id in once["link_id"]]
    return once.filter(pl.Series(drawn, dtype=pl.Boolean))


def find_pair(
    tables: CurrentTables,
    links: pl.DataFrame,
    actor: Actor,
    *,
    link_id: str,
    explanations: Explanations,
) -> Pair | None:
    """One of the area's links with its explanation; None where there is none.

    Raises:
        InputError: the store beside the warehouse is not there, or another person key was used. BusyError: too many wait.

    """
    rows = links.filter(pl.col("link_id") == link_id)
    if rows.is_empty():
        return None
    row = rows.row(0, named=True)
    found = explanations.explain(tables, pair_of(row))
    return Pair(row, found, is_blind(row, actor), _flips(tables, row))


def pair_of(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Dataset, record key and person reference of a row of `told_links`."""
    dataset, record_key, person_ref = (str(row[name]) for name in PAIR)
    return dataset, record_key, person_ref


def is_blind(row: Mapping[str, Any], actor: Actor) -> bool:
    """Whether somebody has answered, and this reader is not to know what."""
    clerks = row["clerks"] or []
    return bool(clerks) and actor.account_id not in clerks and row["conflict"] is None


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
