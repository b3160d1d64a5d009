"""The life of an alert: its states, which action leads from which to which, and what the log of decisions makes of published rows.

    open -> explained | confirmed | dismissed -> closed          and back to open by a clerk, or by the facts themselves

A decision is about facts: it stands while the alert shows the facts that the clerk saw (`facts_digest`). Other facts open the alert again,
whatever was decided. Of several decisions on one alert the newest counts. What may be entered is checked in `life.decisions`;
what an alert keeps from run to run is worked out in `life.history`.
"""

from __future__ import annotations

import polars as pl

from household.casework import EVENT_SCHEMA
from household.schema.published.alert_life import ALERT_LIFE

OPEN, EXPLAINED, CONFIRMED, DISMISSED, CLOSED = (
    "open",
    "explained",
    "confirmed",
    "dismissed",
    "closed",
)
LIVES = (OPEN, EXPLAINED, CONFIRMED, DISMISSED, CLOSED)

MAKES: dict[str, str] = {
    "explain": EXPLAINED,
    "confirm": CONFIRMED,
    "dismiss": DISMISSED,
    "close": CLOSED,
    "reopen": OPEN,
}
"""Action -> the state that it leads to."""

FROM: dict[str, tuple[str, ...]] = {
    "explain": (OPEN,),
    "confirm": (OPEN,),
    "dismiss": (OPEN,),
    "close": (EXPLAINED, CONFIRMED, DISMISSED),
    "reopen": (EXPLAINED, CONFIRMED, DISMISSED, CLOSED),
}
"""Action -> the states in which it may be taken. Whoever was wrong opens again first, so that the log says so."""

QUIET = (EXPLAINED, DISMISSED)
"""They outlive a run in which a source was late: what is not raised stays decided, and quiet."""

PUBLISHED_STATE = {life: EXPLAINED if life == DISMISSED else life for life in LIVES}
"""Life -> `alert.state`, whose four values the agreement on outputs fixes: what was dismissed is quiet like what was explained."""


def newest_decisions(events: pl.DataFrame) -> pl.DataFrame:
    """The newest row of each alert_id.

    Args:
        events: the log, EVENT_SCHEMA.

    """
    return events.sort("event_id").unique("alert_id", keep="last", maintain_order=True)


def decided_states(events: pl.DataFrame) -> pl.DataFrame:
    """alert_id, decided_digest, decided_life: what was last decided of each alert, and about which facts."""
    return newest_decisions(events).select(
        "alert_id",
        pl.col("facts_digest").alias("decided_digest"),
        pl.col("action")
        .replace_strict(MAKES, return_dtype=pl.String, default=None)
        .alias("decided_life"),
    )


