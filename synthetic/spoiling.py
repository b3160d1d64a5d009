"""Values that cannot stand: missing, negative, unreadable, impossible, unknown.

And rows that repeat a key.

A row is spoilt in at most one way, so that every note names the one reason for which the row fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.schema.column import Column, Dataset, Kind
from synthetic.draws import Array, happens

if TYPE_CHECKING:
    from synthetic.rates import NoiseRates

IMPOSSIBLE_DATES = ("2025-02-30", "2023/13/5", "20240931", "2022年2月29日")
UNREADABLE_AMOUNTS = ("约3000", "1O0.00", "--")
UNKNOWN_CODE = "未知类别"


@dataclass(slots=True)
class Notes:
    """What was done to which rows of one file: (channel, column, rows).

    Grows while a file is made.
    """

    spoilt: Array
    taken: list[tuple[str, str, Array]] = field(default_factory=list)

    def add(self, channel: str, column: str, *, rows: Array) -> None:
        """Record rows of a channel."""
        if len(rows):
            self.taken.append((channel, column, rows))


def repeat_rows(
    rng: np.random.Generator, rows: pl.DataFrame, *, clean: Array, rates: NoiseRates
) -> tuple[pl.DataFrame, Notes]:
    """Some rows once more at the end of the file; `clean` rows are never touched."""
    chosen = np.flatnonzero(~clean & happens(rng, len(rows), chance=rates.duplicate_key))
    whole = pl.concat([rows, rows[chosen]]) if len(chosen) else rows
    spoilt = np.zeros(len(whole), dtype=bool)
    spoilt[: len(rows)] = clean
    notes = Notes(spoilt)
    again = np.arange(len(rows), len(whole))
    notes.add("duplicate_key", "", rows=again)
    # neither twin may fail for another reason
    spoilt[chosen] = True
    spoilt[again] = True
    return whole, notes


def spoil_values(
    rng: np.random.Generator,
    rows: pl.DataFrame,
    *,
    dataset: Dataset,
    rates: NoiseRates,
    notes: Notes,
) -> pl.DataFrame:
    """Missing required values and negative amounts, on values."""
    required = [c for c in dataset.columns if c.required and c.name in rows.columns]
    for column, hit in _share(rng, required, chance=rates.missing_required, notes=notes):
        rows = _set(rows, column.name, hit=hit, word=None)
        notes.add("missing_required", column.name, rows=hit)
    yuan = [c for c in dataset.columns if c.kind is Kind.YUAN and c.name in rows.columns]
    for column, hit in _share(
        rng, yuan, chance=rates.negative_amount, notes=notes, fit=_positive(rows, yuan)
    ):
        kept = hit[~_may_be_negative(rows[hit], dataset)]
        rows = rows.with_columns(
            pl.when(_at(rows, kept))
            .then(-pl.col(column.name))
            .otherwise(column.name)
            .alias(column.name)
        )
        notes.add("negative_amount", column.name, rows=kept)
    return rows


def spoil_texts(
    rng: np.random.Generator,
    texts: pl.DataFrame,
    *,
    dataset: Dataset,
    rates: NoiseRates,
    notes: Notes,
) -> pl.DataFrame:
    """Impossible dates, unreadable amounts and unknown codes, on text."""
    for channel, chance, columns, words in (
        ("impossible_date", rates.impossible_date, _of(dataset, Kind.DATE), IMPOSSIBLE_DATES),
        ("unreadable_amount", rates.unreadable_amount, _of(dataset, Kind.YUAN), UNREADABLE_AMOUNTS),
        ("unknown_code", rates.unknown_code, _of(dataset, Kind.CODE), (UNKNOWN_CODE,)),
    ):
        for column, hit in _share(rng, columns, chance=chance, notes=notes):
            word = words[int(rng.integers(0, len(words)))]
            texts = _set(texts, column.name, hit=hit, word=word)
            notes.add(channel, column.name, rows=hit)
    return texts


def _share(
    rng: np.random.Generator,
    columns: list[Column],
    *,
    chance: float,
    notes: Notes,
    fit: Array | None = None,
) -> list[tuple[Column, Array]]:
    """Rows hit by a chance, dealt to the columns; they count as spoilt from now on."""
    if not columns:
        return []
    hit = happens(rng, len(notes.spoilt), chance=chance) & ~notes.spoilt
    if fit is not None:
        hit &= fit
    rows = np.flatnonzero(hit)
    notes.spoilt[rows] = True
    which = rng.integers(0, len(columns), len(rows))
    dealt = [(column, rows[which == at]) for at, column in enumerate(columns)]
    return [(column, hits) for column, hits in dealt if len(hits)]


def _of(dataset: Dataset, kind: Kind) -> list[Column]:
    return [column for column in dataset.columns if column.kind is kind]


def _positive(rows: pl.DataFrame, columns: list[Column]) -> Array:
    """Rows whose amounts are all given and above zero, so that the sign can turn."""
    if not columns:
        return np.zeros(len(rows), dtype=bool)
    positive = pl.all_horizontal(pl.col(c.name).gt(0).fill_null(value=False) for c in columns)
    return rows.select(positive.alias("positive"))["positive"].to_numpy()


def _may_be_negative(rows: pl.DataFrame, dataset: Dataset) -> Array:
    """Where the contract allows a negative amount: refunds, and business results."""
    if dataset.name == "medical_insurance.settlement":
        return rows["refund_of"].is_not_null().to_numpy()
    if dataset.name == "tax.income":
        return (rows["item"] == "经营所得").to_numpy()
    return np.zeros(len(rows), dtype=bool)


def _at(rows: pl.DataFrame, hit: Array) -> pl.Series:
    mask = np.zeros(len(rows), dtype=bool)
    mask[hit] = True
    return pl.Series(mask)


def _set(rows: pl.DataFrame, name: str, *, hit: Array, word: str | None) -> pl.DataFrame:
    return rows.with_columns(
        pl.when(_at(rows, hit)).then(pl.lit(word)).otherwise(pl.col(name)).alias(name)
    )
