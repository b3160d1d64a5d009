"""Delimited text. Regular bytes go to Polars; anything that needs thought about quotes or lines goes to `careful_csv`.

The two ways give the same cells and the same line numbers; only the speed differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from connectors.intake.careful_csv import read_carefully, split_header
from connectors.intake.encoding import to_utf8
from connectors.intake.titles import PLAIN, TextTable, Titles, Wording, arrange, match_titles

if TYPE_CHECKING:
    from household.schema.column import Dataset

DELIMITERS = ",|\t"


def read_csv(
    data: bytes, dataset: Dataset, *, declared: str | None = None, wording: Wording = PLAIN
) -> TextTable:
    """Read delimited text (comma, bar or tab) in UTF-8 or GB 18030.

    Raises:
        FileRefused: the encoding, the title row or a required column cannot be read.

    """
    text = to_utf8(data, declared)
    body = text.data.replace(b"\r\n", b"\n") if b"\r" in text.data else text.data
    if body.endswith(b"\n\n"):
        body = body.rstrip(b"\n") + b"\n"  # blank lines at the end number nothing
    delimiter = find_delimiter(body)
    if is_regular(body, delimiter.encode()):
        titles_end = body.find(b"\n")
        first = body if titles_end < 0 else body[:titles_end]
        titles = match_titles(dataset, split_header(first.decode(), delimiter), wording=wording)
        rest = b"" if titles_end < 0 else body[titles_end + 1 :]
        table = _read_regular(rest, dataset, titles, delimiter=delimiter)
        if table is not None:
            return table
    # the bytes as they came: a carriage return alone is a line end too, and line numbers must be the file's own
    return read_carefully(text.data.decode(), dataset, delimiter=delimiter, wording=wording)


def find_delimiter(data: bytes) -> str:
    """The delimiter that the first line holds most of; a comma when none is there."""
    end = data.find(b"\n")
    first = data if end < 0 else data[:end]
    return max(DELIMITERS, key=lambda sign: first.count(sign.encode()))


def is_regular(data: bytes, delimiter: bytes) -> bool:
    r"""Whether every physical line is one record, cut the same way by every CSV reader. `\\r\\n` is already `\\n`."""
    if b"\r" in data or b"\0" in data or b"\n\n" in data or data.startswith(b"\n"):
        return False
    return b'"' not in data or _quotes_are_regular(data, delimiter[0])


def _quotes_are_regular(data: bytes, delimiter: int) -> bool:
    """Whether quotes come in pairs on each line, opening at the start of a cell and closing at its end."""
    codes = np.frombuffer(data, dtype=np.uint8)
    quotes = np.flatnonzero(codes == ord('"'))
    if len(quotes) % 2:
        return False
    opening, closing = quotes[0::2], quotes[1::2]
    breaks = np.flatnonzero(codes == ord("\n"))
    # a pair with a line break inside would be a record over several lines
    if np.any(np.searchsorted(breaks, opening) != np.searchsorted(breaks, closing)):
        return False
    edges = np.array([ord("\n"), delimiter, ord('"')], dtype=np.uint8)
    padded = np.concatenate([[ord("\n")], codes, [ord("\n")]]).astype(np.uint8)
    before, after = padded[opening], padded[closing + 2]
    if not (np.isin(before, edges).all() and np.isin(after, edges).all()):
        return False
    # a doubled quote is the end of one pair and the start of the next; a lone `""x` cell is not regular
    touching = before == ord('"')
    previous = np.concatenate([[-2], closing[:-1]])
    return bool(np.all(previous[touching] == opening[touching] - 1))


def _read_regular(
    body: bytes, dataset: Dataset, titles: Titles, *, delimiter: str
) -> TextTable | None:
    """Read lines that are known to be one record each; None when Polars counts them differently."""
    if not body:
        return TextTable(arrange(dataset, {}, pl.Series([], dtype=pl.Int32)), titles.unknown)
    width = max(titles.position.values()) + 1
    frame = pl.read_csv(
        body,
        has_header=False,
        schema={f"{i}": pl.String for i in range(width)},
        separator=delimiter,
        quote_char='"' if b'"' in body else None,
        extra_columns="ignore",
        missing_columns="insert",
        empty_string_is_null=True,
    )
    lines = body.count(b"\n") + (not body.endswith(b"\n"))
    if frame.height != lines:
        return None
    cells = {name: frame[f"{index}"] for name, index in titles.position.items()}
    numbers = pl.int_range(2, frame.height + 2, dtype=pl.Int32, eager=True)
    return TextTable(arrange(dataset, cells, numbers), titles.unknown)
