"""Column titles of an arriving table, matched with the catalogue, and the table of texts that every reader hands on."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from connectors.errors import FileRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from household.schema.column import Dataset

LINE = "_line"
BROKEN = "_broken"
DATED = "_dated_"


@dataclass(frozen=True, slots=True)
class TextTable:
    """The rows of one file as text, not yet read to their types.

    `frame`: every catalogue column by its English name, String, as sent (null: no such cell); `_line` Int32, the line in the
    file with the header as 1. Two kinds of column stand there only when needed: `_broken` String, the reason for which a row
    could not be cut into cells; `_dated_<column>` Boolean, true where the cell was a date value and not text.
    `unknown_columns`: titles outside the catalogue; they stay in the raw file. They may be data when the title row is
    missing, so they are counted in messages and never shown. `remarks`: Chinese sentences for the ledger.
    """

    frame: pl.DataFrame
    unknown_columns: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Wording:
    """How a source words its columns and codes, where that is not the catalogue's way.

    `fields`: their title to our column; each of these titles must be there. `codes`: by our column, their cell text to ours.
    `absent`: our columns that are not expected; one that comes all the same is read, and remarked on.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


PLAIN = Wording()
"""The catalogue's own way."""


@dataclass(frozen=True, slots=True)
class Titles:
    """Where each catalogue column stands in the file (from 0), and the titles that the catalogue does not know."""

    position: dict[str, int]
    unknown: tuple[str, ...]


def fold_title(title: object) -> str:
    """Comparable form of a title: NFKC, no white space, no byte-order mark, lower case."""
    text = unicodedata.normalize("NFKC", "" if title is None else str(title))
    return "".join(text.split()).replace("\ufeff", "").casefold()


def match_titles(dataset: Dataset, titles: Sequence[object], *, wording: Wording = PLAIN) -> Titles:
    """Find the catalogue's columns among titles, Chinese or English, or as the wording's fields name them.

    Raises:
        FileRefused: a required column or a title that the wording names is missing, two titles mean one column, or the wording
            names a column that is not there. Only titles of the catalogue and of the wording are named.

    """
    names: dict[str, str] = {}
    for column in dataset.columns:
        names[fold_title(column.title_zh)] = column.name
        names[fold_title(column.name)] = column.name
    _require_known(dataset, wording)
    names |= {fold_title(theirs): ours for theirs, ours in wording.fields.items()}
    position: dict[str, int] = {}
    unknown = []
    for index, title in enumerate(titles):
        folded = fold_title(title)
        name = names.get(folded)
        if name is None:
            if folded:
                unknown.append(str(title))
        elif name in position:
            raise FileRefused(
                f"列“{dataset[name].title_zh}”（{name}）出现两次：第 {position[name] + 1} 列与第 {index + 1} 列",
                "请只保留一列后重新报送",
            )
        else:
            position[name] = index
    _require_mapped(dataset, wording, titles)
    missing = [c for c in dataset.columns if c.required and c.name not in position]
    if missing:
        listed = "、".join(f"“{c.title_zh}”（{c.name}）" for c in missing)
        raise FileRefused(
            f"缺少必有的列 {listed}，首行认出 {len(position)} 列",
            "请在首行补齐列名后重新报送（首行须为列名，编码须为 UTF-8 或 GB 18030）",
        )
    return Titles(position, tuple(unknown))


def _require_known(dataset: Dataset, wording: Wording) -> None:
    """Raise FileRefused where a wording names columns that the catalogue does not have."""
    known = {c.name for c in dataset.columns}
    named = (
        ("fields", wording.fields.values()),
        ("codes", wording.codes),
        ("absent", wording.absent),
    )
    for key, columns in named:
        if not set(columns) <= known:
            raise FileRefused(
                f"清单 {key} 写有交换目录没有的列", f"请按 {dataset.name} 的英文列名更正后重新报送"
            )


def _require_mapped(dataset: Dataset, wording: Wording, titles: Sequence[object]) -> None:
    """Raise FileRefused where a title that the wording names did not come: it was renamed, or this is another table."""
    came = {fold_title(title) for title in titles}
    gone = [(t, o) for t, o in wording.fields.items() if fold_title(t) not in came]
    if gone:
        listed = "、".join(f"“{theirs}”（{dataset[ours].title_zh}）" for theirs, ours in gone)
        raise FileRefused(
            f"映射的列 {listed} 没有送到", "来源可能改了列名；请核对后更正 fields 或请来源补送"
        )


def reworded(frame: pl.DataFrame, wording: Wording) -> pl.DataFrame:
    """The texts of a TextTable with their codes replaced by ours; a text that no code names stays as it came.

    A code is compared without the white space around it. What is replaced by an empty text counts as not said.
    """
    return frame.with_columns(
        pl.coalesce(
            pl.col(column)
            .str.strip_chars()
            .replace_strict(
                [theirs.strip() for theirs in codes],
                list(codes.values()),
                default=None,
                return_dtype=pl.String,
            ),
            pl.col(column),
        )
        for column, codes in wording.codes.items()
        if codes
    )


def arrange(dataset: Dataset, cells: dict[str, pl.Series], lines: pl.Series) -> pl.DataFrame:
    """The frame of a TextTable: catalogue columns in declared order, absent ones null, then `_line`, then whatever else."""
    height = len(lines)
    columns = [
        cells[c.name].alias(c.name)
        if c.name in cells
        else pl.Series(c.name, [None], dtype=pl.String).new_from_index(0, height)
        for c in dataset.columns
    ]
    extra = [s.alias(name) for name, s in cells.items() if name.startswith("_")]
    return pl.DataFrame([*columns, lines.cast(pl.Int32).alias(LINE), *extra])
