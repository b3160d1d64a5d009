"""How right a set of scored links is, against the truth of a made corpus. Any engine, one ruler; no engine is imported here.

Links are `row, person, probability`. A row has one person, so a row's best link stands for it; where a register holds one row for a
person, a person's best link stands too. Both rules are applied here to every engine alike, whatever it did itself. *Hard* pairs are those
whose cleaned identity numbers do not agree: an exact join cannot find them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from truth import families

from household.identity.kinds import number_kinds

if TYPE_CHECKING:
    from truth import Truth

SURE = 0.9995
"""The precision that links which decide alone must have."""

STATED = 0.95
"""The probability an engine states, at which its calibration is looked at."""

GROUPINGS = ("family", "length", "rare", "number_noise", "name_noise", "other_noise")
"""Columns of `Truth.pairs` by which recall is told."""

ROW_GROUPINGS = ("family", "length", "rare", "number_kind")
"""What can be told of a row by itself, whoever it is of: by these precision is told too."""


@dataclass(frozen=True)
class Point:
    """One threshold on one set of pairs. Precision is null where nothing is linked, recall where there is no true pair."""

    threshold: float | None
    precision: float | None
    recall: float | None
    f1: float
    found: int
    wrong: int
    missed: int


@dataclass(frozen=True)
class Accuracy:
    """What is told of one engine on one register.

    Attributes:
        best: All pairs, at the threshold with the best F1.
        hard_best: Hard pairs, at the threshold with the best F1 on them.
        sure: All pairs, at the lowest threshold whose precision is still `SURE`.
        stated: All pairs with a stated probability of `STATED` or more.
        hard_stated: Hard pairs with a stated probability of `STATED` or more.
        groups: grouping, group, pairs, found, recall, hard_pairs, hard_found, hard_recall, at the threshold of `best`.
        family_gap: Recall of Han names less that of names with an interpunct, hard pairs with the same fields, at that of `hard_best`.
    """

    pairs: int
    hard_pairs: int
    best: Point
    hard_best: Point
    sure: Point
    stated: Point
    hard_stated: Point
    groups: pl.DataFrame
    family_gap: float | None

    def as_dict(self) -> dict[str, Any]:
        """The same for a JSON file."""
        told = {k: v for k, v in self.__dict__.items() if k != "groups"}
        plain = {k: asdict(v) if isinstance(v, Point) else v for k, v in told.items()}
        return plain | {"groups": self.groups.to_dicts()}


def best_links(links: pl.DataFrame, *, one_row_a_person: bool) -> pl.DataFrame:
    """The best link of each row, and then of each person if a person has one row only. Ties go to the lower number."""
    order = links.sort("probability", "row", "person", descending=[True, False, False])
    best = order.unique("row", keep="first", maintain_order=True)
    if one_row_a_person:
        best = best.unique("person", keep="first", maintain_order=True)
    return best.select("row", "person", "probability")


def mark(links: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """Links with `true` and `hard` beside them: hard where the cleaned numbers do not agree, be one missing or be they different."""
    real = truth.pairs.select("row", "person", pl.lit(value=True).alias("true"))
    return (
        links.join(real, on=["row", "person"], how="left", maintain_order="left")
        .join(truth.row_keys, on="row", how="left", maintain_order="left")
        .join(truth.person_keys, on="person", how="left", maintain_order="left")
        .select(
            "row",
            "person",
            "probability",
            pl.col("true").is_not_null(),
            (pl.col("row_key") == pl.col("person_key")).fill_null(value=False).not_().alias("hard"),
        )
    )


def _point(threshold: float | None, linked: int, found: int, pairs: int) -> Point:
    total = linked + pairs
    return Point(
        threshold=threshold,
        precision=found / linked if linked else None,
        recall=found / pairs if pairs else None,
        f1=2 * found / total if total else 0.0,
        found=found,
        wrong=linked - found,
        missed=pairs - found,
    )


def _curve(marked: pl.DataFrame) -> pl.DataFrame:
    """threshold, linked, found for every distinct probability, highest first: links of one probability stand or fall together."""
    return (
        marked.group_by("probability")
        .agg(pl.len().cast(pl.Int64).alias("linked"), pl.col("true").sum().cast(pl.Int64))
        .sort("probability", descending=True)
        .select(
            pl.col("probability").alias("threshold"),
            pl.col("linked").cum_sum(),
            pl.col("true").cum_sum().alias("found"),
        )
    )


def best_point(marked: pl.DataFrame, pairs: int) -> Point:
    """The threshold with the best F1, the higher one of equals."""
    curve = _curve(marked)
    if curve.is_empty():
        return _point(None, 0, 0, pairs)
    f1 = 2 * curve["found"].to_numpy() / (curve["linked"].to_numpy() + pairs)
    return _row_point(curve, int(np.argmax(f1)), pairs)


def sure_point(marked: pl.DataFrame, pairs: int, precision: float = SURE) -> Point:
    """The lowest threshold whose links have at least this precision; no link at all where none has."""
    curve = _curve(marked)
    good = np.flatnonzero(curve["found"].to_numpy() >= precision * curve["linked"].to_numpy())
    return _row_point(curve, int(good[-1]), pairs) if len(good) else _point(None, 0, 0, pairs)


def stated_point(marked: pl.DataFrame, pairs: int, probability: float = STATED) -> Point:
    """The links of at least this stated probability."""
    sure = marked.filter(pl.col("probability") >= probability)
    return _point(probability, len(sure), int(sure["true"].sum()), pairs)


def _row_point(curve: pl.DataFrame, place: int, pairs: int) -> Point:
    threshold, linked, found = curve.row(place)
    return _point(threshold, linked, found, pairs)


def _found(marked: pl.DataFrame, truth: Truth, threshold: float | None) -> pl.DataFrame:
    """The true pairs with `found`: linked at this threshold or above."""
    linked = marked.filter(pl.col("true") & (pl.col("probability") >= threshold))
    known = linked.select("row", pl.lit(value=True).alias("found"))
    return truth.pairs.join(known, on="row", how="left").with_columns(pl.col("found").is_not_null())


def recall_by_group(marked: pl.DataFrame, truth: Truth, threshold: float | None) -> pl.DataFrame:
    """Recall by each of `GROUPINGS`, of all and of hard pairs; null where a group has no hard pair."""
    pairs = _found(marked, truth, threshold)
    hard, found = pl.col("hard"), pl.col("found")
    parts = [
        pairs.group_by(pl.col(grouping).alias("group"))
        .agg(
            pl.len().alias("pairs"),
            found.sum().alias("found"),
            found.mean().alias("recall"),
            hard.sum().alias("hard_pairs"),
            (hard & found).sum().alias("hard_found"),
            found.filter(hard).mean().alias("hard_recall"),
        )
        .select(pl.lit(grouping).alias("grouping"), pl.all())
        for grouping in GROUPINGS
    ]
    return pl.concat(parts).sort("grouping", "group")


def row_groups(rows: pl.DataFrame) -> pl.DataFrame:
    """`ROW_GROUPINGS` of rows (row, name, id_no) by what stands in them, row by row; the length is null where there is no name."""
    names = rows.select("name", pl.lit(None, dtype=pl.String).alias("row_name"))
    kinds = number_kinds(rows["id_no"]).cast(pl.String).alias("number_kind")
    return pl.concat([rows.select("row"), families(names), kinds.to_frame()], how="horizontal")


def errors_by_group(
    marked: pl.DataFrame, truth: Truth, groups: pl.DataFrame, threshold: float | None
) -> pl.DataFrame:
    """What is found, missed and wrongly linked by each of `ROW_GROUPINGS`, at a threshold.

    A true pair is of the groups of its person's name, for that is known; a wrong link of those of the row's own name as sent. The kind of
    number is that of the row's own, for both.

    Args:
        marked: see `mark`. groups: see `row_groups`, of every row.

    Returns:
        grouping, group, pairs, found, wrong, hard_pairs, hard_found, hard_wrong: counts, which may be added up over registers.
    """
    columns = [*ROW_GROUPINGS, "real", "found", "hard"]
    kinds = groups.select("row", "number_kind")
    pairs = _found(marked, truth, threshold).join(kinds, on="row", how="left")
    linked = marked.filter(~pl.col("true") & (pl.col("probability") >= threshold))
    wrong = linked.join(groups, on="row", how="left")
    lines = pl.concat(
        [
            pairs.with_columns(pl.lit(value=True).alias("real")).select(columns),
            wrong.with_columns(
                pl.lit(value=False).alias("real"), pl.lit(value=False).alias("found")
            ).select(columns),
        ]
    )
    real, hard = pl.col("real"), pl.col("hard")
    counts = {"pairs": real, "found": pl.col("found"), "wrong": ~real}
    summed = [
        *(told.sum().cast(pl.Int64).alias(name) for name, told in counts.items()),
        *((hard & told).sum().cast(pl.Int64).alias(f"hard_{n}") for n, told in counts.items()),
    ]
    parts = [
        lines.group_by(pl.col(grouping).alias("group"))
        .agg(summed)
        .select(pl.lit(grouping).alias("grouping"), pl.all())
        for grouping in ROW_GROUPINGS
    ]
    return pl.concat(parts).sort("grouping", "group")


def family_gap(marked: pl.DataFrame, truth: Truth, threshold: float | None) -> float | None:
    """Recall of Han names less recall of names with an interpunct, over hard pairs with the same fields filled on both sides.

    Directly standardised: each combination of filled fields weighs as many pairs as the names with an interpunct have there; combinations
    that only one family has are left out. Null if no combination is common.
    """
    hard = _found(marked, truth, threshold).filter("hard")
    by_family = [
        hard.filter(pl.col("family") == family)
        .group_by("fields")
        .agg(pl.len().cast(pl.Float64).alias("pairs"), pl.col("found").mean().alias("recall"))
        for family in ("Han", "interpunct")
    ]
    both = by_family[0].join(by_family[1], on="fields", suffix="_other")
    if both.is_empty():
        return None
    gap = (both["recall"] - both["recall_other"]) * both["pairs_other"]
    return float(gap.sum() / both["pairs_other"].sum())


def judge(links: pl.DataFrame, truth: Truth) -> Accuracy:
    """All figures of one engine on one register.

    Args:
        links: row, person (UInt32), probability (float); several links of a row are allowed.
        truth: Of the same register (truth.py).
    """
    marked = mark(best_links(links, one_row_a_person=truth.one_row_a_person), truth)
    hard = marked.filter("hard")
    pairs, hard_pairs = len(truth.pairs), int(truth.pairs["hard"].sum())
    best, hard_best = best_point(marked, pairs), best_point(hard, hard_pairs)
    return Accuracy(
        pairs=pairs,
        hard_pairs=hard_pairs,
        best=best,
        hard_best=hard_best,
        sure=sure_point(marked, pairs),
        stated=stated_point(marked, pairs),
        hard_stated=stated_point(hard, hard_pairs),
        groups=recall_by_group(marked, truth, best.threshold),
        family_gap=family_gap(marked, truth, hard_best.threshold),
    )
