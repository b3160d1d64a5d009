"""Delimited text line by line: quoted line breaks, blank lines, lone carriage returns, NUL bytes, quotes gone astray.

The cells are those of Python's csv module (RFC 4180, lenient after a closing quote), with one difference: a quote that never
closes costs its own line, not the rest of the file.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connectors.errors import FileRefused
from connectors.intake.titles import BROKEN, PLAIN, TextTable, Wording, arrange, match_titles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from household.schema.column import Dataset

RECORD_LINES = 20
"""A quoted cell that runs over more physical lines than this is a stray quote."""

_QUOTED = r'"(?:[^"]++|"")*+"'


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the number of its last physical line, its cells, or the reason for which it has none."""

    line: int
    cells: list[str]
    broken: str | None = None


class _Grammar:
    """The shape of a closed record for one delimiter."""

    def __init__(self, delimiter: str) -> None:
        sign = re.escape(delimiter)
        plain = rf"[^{sign}\r\n]*+"
        cell = rf'(?:{_QUOTED}{plain}|[^"{sign}\r\n]{plain}|)'
        self.delimiter = delimiter
        self.closed = re.compile(rf"{cell}(?:{sign}{cell})*+")
        # over several lines a stray quote meets the opening quote of an innocent cell: nothing may follow a closing one
        strict = rf'(?:{_QUOTED}|[^"{sign}\r\n]{plain}|)'
        self.spanning = re.compile(rf"{strict}(?:{sign}{strict})*+")
        self.quoted = re.compile(rf"({_QUOTED})({plain})")

    def cut(self, record: str) -> list[str]:
        """Cells of a closed record."""
        if '"' not in record:
            return record.split(self.delimiter)
        cells, at = [], 0
        while True:
            match = self.quoted.match(record, at)
            if match is not None:
                cells.append(match[1][1:-1].replace('""', '"') + match[2])
                at = match.end()
            else:
                end = record.find(self.delimiter, at)
                end = len(record) if end < 0 else end
                cells.append(record[at:end])
                at = end
            if at >= len(record):
                return cells
            at += 1  # past the delimiter


def split_header(line: str, delimiter: str) -> list[str]:
    """Titles of a title row. Raises FileRefused when a quote in it does not close."""
    grammar = _Grammar(delimiter)
    if grammar.closed.fullmatch(line) is None:
        raise FileRefused("首行（列名）的引号没有成对", "请更正首行的引号后重新报送")
    return grammar.cut(line)


def cut_records(text: str, delimiter: str) -> Iterator[Record]:
    """Records of a text, the title row first; blank lines are counted and left out."""
    grammar = _Grammar(delimiter)
    physical = [line.rstrip("\r\n") for line in io.StringIO(text, newline="")]
    width = 0
    at = 0
    while at < len(physical):
        line = physical[at]
        at += 1
        if not line:
            continue
        if "\0" in line:
            yield Record(at, [], "nul_byte")
            continue
        if '"' not in line or grammar.closed.fullmatch(line):
            cells = grammar.cut(line)
            width = width or len(cells)
            yield Record(at, cells)
            continue
        joined = line
        for further in range(at, min(at + RECORD_LINES - 1, len(physical))):
            joined += "\n" + physical[further]
            if joined.count('"') % 2 == 0 and grammar.spanning.fullmatch(joined):
                break
        else:
            yield Record(at, [], "stray_quote")
            continue
        cells = grammar.cut(joined)
        if width and len(cells) != width:
            yield Record(at, [], "stray_quote")
            continue
        width = width or len(cells)
        at = further + 1
        yield Record(at, cells)


def read_carefully(
    text: str, dataset: Dataset, *, delimiter: str, wording: Wording = PLAIN
) -> TextTable:
    """Read delimited text record by record.

    Raises:
        FileRefused: the title row cannot be cut, or lacks a required column.

    """
    records = cut_records(text, delimiter)
    header = next(records, None)
    if header is None or header.broken or text.startswith(("\n", "\r")):
        raise FileRefused("首行不是列名（空行、空字符或引号未成对）", "请在首行写明列名后重新报送")
    titles = match_titles(dataset, header.cells, wording=wording)
    wanted = list(titles.position.items())
    columns: dict[str, list[str | None]] = {name: [] for name, _ in wanted}
    lines: list[int] = []
    broken: list[str | None] = []
    for record in records:
        lines.append(record.line)
        broken.append(record.broken)
        width = len(record.cells)
        for name, index in wanted:
            columns[name].append(record.cells[index] if index < width else None)
    cells = {name: pl.Series(name, values, dtype=pl.String) for name, values in columns.items()}
    if any(broken):
        cells[BROKEN] = pl.Series(BROKEN, broken, dtype=pl.String)
    return TextTable(arrange(dataset, cells, pl.Series(lines, dtype=pl.Int32)), titles.unknown)
