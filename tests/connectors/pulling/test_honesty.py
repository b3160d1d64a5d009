"""What a source says against what came, check by check, and the heads and feet of files."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import xlsxwriter
from inbox_files import TITLES, VEHICLE, vehicle
from pull_fakes import NOON

from connectors.errors import SourceLied, SourceUnreachable
from connectors.intake.manifest import read_manifest
from connectors.pulling.columns import Came, columns_of
from connectors.pulling.honesty import (
    check_as_of,
    check_columns,
    check_most,
    check_said,
    check_size,
    clock_skew,
    shrunk,
)
from connectors.pulling.landing import write_manifest
from connectors.transports.transport import Fetched

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 5, 8)


def came(folder: Path, ext: str, content: bytes, **manifest: Any) -> Came:
    path = folder / f"data.{ext}"
    path.write_bytes(content)
    said = read_manifest(write_manifest(folder, path.name, manifest))
    return columns_of(path, ext, VEHICLE, manifest=said)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_titles_of_delimited_text(tmp_path: Path, codec: str, ending: str) -> None:
    text = ending.join([TITLES + ",备注", *(vehicle(f"A{i}") + ",字" for i in range(3000))])
    found = came(tmp_path, "csv", text.encode(codec))
    assert found.columns == (
        "plate_no",
        "plate_type",
        "owner_id_no",
        "owner_name",
        "status",
        "value",
    )
    assert (found.unknown, found.rows) == (1, None)


def test_titles_of_the_other_formats(tmp_path: Path) -> None:
    frame = pl.DataFrame({title: ["x"] * 5 for title in TITLES.split(",")})
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        workbook.add_worksheet().write_row(0, 0, TITLES.split(","))
    parquet = io.BytesIO()
    frame.write_parquet(parquet)
    layout = [{"name": t, "start": i, "width": 1} for i, t in enumerate(TITLES.split(","))]
    by_ext = [
        came(tmp_path, "csv", TITLES.encode()),
        came(tmp_path, "xlsx", book.getvalue()),
        came(tmp_path, "parquet", parquet.getvalue()),
        came(tmp_path, "txt", b"abcdef\n", layout=layout),
    ]
    assert len({found.columns for found in by_ext}) == 1
    assert [found.rows for found in by_ext] == [None, None, 5, None]


@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
@pytest.mark.parametrize("ext", ["xlsx", "parquet"])
def test_what_was_cut_off_is_found(tmp_path: Path, ext: str, share: float) -> None:
    whole = io.BytesIO()
    if ext == "parquet":
        pl.DataFrame({t: [str(i) for i in range(999)] for t in TITLES.split(",")}).write_parquet(
            whole
        )
    else:
        with zipfile.ZipFile(whole, "w") as archive:
            archive.writestr("xl/workbook.xml", "x" * 999)
    content = whole.getvalue()
    with pytest.raises(SourceLied, match="不完整或已损坏"):
        came(tmp_path, ext, content[: int(len(content) * share)])


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"<!DOCTYPE html><html>", "网页"),
        ("\ufeff  <html>".encode(), "网页"),
        (TITLES.encode() + b"\n\0\0\0\0", "空字节"),
        ("号牌号码,号牌种类\n".encode(), "缺少必有的列"),
        (b"\xff\xfe\x00\xff\n", "不是有效的 UTF-8"),
    ],
)
def test_what_is_no_extract_is_named(tmp_path: Path, content: bytes, line: str) -> None:
    with pytest.raises(SourceLied, match=line):
        came(tmp_path, "csv", content)


def test_clock() -> None:
    assert clock_skew(None, NOON, limit=300) is None
    assert clock_skew(NOON + timedelta(seconds=300), NOON, limit=300) == 300
    with pytest.raises(SourceLied, match="慢 301 秒"):
        clock_skew(NOON - timedelta(seconds=301), NOON, limit=300)


def test_days() -> None:
    assert check_as_of(TODAY, today=TODAY, newest=TODAY, strict=True) == ""
    with pytest.raises(SourceLied, match="晚于今天"):
        check_as_of(TODAY + timedelta(days=1), today=TODAY, newest=None, strict=False)
    older = TODAY - timedelta(days=1)
    assert "较早日期" in check_as_of(older, today=TODAY, newest=TODAY, strict=False)
    with pytest.raises(SourceLied, match="倒退"):
        check_as_of(older, today=TODAY, newest=TODAY, strict=True)


def test_rows_and_bytes() -> None:
    fetched = Fetched(TODAY, {}, said_rows=3)
    check_said(fetched, sha256="", rows=None)  # delimited text: the intake counts
    check_said(fetched, sha256="", rows=3)
    with pytest.raises(SourceLied, match="3 行，实际取到 2 行"):
        check_said(fetched, sha256="", rows=2)
    with pytest.raises(SourceLied, match="写出 4 行，文件内 3 行"):
        check_said(Fetched(TODAY, {}, rows=4), sha256="", rows=3)
    check_size(7, offered=7)
    with pytest.raises(SourceUnreachable, match="可能仍在写入"):
        check_size(7, offered=9)
    with pytest.raises(SourceLied, match="0 字节"):
        check_size(0, offered=None)
    check_most(10, 10)
    with pytest.raises(SourceLied, match="超过 10 字节"):
        check_most(11, 10)


@pytest.mark.parametrize(
    ("columns", "unknown", "sparse", "absent", "refused"),
    [
        ("plate_no value", 0, False, "", False),
        ("plate_no", 0, False, "", True),
        ("plate_no", 0, False, "value", False),
        ("plate_no", 2, True, "", False),  # a few rows of JSON leave out what none of them has
        ("plate_no", 3, True, "", True),  # but something else came in its place
    ],
)
def test_lost_columns(
    columns: str, unknown: int, *, sparse: bool, absent: str, refused: bool
) -> None:
    def check() -> None:
        check_columns(
            VEHICLE,
            Came(tuple(columns.split()), unknown),
            before=("plate_no", "value"),
            unknown_before=2,
            absent=absent.split(),
            sparse=sparse,
        )

    if refused:
        with pytest.raises(SourceLied, match="value） 本次没有"):
            check()
    else:
        check()


def test_collapse() -> None:
    assert shrunk(10, 20, unit="行") == ""
    assert shrunk(0, 19, unit="行") == ""
    assert shrunk(9, 20, unit="行").startswith("本次 9 行，不足上次 20 行的一半")
