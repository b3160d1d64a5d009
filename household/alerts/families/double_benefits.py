"""Benefits that may not run side by side: U01 to U08 and U12 (assessment §10; handbook §4, compatibility matrix).

Which two may not is data: `rules.compatibility`, looked up for the region of either benefit and for each shared month. Which code a pair
raises stands here. Two benefits overlap when they share a month, one of them still running; a single shared month that ends the one
and starts the other is a hand-over. Months after as_of have not happened and are not shared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.by_day import Asked, looked_up
from household.alerts.raised import MONTH, fold, hits_of
from household.money import AMOUNT, units_of
from household.periods import month_of
from household.rules.compatibility import Compatibility, named_pairs, pair_key, pair_of
from household.schema.codes import PROGRAMME

if TYPE_CHECKING:
    from household.alerts.watch import Ledger, Watch
    from household.rules.packs import Packs

TWICE = pair_key("dibao", "dibao")
SINGLE_BESIDE_FAMILY = pair_key("dibao", "single_person")
IN_FULL = tuple(pair_key("de_facto_orphan", one) for one in ("dibao", "disability_living"))
"""Pairs in which the child's allowance is topped up only: they raise U07 in months in which it is paid in full (民发〔2019〕62号)."""
CODES_OF_PAIRS: dict[str, str] = {
    TWICE: "U01",
    SINGLE_BESIDE_FAMILY: "U08",
    pair_key("dibao", "tekun"): "U03",
    **{pair_key("tekun", one): "U04" for one in ("orphan", "de_facto_orphan")},
    **{pair_key("tekun", one): "U05" for one in ("disability_living", "disability_care")},
    pair_key("orphan", "disability_living"): "U06",
    **dict.fromkeys(IN_FULL, "U07"),
}
"""The code of a pair; every other pair that excludes is OTHER."""
MIXED, OTHER = "U02", "U12"
"""MIXED instead of U01: one urban, one rural."""
BASIC = "child.de_facto_basic"

_SIDE = (
    "benefit_id", "household_no", "person", "programme", "urban_rural", "from_no", "to_no", "running", "monthly",
    "of_region", "dataset", "record_key",
)  # fmt: skip


def overlapping(watch: Watch, left: pl.DataFrame, right: pl.DataFrame, *, on: str) -> pl.DataFrame:
    """Pairs of benefits with an equal `on` that overlap: the left row's columns, the right's with suffix `_b`, start and end (months).

    A benefit that ends before it begins shares no month with anything.
    """
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
    """U01 to U08 and U12, at most one alert a code and person."""
    pairs = _pairs(watch, ledger).with_row_index("at")
    months = _excluded_months(watch, pairs)
    pairs = _coded(pairs.join(months.select("at").unique(), on="at", how="semi"))
    codes = sorted({*CODES_OF_PAIRS.values(), MIXED, OTHER})
    by_code = [pairs.filter(pl.col("code") == code) for code in codes]
    return pl.concat(
        [_told(watch, code, own, months) for code, own in zip(codes, by_code, strict=True)]
    )


def _coded(pairs: pl.DataFrame) -> pl.DataFrame:
    """With `code`; whoever draws urban and rural dibao at once is told so, and not also of other dibao twice."""
    mixed = (pl.col("urban_rural") != pl.col("urban_rural_b")).fill_null(value=False)
    twice = pl.col("pair") == TWICE
    both = (twice & mixed).any().over("person")
    code = pl.col("pair").replace_strict(CODES_OF_PAIRS, default=OTHER, return_dtype=pl.String)
    return pairs.filter(twice.not_() | both.not_() | mixed).with_columns(
        pl.when(twice & mixed).then(pl.lit(MIXED)).otherwise(code).alias("code")
    )


