"""How often each rule was right, by what its alerts turned out to be: per rule, region and period, with an interval.

Counted is what people decided, never what is raised. A rule is right where something real was found, whoever's fault it was; it is wrong
where nothing was the matter or the source was mistaken. A rule's limits are Wilson's (`household.shares`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from household.shares import wilson

if TYPE_CHECKING:
    from datetime import date

RIGHT = ("person_error", "fraud", "system_error", "under_payment")
WRONG = ("no_issue", "source_error")
"""Outcomes: something real was found, or not."""

FINDINGS = ("explain", "confirm", "dismiss")
"""Actions that say what an alert turned out to be. `close` keeps what was said, `reopen` takes it back."""

WINDOW_QUARTERS = 4
COUNTY_DIGITS = 6

_FACTS = ("code", "subject_kind", "subject_id", "facts_digest")
_SUBJECT = ("code", "subject_kind", "subject_id")

TALLY_SCHEMA: dict[str, pl.DataType] = {
    "code": pl.String(),
    "region_code": pl.String(),
    "period": pl.String(),
    "decided": pl.Int64(),
    "right": pl.Int64(),
    "fen_over": pl.Int64(),
    "fen_under": pl.Int64(),
}
"""Counts of a rule: `region_code` a county, null = everywhere; `period` a quarter, null = all, or the window. Fen: null where none was settled."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a rule's alerts that were decided: how many, how many of them right, and what was settled, in fen."""

    decided: int
    right: int
    fen_over: int | None
    fen_under: int | None

    @property
    def wrong(self) -> int:
        """Decided, and nothing real was found."""
        return self.decided - self.right

    @property
    def limits(self) -> tuple[float, float] | None:
        """The 95 % interval of the rule's precision; None where nothing was decided."""
        return wilson(self.right, self.decided) if self.decided else None


NO_TALLY = Tally(0, 0, None, None)


def county_of(region: pl.Expr) -> pl.Expr:
    """The county of a region code: its first six digits; null of a code that names a larger region, or of none."""
    return pl.when(region.str.len_chars() >= COUNTY_DIGITS).then(region.str.slice(0, COUNTY_DIGITS))


def window_of(as_of: date) -> str:
    """The last four quarters, that of the day among them: `2025Q3/2026Q2`."""
    last = as_of.year * 4 + (as_of.month - 1) // 3
    return f"{_quarter(last - WINDOW_QUARTERS + 1)}/{_quarter(last)}"


def standing_decisions(log: pl.DataFrame) -> pl.DataFrame:
    """The decisions that stand: the newest on a subject's facts, unless it was taken back.

    A decision on other facts of the same subject is one of its own: both were true when they were made. What was explained without an
    outcome is no issue. What was dismissed is wrong whatever its outcome: a system's error is a finding only where it was confirmed.

    Args:
        log: `casework.EVENT_SCHEMA`.

    Returns:
        event_id, code, subject_kind, subject_id, county, quarter (null: the time cannot be read), right, amount_fen, direction. The
        quarter is that of the finding, so that closing it later moves nothing; the amount is the newest.

    """
    found = pl.col("action").is_in(FINDINGS)
    outcome = pl.coalesce(
        pl.col("outcome").last(),
        pl.when(pl.col("action").filter(found).last() == "explain").then(pl.lit("no_issue")),
    )
    newest = (
        log.sort("event_id")
        .group_by(_FACTS, maintain_order=True)
        .agg(
            pl.col("event_id", "action", "decided_at", "region_code").filter(found).last(),
            pl.col("action").last().alias("last_action"),
            outcome.alias("outcome"),
            pl.col("amount_fen", "direction").last(),
        )
        .filter(
            pl.col("last_action") != "reopen",
            pl.col("action").is_not_null(),
            pl.col("outcome").is_in([*RIGHT, *WRONG]),
        )
    )
    day = pl.col("decided_at").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    return newest.select(
        "event_id",
        *_SUBJECT,
        county_of(pl.col("region_code")).alias("county"),
        pl.format("{}Q{}", day.dt.year(), day.dt.quarter()).alias("quarter"),
        (pl.col("outcome").is_in(RIGHT) & (pl.col("action") != "dismiss")).alias("right"),
        "amount_fen",
        "direction",
    )


def tally_decisions(decisions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Counts by rule, county and everywhere, quarter, window and all (TALLY_SCHEMA, sorted). A subject counts once in a period: its newest.

    Args:
        decisions: see `standing_decisions`.
        as_of: the day that ends the window. What was decided later than its quarter is known too, and in the window.

    """
    window = window_of(as_of)
    quarter = pl.col("quarter")
    scopes = pl.concat(
        [
            decisions.filter(quarter.is_not_null()).with_columns(quarter.alias("period")),
            decisions.filter(quarter >= window[:6]).with_columns(pl.lit(window).alias("period")),
            decisions.with_columns(pl.lit(None, dtype=pl.String).alias("period")),
        ]
    )
    newest = scopes.sort("event_id").unique([*_SUBJECT, "period"], keep="last", maintain_order=True)
    nowhere = pl.lit(None, dtype=pl.String).alias("county")
    places = pl.concat(
        [newest.filter(pl.col("county").is_not_null()), newest.with_columns(nowhere)]
    )
    return (
        places.group_by("code", pl.col("county").alias("region_code"), "period")
        .agg(
            pl.len().alias("decided"),
            pl.col("right").sum(),
            _settled("over").alias("fen_over"),
            _settled("under").alias("fen_under"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in TALLY_SCHEMA.items())
        .sort("code", "region_code", "period")
    )


def share_text(share: float | Decimal) -> Decimal:
    """A share as it is published: six places."""
    return Decimal(f"{share:.6f}")


def _settled(direction: str) -> pl.Expr:
    """Sum of what was settled in a direction; null where no amount was."""
    amounts = pl.col("amount_fen").filter(pl.col("direction") == direction).drop_nulls()
    return pl.when(amounts.len() > 0).then(amounts.sum())


def _quarter(number: int) -> str:
    return f"{number // 4}Q{number % 4 + 1}"
