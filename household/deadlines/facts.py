"""What is known of a clock's start and end, in one shape for all clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.shaping import shaped

if TYPE_CHECKING:
    from household.deadlines.clocks import Clock

FACTS: dict[str, pl.DataType] = {
    "subject_id": pl.String(),
    "application_id": pl.String(),
    "programme": pl.String(),
    "region_code": pl.String(),
    "refers_to": pl.String(),
    "key": pl.String(),
    "longest_key": pl.String(),
    "read_on": pl.Date(),
    "started_on": pl.Date(),
    "latest_start": pl.Date(),
    "start_inferred": pl.Boolean(),
    "given_due": pl.Date(),
    "done_from": pl.Date(),
    "done_by": pl.Date(),
    "done_inferred": pl.Boolean(),
    "silence_is_late": pl.Boolean(),
    "remark": pl.String(),
}
"""One row a subject and clock.

`key`, `longest_key`: parameters that give the limit, on the day `read_on`. `latest_start`: the last day on which it can have started.
`done_from`, `done_by`: completed within these days. `silence_is_late`: what is not on record as done is known not to be. `remark`: a
phrase for the reader, without personal values.
"""

_DEFAULTS: dict[str, pl.Expr] = {
    "start_inferred": pl.lit(value=False),
    "done_inferred": pl.lit(value=False),
    "silence_is_late": pl.lit(value=False),
}


def facts_of(rows: pl.DataFrame, clock: Clock, **known: pl.Expr | str) -> pl.DataFrame:
    """Facts of a clock.

    Args:
        rows: with programme, and whatever the expressions read.
        clock: whose parameter keys are filled in, unless `key` is given.
        known: a column of FACTS -> what it is; what is not given is taken from the column of `rows` of that name, else it is null or false.
    """
    told: dict[str, pl.Expr | str] = {
        "key": _key(clock.key, clock),
        "longest_key": _key(clock.longest, clock),
        **known,
    }
    return shaped(rows, FACTS, told=told, defaults=_DEFAULTS)


def _key(key: str | None, clock: Clock) -> pl.Expr:
    """The key of each row's programme."""
    if key is None:
        return pl.lit(None, dtype=pl.String)
    own = pl.concat_str(pl.lit(f"{key}."), "programme")
    return pl.when(pl.col("programme").is_in(clock.own)).then(own).otherwise(pl.lit(key))
