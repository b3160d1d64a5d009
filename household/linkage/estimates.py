"""What a reviewed sample says of the links: agreement of the readers, precision and recall with intervals.

Intervals are those of `household.shares`. A pair on which the readers have not agreed counts as wrong at the lower limit and as
right at the upper one.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from household.linkage.judgements import ANSWERS, NOT_SAME, PAIR, SAME, standing
from household.linkage.review import ACCEPTED_TIERS
from household.shares import Estimate, Stratum, estimate_share


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two readers agree. `kappa` is null where chance alone would make them agree always (both gave one answer only)."""

    pairs: int
    observed: float
    kappa: float | None


def estimate_recall(accepted: Estimate | None, candidates: Estimate | None) -> Estimate | None:
    """Share of true links that were accepted, among the true links that were proposed at all.

    T_a / (T_a + T_c), where T is population times share of true pairs. Its limits join the lower limit of the one with the upper of the
    other, so the interval is rather too wide than too narrow. Pairs that nothing proposed are in neither number: this is an upper
    bound of the recall of linkage as a whole.

    Returns:
        None where either side was not read.

    """
    if accepted is None or candidates is None:
        return None

    def share(found: float, missed: float) -> float:
        return found / (found + missed) if found + missed else 0.0

    a, c = accepted, candidates
    return Estimate(
        share(a.population * a.value, c.population * c.value),
        share(a.population * a.low, c.population * c.high),
        share(a.population * a.high, c.population * c.low),
        a.read + c.read,
        a.population + c.population,
    )


def judge_sample(batch: pl.DataFrame, log: pl.DataFrame) -> pl.DataFrame:
    """The pairs of a sample with `readers` (distinct clerks who have answered) and `truth`.

    `truth` is null until two clerks have answered and what stands is `same` or `not_same`; a later answer, given after talking it over,
    counts as any other.

    Args:
        batch: BATCH_SCHEMA. log: JUDGEMENT_SCHEMA.

    """
    states = standing(log).with_columns(pl.col("clerks").list.len().alias("readers"))
    read_twice = pl.col("readers") >= 2
    truth = (
        pl.when(read_twice & (pl.col("state") == SAME))
        .then(pl.lit(value=True))
        .when(read_twice & (pl.col("state") == NOT_SAME))
        .then(pl.lit(value=False))
    )
    return batch.join(
        states.select(*PAIR, "readers", "state"), on=PAIR, how="left", maintain_order="left"
    ).with_columns(truth.alias("truth"))


def share_by(judged: pl.DataFrame, column: str) -> dict[str, Estimate | None]:
    """Share of true pairs by the values of a column (tier, family, kind), in their order."""
    values = judged[column].drop_nulls().unique().sort().to_list()
    return {value: share_of(judged, pl.col(column) == value) for value in values}


def share_of(judged: pl.DataFrame, wanted: pl.Expr) -> Estimate | None:
    """Share of true pairs among those of a condition.

    Of a stratum that lies only partly in it, the part's size is taken from the sample: population times share of the drawn.
    """
    strata = (
        judged.filter(wanted)
        .group_by("stratum")
        .agg(
            (pl.col("population") * pl.len() / pl.col("drawn")).first().alias("population"),
            pl.len().alias("drawn"),
            pl.col("truth").eq(other=True).sum().alias("true"),
            pl.col("truth").eq(other=False).sum().alias("untrue"),
        )
        .sort("stratum")
    )
    return estimate_share([Stratum(*row[1:]) for row in strata.iter_rows()])


def is_accepted() -> pl.Expr:
    """Whether a pair of a sample was an accepted link."""
    return pl.col("tier").is_in(list(ACCEPTED_TIERS))


def readers_agree(batch: pl.DataFrame, log: pl.DataFrame) -> Agreement | None:
    """Cohen's kappa (1960) over the first answers that two readers gave independently; None where no pair has two.

    Args:
        batch: BATCH_SCHEMA. log: JUDGEMENT_SCHEMA; only answers imported for this batch count.

    """
    names = batch["batch"].unique().implode()
    first = (
        log.filter(pl.col("batch").is_in(names), pl.col("source") == "sample")
        .sort("judgement_id")
        .unique([*PAIR, "clerk"], keep="first", maintain_order=True)
    )
    answers = (
        first.sort("clerk")
        .group_by(PAIR)
        .agg(pl.col("answer").first().alias("one"), pl.col("answer").get(-1).alias("two"), pl.len())
        .filter(pl.col("len") == 2)
    )
    pairs = len(answers)
    if not pairs:
        return None
    observed = answers.filter(pl.col("one") == pl.col("two")).height / pairs
    chance = sum(
        answers.filter(one=answer).height * answers.filter(two=answer).height for answer in ANSWERS
    ) / (pairs * pairs)
    kappa = (observed - chance) / (1 - chance) if chance < 1 else None
    return Agreement(pairs, observed, kappa)
