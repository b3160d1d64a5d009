"""From raised alerts to published rows: what an alert keeps from run to run (assessment §10).

One alert a code and subject. It keeps its id and the day it was first seen. Explained once it stays quiet until its facts change;
an explanation is not lost when a source is late for one run. What is no longer raised is shown once more as closed. What clerks decided
is `life.states`.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import polars as pl

from household.alerts.codes import CODES
from household.alerts.life.states import (
    CLOSED,
    EXPLAINED,
    OPEN,
    PUBLISHED_STATE,
    QUIET,
    decided_states,
    no_events,
)
from household.alerts.life.unheard import SAID
from household.money import yuan
from household.schema.published.alerts import ALERT

if TYPE_CHECKING:
    from datetime import date

NAME = ("code", "subject_kind", "subject_id")


def carry_over(
    raised: pl.DataFrame,
    previous: pl.DataFrame | None,
    as_of: date,
    *,
    secret: bytes = b"",
    events: pl.DataFrame | None = None,
    unheard: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Published alerts.

    Args:
        raised: what `alerts.raise_alerts` gives.
        previous: the newest published alerts; None before the first run.
        as_of: today.
        secret: key of the digest of facts; facts hold names and dates, which a plain digest would give away to whoever guesses.
        events: the log of decisions (`casework.EVENT_SCHEMA`), or None.
        unheard: alert_id of alerts that this run could not look for (`unheard.unheard`), or None.

    Returns:
        Rows of `schema.published.alerts.ALERT`, sorted. What clerks decided stands while the facts are the ones that were decided on, also where
        the run before said otherwise. Where nobody decided: a new alert, or one whose facts changed, is open; explained and confirmed stay while
        the facts are the same; explained also stays when it is not raised; what was open or confirmed and is not raised is closed, unless
        the run could not look for it. What was closed before and is not raised is left out.

    """
    decided = decided_states(no_events() if events is None else events)
    before = (ALERT.empty() if previous is None else previous).select(ALERT.polars_schema().keys())
    now = _published(raised, secret)
    schema = ALERT.polars_schema()
    rows = [
        frame.select(pl.col(n).cast(t) for n, t in schema.items())
        for frame in (
            _raised_again(now, before, decided, as_of),
            _gone(now, before, decided, _ids(unheard)),
        )
    ]
    return pl.concat(rows).sort(ALERT.sort_by)


def _raised_again(
    now: pl.DataFrame, before: pl.DataFrame, decided: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """What is raised, with state and first_seen."""
    known = before.select(
        "alert_id",
        *(pl.col(c).alias(f"{c}_before") for c in ("first_seen", "state", "facts_digest")),
    )
    stands = pl.col("decided_digest").eq_missing(pl.col("facts_digest"))
    over = pl.col("state_before") == CLOSED
    same = pl.col("facts_digest_before") == pl.col("facts_digest")
    published = pl.col("decided_life").replace_strict(
        PUBLISHED_STATE, return_dtype=pl.String, default=None
    )
    # an alert that went away by itself and comes back is a new one, unless it is the one that was decided on
    kept = pl.when(stands | over.not_()).then("first_seen_before")
    return (
        now.join(known, on="alert_id", how="left")
        .join(decided, on="alert_id", how="left")
        .with_columns(
            pl.coalesce(kept, pl.lit(as_of)).alias("first_seen"),
            pl.when(stands)
            .then(published)
            .when(same & over.not_())
            .then("state_before")
            .otherwise(pl.lit(OPEN))
            .alias("state"),
        )
    )


def _ids(unheard: pl.DataFrame | None) -> pl.DataFrame:
    ids = pl.DataFrame(schema={"alert_id": pl.String}) if unheard is None else unheard
    return ids.with_columns(pl.lit(value=True).alias("unheard"))


def _gone(
    now: pl.DataFrame, before: pl.DataFrame, decided: pl.DataFrame, unheard: pl.DataFrame
) -> pl.DataFrame:
    """What the run before published and this run does not raise, as it is published still."""
    stands = pl.col("decided_digest").eq_missing(pl.col("facts_digest"))
    life = pl.when(stands).then("decided_life").otherwise("state")
    quiet = life.is_in(QUIET)
    return (
        before.join(now, on="alert_id", how="anti")
        .join(decided, on="alert_id", how="left")
        .join(unheard, on="alert_id", how="left")
        .filter(quiet | (pl.col("state") != CLOSED))
        .with_columns(
            pl.when(quiet)
            .then(pl.lit(EXPLAINED))
            .when("unheard")
            .then("state")
            .otherwise(pl.lit(CLOSED))
            .alias("state"),
            pl.when("unheard")
            .then(pl.concat_str(pl.col("text_zh").str.strip_suffix(SAID), pl.lit(SAID)))
            .otherwise("text_zh")
            .alias("text_zh"),
        )
    )


def _published(raised: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    severity = {code: kind.severity for code, kind in CODES.items()}
    ids = [_digest("\x1f".join(name), b"")[:20] for name in raised.select(NAME).iter_rows()]
    digests = [_digest(facts, secret) for facts in raised["facts"]]
    return raised.with_columns(
        pl.Series("alert_id", [f"AL{i}" for i in ids], dtype=pl.String),
        pl.Series("facts_digest", digests, dtype=pl.String),
        pl.col("code").replace_strict(severity, return_dtype=pl.String).alias("severity"),
        yuan(pl.col("amount")).alias("amount"),
    )


def _digest(text: str, secret: bytes) -> str:
    if secret:
        return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
    return hashlib.sha256(text.encode()).hexdigest()
