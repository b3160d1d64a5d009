"""Workbooks, Parquet and fixed width: cells as text, lines, damage."""

import io
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
import xlsxwriter
from inbox_files import OWNER, TITLES, VEHICLE

from connectors.errors import FileRefused
from connectors.intake.encoding import to_utf8
from connectors.intake.manifest import Slot
from connectors.intake.read_fixed import read_fixed
from connectors.intake.read_parquet import read_parquet
from connectors.intake.read_xlsx import read_xlsx
from connectors.intake.typed_cells import cell_text
from household.schema.datasets import DATASETS

HEAD = [*TITLES.split(","), "初次登记日期"]


def workbook(rows, *, others=(), merge=None):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_numbers": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("数据")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(at, column, value, day)
            elif value is not None:
                sheet.write(at, column, value)
    if merge:
        sheet.merge_range(merge, "合")
    for name, value in others:
        book.add_worksheet(name).write(0, 0, value)
    book.close()
    return out.getvalue()


def row(plate, **changes):
    values = dict(zip(HEAD, [plate, "小型汽车", OWNER, "王建国", "正常", None, None], strict=True))
    return list((values | changes).values())


def test_sheet_rows_keep_their_numbers_and_blank_rows_go():
    data = workbook([HEAD, row("A1"), [], row("A2")])
    table = read_xlsx(data, VEHICLE)
    assert table.frame.select("_line", "plate_no").rows() == [(2, "A1"), (4, "A2")]


def test_typed_cells_become_text():
    cells = {
        "评估价值": 1200,
        "初次登记日期": datetime.fromisoformat("2024-03-05"),
        "号牌号码": True,
    }
    table = read_xlsx(workbook([HEAD, row("A1", **cells)]), VEHICLE)
    assert table.frame.select("plate_no", "value", "first_registered_on").row(0) == (
        "true",
        "1200",
        "2024-03-05",
    )
    assert table.frame["_dated_first_registered_on"].to_list() == [True]


def test_identity_number_stored_as_a_number_shows_its_damage():
    table = read_xlsx(workbook([HEAD, row("A1", 所有人证件号码=int(OWNER[:17]) * 10)]), VEHICLE)
    text = table.frame["owner_id_no"].item()
    assert "e+17" in text


def test_other_sheets_and_merged_cells_are_told():
    data = workbook([HEAD, row("A1")], others=[("续表", "x"), ("空", None)], merge="A3:A4")
    remarks = "".join(read_xlsx(data, VEHICLE).remarks)
    assert "另有 1 张非空工作表未读（续表）" in remarks
    assert "合并单元格" in remarks


@pytest.mark.parametrize("damage", ["cut", "text", "zip"])
def test_corrupt_workbook(damage):
    whole = workbook([HEAD, row("A1")])
    data = {"cut": whole[: len(whole) // 2], "text": b"a,b\n", "zip": b"PK\x03\x04" + b"\0" * 40}
    with pytest.raises(FileRefused, match="xlsx"):
        read_xlsx(data[damage], VEHICLE)


def test_workbook_without_rows():
    with pytest.raises(FileRefused, match="空的"):
        read_xlsx(workbook([]), VEHICLE)


def parquet(**columns):
    base = {name: [value] for name, value in zip(HEAD, row("A1"), strict=True) if value is not None}
    out = io.BytesIO()
    pl.DataFrame(base | columns).write_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (pl.Series([Decimal("1200.50")], dtype=pl.Decimal(18, 2)), "1200.50"),
        (pl.Series([1200], dtype=pl.Int32), "1200"),
        (pl.Series([1200.0]), "1200"),
        (pl.Series([1200.5]), "1200.5"),
        (pl.Series([1.2e16]), "1.2e+16"),
        (pl.Series([None], dtype=pl.Float64), None),
        (pl.Series([b"12"]), "12"),
        (pl.Series(["12"], dtype=pl.Categorical), "12"),
        (pl.Series([True]), "true"),
        (pl.Series([None], dtype=pl.Null), None),
    ],
)
def test_parquet_types_become_text(values, text):
    table = read_parquet(parquet(评估价值=values), VEHICLE)
    assert table.frame["value"].item() == text
    assert table.frame["_line"].item() == 2


def test_parquet_dates_are_marked():
    table = read_parquet(
        parquet(初次登记日期=[datetime.fromisoformat("2024-03-05T08:00")]), VEHICLE
    )
    assert table.frame["first_registered_on"].item() == "2024-03-05T08:00:00"
    assert table.frame["_dated_first_registered_on"].item() is True


def test_parquet_list_column_is_refused():
    with pytest.raises(FileRefused, match="“评估价值”"):
        read_parquet(parquet(评估价值=[[1, 2]]), VEHICLE)


@pytest.mark.parametrize("keep", [0.5, 0.98])
def test_truncated_parquet(keep):
    data = parquet()
    with pytest.raises(FileRefused, match="Parquet"):
        read_parquet(data[: int(len(data) * keep)], VEHICLE)


def test_parquet_with_a_broken_middle():
    data = bytearray(parquet())
    data[8:60] = b"\xff" * 52
    with pytest.raises(FileRefused, match="Parquet"):
        read_parquet(bytes(data), VEHICLE)


CUSTODY = DATASETS["justice.custody"]
LAYOUT = (
    Slot("record_no", 0, 4),
    Slot("id_no", 4, 18),
    Slot("name", 22, 8),
    Slot("kind", 30, 4),
    Slot("from_date", 34, 8),
)


def fixed(number, name):
    return (
        number.encode().ljust(4)
        + OWNER.encode()
        + name.encode("gb18030").ljust(8)
        + "服刑20240305".encode("gb18030")
    )


def test_fixed_width_is_cut_by_bytes():
    data = b"\r\n".join([fixed("J1", "王建国"), b"", fixed("J2", "李秀英")])
    table = read_fixed(data, CUSTODY, layout=LAYOUT)
    assert table.frame.select("_line", "record_no", "name", "kind", "from_date").rows() == [
        (1, "J1", "王建国", "服刑", "20240305"),
        (3, "J2", "李秀英", "服刑", "20240305"),
    ]


def test_fixed_width_that_cuts_a_character_breaks_the_line():
    layout = (*LAYOUT[:2], Slot("name", 22, 3), *LAYOUT[3:])
    table = read_fixed(fixed("J1", "王建国") + b"\n" + fixed("J2", "abc"), CUSTODY, layout=layout)
    assert table.frame["_broken"].to_list() == ["cut_character", None]


def test_fixed_width_short_line_lacks_cells():
    table = read_fixed(b"J1  " + OWNER.encode(), CUSTODY, layout=LAYOUT)
    assert table.frame.select("id_no", "name").row(0) == (OWNER, None)


def test_fixed_width_layout_without_a_required_column():
    with pytest.raises(FileRefused, match="from_date"):
        read_fixed(b"x", CUSTODY, layout=LAYOUT[:-1])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (3.0, "3"),
        (1e15, "1000000000000000.0"),
        (0.1, "0.1"),
        (datetime.fromisoformat("2024-03-05"), "2024-03-05"),
        (date(2024, 3, 5), "2024-03-05"),
        (datetime.fromisoformat("2024-03-05T01:00"), "2024-03-05T01:00:00"),
        ("a ", "a "),
    ],
)
def test_cell_text(value, text):
    assert cell_text(value) == text


def test_mark_is_dropped_and_encoding_told():
    assert to_utf8(b"\xef\xbb\xbfab", None).data == b"ab"
    assert to_utf8("甲".encode("gb18030"), None).encoding == "gb18030"
