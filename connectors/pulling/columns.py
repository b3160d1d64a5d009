"""Which catalogue columns a fetched file has, from its head alone, and whether its end is there. Rows are the intake's business.

The titles are matched by the intake's own machinery, so the two never disagree; titles outside the catalogue may be data and are only
counted.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from connectors.errors import FileRefused, SourceLied
from connectors.intake.careful_csv import split_header
from connectors.intake.encoding import UTF8_MARK
from connectors.intake.manifest import ENCODINGS
from connectors.intake.read_csv import find_delimiter
from connectors.intake.titles import PLAIN, Wording, match_titles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connectors.intake.manifest import Manifest
    from household.schema.column import Dataset

HEAD = 1 << 16
"""Bytes of a text file's first line, at most."""

_CUT = "来源文件不完整或已损坏"
_AGAIN = "请联系来源单位重新导出并完整放置，下次取数自动重取"
_TITLES = "来源可能改了列名；请核对后在 source.yaml 的 fields 写明，或请来源恢复"


@dataclass(frozen=True, slots=True)
class Came:
    """What a file's head (and a Parquet file's foot) tells.

    `columns`: catalogue names, in the file's order. `unknown`: how many titles the catalogue does not know. `rows`: where told.
    """

    columns: tuple[str, ...]
    unknown: int
    rows: int | None = None


def columns_of(path: Path, ext: str, dataset: Dataset, *, manifest: Manifest) -> Came:
    """Read the head of a fetched file.

    Args:
        path: the file. ext: csv, xlsx, parquet or txt. dataset: its declaration. manifest: the one it will land with.

    Raises:
        SourceLied: it is truncated or no such file at all (a web page, for instance), or the intake could not read its titles.

    """
    try:
        if ext == "parquet":
            return _parquet(path, dataset, manifest.wording)
        if ext == "xlsx":
            return _matched(dataset, _first_row(path), manifest.wording)
        head, tail = _ends(path)
        if head.lstrip(UTF8_MARK + b" \t\r\n")[:1] == b"<":
            raise SourceLied("来源给出的是网页而不是数据文件", _AGAIN)
        if tail.endswith(b"\0"):  # room that was made beforehand and never filled
            raise SourceLied(f"{_CUT}（末尾为空字节）", _AGAIN)
        if ext == "txt":
            return _matched(dataset, [s.name for s in manifest.layout or ()], manifest.wording)
        return _matched(dataset, _titles(head, manifest.encoding), manifest.wording)
    except FileRefused as error:
        raise SourceLied(error.what, error.todo) from None
    except OSError as error:
        raise SourceLied(f"{_CUT}（{error.strerror or '读取失败'}）", _AGAIN) from None


def _matched(
    dataset: Dataset, titles: Sequence[object], wording: Wording = PLAIN, *, rows: int | None = None
) -> Came:
    try:
        found = match_titles(dataset, titles, wording=wording)
    except (
        FileRefused
    ) as error:  # what to do about a file that was put there by hand is another thing
        raise SourceLied(error.what, _TITLES) from None
    by_place = sorted(found.position, key=lambda name: found.position[name])
    return Came(tuple(by_place), len(found.unknown), rows)


def _parquet(path: Path, dataset: Dataset, wording: Wording) -> Came:
    try:
        names = list(pl.read_parquet_schema(path))
        rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        raise SourceLied(f"{_CUT}（Parquet 尾部缺失）", _AGAIN) from None
    return _matched(dataset, names, wording, rows=rows)


def _first_row(path: Path) -> list[object]:
    try:
        if not zipfile.is_zipfile(path):
            raise SourceLied(f"{_CUT}（不是 xlsx 或尾部缺失）", _AGAIN)
        with CalamineWorkbook.from_path(str(path)) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=1)
    except (CalamineError, zipfile.BadZipFile, IndexError, ValueError):
        raise SourceLied(f"{_CUT}（xlsx 无法打开）", _AGAIN) from None
    return list(rows[0]) if rows else []


def _ends(path: Path) -> tuple[bytes, bytes]:
    """The first bytes and the last."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - 16))
        return head, file.read()


def _titles(head: bytes, declared: str | None) -> list[str]:
    """Titles of delimited text. The first line alone is decoded, so no character is cut in two."""
    line = head.removeprefix(UTF8_MARK).replace(b"\r", b"\n").partition(b"\n")[0]
    for codec in ("utf-8", ENCODINGS.get(declared or "", declared) or "gb18030", "gb18030"):
        try:
            text = line.decode(codec)
        except UnicodeDecodeError:
            continue
        return split_header(text, find_delimiter(line))
    raise SourceLied("首行不是有效的 UTF-8 或 GB 18030 文本", _AGAIN)
