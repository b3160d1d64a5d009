"""Workbooks read with their damage named, and hostile ones refused in one line."""

from __future__ import annotations

import io
import time
import zipfile

import openpyxl
import pytest
from books_sent import cell, first_sheet, saved, two_households, with_part
from households_sent import number
from openpyxl.styles import Alignment

from service.submissions.content import APPLICATION, AUTHORISATION, MEMBER
from service.submissions.workbook.errors_back import inert
from service.submissions.workbook.opening import BookRefusedError
from service.submissions.workbook.reading import read_book
from service.submissions.workbook.template import template


def faults(book, name=MEMBER):
    return [(f.line, f.column, f.code) for f in book.sheets[name].sheet.faults]


def notes(book):
    return {(note.sheet, note.code): note.places for note in book.notes}


def test_the_template_is_read_as_it_is_meant():
    book = read_book(two_households())
    assert not book.notes
    assert [one.sheet.frame.height for one in book.sheets.values()] == [2, 4, 4, 2]
    assert not any(one.sheet.faults for one in book.sheets.values())
    assert book.sheets[MEMBER].sheet.frame["id_no"][0] == number(2)
    assert template() == template()
    assert openpyxl.load_workbook(io.BytesIO(template())).sheetnames == [
        "申请", "家庭成员", "授权书", "刚性支出", "填写说明", "代码表",
    ]  # fmt: skip


def test_dates_come_as_dates_or_texts():
    import datetime as dt  # noqa: PLC0415

    def change(book):
        cell(book, APPLICATION, "applied_on").value = dt.date(2026, 5, 18)

    texts = read_book(two_households(change)).sheets[APPLICATION].sheet.landing_texts()
    assert texts["applied_on"].to_list() == ["2026-05-18", "2026-05-18"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float(number(2)[:17].replace("X", "0") + "0"), "number_stored"),
        (int(number(2)[:15] + "000"), "number_stored"),
        (990101800203001, "id_stored_as_number"),
        (number(2)[:15] + "000", "trailing_zeros"),
        ("=A1", "formula"),
    ],
)
def test_damaged_numbers_are_named(value, code):
    def change(book):
        cell(book, MEMBER, "id_no").number_format = "General"
        cell(book, MEMBER, "id_no").value = value

    assert faults(read_book(two_households(change))) == [(2, "id_no", code)]


def test_an_account_stored_as_a_number_is_named():
    def change(book):
        cell(book, APPLICATION, "payee_account").value = 6222020000000000000

    assert faults(read_book(two_households(change)), APPLICATION) == [
        (2, "payee_account", "number_stored")
    ]


def test_hidden_and_merged_are_named():
    def change(book):
        sheet = book["家庭成员"]
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True
        sheet.merge_cells("A4:A5")
        book["授权书"].sheet_state = "hidden"
        book.create_sheet("随手记").append(["甲"])

    book = read_book(two_households(change))
    assert notes(book) == {
        ("家庭成员", "hidden_rows"): "3",
        ("家庭成员", "hidden_columns"): "C、D",  # openpyxl writes columns of one kind together
        ("家庭成员", "merged"): "A4:A5",
        ("授权书", "hidden_sheet"): "",
        ("随手记", "unread_sheet"): "",
    }
    assert not book.blocked
    assert faults(book) == [(4, "", "merged_cell"), (5, "", "merged_cell")]


def test_two_sheets_of_one_kind_block():
    def change(book):
        book.copy_worksheet(book["家庭成员"]).title = "成员2"

    book = read_book(two_households(change))
    assert notes(book) == {("成员2", "two_sheets"): "家庭成员"}
    assert book.blocked


def test_a_missing_column_blocks_until_a_title_is_taken_for_it():
    def change(book):
        cell(book, MEMBER, "name", 1).value = "居民姓名"

    data = two_households(change)
    book = read_book(data)
    assert notes(book) == {("家庭成员", "column_missing"): "姓名"}
    mapped = read_book(data, {f"{MEMBER}/居民姓名": "name"})
    assert not mapped.blocked
    assert mapped.sheets[MEMBER].sheet.frame["name"].to_list()[:2] == ["测试甲", "测试乙"]


