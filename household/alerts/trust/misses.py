"""How much the alerts miss: what reviewers found about people without an alert, as a share with an interval.

A reviewer's later answer replaces their own earlier one; two who differ have settled nothing. Who is not settled has nothing missed at the
lower limit and is missed at the upper one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from household.alerts.trust.demotion import percent
from household.alerts.trust.precision import share_text
from household.schema.published.alert_quality import MISS_RATE
from household.shares import Stratum, estimate_rare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from household.casework import Casework
    from household.shares import Estimate

MISSED, CLEAN, UNSURE = "missed", "clean", "unsure"
ANSWERS = (MISSED, CLEAN, UNSURE)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a stratum's reviewers have said so far."""

    name: str
    people: int
    drawn: int
    missed: int
    clean: int
    unsure: int

    @property
    def stratum(self) -> Stratum:
        """For `estimate_rare`: a miss is what is looked for."""
        return Stratum(self.people, self.drawn, self.missed, self.clean)


def settled_answers(answers: pl.DataFrame) -> pl.DataFrame:
    """batch, person_ref, answer, code: what stands of each person. Two reviewers who differ: unsure, and no code."""
    newest = answers.sort("answer_id").unique(
        ["batch", "person_ref", "clerk"], keep="last", maintain_order=True
    )
    agreed = pl.col("answer").n_unique() == 1
    codes = pl.col("code").drop_nulls().unique()
    return newest.group_by("batch", "person_ref").agg(
        pl.when(agreed).then(pl.col("answer").first()).otherwise(pl.lit(UNSURE)).alias("answer"),
        pl.when(agreed & (codes.len() == 1)).then(codes.first()).alias("code"),
    )


def miss_rows(casework: Casework) -> pl.DataFrame:
    """Table `miss_rate`: each sample by stratum and as a whole."""
    stands = settled_answers(casework.alert_sample_answer)
    told = casework.alert_sample.join(stands, on=["batch", "person_ref"], how="left")
    rows = [
        row
        for (batch, as_of), group in sorted(told.group_by("batch", "as_of"))
        for row in _batch_rows(str(batch), date.fromisoformat(str(as_of)), group)
    ]
    return pl.DataFrame(rows, schema=MISS_RATE.polars_schema(), orient="row")


def _batch_rows(batch: str, as_of: date, told: pl.DataFrame) -> list[tuple[object, ...]]:
    counts = told.group_by("stratum").agg(
        pl.col("population").first(),
        pl.col("drawn").first(),
        *(pl.col("answer").eq(answer).sum().alias(answer) for answer in ANSWERS),
    )
    strata = [Counted(*row) for row in counts.sort("stratum").iter_rows()]
    each = [_row(batch, one.name, as_of, [one]) for one in strata]
    return [_row(batch, None, as_of, strata), *each]


def _row(
    batch: str, name: str | None, as_of: date, strata: Sequence[Counted]
) -> tuple[object, ...]:
    people, drawn = sum(s.people for s in strata), sum(s.drawn for s in strata)
    missed, unsure = sum(s.missed for s in strata), sum(s.unsure for s in strata)
    answered = missed + unsure + sum(s.clean for s in strata)
    found = estimate_rare([s.stratum for s in strata])
    return (
        *(batch, name, as_of, people, drawn, answered, missed, unsure),
        *_limits(found),
        _told(found, drawn=drawn, answered=answered, people=people),
    )


def _limits(found: Estimate | None) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    if found is None:
        return None, None, None
    return share_text(found.value), share_text(found.low), share_text(found.high)


def _told(found: Estimate | None, *, drawn: int, answered: int, people: int) -> str:
    if found is None:
        return f"从无预警的 {people} 人中抽取 {drawn} 人，已答复 {answered} 人；尚无可采用的结论，不作估计"
    waiting = f"，{drawn - answered} 人尚未答复" if answered < drawn else ""
    return (
        f"从无预警的 {people} 人中抽取 {drawn} 人，已答复 {answered} 人{waiting}；"
        f"漏报率 {percent(share_text(found.value))}，95% 区间 {percent(share_text(found.low))} 至 {percent(share_text(found.high))}"
    )
