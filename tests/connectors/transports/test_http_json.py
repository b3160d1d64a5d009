"""Answers are read as they were written."""

from __future__ import annotations

from datetime import date

import pytest

from connectors.errors import SourceLied
from connectors.transports.http_json import (
    COLUMNS_MOST,
    BrokenJson,
    at_place,
    count_at,
    day_at,
    parse_exact,
    rows_at,
    text_table,
)


def test_numbers_keep_their_digits() -> None:
    said = parse_exact(b"[1450.00, 450000000000000000, 0.10, -0, 1e3, 99999999999999999999.99]")
    assert said == ["1450.00", "450000000000000000", "0.10", "-0", "1e3", "99999999999999999999.99"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"a":1}}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1,"a":2}',
        b"[" * 100_000,
        b'{"a":"\xff"}',
        b"{'a': 1}",
    ],
)
def test_what_is_no_json(text: bytes) -> None:
    with pytest.raises(BrokenJson):
        parse_exact(text)


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [("utf-8", ""), ("utf-8-sig", "utf-8"), ("gb18030", '"GBK"'), ("utf-16", "")],
)
def test_encodings(encoding: str, charset: str) -> None:
    assert parse_exact('{"权利人":"张𠮷"}'.encode(encoding), charset) == {"权利人": "张𠮷"}


def test_places() -> None:
    said = {"a": {"b": "3", "c": None, "d": True}, "e": [1]}
    assert at_place(said, "a.b") == "3"
    assert at_place(said, "a.c") is None
    assert at_place(said, "a.x.y") is None
    assert at_place(said, "e.0") is None
    assert at_place([], "a") is None
    assert count_at(said, "a.b") == 3
    for place in ("a.c", "a.d", "a"):
        with pytest.raises(SourceLied, match=place.replace(".", r"\.")):
            count_at(said, place)


@pytest.mark.parametrize("said", ["-1", "1.0", "１２", "1e3", "", "9" * 10, "990101199001010011"])
def test_what_is_no_count(said: str) -> None:
    with pytest.raises(SourceLied):
        count_at({"total": said}, "total")


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-05-20", date(2026, 5, 20)),
        ("20260520", date(2026, 5, 20)),
        ("2026-05-20T23:59:59", date(2026, 5, 20)),
        ("2026-05-20T16:00:00Z", date(2026, 5, 21)),
        ("2026-05-20T15:59:59Z", date(2026, 5, 20)),
    ],
)
def test_days(said: str, day: date) -> None:
    assert day_at({"on": said}, "on") == day


@pytest.mark.parametrize("said", ["", "2026-02-30", "昨天", None])
def test_what_is_no_day(said: str | None) -> None:
    with pytest.raises(SourceLied, match="没有写明日期"):
        day_at({"on": said}, "on")


def test_rows_must_be_a_list_of_objects() -> None:
    assert rows_at({"a": []}, "a") == []
    for said in ({}, {"a": None}, {"a": {}}, {"a": "x"}, {"a": [{}, "990101199001010011"]}):
        with pytest.raises(SourceLied) as caught:
            rows_at(said, "a")
        assert "9901" not in str(caught.value)


def test_columns_in_the_order_of_first_appearance() -> None:
    table = text_table([{"b": "1"}, {"a": True, "b": None}, {"c": False}], known=())
    assert {n: table[n].to_pylist() for n in table.column_names} == {
        "b": ["1", None, None],
        "a": [None, "true", None],
        "c": [None, None, "false"],
    }


@pytest.mark.parametrize("cell", [{}, [], {"x": "990101199001010011"}, ["1"]])
def test_nested_cells_are_refused_and_not_told(cell: object) -> None:
    with pytest.raises(SourceLied) as known:
        text_table([{"use": "x"}, {"use": cell}], known=("use",))
    assert "第 2 行的列“use”" in str(known.value)
    with pytest.raises(SourceLied) as unknown:
        text_table([{"990101199001010011": cell}], known=("use",))
    assert "9901" not in str(known.value) + str(unknown.value)


def test_half_characters_and_endless_names_are_refused() -> None:
    with pytest.raises(SourceLied, match="不成字符"):
        text_table([{"use": parse_exact(b'["\\ud800"]')[0]}], known=("use",))
    assert (
        text_table([{str(i): "x"} for i in range(COLUMNS_MOST)], known=()).num_columns
        == COLUMNS_MOST
    )
    with pytest.raises(SourceLied, match="列名"):
        text_table([{str(i): "x"} for i in range(COLUMNS_MOST + 1)], known=())
