"""What a reviewer compares: a source row and a roster person side by side, in clear, fetched from the working store.

Personal data leaves the store here and nowhere else, for the two sheets of a blind review; nothing of it is logged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connectors.intake.arrivals import read_arrivals
from connectors.settling.settle import settle
from connectors.settling.settled import core_rows
from connectors.store import Store
from household.errors import InputError
from household.linkage.review import name_family
from household.linkage.subjects import SUBJECTS
from household.schema.column import Kind
from household.schema.datasets import DATASETS
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connectors.intake.arrivals import Arrival

MEMBER = "approval.member"
TOLD_KINDS = frozenset(
    {Kind.TEXT, Kind.DATE, Kind.MONTH, Kind.CODE, Kind.REGION, Kind.USCC, Kind.ID_NO}
)
"""Kinds of columns that help to tell persons apart; amounts do not."""

FIELDS = ("name", "number", "sex", "birth", "more")
"""What is shown of each side: texts, empty where nothing is known."""

_TODO = "收件可能已有变化，请先运行 hedui run，再抽取样本"


class Shelf:
    """The settled rows of a warehouse's store, read again from the log of arrivals: hand-offs of a run do not outlive it."""

    def __init__(self, warehouse: Path) -> None:
        root = store_root(warehouse)
        if not root.is_dir():
            raise InputError(
                f"结果库旁没有工作目录 {root.name}", "请把它与结果库放在一起，其中保存着收到的原件"
            )
        self._store = Store(root)
        self._log: list[Arrival] = read_arrivals(self._store)

    def rows(self, dataset: str) -> pl.LazyFrame:
        """The core rows of a dataset that stand."""
        return core_rows(settle(dataset, self._log, self._store), self._store)


def roster_people(shelf: Shelf, places: pl.DataFrame) -> pl.DataFrame:
    """Persons on rosters as their application states them.

    Args:
        shelf: the store.
        places: published `roster_person` rows.

    Returns:
        One row a person: person_ref, `family` of the name, and person_<field> for each of FIELDS.

    """
    rows = shelf.rows(MEMBER).collect()
    latest = pl.col("_extract_as_of") == pl.col("_extract_as_of").max().over("application_id")
    told = rows.filter(latest).select(
        "application_id",
        pl.col("member_no").cast(pl.Int64),
        pl.col("name").alias("person_name"),
        pl.col("id_no").alias("person_number"),
        pl.col("sex").alias("person_sex"),
        pl.col("birth_date").cast(pl.String).alias("person_birth"),
        _more(MEMBER, ("name", "id_no", "sex", "birth_date")).alias("person_more"),
    )
    people = (
        places.select("application_id", "member_no", "person_ref")
        .join(told, on=["application_id", "member_no"], how="inner")
        .sort("application_id", "member_no")
        .unique("person_ref", keep="last", maintain_order=True)
        .drop("application_id", "member_no")
    )
    return people.with_columns(name_family(people["person_name"]))


def side_by_side(shelf: Shelf, pairs: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Pairs with what row and person say, in the order of `pairs`.

    A marriage row shows both of its persons: whether the person is one of them is the question.

    Args:
        shelf: the store.
        pairs: dataset, record_key, person_ref and whatever else is to be kept.
        people: see `roster_people`.

    Raises:
        InputError: a row or a person is no longer in the store as the newest run saw it.

    """
    rows = pl.concat(
        [
            _rows_told(shelf, dataset, group["record_key"])
            for (dataset,), group in pairs.group_by("dataset", maintain_order=True)
        ]
    )
    told = pairs.join(rows, on=["dataset", "record_key"], how="inner", maintain_order="left").join(
        people.drop("family"), on="person_ref", how="inner", maintain_order="left"
    )
    if len(told) != len(pairs):
        raise InputError(f"有 {len(pairs) - len(told)} 对关联在工作目录中找不到原行或人员", _TODO)
    return told


def _rows_told(shelf: Shelf, dataset: str, keys: pl.Series) -> pl.DataFrame:
    subjects = [subject for subject in SUBJECTS if subject.dataset == dataset]
    shown = {
        "name": [subject.name for subject in subjects],
        "number": [subject.number for subject in subjects],
        "sex": [subject.sex for subject in subjects if subject.sex],
        "birth": [subject.birth for subject in subjects if subject.birth],
    }
    taken = [name for names in shown.values() for name in names]
    found = (
        shelf.rows(dataset)
        .filter(pl.col("_record_key").is_in(keys.unique().implode()))
        .collect()
        .unique("_record_key", keep="last", maintain_order=True)
    )
    return found.select(
        pl.lit(dataset).alias("dataset"),
        pl.col("_record_key").alias("record_key"),
        *(
            _joined_texts([pl.col(name).cast(pl.String) for name in names], " / ").alias(
                f"row_{field}"
            )
            for field, names in shown.items()
        ),
        _more(dataset, taken).alias("row_more"),
    )


def _more(dataset: str, taken: Sequence[str]) -> pl.Expr:
    """The other columns that say something, as `title：value`, joined."""
    told = [
        pl.format("{}：{}", pl.lit(column.title_zh), pl.col(column.name).cast(pl.String))
        for column in DATASETS[dataset].columns
        if column.kind in TOLD_KINDS and column.name not in taken
    ]
    return _joined_texts(told, "；")


def _joined_texts(texts: Sequence[pl.Expr], separator: str) -> pl.Expr:
    if not texts:
        return pl.lit(None, dtype=pl.String)
    return pl.concat_str(*texts, separator=separator, ignore_nulls=True)
