"""Tiers C and D: rows that no number decides, compared with the people of the rosters (assessment §3).

Only what the numbers left over is looked at: rows whose number is missing, masked or damaged, and, for people whose own number
is, rows that could be theirs. The engine scores; here stands what the law of this house makes of a score: two valid numbers are
two people, somebody of the household register who fits as well forbids the link, a name alone or a date alone accepts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.identity.names import normal_names
from household.identity.numbers import key_birth, key_sex, number_text
from household.linkage.engine.blocking import Pairs, block
from household.linkage.engine.deciding import candidates, decide
from household.linkage.engine.records import Records, encode
from household.linkage.engine.scoring import Compared, Weights, compare, weigh
from household.linkage.plans import plan_of
from household.linkage.sifting import sift_rows

if TYPE_CHECKING:
    import numpy.typing as npt

    from household.extracts import Extracts
    from household.linkage.engine.model import Model
    from household.linkage.known import Known
    from household.linkage.subjects import Subject
    from household.roster import Roster

REPAIRABLE = ("number_one_slip", "number_tail_lost")
"""Levels at which a repair of the number would make it the person's; it is told, never made."""

DIGITS = ("number_equal", "number_one_slip", "visible_digits_agree", "number_tail_lost")
"""Levels at which the digits agree well enough to stand beside a name (§3: the visible digits)."""


def people_lines(roster: Roster, known: Known) -> pl.DataFrame:
    """Roster people as the engine takes them, a line a name: person, name, former, normal, number, key, birth, sex."""
    return (
        known.names.join(roster.persons.filter(pl.col("in_roster")), on="person", how="inner")
        .join(known.stated, on="person", how="left")
        .with_columns(
            pl.coalesce(number_text(pl.col("key")), pl.col("bad_numbers").list.first()).alias(
                "number"
            ),
            pl.coalesce(key_birth(pl.col("key")), pl.col("births").list.first()).alias("birth"),
            pl.coalesce(pl.col("sexes").list.first(), key_sex(pl.col("key"))).alias("sex"),
        )
        .select("person", "name", "former", "normal", "number", "key", "birth", "sex")
        .sort("person", "former", "normal")
    )


def rival_lines(
    extracts: Extracts, people: pl.DataFrame, *, born: pl.Series | None = None
) -> pl.DataFrame:
    """People of the household register who are on no roster: person (below zero), name, former, normal, key, birth, sex.

    Args:
        people: see `people_lines`. born: only people of these birth dates, who are then numbered among themselves; None: all.
    """
    rows = extracts.rows("public_security.population").select(
        "name", pl.col("id_no__key").alias("key"), pl.col("birth_date").alias("stated"), "sex"
    )
    if born is not None:
        birth = pl.coalesce(key_birth(pl.col("key")), "stated")
        rows = rows.filter(birth.is_in(born.implode())) if len(born) else rows.limit(0)
    register = rows.filter(
        pl.col("key").is_not_null()
        & pl.col("key").is_in(people["key"].drop_nulls().implode()).not_()
    ).collect()
    return register.with_columns(normal_names(register["name"]).alias("normal")).select(
        (-1 - pl.int_range(pl.len(), dtype=pl.Int64)).alias("person"),
        "name",
        pl.lit(value=False).alias("former"),
        "normal",
        "key",
        pl.coalesce(key_birth(pl.col("key")), "stated").alias("birth"),
        pl.coalesce("sex", key_sex(pl.col("key"))).alias("sex"),
    )


def numbered(rivals: pl.DataFrame) -> pl.DataFrame:
    """Lines of `rival_lines` with their numbers written out, as the engine takes them."""
    return rivals.with_columns(number_text(pl.col("key")).alias("number")).select(
        "person", "name", "former", "normal", "number", "key", "birth", "sex"
    )


def encode_people(people: pl.DataFrame) -> Records:
    """Lines of `people_lines` coded by the plan that all datasets share."""
    return encode(people, plan_of(""), "people", "person")


@dataclass(frozen=True)
class Scored:
    """Rows of one dataset beside their candidates, with everything that an explanation needs.

    Attributes:
        rows: the dataset's core frame of the rows looked at, with ROW_COLUMNS. table: candidates (`deciding.CANDIDATES`); a person
            below zero is somebody of the household register only.
        left, right: the records compared. pairs, compared, weights: pair by pair; `table.pair` points into them.
        lines: of each record of `right`, which line of the people it is; those of the household register come behind, without one.
    """

    rows: pl.DataFrame
    table: pl.DataFrame
    left: Records
    right: Records
    pairs: Pairs
    compared: Compared
    weights: Weights
    lines: npt.NDArray[np.int64]


