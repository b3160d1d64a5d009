"""What a sample that two people read says of the links as a whole: agreement, precision, recall. For the command line and the pages alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.linkage import estimates
from household.linkage.judgements import link_ids

if TYPE_CHECKING:
    from household.linkage.estimates import Agreement
    from household.shares import Estimate


@dataclass(frozen=True)
class SampleScore:
    """One sample.

    Attributes:
        batch, run_id: the sample, and the run whose links were drawn. pairs: drawn; not_read_twice: of these.
        agreement: of two readers who did not know of each other; None where no pair has two answers.
        to_be_settled: link ids on which the two contradict each other.
        precision: share of accepted links (tiers A, B, C) that are right; by_tier, by_family: of a part of them.
        below: share of tier D that is right. recall: of what was proposed at all, an upper bound. None: nothing was agreed on.

    """

    batch: str
    run_id: str
    pairs: int
    not_read_twice: int
    agreement: Agreement | None
    to_be_settled: tuple[str, ...]
    precision: Estimate | None
    by_tier: dict[str, Estimate | None]
    by_family: dict[str, Estimate | None]
    below: Estimate | None
    recall: Estimate | None


def score_sample(drawn: pl.DataFrame, log: pl.DataFrame) -> SampleScore:
    """Score one sample. Args: drawn: its pairs (BATCH_SCHEMA). log: JUDGEMENT_SCHEMA."""
    judged = estimates.judge_sample(drawn, log)
    accepted = judged.filter(estimates.is_accepted())
    precision = estimates.share_of(accepted, pl.lit(value=True))
    below = estimates.share_of(judged.filter(pl.col("tier") == "D"), pl.lit(value=True))
    differ = judged.filter(pl.col("state") == "conflict")
    unread = judged.filter(pl.col("readers").is_null() | (pl.col("readers") < 2))
    return SampleScore(
        batch=str(drawn["batch"][0]),
        run_id=str(drawn["run_id"][0]),
        pairs=len(drawn),
        not_read_twice=len(unread),
        agreement=estimates.readers_agree(drawn, log),
        to_be_settled=tuple(link_ids(differ).sort()),
        precision=precision,
        by_tier=estimates.share_by(accepted, "tier"),
        by_family=estimates.share_by(accepted, "family"),
        below=below,
        recall=estimates.estimate_recall(precision, below),
    )
