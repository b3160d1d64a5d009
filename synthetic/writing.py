"""Files in the formats of the contract, the same bytes for the same rows.

Csv, xlsx, parquet, fixed-width text, manifests.
"""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from pathlib import Path

    from synthetic.deliveries import Delivery
    from synthetic.draws import Array

NEWLINE = 10
SPACE = 32


def csv_bytes(texts: pl.DataFrame, delivery: Delivery) -> bytes:
    """Delimited text with a title row; empty for null."""
    written = texts.write_csv(separator=delivery.separator)
    return (written or "").encode(delivery.encoding)


def parquet_bytes(rows: pl.DataFrame) -> bytes:
    """Parquet, zstd, without anything of the time of writing."""
    buffer = io.BytesIO()
    rows.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def xlsx_bytes(rows: pl.DataFrame, made_on: date) -> bytes:
    """One sheet with a title row: strings as strings, dates as dates, decimals as numbers.

    `made_on` is its creation date.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": datetime.combine(made_on, time())})
    sheet = book.add_worksheet("数据")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, title in enumerate(rows.columns):
        sheet.write_string(0, at, title)
    for at, name in enumerate(rows.columns):
        for line, value in enumerate(rows[name].to_list(), start=1):
            if isinstance(value, str):
                sheet.write_string(line, at, value)
            elif isinstance(value, date):
                sheet.write_datetime(line, at, datetime.combine(value, time()), day)
            elif value is not None:
                sheet.write_number(line, at, float(value))
    book.close()
    return buffer.getvalue()


def fixed_width_bytes(texts: pl.DataFrame, encoding: str) -> tuple[bytes, list[dict[str, Any]]]:
    """Lines of fixed width without a title row, and the layout: name, start and width in bytes."""
    layout, blocks, start = [], [], 0
    for name in texts.columns:
        block = _padded(texts[name], encoding)
        layout.append({"name": name, "start": start, "width": block.shape[1]})
        start += block.shape[1]
        blocks.append(block)
    newline = np.full((len(texts), 1), NEWLINE, dtype=np.uint8)
    return np.concatenate([*blocks, newline], axis=1).tobytes(), layout


def _padded(values: pl.Series, encoding: str) -> Array:
    """Rows x width bytes of a column, filled with spaces, one space wider than the longest value.

    No byte of a multi-byte character is a line feed in UTF-8 or GB 18030, so the joined column can
    be cut at line feeds.
    """
    texts = values.cast(pl.String).fill_null("")
    joined = np.frombuffer(("\n".join(texts.to_list()) + "\n").encode(encoding), dtype=np.uint8)
    ends = np.flatnonzero(joined == NEWLINE)[: len(texts)]
    starts = np.r_[0, ends[:-1] + 1][: len(texts)]
    lengths = ends - starts
    block = np.full((len(texts), int(lengths.max(initial=0)) + 1), SPACE, dtype=np.uint8)
    row = np.repeat(np.arange(len(texts)), lengths)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    block[row, offset] = joined[starts[row] + offset]
    return block


def write_manifest(path: Path, content: bytes, *, facts: dict[str, Any]) -> None:
    """`<file>.manifest.json` beside a file: the facts and the digest of the content."""
    manifest = {**facts, "sha256": hashlib.sha256(content).hexdigest()}
    beside = path.with_name(path.name + ".manifest.json")
    beside.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
