"""Exports: what is in the files is what is published, and the same run gives the same bytes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import polars as pl
import pytest
from warehouse_tables import AS_OF, make_run, make_tables

from household.schema.published import PUBLISHED
from warehouse.current import read_current
from warehouse.errors import NotOursError, RefusedError
from warehouse.export import FORMATS, export, neutralise
from warehouse.publish import publish
from warehouse.workbook import CELL_CHARACTERS, write_workbook

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "w.duckdb"
    tables = make_tables(6)
    publish(target, make_run(1, tables), tables)
    return target


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_run_gives_the_same_bytes(path: Path, tmp_path: Path, fmt: str) -> None:
    first = export(path, tmp_path / "a", fmt)
    second = export(path, tmp_path / "b", fmt)
    assert first.run_id == "000001"
    assert [f.name for f in first.files] == [f"{name}.{fmt}" for name in PUBLISHED]
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == sorted(f.name for f in first.files)
    for one, two in zip(first.files, second.files, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_parquet_round_trip(path: Path, tmp_path: Path) -> None:
    export(path, tmp_path, "parquet")
    for name in PUBLISHED:
        read = pl.read_parquet(tmp_path / f"{name}.parquet")
        assert read.equals(read_current(path, name), null_equal=True)
        assert read.schema == read_current(path, name).schema


def test_csv_round_trip(path: Path, tmp_path: Path) -> None:
    export(path, tmp_path, "csv")
    raw = (tmp_path / "household_verdict.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfrun_id,verdict_id,")
    read = pl.read_csv(tmp_path / "household_verdict.csv", infer_schema=False)
    wanted = read_current(path, "household_verdict")
    assert read["income_per_capita_month"].to_list() == ["333.333611"] * 6
    assert read["pack_ids"].to_list() == ["990101;cn"] * 6
    assert read["as_of"].to_list() == ["2026-05-20"] * 6
    assert read["requested"].to_list() == [str(v).lower() for v in wanted["requested"]]
    assert read["valid_to"].null_count() == 6
    assert pl.read_csv(tmp_path / "alert.csv", infer_schema=False).height == 0


def test_csv_neutralises_formulas_in_texts_and_leaves_numbers(path: Path, tmp_path: Path) -> None:
    export(path, tmp_path, "csv")
    reasons = pl.read_csv(tmp_path / "verdict_reason.csv", infer_schema=False)
    assert reasons.filter(pl.col("verdict_id") == "V0000001")["text_zh"].item() == "'=SUM(A1:A9)"
    assert reasons.filter(pl.col("verdict_id") == "V0000002")["text_zh"].item().startswith("月")
    evidence = pl.read_csv(tmp_path / "evidence.csv", infer_schema=False)
    assert evidence["amount"].to_list() == ["-0.05"] * 6


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_every_start_of_a_formula_is_neutralised(start: str) -> None:
    table = PUBLISHED["quarantine"]
    rows = pl.DataFrame(
        [{"run_id": "1", "file": "f", "value_masked": f"{start}1", "column": "a=b"}],
        schema={c.name: c.dtype for c in table.all_columns},
    )
    shown = neutralise(rows, table)
    assert shown["value_masked"].item() == f"'{start}1"
    assert shown["column"].item() == "a=b"
    assert shown["reason_zh"].item() is None


def test_xlsx_round_trip(path: Path, tmp_path: Path) -> None:
    export(path, tmp_path, "xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "evidence.xlsx")["evidence"]
    header, *rows = list(sheet.iter_rows(values_only=True))
    assert list(header) == [c.name for c in PUBLISHED["evidence"].all_columns]
    wanted = read_current(path, "evidence")
    assert len(rows) == wanted.height
    first = dict(zip(header, rows[0], strict=True))
    assert first["record_key"] == wanted["record_key"][0]
    assert first["amount"] == -0.05
    assert first["counted"] is True
    assert first["as_of"] is None
    book = openpyxl.load_workbook(tmp_path / "verdict_reason.xlsx")
    cells = [row for row in book["verdict_reason"].iter_rows() if row[1].value == "V0000001"]
    text = next(cell for cell in cells[0] if cell.value == "=SUM(A1:A9)")
    assert text.data_type == "s"  # a text that looks like a formula, and stays a text
    assert book.properties.created == dt.datetime(2026, 5, 20)  # noqa: DTZ001 - a workbook's is naive


def test_xlsx_splits_over_sheets_and_keeps_what_a_double_cannot(tmp_path: Path) -> None:
    table = PUBLISHED["income_line"]
    great = Decimal("1234567890123456.78")
    rows = pl.DataFrame(
        [
            {"run_id": "1", "application_id": f"A{n}", "person_ref": "9" * 18, "adopted": great}
            for n in range(5)
        ],
        schema={c.name: c.dtype for c in table.all_columns},
    )
    target = tmp_path / "x.xlsx"
    write_workbook(target, rows, table=table, as_of=AS_OF, sheet_rows=2)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["income_line", "income_line_2", "income_line_3"]
    found = [
        row for name in book.sheetnames for row in book[name].iter_rows(min_row=2, values_only=True)
    ]
    assert [row[1] for row in found] == [f"A{n}" for n in range(5)]
    assert {row[2] for row in found} == {"9" * 18}
    assert {row[6] for row in found} == {str(great)}


def test_xlsx_says_where_a_text_was_cut(tmp_path: Path) -> None:
    table = PUBLISHED["quarantine"]
    rows = pl.DataFrame(
        [{"run_id": "1", "file": "f" * 40_000}],
        schema={c.name: c.dtype for c in table.all_columns},
    )
    write_workbook(tmp_path / "x.xlsx", rows, table=table, as_of=AS_OF)
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx")["quarantine"]["B2"].value
    assert isinstance(cell, str)
    assert len(cell) == CELL_CHARACTERS
    assert cell.endswith("parquet and csv)")


def test_refusals(path: Path, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="no export format ods"):
        export(path, tmp_path / "out", "ods")
    with pytest.raises(NotOursError, match=r"没有结果库 none\.duckdb"):
        export(tmp_path / "none.duckdb", tmp_path / "out", "csv")