def test_a_first_row_of_data_shows_no_number():
    def change(book):
        book["授权书"].delete_rows(1)

    shown = [t.title for t in read_book(two_households(change)).sheets[AUTHORISATION].titles]
    assert not any(number(n) in title for title in shown for n in range(2, 6))


def bomb():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", b"x")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(100):
                part.write(b"0" * (1 << 20))
    return made.getvalue()


def lying_bomb():
    """A bomb that declares to be small."""
    data = bytearray(bomb())
    size = (100 << 20).to_bytes(4, "little")
    at = data.rindex(size)
    data[at : at + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def declared(entity):
    def change(part):
        return part.replace(b"<worksheet", entity + b"<worksheet", 1)

    return with_part(two_households(), "xl/worksheets/sheet1.xml", change)


HOSTILE = {
    "no zip": lambda: b"application_id,name\n",
    "empty": lambda: b"",
    "old or locked": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "cut off": lambda: two_households()[:4000],
    "a zip of something": lambda: with_part(two_households(), "[Content_Types].xml", lambda _: b""),
    "bomb": bomb,
    "lying bomb": lying_bomb,
    "entity": lambda: declared(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
    "laughs": lambda: declared(b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'),
    "entity in utf-16": lambda: with_part(
        two_households(),
        "xl/worksheets/sheet1.xml",
        lambda part: part.decode().replace("<worksheet", "<!DOCTYPE x><worksheet", 1).encode("utf-16"),
    ),
    "macro": lambda: with_part(two_households(), "xl/vbaProject.bin", lambda _: b"x"),
    "link": lambda: with_part(two_households(), "xl/externalLinks/externalLink1.xml", lambda _: b"<a/>"),
    "connection": lambda: with_part(two_households(), "xl/connections.xml", lambda _: b"<a/>"),
    "embedded": lambda: with_part(two_households(), "xl/embeddings/ole1.bin", lambda _: b"x"),
    "path": lambda: with_part(two_households(), "../../etc/cron.d/x", lambda _: b"x"),
    "far cell": lambda: first_sheet(two_households(), r'<c r="A2"', '<c r="XFD1048576"'),
    "far cell, written otherwise": lambda: first_sheet(
        two_households(), r'<c r="A2"', '<c r="&#88;FD1048576"'
    ),
    "merged everything": lambda: first_sheet(
        two_households(), "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>' * 1
        + "".join(f'<mergeCells><mergeCell ref="A1:B{n}"/></mergeCells>' for n in range(1_000_000, 1_000_020)),
    ),
    "broken xml": lambda: first_sheet(two_households(), "</sheetData>", ""),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_books_are_refused_in_one_line(kind):
    data = HOSTILE[kind]()
    begun = time.thread_time()  # work, not waiting for a processor that others use
    with pytest.raises(BookRefusedError) as told:
        read_book(data)
    assert time.thread_time() - begun < 5
    assert "\n" not in str(told.value)
    assert told.value.todo


def test_a_cell_of_a_megabyte_is_read_and_refuses_its_row_only():
    def change(book):
        cell(book, MEMBER, "name").value = "甲" * 32_000
        cell(book, MEMBER, "name").alignment = Alignment(wrap_text=True)

    big = first_sheet(two_households(), r'<c r="A2"[^>]*>.*?</c>', (
        '<c r="A2" t="inlineStr"><is><t>' + "z" * (1 << 20) + "</t></is></c>"
    ))  # fmt: skip
    book = read_book(big)
    assert len(book.sheets[APPLICATION].sheet.frame["application_id"][0]) == 1 << 20
    assert read_book(two_households(change)).sheets[MEMBER].sheet.frame.height == 4


def test_formulas_are_inert_when_they_go_back():
    for text in ("=1+1", "+1", "-1", "@a", "\t=1", "\r=1"):
        assert inert(text) == "'" + text
    assert inert("甲") == "甲"


def test_a_plain_book_with_all_titles_is_known_without_the_template():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    sheet.append(["申请编号", "凭证编号", "支出类别", "发生日期", "金额"])
    sheet.append(["T-1", "V-1", "医疗", "2026-04-01", 12.5])
    read = read_book(saved(book))
    (name,) = read.sheets
    assert name == "approval.expenditure"
    assert read.sheets[name].sheet.frame["amount"].to_list() == ["12.5"]