def _pairs(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """Overlapping benefits of one person, each two once, and 单人保 beside the family's dibao, with the name of their `pair`."""
    own = ledger.benefits.filter(pl.col("person").is_not_null())
    several = own.filter(pl.len().over("person") > 1)
    named = _named(watch, overlapping(watch, several, several, on="person")).filter(
        pl.col("benefit_id") < pl.col("benefit_id_b"), pl.col("pair") != SINGLE_BESIDE_FAMILY
    )
    single = own.filter(pl.col("programme") == "single_person")
    return pl.concat([named, _named(watch, _single_beside_family(watch, ledger, single))])


def _named(watch: Watch, pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of programmes that some pack excludes, or that are topped up only, with their name."""
    names = [(*pair_of(key), key) for key in _excluded_somewhere(watch.packs)]
    both_ways = sorted({*names, *((other, one, key) for one, other, key in names)})
    known = pl.DataFrame(
        both_ways,
        schema=dict.fromkeys(("programme", "programme_b", "pair"), pl.String),
        orient="row",
    )
    return pairs.join(known, on=["programme", "programme_b"], how="inner", maintain_order="left")


def _excluded_somewhere(packs: Packs) -> list[str]:
    """Names of the pairs that may raise something; most benefits that run side by side may."""
    told = packs.packs.values()
    return [
        key
        for key in named_pairs(told)
        if key in IN_FULL
        or any(
            e.value == Compatibility.EXCLUSIVE for p in told for e in p.compatibility.get(key, ())
        )
    ]


def _single_beside_family(watch: Watch, ledger: Ledger, single: pl.DataFrame) -> pl.DataFrame:
    """单人保 and a dibao benefit of the same household or person. The family's row need not name a known person."""
    family = ledger.benefits.filter(pl.col("programme") == "dibao")
    pairs = [overlapping(watch, single, family, on=on) for on in ("household_no", "person")]
    return pl.concat(pairs).unique(
        ["benefit_id", "benefit_id_b"], keep="first", maintain_order=True
    )


def _excluded_months(watch: Watch, pairs: pl.DataFrame) -> pl.DataFrame:
    """`at`, `month_no` and `smaller` of the two amounts: each shared month in which a pair may not run side by side.

    Two regions: what one of them excludes is excluded, for it is a benefit of that region too.
    """
    sides = ("of_region", "of_region_b", "monthly", "monthly_b")
    rows = (
        pairs.select(
            *("at", "pair", "programme", *sides),
            pl.int_ranges("start", pl.col("end") + 1, dtype=pl.Int32).alias("month_no"),
        )
        .explode("month_no")
        .with_columns(
            pl.date(pl.col("month_no") // 12, pl.col("month_no") % 12 + 1, 1).alias("day")
        )
    )
    for side in ("", "_b"):
        rows = looked_up(
            rows,
            watch.packs,
            asked=Asked("pair", f"of_region{side}", "day"),
            name=f"relation{side}",
            convert=str,
            dtype=pl.String(),
        )
    excluded = pl.any_horizontal(
        pl.col(relation).eq_missing(pl.lit(Compatibility.EXCLUSIVE.value))
        for relation in ("relation", "relation_b")
    )
    both = pl.col("monthly").is_not_null() & pl.col("monthly_b").is_not_null()
    smaller = pl.when(both).then(pl.min_horizontal("monthly", "monthly_b"))
    return rows.filter(excluded | _paid_in_full(watch, rows)).select(
        "at", "month_no", smaller.alias("smaller")
    )


def _paid_in_full(watch: Watch, rows: pl.DataFrame) -> pl.Series:
    """Whether the child's allowance is to be topped up only, and yet is not below the full standard of its region and month."""
    child = pl.col("programme") == "de_facto_orphan"

    def of_child(column: str) -> pl.Expr:
        return pl.when(child).then(column).otherwise(f"{column}_b")

    told = looked_up(
        rows.select(
            "pair",
            "day",
            pl.lit(BASIC).alias("key"),
            of_child("of_region").alias("of_region"),
            of_child("relation").alias("relation"),
            of_child("monthly").alias("monthly"),
        ),
        watch.packs,
        asked=Asked("key", "of_region", "day"),
        name="basic",
        convert=units_of,
        dtype=AMOUNT,
    )
    full = (
        pl.col("pair").is_in(IN_FULL)
        & (pl.col("relation") == Compatibility.OFFSET.value)
        & (pl.col("monthly") >= pl.col("basic"))
    )
    return told.select(full.fill_null(value=False).alias("full")).to_series()


def _told(watch: Watch, code: str, pairs: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """One alert a person: both benefits with their periods, and what each excluded month puts at stake."""
    pairs = pairs.join(watch.refs, on="person", how="left")
    sides = [
        pairs.select(
            pl.col("person_ref").alias("subject"),
            *(
                pl.col(f"{c}{side}").alias(c)
                for c in ("person", "of_region", "programme", "benefit_id", "from_no", "to_no")
            ),
            *(pl.col(f"{c}{side}").alias(c) for c in ("dataset", "record_key")),
        )
        for side in ("", "_b")
    ]
    until = pl.coalesce(pl.col("to_no").cast(pl.String), pl.lit("on"))
    fact = pl.concat_str("benefit_id", pl.lit("="), "from_no", pl.lit(".."), until)
    hits = [hits_of(side, subject="subject", fact=fact, detail=_period()) for side in sides]
    return fold(code, *hits, months=_at_stake(pairs, months))


def _period() -> pl.Expr:
    """A benefit in words: programme, first month and last."""
    named = pl.col("programme").replace_strict(PROGRAMME.titles, return_dtype=pl.String)

    def month(column: str) -> pl.Expr:
        return pl.format("{}年{}月", pl.col(column) // 12, pl.col(column) % 12 + 1)

    until = pl.when(pl.col("to_no").is_null()).then(pl.lit("起在享"))
    return pl.concat_str(
        named, month("from_no"), until.otherwise(pl.concat_str(pl.lit("至"), month("to_no")))
    )


def _at_stake(pairs: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """subject_id and MONTH: in each month the smaller of two amounts, of several pairs the greatest; null when an amount is not known."""
    known = pl.col("smaller").is_null().any().not_()
    return (
        pairs.select("at", pl.col("person_ref").alias("subject_id"))
        .join(months, on="at")
        .group_by("subject_id", "month_no")
        .agg(pl.when(known).then(pl.col("smaller").max()).cast(AMOUNT).alias("amount"))
        .with_columns(pl.lit(None, dtype=MONTH[c]).alias(c) for c in ("days", "of_days"))
    )