def score_residual(
    extracts: Extracts,
    subject: Subject,
    people: pl.DataFrame,
    rivals: pl.DataFrame,
    *,
    taken: pl.DataFrame,
    model: Model,
    own: Records | None = None,
    rows: pl.DataFrame | None = None,
) -> Scored:
    """Score the rows of a dataset that the numbers left over.

    Args:
        people, rivals: see `people_lines`, `rival_lines`. taken: key, person of every known number. model: the dataset's.
        own: `encode_people` of the people, where the caller scores several datasets. rows: from `sift_rows`, where it has them.
    """
    plan = plan_of(subject.dataset)
    rows = sift_rows(extracts, subject, people, taken["key"]) if rows is None else rows
    left, own = encode(rows, plan, "rows", "row"), own or encode_people(people)
    pairs = _no_conflicts(block(left, own, plan), left, own)
    first = weigh(compare(left, own, pairs, plan, model), model)
    threshold = np.log2(model.review / (1 - model.review)) - 1
    near = np.unique(left.owner[pairs.li[first.odds > threshold]])
    facing = _facing(rivals, rows, near)
    # from here on only people who are somebody's candidate
    used, ri = np.unique(pairs.ri, return_inverse=True)
    everyone = pl.concat([people[used].cast({"person": pl.Int64}), numbered(facing)])
    right = encode(everyone, plan, "people", "person")
    against = Pairs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), {})
    if len(facing):
        against = _rivals_of(block(left, right.since(len(used)), plan), left, rows, near)
    both = Pairs(
        np.concatenate([pairs.li, against.li]),
        np.concatenate([ri, against.ri + len(used)]),
        pairs.crowded,
    )
    both = _not_themselves(both, left, everyone)
    compared = compare(left, right, both, plan, model)
    weights = weigh(compared, model)
    settled = None
    if plan.once:
        held = (
            extracts.rows(subject.dataset)
            .select(pl.col(subject.key).alias("key"))
            .drop_nulls()
            .collect()
        )
        settled = taken.join(held, on="key", how="semi")["person"].cast(pl.Int64).unique()
    table = decide(candidates(both, weights.odds, left, right), once=plan.once, taken=settled)
    return Scored(rows, table, left, right, both, compared, weights, used)


def link_residual(
    scored: Scored, model: Model, people: pl.DataFrame, rivals: pl.DataFrame
) -> pl.DataFrame:
    """Rows accepted at tier C, or near enough for a clerk (tier D).

    Returns:
        The dataset's core frame with `person`, `tier`, `score` (posterior probability) and `note` (levels, weights, repair, runner-up).
    """
    table = scored.table.filter((pl.col("person") >= 0) & (pl.col("probability") >= model.review))
    at = table["pair"].to_numpy()
    words = {name: _words(scored, name, at) for name in scored.compared.levels}
    doubtful = namesakes(people, rivals)
    judged = table.with_columns(
        *(pl.Series(f"_{name}", told) for name, told in words.items()),
        *(pl.Series(f"_{name}_bits", scored.weights.strangers[name][at]) for name in words),
    ).with_columns(
        (pl.col("_birth") == "birth_equal").alias("_born"),
        pl.col("_number").is_in(DIGITS).alias("_digits"),
        pl.Series("_named", _agreeing_names(scored, at)),
    )
    alone = (pl.col("rank") == 1) & (
        pl.col("person").is_in(doubtful.implode()).not_() | pl.col("_digits")
    )
    enough = pl.col("_named") & (pl.col("_born") | pl.col("_digits"))
    accepted = alone & enough & (pl.col("probability") >= model.accept)
    decided = judged.select(
        "row",
        pl.col("person").cast(pl.UInt32),
        pl.when(accepted).then(pl.lit("C")).otherwise(pl.lit("D")).alias("tier"),
        pl.col("probability").alias("score"),
        _note(list(words)).alias("note"),
    )
    return scored.rows.join(decided, on="row", how="inner").rename({"normal": "row_name"})


