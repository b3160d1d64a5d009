"""Each kind of cell: what it may look like, what it may not, and that the fast way reads as the scalar one does."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from household.schema.column import Column, Kind
from household.schema.datasets import DATASETS
from quality.rows_columns import USUAL, read_column
from quality.rows_values import Cell, reader_of


def read(kind, text):
    return reader_of(Column("c", "列", kind))(text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.DATE, "2024-03-05", date(2024, 3, 5)),
        (Kind.DATE, "20240305", date(2024, 3, 5)),
        (Kind.DATE, "2024/3/5", date(2024, 3, 5)),
        (Kind.DATE, "2024年3月5日", date(2024, 3, 5)),
        (Kind.DATE, "２０２４－０３－０５", date(2024, 3, 5)),
        (Kind.MONTH, "2024-3", date(2024, 3, 1)),
        (Kind.MONTH, "202403", date(2024, 3, 1)),
        (Kind.MONTH, "2024年12月", date(2024, 12, 1)),
        (Kind.YUAN, "12", Decimal("12.00")),
        (Kind.YUAN, "+12.5", Decimal("12.50")),
        (Kind.YUAN, ".5", Decimal("0.50")),
        (Kind.YUAN, "１２．３４", Decimal("12.34")),
        (Kind.WAN_YUAN, "1.5", Decimal("15000.00")),
        (Kind.WAN_YUAN, "0.000001", Decimal("0.01")),
        (Kind.NUM, "0.333333", Decimal("0.333333")),
        (Kind.INT, "3.0", 3),
        (Kind.BOOL, "是", True),
        (Kind.BOOL, "no", False),
        (Kind.BOOL, "Ｙ", True),
        (Kind.REGION, "990101001", "990101001"),
        (Kind.USCC, "91990101ma0000001x", "91990101MA0000001X"),
        (Kind.ID_NO, " '99010119900307004x ", "99010119900307004X"),
        (Kind.ID_NO, "９９０１０１ 19900307 004Ｘ", "99010119900307004X"),
        (Kind.ID_NO, "9E17", "9E17"),
        (Kind.DATE, "  ", None),
        (Kind.YUAN, "\u3000", None),
    ],
)
def test_readable(kind, text, value):
    cell = read(kind, text)
    assert (cell.value, cell.reason) == (value, None)


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        (Kind.DATE, "2024-02-30", "unreadable_date"),
        (Kind.DATE, "2024.3.5", "unreadable_date"),
        (Kind.DATE, "45356", "unreadable_date"),
        (Kind.DATE, "2024-03-05 00:00:00", "unreadable_date"),
        (Kind.DATE, "0000-01-01", "unreadable_date"),
        (Kind.MONTH, "2024-13", "unreadable_month"),
        (Kind.MONTH, "2024-03-01", "unreadable_month"),
        (Kind.YUAN, "1,200", "unreadable_amount"),
        (Kind.YUAN, "1200元", "unreadable_amount"),
        (Kind.YUAN, "1_200", "unreadable_amount"),
        (Kind.YUAN, "NaN", "unreadable_amount"),
        (Kind.YUAN, "Infinity", "unreadable_amount"),
        (Kind.YUAN, "10000000000000000", "out_of_range"),
        (Kind.WAN_YUAN, "1000000000000", "out_of_range"),
        (Kind.YUAN, "1e99", "out_of_range"),
        (Kind.NUM, "1e12", "out_of_range"),
        (Kind.INT, "1.5", "unreadable_integer"),
        (Kind.INT, "1e18", "out_of_range"),
        (Kind.BOOL, "有", "unreadable_bool"),
        (Kind.REGION, "9901010", "unreadable_region"),
        (Kind.ID_NO, "9.90101E+17", "scientific_notation"),
        (Kind.ID_NO, "1.1e17", "scientific_notation"),
    ],
)
def test_unreadable(kind, text, reason):
    assert read(kind, text) == Cell(reason=reason)


@pytest.mark.parametrize(
    ("kind", "text", "value", "note"),
    [
        (Kind.YUAN, "12.345", Decimal("12.35"), "excess_precision"),
        (Kind.YUAN, "-12.345", Decimal("-12.35"), "excess_precision"),
        (Kind.YUAN, "12.344", Decimal("12.34"), "excess_precision"),
        (Kind.YUAN, "12.340", Decimal("12.34"), None),
        (Kind.YUAN, "1e3", Decimal("1000.00"), "scientific_notation"),
        (Kind.YUAN, "１", Decimal("1.00"), "fullwidth_digits"),
        (Kind.NUM, "0.3333335", Decimal("0.333334"), "excess_precision"),
        (Kind.ID_NO, "１２", "12", "fullwidth_digits"),
    ],
)
def test_noticed(kind, text, value, note):
    assert read(kind, text) == Cell(value, None, note)


def test_code_by_name_and_by_title():
    column = DATASETS["approval.application"]["programme"]
    read_code = reader_of(column)
    for text in ("temp_emergency", "临时救助(急难型)", " 临时救助（急难型） "):
        assert read_code(text).value == "temp_emergency"
    assert read_code("急难").reason == "unknown_code"
    assert read_code("DIBAO").reason == "unknown_code"


NUMBERS = st.one_of(
    st.decimals(min_value=-(10**14), max_value=10**14, places=2).map(str),
    st.integers(min_value=-(10**16), max_value=10**16).map(str),
    st.decimals(min_value=-(10**10), max_value=10**10, places=6).map(str),
    st.from_regex(r"[-+]?[0-9]{0,17}\.?[0-9]{0,7}", fullmatch=True),
)
DATES = st.one_of(
    st.dates().map(date.isoformat),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{8}", fullmatch=True),
)
OTHERS = st.text(alphabet="0123456789Xx甲 E+.\n'１", max_size=20)


@given(
    st.sampled_from([k for k in Kind if k not in (Kind.TEXT, Kind.CODE)]),
    st.lists(st.one_of(NUMBERS, DATES, OTHERS), max_size=8),
)
def test_columns_read_as_cells_do(kind, texts):
    column = Column("c", "列", kind)
    reading = read_column(
        column,
        pl.Series(texts, dtype=pl.String),
        negative_allowed=pl.Series([True] * len(texts), dtype=pl.Boolean),
    )
    cells = [reader_of(column)(text) for text in texts]
    assert reading.values.dtype == column.dtype
    assert reading.values.to_list() == [c.value for c in cells]
    reasons = reading.reasons.to_list() if reading.reasons is not None else [None] * len(texts)
    assert reasons == [c.reason for c in cells]
    assert reading.noted.total() == sum(c.note is not None for c in cells)


def test_every_usual_form_is_really_read_fast():
    samples = {
        Kind.DATE: "2024-03-05",
        Kind.YUAN: "-12.34",
        Kind.NUM: "0.333333",
        Kind.INT: "12",
        Kind.ID_NO: "99010119900307004X",
        Kind.USCC: "91990101MA0000001X",
        Kind.REGION: "990101",
    }
    assert samples.keys() == USUAL.keys()
    for kind, text in samples.items():
        assert pl.Series([text]).str.contains(USUAL[kind]).item()
