"""Links of the newest run: by tier and score, what waits for a clerk and since when, what judged samples say, and how it was in earlier runs.

Only of people of the actor's area; a sample is of the whole and is told to who sees all. Record keys stay inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from casework.judgements import read_batches, read_judgements
from household.linkage.by_number import ONLY_NUMBER
from household.linkage.judgements import NOT_SAME, PAIR, SAME
from household.linkage.queues import QUEUES, SECOND_READER, in_queue, is_read_twice
from household.linkage.sample_score import score_sample
from service.reading.quality.areas import asked_in, hide, sees_all

if TYPE_CHECKING:
    from household.linkage.sample_score import SampleScore
    from household.shares import Estimate
    from service.access.actor import Scope
    from service.deployment import Deployment
    from warehouse.current import CurrentTables

STEPS = 20
"""A score's step is a twentieth."""
AGES = (7, 30, 90)
"""Days that part what waits: up to a week, a month, a quarter, longer."""


def links(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """dataset, tier, decided_by, links, people."""
    return tables.ask("quality_links", **_asked(tables, scope))


def scores(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """tier, score_from, links: scores that a model gave, every step from the lowest threshold of review on.

    A step without a link has nought; below the threshold nothing is kept, and no step is told.
    """
    found = tables.ask("quality_scores", **_asked(tables, scope)).cast({"step": pl.Int64})
    models = tables.frame("link_model", columns=["review"])
    lowest = models["review"].min() if len(models) else None
    first = int(float(lowest) * STEPS) if isinstance(lowest, int | float) else 0
    steps = pl.DataFrame({"step": list(range(first, STEPS))}, schema={"step": pl.Int64})
    tiers = pl.DataFrame({"tier": ["C", "D"]})
    every = tiers.join(steps, how="cross")
    return (
        every.join(found, on=["tier", "step"], how="full", coalesce=True)
        .sort("step", "tier")
        .select("tier", (pl.col("step") / STEPS).alias("score_from"), pl.col("links").fill_null(0))
    )


def clusters(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """dataset, rows_linked (10 stands for ten and more), people: how many rows one person has."""
    return tables.ask("quality_clusters", **_asked(tables, scope))


def models(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """By which model each dataset was linked, with `changed`: whether the run before had another; null without one.

    How many people and links that was is of the whole: null to who does not see all.
    """
    found = tables.frame("link_model").drop("run_id")
    runs = tables.runs
    before = (
        tables.history("link_model", run_id=runs[-2].run_id) if len(runs) > 1 else found.clear()
    )
    told = found.join(
        before.select("dataset", pl.col("model_digest").alias("former")),
        on="dataset",
        how="left",
        maintain_order="left",
    ).with_columns((pl.col("former") != pl.col("model_digest")).alias("changed"))
    if sees_all(tables, scope):
        return told.drop("former")
    return hide(told.drop("former"), "population", "links_accepted", "links_proposed")


def by_run(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """One row a run that is kept, the oldest first: run_id, as_of, links of each tier (a, b, c, d), clerk (decided by one).

    unsure_share: tiers C and D among all. score_median: of what a model decided; null where it decided nothing.
    """
    told = tables.ask("quality_links_by_run", **_asked(tables, scope))
    runs = pl.DataFrame([{"run_id": run.run_id, "as_of": run.as_of} for run in tables.runs])
    every = pl.sum_horizontal("a", "b", "c", "d")
    return runs.join(told, on="run_id", how="left", maintain_order="left").with_columns(
        ((pl.col("c") + pl.col("d")) / every).alias("unsure_share")
    )


def changes(tables: CurrentTables, scope: Scope) -> pl.DataFrame:
    """dataset, added, gone, retiered: how links differ from the run before; empty where that is not kept."""
    runs = tables.runs
    if len(runs) < 2:
        return pl.DataFrame()
    asked = _asked(tables, scope)
    return tables.ask(
        "quality_link_changes", newest=runs[-1].run_id, previous=runs[-2].run_id, **asked
    )


def waiting(tables: CurrentTables, found: pl.DataFrame) -> pl.DataFrame:
    """Pairs that wait for a person: queue, link_id, tier, since (day of the first run kept that has the link; null: none has).

    Args:
        tables: of the newest run. found: the columns of `link_review.links_of_area`. A pair may wait in two queues.

    """
    first = tables.ask("quality_link_since", only_number=ONLY_NUMBER)
    days = {run.run_id: run.as_of for run in tables.runs}
    known = first.with_columns(
        pl.col("first_run").replace_strict(days, default=None, return_dtype=pl.Date).alias("since")
    )
    told = found.join(known, on=PAIR, how="left", maintain_order="left")
    parts = [told.filter(in_queue(q)).with_columns(queue=pl.lit(q)) for q in QUEUES]
    once = told.filter(pl.col("state").is_in([SAME, NOT_SAME]), pl.col("clerks").list.len() == 1)
    drawn = [is_read_twice(link_id) for link_id in once["link_id"]]
    parts.append(
        once.filter(pl.Series(drawn, dtype=pl.Boolean)).with_columns(queue=pl.lit(SECOND_READER))
    )
    return pl.concat(parts, how="diagonal_relaxed").select("queue", "link_id", "tier", "since")


def backlog(tables: CurrentTables, waits: pl.DataFrame) -> pl.DataFrame:
    """One row a queue: queue, waiting, oldest (day), oldest_days, median_days, and how many wait how long: week, month, quarter, longer.

    Ages count from the first run kept that has the link to the day of the newest: they are at least so long.
    """
    age = (pl.lit(tables.run.as_of) - pl.col("since")).dt.total_days()
    week, month, quarter = AGES
    told = (
        waits.with_columns(age.alias("age"))
        .group_by("queue")
        .agg(
            pl.len().alias("waiting"),
            pl.col("since").min().alias("oldest"),
            pl.col("age").max().alias("oldest_days"),
            pl.col("age").median().round(0).cast(pl.Int64).alias("median_days"),
            (pl.col("age") <= week).sum().alias("week"),
            pl.col("age").is_between(week, month, closed="right").sum().alias("month"),
            pl.col("age").is_between(month, quarter, closed="right").sum().alias("quarter"),
            (pl.col("age") > quarter).sum().alias("longer"),
        )
    )
    queues = pl.DataFrame({"queue": [*QUEUES, SECOND_READER]})
    counts = ("waiting", "week", "month", "quarter", "longer")
    return queues.join(told, on="queue", how="left", maintain_order="left").with_columns(
        pl.col(c).fill_null(0) for c in counts
    )


def samples(tables: CurrentTables, deployment: Deployment, scope: Scope) -> pl.DataFrame:
    """What each sample for blind double review says, as `hedui links score` does, the newest last; no rows for who does not see all.

    One row a measure: batch, drawn_from (run), pairs, not_read_twice, agreed, kappa, measure (precision, precision_a …, below, recall),
    value, low, high (95 %), read (pairs agreed on), stands_for. Value null: nothing was agreed on, nothing is known.
    """
    if not sees_all(tables, scope):
        return pl.DataFrame()
    batches = read_batches(deployment.casework)
    log = read_judgements(deployment.casework)
    told: list[dict[str, object]] = []
    for (_,), drawn in batches.group_by("batch", maintain_order=True):
        told += _measures(score_sample(drawn, log))
    return pl.DataFrame(told, infer_schema_length=None)


def _measures(scored: SampleScore) -> list[dict[str, object]]:
    agreement = scored.agreement
    head = {
        "batch": scored.batch,
        "drawn_from": scored.run_id,
        "pairs": scored.pairs,
        "not_read_twice": scored.not_read_twice,
        "agreed": agreement.observed if agreement else None,
        "kappa": agreement.kappa if agreement else None,
    }
    measures: dict[str, Estimate | None] = {
        "precision": scored.precision,
        **{f"precision_{tier.lower()}": found for tier, found in scored.by_tier.items()},
        "below": scored.below,
        "recall": scored.recall,
    }
    return [
        head
        | {
            "measure": name,
            "value": None if found is None else found.value,
            "low": None if found is None else found.low,
            "high": None if found is None else found.high,
            "read": None if found is None else found.read,
            "stands_for": None if found is None else round(found.population),
        }
        for name, found in measures.items()
    ]


def _asked(tables: CurrentTables, scope: Scope) -> dict[str, object]:
    return asked_in(scope) | {"whole": sees_all(tables, scope)}
