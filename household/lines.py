"""Lines: source rows as they bear on one application. A line is a linked row, seen from one seat on one roster, for one quantity.

Every linked row that may be read becomes a line, also those that count for nothing; `why_not` says at once why a row is out of
play whatever else is known (null = in play). Which lines of those in play count in the end is decided by the measure of its quantity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.authorisation import allowed
from household.extracts import OWN_LEDGERS
from household.linkage.by_number import grade
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMON = (
    "line",
    "app",
    "person",
    "member_no",
    "dataset",
    "record_key",
    "_file",
    "_line",
    "as_of",
    "institution",
    "tier",
    "score",
    "note",
    "quantity",
    "amount",
    "why_not",
)
"""Columns that every frame of lines has, whatever it measures. `amount` is in units, as the row has it; null where it has none."""


@dataclass(frozen=True)
class Lines:
    """Frames of lines by quantity group; `line` numbers run through all of them."""

    groups: Mapping[str, pl.DataFrame]

    def __getitem__(self, group: str) -> pl.DataFrame:
        return self.groups[group]

    def where(self, wanted: pl.Expr) -> Lines:
        """The lines that satisfy a condition on common columns."""
        return Lines({name: frame.filter(wanted) for name, frame in self.groups.items()})

    def without(self, lines: pl.DataFrame) -> Lines:
        """All but the given ones (column `line`)."""
        return Lines(
            {name: frame.join(lines, on="line", how="anti") for name, frame in self.groups.items()}
        )

    def all(self) -> pl.DataFrame:
        """Every line, in common columns."""
        return pl.concat([frame.select(COMMON) for frame in self.groups.values()])


def seats_of(
    members: pl.DataFrame, granted: pl.DataFrame, former_names: pl.DataFrame
) -> pl.DataFrame:
    """Where each person sits: app, person, member_no, role, grants. A second line of one person on one roster is no seat.

    `contested` seats are those of a person whom two rosters describe differently: one of them may have taken another's number, so that
    each roster's rows are graded against what that roster says.
    """
    described = pl.struct("normal", "sex", "birth_date")
    stands = members.filter("stands").with_columns(
        (described.n_unique().over("person") > 1).alias("contested")
    )
    return (
        stands.select(
            "app",
            "person",
            "member_no",
            "role",
            "relation",
            "birth",
            "age",
            "ill",
            "normal",
            "sex",
            "birth_date",
            "contested",
        )
        .join(
            granted.select("app", "member_no", "granted", "newborn", "full"),
            on=["app", "member_no"],
        )
        .join(former_names, on="person", how="left")
        .sort("app", "member_no")
    )


def seat_rows(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, dataset: str, *, unread: bool = False
) -> pl.DataFrame:
    """Linked rows of a dataset as seen from each seat that may see them; tier D is no link.

    `unread` turns it round: the rows that no authorisation covers. Only who is counted is asked of those, and nothing of them is told.
    """
    rows = linked[dataset].filter(pl.col("tier") != "D")
    may = (
        seats
        if dataset in OWN_LEDGERS
        else seats.filter(allowed(DATASETS[dataset].source) != unread)
    )
    seen = rows.join(
        may.select(
            "app",
            "person",
            "member_no",
            "role",
            "contested",
            "normal",
            "sex",
            "birth_date",
            "former_names",
        ),
        on="person",
        how="inner",
        suffix="_seat",
    )
    return _graded_here(seen).with_columns(
        pl.lit(dataset).alias("dataset"),
        pl.col("_record_key").alias("record_key"),
        pl.col("_extract_as_of").alias("extract_as_of"),
    )


def _graded_here(seen: pl.DataFrame) -> pl.DataFrame:
    """Tiers of rows at contested seats, from what that roster alone states."""
    regraded = pl.col("contested") & pl.col("by_number")
    contested = seen.filter(regraded)
    if not len(contested):
        return seen
    sex = "sex_seat" if "sex_seat" in seen.columns else "sex"
    birth = "birth_date_seat" if "birth_date_seat" in seen.columns else "birth_date"
    name = pl.col("row_name")
    agrees = (name == pl.col("normal")) | pl.col("former_names").list.contains(name).fill_null(
        value=False
    )
    here = grade(
        agrees=agrees.fill_null(value=False),
        sexes=pl.concat_list(sex).list.drop_nulls(),
        births=pl.concat_list(birth).list.drop_nulls(),
    )
    contested = contested.with_columns(
        here.tier.alias("tier"), here.score.alias("score"), here.note.alias("note")
    )
    return pl.concat([seen.filter(regraded.not_()), contested])


def as_lines(
    rows: pl.DataFrame,
    quantity: str | pl.Expr,
    *,
    amount: pl.Expr,
    why_not: pl.Expr,
    keep: tuple[str, ...] = (),
    as_of: str = "extract_as_of",
    institution: str | None = None,
) -> pl.DataFrame:
    """Seat rows as lines of one quantity, with the further columns that its measure needs."""
    told = pl.lit(quantity) if isinstance(quantity, str) else quantity
    return rows.select(
        pl.lit(0, dtype=pl.UInt32).alias("line"),
        "app",
        "person",
        "member_no",
        "dataset",
        "record_key",
        "_file",
        "_line",
        pl.coalesce(as_of, "extract_as_of").alias("as_of"),
        (pl.col(institution) if institution else pl.lit(None, dtype=pl.String)).alias(
            "institution"
        ),
        "tier",
        "score",
        "note",
        told.alias("quantity"),
        amount.cast(pl.Int128).alias("amount"),
        why_not.alias("why_not"),
        *keep,
    )


def first_reason(*reasons: tuple[pl.Expr, str]) -> pl.Expr:
    """The first reason whose condition holds; null when none does."""
    return pl.coalesce(
        *(
            pl.when(condition.fill_null(value=False)).then(pl.lit(text))
            for condition, text in reasons
        ),
        pl.lit(None, dtype=pl.String),
    )


def numbered(groups: Mapping[str, pl.DataFrame]) -> Lines:
    """Give every line its number, in the order of groups and of the rows' places."""
    out: dict[str, pl.DataFrame] = {}
    start = 0
    for name, frame in groups.items():
        ordered = frame.sort("app", "member_no", "_file", "_line", "quantity")
        out[name] = ordered.with_columns(
            pl.int_range(start, start + len(ordered), dtype=pl.UInt32, eager=True).alias("line")
        )
        start += len(ordered)
    return Lines(out)
