"""The chart of institutions' answers: what became of the requests, and how many working days an answer took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quality.pictures import draw

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PARTS = {
    "按期答复": "#1b6ca8",
    "逾期答复": "#9db8cc",
    "期限内待答复": "#dddddd",
    "超期未答复": "#f0a868",
    "未答复": "#c8501e",
    "未能送出": "#6b6b6b",
}
"""What became of the requests, in the order of the bar. Told apart by people who see red and green alike, and in print."""
LINES = {"已答复的": "#1b6ca8", "计入未答复的": "#9db8cc"}
_NOT_REACHED = "#eeeeee"
_WIDTH, _BAR = 560, 15
_ROOM = 1.45
"""How much longer than the longest bar the axis of days is: room for the words at its end."""
_LABELS = 190
"""Room for the names beside an axis: fixed, as a machine without Chinese fonts measures them wrongly."""


@dataclass(frozen=True)
class Bars:
    """One institution: the name at its bars, and its row of table `turnaround`."""

    name: str
    row: Mapping[str, Any]


def draw_chart(bars: Sequence[Bars]) -> str:
    """The chart as SVG: what became of the requests, and how many working days an answer took. In the order given."""
    return draw([_parts(bars), _days(bars)], legend_columns=6)


def _parts(bars: Sequence[Bars]) -> dict[str, Any]:
    rows = [
        {"name": one.name, "part": part, "place": place, "count": count, "asked": one.row["asked"]}
        for one in bars
        for place, (part, count) in enumerate(zip(PARTS, _counts(one.row), strict=True))
    ]
    end = {"aggregate": "max", "field": "asked", "type": "quantitative"}
    return {
        "title": "查询到了哪一步（占该机构查询的比例；右为件数）",
        "width": _WIDTH,
        "height": {"step": _BAR + 12},
        "data": {"values": rows},
        "layer": [
            {
                "mark": "bar",
                "encoding": {
                    "y": _names(bars),
                    "x": {
                        "field": "count",
                        "type": "quantitative",
                        "stack": "normalize",
                        "axis": {"title": None, "format": ".0%", "tickCount": 5},
                    },
                    "color": {"field": "part", "type": "nominal", "scale": _ink(PARTS)},
                    "order": {"field": "place", "type": "ordinal"},
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 11},
                "encoding": {
                    "y": _names(bars),
                    "x": {"value": _WIDTH},
                    "text": end,
                },
            },
        ],
    }


def _counts(row: Mapping[str, Any]) -> tuple[int, ...]:
    """In the order of PARTS; what is both answered and something else is not counted twice."""
    late_answers = row["answered"] - row["in_time"]
    return (
        row["in_time"],
        late_answers,
        row["waiting"],
        row["late"],
        row["silent"],
        row["failed"],
    )


def _days(bars: Sequence[Bars]) -> dict[str, Any]:
    known = [
        one.row[f"{rank}_{which}"]
        for one in bars
        for rank in ("median", "p95")
        for which in ("working_days", "with_open")
    ]
    most = max((days for days in known if days is not None), default=0) or 1
    rows = [
        line
        for one in bars
        for line in (_line(one, "已答复的", most), _line(one, "计入未答复的", most))
    ]
    lines = {"field": "line", "type": "nominal", "sort": list(LINES), "scale": {"padding": 0.1}}
    place: dict[str, Any] = {"y": _names(bars), "yOffset": lines}
    x = {
        "field": "median",
        "type": "quantitative",
        "scale": {"domain": [0, most * _ROOM]},
        "axis": {"title": None, "tickMinStep": 1, "format": "d"},
    }
    colour = {
        "condition": {
            "test": "datum.reached",
            "field": "line",
            "type": "nominal",
            "scale": _ink(LINES),
        },
        "value": _NOT_REACHED,
    }
    return {
        "title": "答复用了几个工作日（条为中位，细线到95分位）",
        "width": _WIDTH,
        "height": {"step": 2 * _BAR + 10, "for": "position"},
        "data": {"values": rows},
        "layer": [
            {"mark": "bar", "encoding": {**place, "x": x, "color": colour}},
            {
                "transform": [{"filter": "datum.reached && datum.p95 != null"}],
                "mark": {"type": "rule", "strokeWidth": 2, "color": "#444444"},
                "encoding": {**place, "x": x, "x2": {"field": "p95"}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 11},
                "encoding": {**place, "x": {**x, "field": "end"}, "text": {"field": "label"}},
            },
        ],
    }


def _line(one: Bars, line: str, most: int) -> dict[str, Any]:
    """One bar of days. What is not reached is as long as the axis knows, pale, and says so: no bar looks like a quick answer."""
    which = "working_days" if line == "已答复的" else "with_open"
    median, p95 = one.row[f"median_{which}"], one.row[f"p95_{which}"]
    unreached = which == "with_open" and median is None
    label = "未达到" if unreached else "无答复"
    if median is not None:
        label = f"{median}，95分位 {'未达到' if p95 is None else p95}"
    return {
        "name": one.name,
        "line": line,
        "median": most if unreached else median or 0,
        "p95": p95,
        "end": most if unreached else max(median or 0, p95 or 0),
        "reached": median is not None,
        "label": label,
    }


def _names(bars: Sequence[Bars]) -> dict[str, Any]:
    axis = {
        "title": None,
        "labelLimit": _LABELS,
        "minExtent": _LABELS,
        "maxExtent": _LABELS,
        "ticks": False,
        "domain": False,
    }
    return {
        "field": "name",
        "type": "nominal",
        "sort": [one.name for one in bars],
        "scale": {"paddingInner": 0.25, "paddingOuter": 0.1},
        "axis": axis,
    }


def _ink(colours: Mapping[str, str]) -> dict[str, Any]:
    return {"domain": list(colours), "range": list(colours.values())}
