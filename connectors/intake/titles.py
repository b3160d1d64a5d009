"""Column titles of an arriving table, matched with the catalogue, and the table of texts that every reader hands on."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from connectors.errors import FileRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

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
class Titles:
    """Where each catalogue column stands in the file (from 0), and the titles that the catalogue does not know."""

    position: dict[str, int]
    unknown: tuple[str, ...]


def fold_title(title: object) -> str:
    """Comparable form of a title: NFKC, no white space, no byte-order mark, lower case."""
    text = unicodedata.normalize("NFKC", "" if title is None else str(title))
    return "".join(text.split()).replace("\ufeff", "").casefold()


def match_titles(dataset: Dataset, titles: Sequence[object]) -> Titles:
    """Find the catalogue's columns among titles, Chinese or English.

    Raises:
        FileRefused: a required column is missing, or two titles mean one column. Only catalogue titles are named.

    """
    names: dict[str, str] = {}
    for column in dataset.columns:
        names[fold_title(column.title_zh)] = column.name
        names[fold_title(column.name)] = column.name
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
    missing = [c for c in dataset.columns if c.required and c.name not in position]
    if missing:
        listed = "、".join(f"“{c.title_zh}”（{c.name}）" for c in missing)
        raise FileRefused(
            f"缺少必有的列 {listed}，首行认出 {len(position)} 列",
            "请在首行补齐列名后重新报送（首行须为列名，编码须为 UTF-8 或 GB 18030）",
        )
    return Titles(position, tuple(unknown))


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