def _note(fields: list[str]) -> pl.Expr:
    """Levels with their weights, the repair that would match, and the odds of the runner-up."""
    said = [
        pl.when(pl.col(f"_{name}_bits") != 0).then(
            pl.format("{}{}", f"_{name}", _signed(pl.col(f"_{name}_bits")))
        )
        for name in fields
    ]
    repair = pl.when(pl.col("_number").is_in(REPAIRABLE)).then(
        pl.lit("repair=the number of this person")
    )
    runner = pl.format("runner_up={}", _signed(pl.col("runner_up_odds")))
    levels = pl.concat_str(*said, repair, separator=" ", ignore_nulls=True)
    return pl.concat_str(levels, runner, separator="; ", ignore_nulls=True)


def _signed(bits: pl.Expr) -> pl.Expr:
    return pl.when(bits > 0).then(pl.lit("+")).otherwise(pl.lit("")) + bits.round(1).cast(pl.String)


def _words(scored: Scored, name: str, at: npt.NDArray[np.int64]) -> list[str]:
    words = plan_of("")[name].handling.comparison.words
    return [words[code] for code in scored.compared.levels[name][at]]


def _agreeing_names(scored: Scored, at: npt.NDArray[np.int64]) -> list[bool]:
    levels = plan_of("")["name"].handling.comparison.levels
    return [levels[code].agrees for code in scored.compared.levels["name"][at]]


def _no_conflicts(pairs: Pairs, left: Records, right: Records) -> Pairs:
    """Without pairs of two valid numbers: an equal one was decided before, two different ones are two people."""
    keep = (left.coded["number"].key[pairs.li] == 0) | (right.coded["number"].key[pairs.ri] == 0)
    return pairs.some(keep)


def _facing(rivals: pl.DataFrame, rows: pl.DataFrame, near: npt.NDArray[np.int64]) -> pl.DataFrame:
    """People of the register who could fit a row that has a candidate: of its name, or born on its day (of a like name, then)."""
    asked = rows.filter(pl.col("row").is_in(pl.Series(near).implode()))
    return rivals.filter(
        pl.col("normal").is_in(asked["normal"].unique().implode())
        | pl.col("birth").is_in(asked["row_birth"].drop_nulls().unique().implode())
    )


def _rivals_of(
    found: Pairs, left: Records, rows: pl.DataFrame, near: npt.NDArray[np.int64]
) -> Pairs:
    """Pairs with the household register: of rows that have a candidate and no valid number of their own."""
    wanted = np.isin(left.owner[found.li], near) & rows["key"].is_null().to_numpy()[found.li]
    return found.some(wanted)


def _not_themselves(pairs: Pairs, left: Records, everyone: pl.DataFrame) -> Pairs:
    """Without rivals who bear the name and the birth date of a candidate that has no usable number: they may be that person."""
    keyless = everyone.filter(pl.col("key").is_null() & (pl.col("person") >= 0))
    if not len(keyless):
        return pairs
    table = pl.DataFrame({"row": left.owner[pairs.li], "line": pairs.ri}).with_columns(
        everyone["person"].gather(pl.Series(pairs.ri)).alias("person"),
        everyone["normal"].gather(pl.Series(pairs.ri)).alias("normal"),
        everyone["birth"].gather(pl.Series(pairs.ri)).alias("birth"),
    )
    theirs = table.join(keyless.select("person").unique(), on="person", how="semi").select(
        "row", "normal", "birth", pl.lit(value=True).alias("same")
    )
    marked = table.join(
        theirs.unique(), on=["row", "normal", "birth"], how="left", maintain_order="left"
    )
    keep = ((marked["person"] >= 0) | marked["same"].is_null()).to_numpy()
    return pairs.some(keep)


def namesakes(people: pl.DataFrame, rivals: pl.DataFrame) -> pl.Series:
    """People without a usable number of whose name and birth date the register knows two or more."""
    keyless = people.filter(pl.col("key").is_null())
    described = ["normal", "birth"]
    fits = (
        rivals.join(keyless.select(described).unique(), on=described, how="semi")
        .group_by(described)
        .agg(pl.col("key").n_unique().alias("fits"))
    )
    doubtful = keyless.join(fits.filter(pl.col("fits") > 1), on=described, how="semi")
    return doubtful["person"].cast(pl.Int64).unique()
