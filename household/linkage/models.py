"""Estimating the residual's model of a dataset from settled rows: which rows and people teach it, how much must be there, what is kept.

Nothing here is done by a run: a run uses the model that is pinned, or the shipped one (docs/adr/0008).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log2
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.errors import InputError
from household.identity.names import normal_names
from household.identity.numbers import number_text
from household.linkage.engine.linking import exact_pass, train
from household.linkage.engine.model import COMMON_FROM, rounded, with_thresholds
from household.linkage.engine.records import encode
from household.linkage.plans import (
    ESTIMATED_ACCEPT,
    ESTIMATED_REVIEW,
    ONCE,
    ROW_COLUMNS,
    plan_of,
)
from household.linkage.residual import numbered, people_lines, rival_lines
from household.linkage.subjects import SUBJECTS

if TYPE_CHECKING:
    from household.extracts import Extracts
    from household.linkage.engine.model import Model
    from household.linkage.engine.plan import Plan
    from household.linkage.known import Known
    from household.linkage.subjects import Subject
    from household.roster import Roster

ENOUGH = 500
"""Persons whose rows agree in number and name, below whom nothing is estimated: a level seen once in a hundred is then seen five
times, beside the 30 pairs that the shipped values count for. Persons, not rows: twelve months of one wage are one witness."""

MOST_ROWS = 1_000_000
"""Rows of a dataset that teach; of a larger one, every n-th."""

MOST_VALUES = 1_000
"""Values of each form (name, sound, date ...) that a model keeps, the commonest; the others share one mean frequency. A run reads
a model for every dataset, and the tail tells little: of half a million people the thousandth name is one in ten thousand."""

MOST_KIN = 15
"""Members of one registered household from whom relatives are learnt; a larger one is a dormitory or a barracks."""

MAIN_LEVELS = (
    ("name", "name_equal"),
    ("name", "name_folded"),
    ("name", "name_homophone"),
    ("name", "name_one_off"),
    ("number", "number_one_slip"),
    ("number", "number_tail_lost"),
    ("birth", "birth_equal"),
    ("birth", "birth_one_digit"),
    ("birth", "birth_differs"),
    ("sex", "sex_equal"),
    ("sex", "sex_differs"),
)
"""(field, level) whose weights are shown to people."""

REGISTER = "public_security.population"

Shares = dict[tuple[str, str], dict[str, float]]
"""(field, form) -> value -> share of the people who have it."""

Rare = dict[tuple[str, str], float]
"""(field, form) -> share assumed of a value that is not kept."""


@dataclass(frozen=True)
class Population:
    """People whom rows are compared with while estimating.

    Attributes:
        people: one line a person and name: person (below zero: of the household register only), name, former, normal, number,
            key, birth, sex, household (people of one are relatives).
        shares, rare: how frequent their names and birth dates are, see `count_values`.
    """

    people: pl.DataFrame
    shares: Shares
    rare: Rare

    def facing(self, dataset: str) -> pl.DataFrame:
        """Whom the rows of a dataset are compared with: everybody; the register's own rows, with the rosters only."""
        if dataset not in ONCE:
            return self.people
        return self.people.filter(pl.col("person") >= 0)


@dataclass(frozen=True)
class Training:
    """What came of one dataset.

    Attributes:
        rows: rows of the dataset that teach. settled: of these, rows whose number and name are somebody's.
        persons: persons whose these are. model: what was estimated, or None where fewer than ENOUGH persons teach.
    """

    dataset: str
    rows: int
    settled: int
    persons: int
    model: Model | None


def gather_population(extracts: Extracts, roster: Roster, known: Known) -> Population:
    """Roster people, and the household register as further people, so that names are as frequent as they are in the county."""
    people = people_lines(roster, known).cast({"person": pl.Int64})
    everybody = pl.concat([people, numbered(rival_lines(extracts, people))])
    registered = (
        extracts.rows(REGISTER)
        .select(pl.col("id_no__key").alias("key"), "hukou_no")
        .drop_nulls()
        .collect()
        .sort("key", "hukou_no")
        .unique("key", keep="first", maintain_order=True)
    )
    sizes = registered.group_by("hukou_no").len()
    families = registered.join(
        sizes.filter(pl.col("len") <= MOST_KIN), on="hukou_no", how="semi"
    ).select("key", pl.format("H{}", "hukou_no").alias("registered"))
    asking = (
        roster.members.sort("app", "member_no")
        .unique("person", keep="first", maintain_order=True)
        .select(pl.col("person").cast(pl.Int64), pl.format("A{}", "app").alias("asking"))
    )
    lived = everybody.join(families, on="key", how="left", maintain_order="left").join(
        asking, on="person", how="left", maintain_order="left"
    )
    household = pl.coalesce("registered", "asking", pl.format("P{}", "person"))
    lived = lived.with_columns(household.alias("household")).drop("registered", "asking")
    return Population(lived, *count_values(lived, plan_of("")))  # fields are the same in all plans


def training_rows(extracts: Extracts, dataset: str) -> pl.DataFrame:
    """The rows of a dataset that teach, with ROW_COLUMNS, in an order of their own (not of the files); a row for each subject."""
    parts = [_rows_of(extracts, subject) for subject in SUBJECTS if subject.dataset == dataset]
    rows = pl.concat(parts).sort("key", "number", "name", "birth", "sex")
    return rows.with_row_index("row").select(
        pl.col("row").cast(pl.Int64), *(name for name in ROW_COLUMNS if name != "row")
    )


