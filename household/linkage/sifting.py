"""Which rows of a dataset the model has to look at at all: those that no valid number gives to anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.identity.masks import plain_mask
from household.identity.names import normal_names
from household.identity.numbers import key_birth, key_sex, number_text
from household.identity.repairs import repairs

if TYPE_CHECKING:
    from household.extracts import Extracts
    from household.linkage.subjects import Subject


def sift_rows(
    extracts: Extracts, subject: Subject, people: pl.DataFrame, taken: pl.Series
) -> pl.DataFrame:
    """Rows of a dataset that have to be compared, in its core frame with `plans.ROW_COLUMNS`, and `row_birth`, `row_sex`.

    Rows without a valid number; and, for people without one, rows whose number is a repair of theirs, fits what is visible of
    it, or holds their birth date. `taken` are keys that mean a known person already: such a row is nobody else's.
    """
    key = pl.col(subject.key)
    wanted = key.is_null()
    keyless = people.filter(pl.col("key").is_null())
    if len(keyless):
        offered = repairs(keyless["number"])["key"].unique()
        near = key.is_in(offered.implode()) | (key // 1000 % 100_000_000).is_in(
            _days(keyless).implode()
        )
        for (head, tail), seen in _visible(keyless["number"]).items():
            near = near | _ends(key, head, tail).is_in(seen)
        wanted = wanted | (near & key.is_in(taken.implode()).not_())
    rows = (
        extracts.rows(subject.dataset).filter(wanted & pl.col(subject.name).is_not_null()).collect()
    )
    return engine_rows(rows, subject)


def engine_rows(rows: pl.DataFrame, subject: Subject) -> pl.DataFrame:
    """Rows of a core frame that have a name to compare, as `sift_rows` returns them. `row` counts them from 0."""
    key = pl.col(subject.key)
    rows = rows.with_columns(normal_names(rows[subject.name]).alias("normal"))
    rows = rows.filter(pl.col("normal").is_not_null()).with_row_index("row")
    birth = pl.col(subject.birth) if subject.birth else pl.lit(None, dtype=pl.Date)
    sex = pl.col(subject.sex) if subject.sex else pl.lit(None, dtype=pl.String)
    return rows.with_columns(
        pl.col("row").cast(pl.Int64),
        pl.col(subject.name).alias("name"),
        pl.lit(value=False).alias("former"),
        pl.coalesce(number_text(key), subject.number).alias("number"),
        key.alias("key"),
        birth.alias("birth"),
        sex.alias("sex"),
        pl.coalesce(birth, key_birth(key)).alias("row_birth"),
        pl.coalesce(sex, key_sex(key)).alias("row_sex"),
    )


def _days(keyless: pl.DataFrame) -> pl.Series:
    """Birth dates of people without a usable number, written yyyymmdd."""
    return keyless["birth"].drop_nulls().dt.strftime("%Y%m%d").cast(pl.Int64).unique()


def _ends(key: pl.Expr, head: int, tail: int) -> pl.Expr:
    """The first `head` and the last `tail` digits of keys as one whole number."""
    ends: pl.Expr = key // 10 ** (17 - head) * 10**tail + key % 10**tail
    return ends


def _visible(numbers: pl.Series) -> dict[tuple[int, int], list[int]]:
    """What is visible of masked numbers, where it is enough to tell people apart.

    Returns:
        How many digits before the first star and behind the last (the check character aside) -> those digits, as `_ends` has them.
    """
    plain = numbers.unique().alias("number").to_frame().select(plain_mask(pl.col("number")))
    found: dict[tuple[int, int], list[int]] = {}
    for text in plain.to_series().drop_nulls().unique().sort():
        head, tail = text[: text.index("*")], text[text.rindex("*") + 1 :][:-1]
        if len(head) + len(tail) >= 7 and len(head) <= 17:
            found.setdefault((len(head), len(tail)), []).append(int(head + tail))
    return found
