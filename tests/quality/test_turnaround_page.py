"""The page of turnaround: who is silent stands first and never looks fast, nothing is fetched, and nothing is named but institutions."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import polars as pl
import pytest

from household.schema.published import PUBLISHED
from quality.turnaround_page import by_silence, draw_page

DAY = date(2026, 5, 20)
TITLES = {"banking": "银行", "securities": "证券"}
COUNTS = ("asked", "answered", "in_time", "waiting", "late", "silent", "mismatch", "failed")
DAYS = ("median_working_days", "p95_working_days", "median_with_open", "p95_with_open")


def row(code: str, counts: tuple[int, ...], days: tuple[int | None, ...], **said: Any) -> Any:
    told = {"source": "banking", "institution_code": code, "institution": f"{code}银行"}
    whole = {"median_days": days[0], "p95_days": days[1], "text_zh": "-"}
    return {
        **told,
        **dict(zip(COUNTS, counts, strict=True)),
        **dict(zip(DAYS, days, strict=True)),
        **whole,
        "oldest_open_on": None,
        **said,
    }


def table(*rows: Any) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=PUBLISHED["turnaround"].polars_schema())


QUICK = row("A", (20, 20, 20, 0, 0, 0, 1, 0), (2, 3, 2, 3))
HALF = row("B", (20, 9, 5, 0, 11, 0, 0, 0), (1, 1, None, None), oldest_open_on=date(2026, 4, 2))
SILENT = row("C", (20, 0, 0, 0, 5, 15, 0, 0), (None,) * 4, oldest_open_on=date(2026, 3, 2))
FRESH = row("D", (4, 0, 0, 4, 0, 0, 0, 0), (None,) * 4, oldest_open_on=DAY)
GONE = row("E", (4, 0, 0, 0, 0, 0, 0, 4), (None,) * 4, institution=None, source="securities")


@pytest.fixture(scope="module")
def page() -> str:
    return draw_page(table(QUICK, HALF, SILENT, FRESH, GONE), as_of=DAY, titles=TITLES)


def test_silence_first_then_by_what_is_overdue_and_a_fresh_question_is_no_silence() -> None:
    told = [r["institution_code"] for r in by_silence(table(QUICK, FRESH, HALF, SILENT))]
    assert told == ["C", "B", "A", "D"]


def test_who_never_answered_is_named_and_marked(page: str) -> None:
    (notice,) = re.findall(r'<p class="notice">(.*?)</p>', page)
    assert "C银行（银行）" in notice
    assert not re.search("[ABDE]银行", notice)
    assert page.count('<tr class="silent">') == 1


def cells(page: str, name: str) -> list[str]:
    (line,) = (x for x in page.splitlines() if f"<td>{name}</td>" in x)
    return re.findall(r"<td[^>]*>([^<]*)</td>", line)


def test_nothing_is_never_a_nought(page: str) -> None:
    assert cells(page, "C银行")[10:] == ["-", "-", "未达到", "未达到", "2026-03-02"]
    assert cells(page, "B银行")[10:] == ["1", "1", "未达到", "未达到", "2026-04-02"]
    assert cells(page, "A银行")[10:] == ["2", "3", "2", "3", "-"]
    assert cells(page, "E")[1] == "证券"


def test_the_bars_say_what_is_not_reached(page: str) -> None:
    drawn = page[page.index("<svg") : page.index("</svg>")]
    assert drawn.count(">未达到<") == 4
    assert drawn.count(">无答复<") == 3
    assert ">2，95分位 3<" in drawn


def test_nothing_is_fetched_and_the_same_table_gives_the_same_page(page: str) -> None:
    outside = re.findall(r"(?:src|href)=[\"'](?!#)[^\"']*|url\((?!#)[^)]*|@import|<script", page)
    assert outside == []
    again = draw_page(table(GONE, FRESH, SILENT, HALF, QUICK), as_of=DAY, titles=TITLES)
    assert again == page


def test_a_name_is_text_wherever_it_stands() -> None:
    odd = row("F", (1, 1, 1, 0, 0, 0, 0, 0), (1, 1, 1, 1), institution="<b>&'银行")
    page = draw_page(table(odd), as_of=DAY, titles={})
    assert "<b>" not in page
    assert "&lt;b&gt;&amp;" in page
