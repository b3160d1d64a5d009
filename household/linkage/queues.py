"""Queues of clerical review: published links beside what clerks have said about them, and which of them wait for whom."""

from __future__ import annotations

import hashlib

import polars as pl

from household.linkage.by_number import ONLY_NUMBER
from household.linkage.judgements import NOT_SAME, PAIR, SAME, conflicts, link_ids, standing

QUEUES = ("clerical", "wrong_number", "conflicts")
"""What waits for a clerk; what a number alone speaks against; what clerks contradict each other on."""

SECOND_READER = "second_reader"
"""A queue of the pages: judged by one person, drawn for a second one who does not see the first answer."""

ONE_IN = 10
"""Of so many judged pairs one is read a second time."""


def told_links(links: pl.DataFrame, people: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    """Published links and judged pairs without one.

    Args:
        links: `person_link` rows without run_id, all of a record that anybody judged among them. people: person_ref and what is told of
            them. log: JUDGEMENT_SCHEMA.

    Returns:
        The columns of both, `state` and `clerks` of the log, kind of `conflict`, and `link_id`.

    """
    states = standing(log).select(*PAIR, "state", "clerks")
    against = conflicts(log, links).select(*PAIR, "conflict")
    told = links.with_columns(pl.col("dataset", "tier", "decided_by").cast(pl.String))
    found = (
        told.join(states, on=PAIR, how="full", coalesce=True)
        .join(against, on=PAIR, how="left")
        .join(people, on="person_ref", how="left")
    )
    return found.with_columns(link_ids(found))


def in_queue(queue: str) -> pl.Expr:
    """Whether a row of `told_links` waits in a queue of QUEUES."""
    decided = pl.col("state").is_in([SAME, NOT_SAME]).fill_null(value=False)
    clash = pl.col("conflict").is_not_null()
    if queue == "conflicts":
        return clash
    waiting = decided.not_() & clash.not_()
    if queue == "wrong_number":
        return waiting & pl.col("note").str.contains(ONLY_NUMBER, literal=True)
    # a candidate that stepped back for another person's judgement waits for nobody
    return waiting & pl.col("tier").is_in(["C", "D"]) & (pl.col("decided_by") != "clerk")


def is_read_twice(link_id: str) -> bool:
    """Whether a pair is drawn for a second reader: by its id alone, so that nobody chooses and everybody finds the same."""
    drawn = hashlib.sha256(f"second reader\0{link_id}".encode()).digest()
    return int.from_bytes(drawn[:4], "big") % ONE_IN == 0
