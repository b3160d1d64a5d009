"""Delimited text: encodings, delimiters, titles, quotes, lines. The fast and the careful way must agree."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inbox_files import OWNER, TITLES, VEHICLE, vehicle, vehicles

from connectors.errors import FileRefused
from connectors.intake.careful_csv import cut_records, read_carefully
from connectors.intake.read_csv import is_regular, read_csv


def cells(table, *names):
    return table.frame.select("_line", *names).rows()


def test_cells_come_as_sent_with_their_lines():
    text = f"{TITLES}\n{vehicle(' A1 ')}\n{vehicle('A2', value='')}\n"
    table = read_csv(text.encode(), VEHICLE)
    assert cells(table, "plate_no", "value") == [(2, " A1 ", "1000"), (3, "A2", None)]
    assert table.frame["model"].to_list() == [None, None]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "|", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_transport_form_reads_alike(codec, delimiter, ending):
    text = f"{TITLES}\n{vehicle('A1')}\n{vehicle('A2')}\n"
    data = text.replace(",", delimiter).replace("\n", ending).encode(codec)
    assert cells(read_csv(data, VEHICLE), "plate_no", "owner_name", "value") == [
        (2, "A1", "王建国", "1000"),
        (3, "A2", "王建国", "1000"),
    ]


def test_big5_is_read_only_when_declared():
    data = (TITLES + "\n" + vehicle("A1")).replace("所有人", "所有人").encode("utf-8")
    assert read_csv(data, VEHICLE, declared="big5").frame.height == 1
    text = "plate_no,plate_type,owner_id_no,owner_name,status\nA1,貨車,1,劉國慶,正常\n"
    table = read_csv(text.encode("big5"), VEHICLE, declared="big5")
    assert cells(table, "owner_name") == [(2, "劉國慶")]


def test_bytes_in_no_encoding_name_the_line():
    data = vehicles("A1") + b"A2,\xff\xff\xff,\x80\n"
    with pytest.raises(FileRefused, match="第 3 行"):
        read_csv(data, VEHICLE)


def test_titles_tolerate_width_spaces_and_english():
    head = " 号牌号码 ,plate_type,所有人　证件号码,OWNER_NAME,车辆状态,备注"
    table = read_csv(f"{head}\nA1,小型汽车,{OWNER},王建国,正常,x\n".encode(), VEHICLE)
    assert cells(table, "plate_no", "owner_name") == [(2, "A1", "王建国")]
    assert table.unknown_columns == ("备注",)


def test_missing_column_is_named():
    with pytest.raises(FileRefused, match=r"“车辆状态”（status）"):
        read_csv("号牌号码,号牌种类,所有人证件号码,所有人\n".encode(), VEHICLE)


def test_one_column_twice_is_refused():
    with pytest.raises(FileRefused, match=r"“所有人”（owner_name）出现两次"):
        read_csv(f"{TITLES},owner_name\n".encode(), VEHICLE)


def test_a_missing_title_row_does_not_show_its_values():
    with pytest.raises(FileRefused) as caught:
        read_csv(vehicle("A1").encode(), VEHICLE)
    assert "王建国" not in str(caught.value)
    assert OWNER not in str(caught.value)


@pytest.mark.parametrize(
    "data", [TITLES.encode(), f"{TITLES}\n".encode(), f"{TITLES}\r\n".encode()]
)
def test_header_only_is_an_empty_table(data):
    assert read_csv(data, VEHICLE).frame.height == 0


@pytest.mark.parametrize("head", ["", "\n", '"号牌号码,号牌种类\n', "号牌\0号码\n"])
def test_title_row_that_is_none(head):
    with pytest.raises(FileRefused):
        read_csv(f"{head}{vehicle('A1')}\n".encode(), VEHICLE)


def test_short_rows_lack_cells_and_long_rows_lose_them():
    text = f"{TITLES}\nA1,小型汽车\n{vehicle('A2')},x,y\n"
    assert cells(read_csv(text.encode(), VEHICLE), "plate_no", "owner_name") == [
        (2, "A1", None),
        (3, "A2", "王建国"),
    ]


def test_blank_lines_are_counted_and_left_out():
    text = f"{TITLES}\n\n{vehicle('A1')}\n\n\n{vehicle('A2')}\n\n"
    assert cells(read_csv(text.encode(), VEHICLE), "plate_no") == [(3, "A1"), (6, "A2")]


def test_lone_carriage_returns_end_lines():
    text = f"{TITLES}\r{vehicle('A1')}\r{vehicle('A2')}\r"
    assert cells(read_csv(text.encode(), VEHICLE), "plate_no") == [(2, "A1"), (3, "A2")]


def test_quoted_line_break_takes_the_number_of_its_last_line():
    quoted = vehicle("A1").replace("王建国", '"王\n建国"')
    text = f"{TITLES}\n{quoted}\n{vehicle('A2')}\n"
    assert cells(read_csv(text.encode(), VEHICLE), "plate_no", "owner_name") == [
        (3, "A1", "王\n建国"),
        (4, "A2", "王建国"),
    ]


def test_stray_quote_costs_its_own_line_only():
    text = f'{TITLES}\n{vehicle("A1")}\n"A2,小型汽车\n{vehicle("A3")}\nA4,"小型\n{vehicle("A5")}\n'
    table = read_csv(text.encode(), VEHICLE)
    assert cells(table, "plate_no", "_broken") == [
        (2, "A1", None),
        (3, None, "stray_quote"),
        (4, "A3", None),
        (5, None, "stray_quote"),
        (6, "A5", None),
    ]


def test_stray_quote_before_an_innocent_quoted_cell():
    innocent = vehicle("A2").replace("王建国", '"王建国"')
    text = f'{TITLES}\n"A1,小型汽车\n{innocent}\n{vehicle("A3")}\n'
    assert cells(read_csv(text.encode(), VEHICLE), "plate_no") == [(2, None), (3, "A2"), (4, "A3")]


def test_many_stray_quotes_end_in_time():
    text = TITLES + "\n" + '"A,小型\n' * 20_000
    assert read_csv(text.encode(), VEHICLE).frame["_broken"].null_count() == 0


def test_nul_bytes_break_their_line():
    text = f"{TITLES}\n{vehicle('A1')}\nA\x002,x\n{vehicle('A3')}\n"
    assert cells(read_csv(text.encode(), VEHICLE), "plate_no", "_broken") == [
        (2, "A1", None),
        (3, None, "nul_byte"),
        (4, "A3", None),
    ]


@pytest.mark.parametrize("quote", ["", '"'])
def test_very_long_line(quote):
    long = quote + "长" * 1_000_000 + quote
    text = f"{TITLES}\n{vehicle('A1').replace('王建国', long)}\n\n{vehicle('A2')}\n"
    table = read_csv(text.encode(), VEHICLE)
    assert table.frame["owner_name"].str.len_chars().to_list() == [1_000_000, 3]


PIECES = st.lists(
    st.sampled_from(["a", "甲", '"', '""', ",", "\n", "\r\n", " ", "x" * 9]), max_size=40
)


@given(PIECES)
def test_fast_way_agrees_with_the_careful_way(pieces):
    text = TITLES + "\n" + "".join(pieces)
    body = text.encode().replace(b"\r\n", b"\n")
    if not is_regular(body, b","):
        return
    fast = read_csv(text.encode(), VEHICLE).frame
    careful = read_carefully(body.decode(), VEHICLE, delimiter=",").frame
    filled = [frame.with_columns(frame.drop("_line").fill_null("")) for frame in (fast, careful)]
    assert filled[0].equals(filled[1])


@given(
    st.lists(
        st.lists(st.text(alphabet='a甲", |\n', max_size=6), min_size=3, max_size=3), min_size=1
    ).filter(lambda rows: all(any(row) for row in rows))
)
def test_records_of_a_csv_writer_come_back(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    if any(cell.count("\n") > 10 for row in rows for cell in row):
        return
    records = list(cut_records(out.getvalue(), ","))
    assert [r.cells for r in records] == rows
    reader = csv.reader(io.StringIO(out.getvalue(), newline=""))
    assert [r.line for r in records] == [reader.line_num for _ in reader]
