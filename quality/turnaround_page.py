"""How fast and how surely institutions answer, as one page that is read offline and printed. Built from counts only: nobody is named.

Nothing is counted here. The page tells the published table `turnaround`, those who are silent first.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from quality.pictures import FONTS
from quality.turnaround_chart import Bars, draw_chart

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import polars as pl

TITLE = "机构答复时效"
_TEMPLATE = "turnaround.html.j2"

COUNTS = {
    "asked": "查询",
    "answered": "答复",
    "in_time": "按期",
    "waiting": "期限内\n待答复",
    "late": "超期\n未答复",
    "silent": "未答复",
    "mismatch": "身份不符",
    "failed": "未能送出",
}
"""Columns of counts and their titles; a title may be broken into two lines."""
DAYS = {
    "median_working_days": "中位",
    "p95_working_days": "95分位",
    "median_with_open": "计入未答复\n中位",
    "p95_with_open": "计入未答复\n95分位",
}
"""Columns of working days and their titles. Null in the last two: not reached."""
REACHED = ("median_with_open", "p95_with_open")
MEANINGS = (
    ("查询", "已送出的和未能送出的请求，每人每机构一件；重新查询另计一件。"),
    (
        "答复、按期",
        "机构作出答复的件数，以及其中在约定的工作日内答复的；因授权失效而未收取的答复也计入。",
    ),
    ("期限内待答复", "尚在约定时间之内，不是机构的问题。"),
    ("超期未答复", "已过约定时间，机构还没有答复，应催办。"),
    ("未答复", "机构称无法答复，或催办后仍不答复；对该家庭按未答复处理，不视为没有存款。"),
    ("身份不符", "答复中机构称姓名与号码不符的；须更正名册后重新查询，不是对家庭的任何认定。"),
    ("未能送出", "对方格式容不下的人，或送出前授权已失效的。"),
    ("中位、95分位", "已答复的请求从送出到答复的工作日数，一半、百分之九十五不超过此数。"),
    (
        "计入未答复",
        "把尚未答复的也算在内（Kaplan–Meier 估计）；“未达到”是说还没有这么多请求得到答复，比任何天数都慢。",
    ),
)
"""What the figures mean, a sentence each."""


def by_silence(turnaround: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of the table, those first who answered nothing that was due; then by the share that is overdue or unanswered."""

    def place(row: dict[str, Any]) -> tuple[bool, Fraction, str, str]:
        unheard = row["late"] + row["silent"]
        wholly = unheard > 0 and row["answered"] == 0
        return not wholly, -Fraction(unheard, row["asked"] or 1), *_key(row)

    return sorted(turnaround.iter_rows(named=True), key=place)


def is_silent(row: Mapping[str, Any]) -> bool:
    """Whether an institution let a due day pass and never answered anything."""
    return bool(row["answered"] == 0 and row["late"] + row["silent"] > 0)


def name_of(row: Mapping[str, Any]) -> str:
    """The institution's name, or its code where it is not configured any more."""
    return str(row["institution"] or row["institution_code"])


def in_line(title: str) -> str:
    """A title of COUNTS or DAYS on one line."""
    return title.replace("\n", "")


def days_told(row: Mapping[str, Any], column: str) -> str:
    """A cell of DAYS in words: nothing is never a nought."""
    if row[column] is not None:
        return str(row[column])
    return "未达到" if column in REACHED else "-"


def draw_page(turnaround: pl.DataFrame, *, as_of: date, titles: Mapping[str, str]) -> str:
    """One page of HTML with the chart in it; nothing of it is fetched from anywhere, and the same table gives the same bytes.

    Args:
        turnaround: the published table, not empty. as_of: the day it was counted for. titles: of the sources, by name.

    """
    rows = by_silence(turnaround)
    several = len({row["source"] for row in rows}) > 1
    bars = [Bars(_label(row, titles) if several else name_of(row), row) for row in rows]
    columns = [
        "机构",
        "来源",
        *(f"#{t}" for t in (*COUNTS.values(), *DAYS.values())),
        "最早未答复\n送出日",
    ]
    loader = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return made.get_template(_TEMPLATE).render(
        title=TITLE,
        as_of=as_of.isoformat(),
        summary=_summary(rows),
        silent=[_label(row, titles) for row in rows if is_silent(row)],
        columns=columns,
        rows=[(is_silent(row), _cells(row, titles)) for row in rows],
        chart=draw_chart(bars),
        meanings=MEANINGS,
        fonts=FONTS,
    )


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row["source"]), str(row["institution_code"])


def _label(row: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    return f"{name_of(row)}（{titles.get(row['source'], row['source'])}）"


def _summary(rows: list[dict[str, Any]]) -> str:
    whole = {name: sum(row[name] for row in rows) for name in COUNTS}
    told = "，".join(f"{in_line(title)} {whole[name]} 件" for name, title in COUNTS.items())
    return f"机构 {len(rows)} 家：{told}。"


def _cells(row: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    oldest = row["oldest_open_on"]
    return [
        name_of(row),
        titles.get(row["source"], row["source"]),
        *(str(row[name]) for name in COUNTS),
        *(days_told(row, name) for name in DAYS),
        oldest.isoformat() if oldest else "-",
    ]
