"""From raised alerts to published rows: what an alert keeps from run to run (assessment §10).

One alert a code and subject. It keeps its id and the day it was first seen. Explained once it stays quiet until its facts change;
an explanation is not lost when a source is late for one run. What is no longer raised is shown once more as closed.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

import polars as pl

from household.alerts.codes import CODES
from household.money import yuan
from household.schema.published.people import ALERT

if TYPE_CHECKING:
    from datetime import date

NAME = ("code", "subject_kind", "subject_id")
QUIET = "explained"


def carry_over(
    raised: pl.DataFrame, previous: pl.DataFrame | None, as_of: date, *, secret: bytes = b""
) -> pl.DataFrame:
    """Published alerts.

    Args:
        raised: what `alerts.raise_alerts` gives.
        previous: the newest published alerts, with the states that clerks have given them since; None before the first run.
        as_of: today.
        secret: key of the digest of facts; facts hold names and dates, which a plain digest would give away to whoever guesses.

    Returns:
        Rows of `schema.published.people.ALERT`, sorted. States: a new alert, or one whose facts changed, is open; explained and confirmed
        stay while the facts are the same; explained also stays when it is not raised; what was open or confirmed and is not raised is closed;
        what was closed before is left out.

    """
    now = _published(raised, secret)
    before = (ALERT.empty() if previous is None else previous).select(ALERT.polars_schema().keys())
    known = before.filter(pl.col("state") != "closed").select(
        *NAME,
        *(pl.col(c).alias(f"{c}_before") for c in ("first_seen", "state", "facts_digest")),
    )
    same = pl.col("facts_digest_before") == pl.col("facts_digest")
    current = now.join(known, on=NAME, how="left").with_columns(
        pl.coalesce("first_seen_before", pl.lit(as_of)).alias("first_seen"),
        pl.when(same).then("state_before").otherwise(pl.lit("open")).alias("state"),
    )
    gone = before.filter(pl.col("state") != "closed").join(now, on=NAME, how="anti")
    gone = gone.with_columns(
        pl.when(pl.col("state") == QUIET).then("state").otherwise(pl.lit("closed")).alias("state")
    )
    schema = ALERT.polars_schema()
    rows = [frame.select(pl.col(n).cast(t) for n, t in schema.items()) for frame in (current, gone)]
    return pl.concat(rows).sort(ALERT.sort_by)


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
