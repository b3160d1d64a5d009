"""One day on which something falls due, in one shape for all kinds, and how it becomes a row of the calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.deadlines.limits import with_limits
from household.periods import add_months, months_later
from household.reviews.kinds import KINDS, STATE_ZH
from household.schema.published.calendar import REVIEW_CALENDAR
from household.shaping import shaped

if TYPE_CHECKING:
    from datetime import date

    from household.alerts.watch import Watch

HORIZON_MONTHS = 12
"""How far the calendar looks ahead: the longest cycle of reviews is a year, so every running benefit stands on it with its next one."""

EVENT: dict[str, pl.DataType] = {
    "kind": pl.String(),
    "on_date": pl.Date(),
    "subject_kind": pl.String(),
    "subject_id": pl.String(),
    "person": pl.UInt32(),
    "programme": pl.String(),
    "region_code": pl.String(),
    "dataset": pl.String(),
    "record_key": pl.String(),
    "source": pl.String(),
    "limit_n": pl.Int64(),
    "sure": pl.Boolean(),
    "known_undone": pl.Boolean(),
}
"""An entry before it is told: `sure`: the day itself is certain; `known_undone`: the record shows that it is not done, so that once the
day has passed it is late. `limit_n`, `source`: what a parameter gives, null where none is asked."""

_DEFAULTS: dict[str, pl.Expr] = {
    "sure": pl.lit(value=True),
    "known_undone": pl.lit(value=False),
}


def events_of(rows: pl.DataFrame, kind: pl.Expr | str, **known: pl.Expr | str) -> pl.DataFrame:
    """Rows as entries of a kind; those without a day are left out.

    Args:
        rows: with whatever the expressions read.
        kind: a key of KINDS, or a column of them.
        known: a column of EVENT -> what it is; what is not given is the column of `rows` of that name, else its default or null.
    """
    told: dict[str, pl.Expr | str] = {
        "kind": pl.lit(kind) if isinstance(kind, str) else kind,
        **known,
    }
    found = shaped(rows, EVENT, told=told, defaults=_DEFAULTS)
    return found.filter(pl.col("on_date").is_not_null())


def with_parameter(rows: pl.DataFrame, watch: Watch, key: pl.Expr | str) -> pl.DataFrame:
    """Rows (with of_region) with what a parameter says on as_of, limit_n and source; without those for which no pack gives it."""
    named = pl.lit(key) if isinstance(key, str) else key
    asked = rows.with_columns(
        named.alias("_key"),
        pl.col("of_region").alias("region_code"),
        pl.lit(watch.as_of).alias("read_on"),
    )
    found = with_limits(asked, watch.packs, key="_key").filter(pl.col("limit_n").is_not_null())
    return found.drop("_key", "read_on", "pack_id")


def calendar_rows(events: pl.DataFrame, watch: Watch) -> pl.DataFrame:
    """Rows of `review_calendar`: what lies within the horizon, and everything that passed undone."""
    today = watch.as_of
    within = events.filter(pl.col("on_date") <= add_months(today, HORIZON_MONTHS))
    rows = within.join(watch.refs, on="person", how="left", maintain_order="left").with_columns(
        _state(today).alias("state"), _looked_up("title_zh").alias("kind_zh")
    )
    own = pl.when(pl.col("subject_kind") == "application").then("person_ref")
    parts = ("kind", "subject_id", own, pl.col("on_date").cast(pl.String))
    given = pl.when(pl.col("source") != "").then("source")
    told = rows.with_columns(
        pl.concat_str(*parts, separator="/", ignore_nulls=True).alias("calendar_id"),
        pl.coalesce(given, _looked_up("source")).alias("source_document"),
        _sentence().alias("text_zh"),
    ).select(list(REVIEW_CALENDAR.polars_schema()))
    # A benefit that stands in two nested extracts has one entry, as it has one alert.
    return told.sort(REVIEW_CALENDAR.columns[0].name, "region_code", "record_key").unique(
        "calendar_id", keep="first", maintain_order=True
    )


def _state(today: date) -> pl.Expr:
    passed = pl.col("on_date") < pl.lit(today)
    return (
        pl.when(passed & pl.col("known_undone"))
        .then(pl.lit("overdue"))
        .when(passed)
        .then(pl.lit("unrecorded"))
        .when("sure")
        .then(pl.lit("due"))
        .otherwise(pl.lit("provisional"))
    )


def _looked_up(field: str) -> pl.Expr:
    words = {kind: getattr(row, field) for kind, row in KINDS.items()}
    return pl.col("kind").replace_strict(words, return_dtype=pl.String)


def _sentence() -> pl.Expr:
    number = pl.col("limit_n").cast(pl.String).fill_null("")
    day = pl.col("on_date").cast(pl.String)
    rest = pl.col("state").replace_strict(STATE_ZH, return_dtype=pl.String)
    said = _looked_up("text_zh").str.replace("{on}", day, literal=True)
    return pl.concat_str(said.str.replace("{n}", number, literal=True), rest)


def reached(birth: pl.Expr, years: pl.Expr | int) -> pl.Expr:
    """The day on which an age is reached, as `age_on` counts: who was born on 29 February reaches it on 1 March of a shorter year."""
    months = years * 12
    day = months_later(birth, months)
    return pl.when(day.dt.day() < birth.dt.day()).then(day.dt.offset_by("1d")).otherwise(day)