def life_rows(published: pl.DataFrame, raised: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The lives of a run's alerts and of every alert that anybody ever decided on: closing loses nothing.

    Args:
        published: the run's `alert` rows, as `history.carry_over` gives them.
        raised: code, subject_kind and subject_id of what this run raised.
        events: the log, EVENT_SCHEMA.

    Returns:
        Rows of `schema.published.alert_life.ALERT_LIFE`, sorted. An alert that is not published any more is closed, or quiet as decided.

    """
    name = ["code", "subject_kind", "subject_id"]
    told = published.select("alert_id", *name, "region_code", "state", "facts_digest").with_columns(
        pl.lit(value=True).alias("listed")
    )
    decided = _told_decisions(events)
    now = raised.select(name).unique().with_columns(pl.lit(value=True).alias("raised"))
    rows = (
        told.join(decided, on="alert_id", how="full", coalesce=True)
        .with_columns(
            *(pl.coalesce(c, f"decided_{c}").alias(c) for c in (*name, "region_code")),
            (pl.col("facts_digest") == pl.col("decided_facts_digest")).alias("same"),
        )
        .join(now, on=name, how="left", maintain_order="left")
        .with_columns(pl.col("raised").is_not_null(), pl.col("listed").is_not_null())
    )
    gone = pl.when(pl.col("made").is_in(QUIET)).then("made").otherwise(pl.lit(CLOSED))
    dismissed = (pl.col("state") == EXPLAINED) & pl.col("same") & (pl.col("made") == DISMISSED)
    listed = pl.when(dismissed).then(pl.lit(DISMISSED)).otherwise("state")
    other_facts = pl.col("raised") & pl.col("event_id").is_not_null() & pl.col("same").not_()
    rows = rows.with_columns(
        pl.when("listed").then(listed).otherwise(gone).alias("life"),
        other_facts.fill_null(value=False).alias("stale"),
        pl.col("decided_facts_digest").alias("facts_digest"),
    )
    schema = ALERT_LIFE.polars_schema()
    return rows.select(pl.col(n).cast(t) for n, t in schema.items()).sort(ALERT_LIFE.sort_by)


def _told_decisions(events: pl.DataFrame) -> pl.DataFrame:
    """The newest decision of each alert_id, `made` what it led to. Of a closed alert, who found what was closed, and who closed it."""
    last = newest_decisions(events)
    found = newest_decisions(events.filter(pl.col("action") != "close")).select(
        "alert_id",
        *(pl.col(c).alias(f"{c}_found") for c in ("clerk", "second_clerk", "decided_at")),
    )
    closing = pl.col("action") == "close"
    # closed what the rows of an earlier version said to be explained
    nobody = pl.col("clerk_found").is_null()
    who = {"decided_by": "clerk", "second": "second_clerk", "decided_at": "decided_at"}
    closed_by = {"closed_by": "clerk", "closed_at": "decided_at"}
    subject = ("code", "subject_kind", "subject_id", "region_code", "facts_digest")
    yuan = (pl.col("amount_fen").cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2))
    return last.join(found, on="alert_id", how="left", maintain_order="left").select(
        "alert_id",
        *(pl.col(c).alias(f"decided_{c}") for c in subject),
        pl.col("action").replace_strict(MAKES, return_dtype=pl.String, default=None).alias("made"),
        "event_id",
        "outcome",
        yuan.alias("amount"),
        "direction",
        *(
            pl.when(nobody).then(said).otherwise(f"{said}_found").alias(name)
            for name, said in who.items()
        ),
        *(pl.when(closing).then(said).alias(name) for name, said in closed_by.items()),
    )


def lives_now(alerts: pl.DataFrame, lives: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """What is true at this moment of published alerts: the newest run, and what was decided since.

    Args:
        alerts: published `alert` rows. lives: published `alert_life` rows of the same run.
        events: the log as it is now, EVENT_SCHEMA.

    Returns:
        `alerts` in their order, `state` as it would be published now, with `life`, `raised`, `stale`, the newest decision (`last_event` its
        number, `last_outcome`, `last_amount_fen`, `last_direction`; null where nobody decided) and `waits` (true: decided after the run, so
        that the next run publishes it). A decision about other facts than the run shows changes nothing.

    """
    before = lives.select("alert_id", "life", "raised", "stale", "event_id")
    last = newest_decisions(events).select(
        "alert_id",
        pl.col("event_id").alias("last_event"),
        pl.col("facts_digest").alias("last_digest"),
        *(pl.col(c).alias(f"last_{c}") for c in ("outcome", "amount_fen", "direction")),
        pl.col("action").replace_strict(MAKES, return_dtype=pl.String, default=None).alias("made"),
    )
    seen = pl.col("event_id").is_not_null() & (pl.col("event_id") >= pl.col("last_event"))
    later = pl.col("last_event").is_not_null() & seen.fill_null(value=False).not_()
    stands = later & (pl.col("last_digest") == pl.col("facts_digest"))
    told = (
        alerts.join(before, on="alert_id", how="left", maintain_order="left")
        .join(last, on="alert_id", how="left", maintain_order="left")
        .with_columns(
            later.alias("waits"),
            pl.when(stands).then("made").otherwise(pl.coalesce("life", "state")).alias("life"),
            pl.when(stands).then(pl.lit(value=False)).otherwise("stale").alias("stale"),
        )
    )
    state = pl.col("life").replace_strict(PUBLISHED_STATE, return_dtype=pl.String, default=None)
    return told.with_columns(state.alias("state")).drop("event_id", "last_digest", "made")


def no_events() -> pl.DataFrame:
    """A log in which nobody has decided anything."""
    return pl.DataFrame(schema=EVENT_SCHEMA)