def _rows_of(extracts: Extracts, subject: Subject) -> pl.DataFrame:
    birth = pl.col(subject.birth) if subject.birth else pl.lit(None, dtype=pl.Date)
    sex = pl.col(subject.sex) if subject.sex else pl.lit(None, dtype=pl.String)
    named = extracts.rows(subject.dataset).filter(pl.col(subject.name).is_not_null())
    count = named.select(pl.len()).collect().item()
    rows = (
        named.select(
            pl.col(subject.name).alias("name"),
            pl.lit(value=False).alias("former"),
            pl.coalesce(number_text(pl.col(subject.key)), subject.number).alias("number"),
            pl.col(subject.key).alias("key"),
            birth.alias("birth"),
            sex.alias("sex"),
        )
        .gather_every(max(1, -(-count // MOST_ROWS)))
        .collect()
    )
    rows = rows.with_columns(normal_names(rows["name"]).alias("normal"))
    return rows.filter(pl.col("normal").is_not_null())


def train_dataset(
    extracts: Extracts, population: Population, dataset: str, *, enough: int = ENOUGH
) -> Training:
    """Estimate the model of a dataset from its settled rows; the same rows give the same model.

    Args:
        population: see `gather_population`. enough: persons that must teach.
    """
    plan, people = plan_of(dataset), population.facing(dataset)
    rows = training_rows(extracts, dataset)
    settled = exact_pass(rows, people, plan).settled
    told = Training(
        dataset, len(rows), settled["row"].n_unique(), settled["person"].n_unique(), None
    )
    if told.persons < enough:
        return told
    # no run is named: a later run on the same rows must find the same model
    counts = f"rows={told.rows} settled={told.settled} persons={told.persons}"
    origin = f"estimated {dataset} {extracts.as_of.isoformat()} {counts}"
    model = train(rows, people, plan, household="household", origin=origin)
    model = replace(
        model,
        # duplicate rows in a register make the loop count more matches than rows; a share is 1 at most
        matched=min(model.matched, 1.0),
        frequencies=population.shares,
        rare=population.rare,
    )
    model = with_thresholds(model, accept=ESTIMATED_ACCEPT, review=ESTIMATED_REVIEW)
    return replace(told, model=rounded(model))


def count_values(people: pl.DataFrame, plan: Plan) -> tuple[Shares, Rare]:
    """Shares of common values, and the share that a value has which is not among them.

    A person counts once for a value, whatever the number of rows and spellings: a name that one person bears in five files is
    one person's, and stays out. At most MOST_VALUES of each form are kept.

    Args:
        people: see `Population`; a person of several lines, and lines of one key, are one. plan: of which fields.
    """
    records = encode(people, plan, "people", "person")
    holder = people.select(
        pl.coalesce("key", -1 - pl.col("person")).alias(
            "holder"
        )  # whoever has no key is on a roster
    )["holder"]
    shares: Shares = {}
    rare: Rare = {}
    for field in plan.fields:
        levels = field.handling.comparison.levels
        for by_value in sorted({level.by_value for level in levels if level.by_value}):
            values = field.handling.value(
                records.coded[field.name], by_value, np.arange(len(people))
            )
            held = pl.DataFrame({"value": values, "holder": holder}).filter(
                pl.col("value").is_not_null() & (pl.col("value") != "0")
            )
            counts = held.unique().group_by("value").len("count").sort("count", "value")
            if len(counts):
                _keep_common(counts, shares, rare, key=(field.name, by_value))
    return shares, rare


def _keep_common(counts: pl.DataFrame, shares: Shares, rare: Rare, *, key: tuple[str, str]) -> None:
    """Add one form's shares, of counts sorted upwards. A value is shared with the others who have it: who is compared does not count."""
    total = float(counts["count"].sum())
    common = counts.tail(MOST_VALUES).filter(pl.col("count") >= COMMON_FROM)
    others = counts.head(len(counts) - len(common))["count"].cast(pl.Float64)
    shares[key] = dict(zip(common["value"], (common["count"] - 1) / total, strict=True))
    met = float((others * (others - 1)).sum()) / float(others.sum()) if len(others) else 1.0
    rare[key] = max(met, 0.25) / total


def weight_bits(model: Model, field: str, level: str) -> float:
    """log2(m / u) of a level: bits that it speaks for one person. Of an equal value it is the usual weight; a rare one weighs more."""
    levels = model.levels[field]
    code = levels.words.index(level)
    return log2(levels.m[code] / levels.u[code])


def check_fits(model: Model, dataset: str) -> Model:
    """The model, if it is one of this program's plan for the dataset.

    Raises:
        InputError: it has other fields or levels: an earlier or a later version estimated it.
    """
    wanted = {f.name: f.handling.comparison.words for f in plan_of(dataset).fields}
    if {name: levels.words for name, levels in model.levels.items()} != wanted:
        raise InputError(
            f"数据集 {dataset} 的关联模型与本版本程序的比较项不符",
            "请用 hedui links train 重新估计，或用 hedui links pin 换回随附的模型",
        )
    return model
