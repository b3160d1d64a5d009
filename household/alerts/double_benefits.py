"""Benefits that may not run side by side: U01 to U06 and U08 (assessment §10; handbook §4, compatibility matrix).

Two benefits overlap when they share a month, one of them still running; a single shared month that ends the one and starts the
other is a hand-over. Months after as_of have not happened and are not shared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.raised import fold, hits_of
from household.money import AMOUNT
from household.periods import month_of

if TYPE_CHECKING:
    from household.alerts.watch import Ledger, Watch

EXCLUSIVE: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("U03", ("dibao",), ("tekun",)),
    ("U04", ("tekun",), ("orphan", "de_facto_orphan")),
    ("U05", ("tekun",), ("disability_living", "disability_care")),
    ("U06", ("orphan",), ("disability_living",)),
)
"""Code, and the two sides that one person may not draw together."""

_SIDE = (
    "benefit_id", "household_no", "person", "programme", "urban_rural", "from_no", "to_no", "running", "monthly",
    "of_region", "dataset", "record_key",
)  # fmt: skip


def overlapping(watch: Watch, left: pl.DataFrame, right: pl.DataFrame, *, on: str) -> pl.DataFrame:
    """Pairs of benefits with an equal `on` that overlap: the left row's columns, the right's with suffix `_b`, start and end (months)."""
    on_b = f"{on}_b"
    other = right.select(pl.col(c).alias(f"{c}_b") for c in _SIDE).filter(
        pl.col(on_b).is_not_null()
    )
    pairs = left.select(_SIDE).join(other, left_on=on, right_on=on_b, how="inner", coalesce=False)
    start = pl.max_horizontal("from_no", "from_no_b")
    end = pl.min_horizontal("to_no", "to_no_b", pl.lit(month_of(watch.as_of), dtype=pl.Int32))
    one_month = pl.col("start") == pl.col("end")
    ends_and_starts = (
        (pl.col("to_no") == pl.col("start")) & (pl.col("from_no_b") == pl.col("start"))
    ) | ((pl.col("to_no_b") == pl.col("start")) & (pl.col("from_no") == pl.col("start")))
    hand_over = (one_month & ends_and_starts).fill_null(value=False)  # an open end ends nothing
    return pairs.with_columns(start.alias("start"), end.alias("end")).filter(
        pl.col("benefit_id") != pl.col("benefit_id_b"),
        pl.col("start") <= pl.col("end"),
        hand_over.not_(),
        pl.col("running") | pl.col("running_b"),
    )


def double_benefits(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """U01 to U06 and U08, at most one alert a code and person."""
    own = ledger.benefits.filter(pl.col("person").is_not_null())

    def drawing(*programmes: str) -> pl.DataFrame:
        return own.filter(pl.col("programme").is_in(programmes))

    dibao = drawing("dibao")
    twice = overlapping(watch, dibao, dibao, on="person").filter(
        pl.col("benefit_id") < pl.col("benefit_id_b")
    )
    mixed = (pl.col("urban_rural") != pl.col("urban_rural_b")).fill_null(value=False)
    both = twice.filter(mixed)
    same = twice.join(both.select("person").unique(), on="person", how="anti")
    exclusive = [
        _told(watch, code, overlapping(watch, drawing(*one), drawing(*other), on="person"))
        for code, one, other in EXCLUSIVE
    ]
    return pl.concat(
        [
            _told(watch, "U01", same),
            _told(watch, "U02", both),
            *exclusive,
            _told(watch, "U08", _single_beside_family(watch, ledger, drawing("single_person"))),
        ]
    )


def _single_beside_family(watch: Watch, ledger: Ledger, single: pl.DataFrame) -> pl.DataFrame:
    """单人保 and a dibao benefit of the same household or person. The family's row need not name a known person."""
    family = ledger.benefits.filter(pl.col("programme") == "dibao")
    pairs = [overlapping(watch, single, family, on=on) for on in ("household_no", "person")]
    return pl.concat(pairs).unique(
        ["benefit_id", "benefit_id_b"], keep="first", maintain_order=True
    )


def _told(watch: Watch, code: str, pairs: pl.DataFrame) -> pl.DataFrame:
    pairs = pairs.join(watch.refs, on="person", how="left")
    sides = [
        pairs.select(
            pl.col("person_ref").alias("subject"),
            *(
                pl.col(f"{c}{side}").alias(c)
                for c in ("person", "of_region", "benefit_id", "from_no", "to_no")
            ),
            *(pl.col(f"{c}{side}").alias(c) for c in ("dataset", "record_key")),
        )
        for side in ("", "_b")
    ]
    until = pl.coalesce(pl.col("to_no").cast(pl.String), pl.lit("on"))
    fact = pl.concat_str("benefit_id", pl.lit("="), "from_no", pl.lit(".."), until)
    hits = [hits_of(side, subject="subject", fact=fact) for side in sides]
    return fold(code, *hits, amounts=_at_stake(pairs))


def _at_stake(pairs: pl.DataFrame) -> pl.DataFrame:
    """subject_id, amount: in each shared month the smaller of two amounts, the greatest such; null when an amount is not known."""
    both = pl.col("monthly").is_not_null() & pl.col("monthly_b").is_not_null()
    months = (
        pairs.select(
            pl.col("person_ref").alias("subject_id"),
            pl.int_ranges("start", pl.col("end") + 1, dtype=pl.Int32).alias("month"),
            pl.when(both).then(pl.min_horizontal("monthly", "monthly_b")).alias("smaller"),
        )
        .explode("month")
        .group_by("subject_id", "month")
        .agg(pl.col("smaller").max(), pl.col("smaller").is_null().any().alias("unknown"))
    )
    return months.group_by("subject_id").agg(
        pl.when(pl.col("unknown").any().not_())
        .then(pl.col("smaller").sum())
        .cast(AMOUNT)
        .alias("amount")
    )
