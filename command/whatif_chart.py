"""The chart of a what-if: who changes by programme and direction, and what a month costs by region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from household.comparison import PAID, totals
from household.rules.programmes import PROGRAMMES, TITLES
from household.schema.compared import GAIN, LOSS, MONTH, OTHER
from quality.pictures import draw

if TYPE_CHECKING:
    from decimal import Decimal

    from pipelines.whatif import WhatIf

COLOURS = {GAIN: "#1b6ca8", LOSS: "#c8501e", OTHER: "#8a8a8a"}
"""Told apart by people who see red and green alike, and in print."""
SIDES = {"现行": "#9db8cc", "试算": "#1b6ca8"}
_WIDTH, _BAR = 520, 17
_ROOM = 1.3
"""How much longer than the longest bar an axis is: room for the figure at its end."""
_LABELS = 150
"""Room for the names beside an axis: fixed, as a machine without Chinese fonts measures them wrongly."""


def draw_chart(found: WhatIf) -> str:
    """The chart as SVG: who changes by programme and direction, and what a month costs by region. Programmes asked for."""
    asked = found.summary.filter("requested")
    return draw([_who(asked), _cost(asked)])


def _who(asked: pl.DataFrame) -> dict[str, Any]:
    from command.whatif_page import DIRECTION_TITLES

    ways = totals(asked, ["programme", "direction"]).select(
        "programme", "direction", "applications"
    )
    counts = {(name, way): count for name, way, count in ways.iter_rows()}
    shown = [name for name in PROGRAMMES if name in set(ways["programme"])]
    rows = [
        {
            "name": TITLES[name],
            "way": DIRECTION_TITLES[way],
            "line": "doubt" if way == OTHER else "known",
            "count": -count if way == LOSS else count,
            "label": str(count) if count else "",
        }
        for name in shown
        for way in (GAIN, LOSS, OTHER)
        for count in [counts.get((name, way), 0)]
    ]
    most = max((abs(row["count"]) for row in rows), default=0) or 1
    return _bars(
        rows,
        title="谁会变化：所申请的项目（左为受损，右为受益与待定变化，户）",
        name="name",
        names=[TITLES[name] for name in shown],
        value="count",
        part="way",
        lines=("line", ["known", "doubt"]),
        colours={DIRECTION_TITLES[way]: colour for way, colour in COLOURS.items()},
        domain=(-most, most),
        axis={"format": "d", "tickMinStep": 1, "labelExpr": "format(abs(datum.value), 'd')"},
    )


def _cost(asked: pl.DataFrame) -> dict[str, Any]:
    from command.whatif_page import money, places_of

    monthly = [name for name, how in PAID.items() if how == MONTH]
    told = totals(places_of(asked.filter(pl.col("programme").is_in(monthly))), ["place"])
    rows = [
        {
            "place": row["place"],
            "side": word,
            "yuan": _length(row[f"month_{side}"]),
            "label": money(row[f"month_{side}"]) + _beside(row, side),
        }
        for row in told.iter_rows(named=True)
        for word, side in zip(SIDES, ("before", "after"), strict=True)
    ]
    most = max((row["yuan"] for row in rows), default=0) or 1
    return _bars(
        rows,
        title="每月金额：低保与刚性支出，按区划（元；“另N户”无金额或未有结论，不在数内）",
        name="place",
        names=told["place"].to_list(),
        value="yuan",
        part="side",
        lines=("side", list(SIDES)),
        colours=SIDES,
        domain=(0, most * 1.2),
        axis={"format": ",d"},
    )


def _beside(row: dict[str, Any], side: str) -> str:
    """Households that are in no sum: no bar may look like the whole of it."""
    count = row[f"open_{side}"] + row[f"unpriced_{side}"]
    return f" 另{count}户" if count else ""


def _bars(
    rows: list[dict[str, Any]],
    *,
    title: str,
    name: str,
    names: list[str],
    value: str,
    part: str,
    lines: tuple[str, list[str]],
    colours: dict[str, str],
    domain: tuple[float, float],
    axis: dict[str, Any],
) -> dict[str, Any]:
    """Horizontal bars, one band a name and in it `lines` (column and values) of bars, each with its figure at its end."""
    line, order = lines
    ink: dict[str, Any] = {"domain": list(colours), "range": list(colours.values())}
    place: dict[str, Any] = {
        "y": {
            "field": name,
            "type": "nominal",
            "sort": names,
            "scale": {"paddingInner": 0.25, "paddingOuter": 0.1},
            "axis": {
                "title": None,
                "labelLimit": _LABELS,
                "minExtent": _LABELS,
                "maxExtent": _LABELS,
                "ticks": False,
                "domain": False,
            },
        },
        "yOffset": {"field": line, "type": "nominal", "sort": order, "scale": {"padding": 0}},
        "x": {
            "field": value,
            "type": "quantitative",
            "scale": {"domain": [end * _ROOM for end in domain]},
            "axis": {"title": None, "tickCount": 6, **axis},
        },
    }
    bar: dict[str, Any] = {
        "mark": "bar",
        "encoding": {**place, "color": {"field": part, "type": "nominal", "scale": ink}},
    }
    figures = [_figures(place, f"datum.{value} >= 0", "left", 4)]
    figures.append(_figures(place, f"datum.{value} < 0", "right", -4))
    return {
        "title": title,
        "width": _WIDTH,
        "height": {"step": _BAR * len(order) + 8, "for": "position"},
        "data": {"values": rows},
        "layer": [bar, *figures],
    }


def _figures(place: dict[str, Any], which: str, align: str, away: int) -> dict[str, Any]:
    """The figures at the ends of some of the bars."""
    return {
        "transform": [{"filter": which}],
        "mark": {"type": "text", "fontSize": 11, "align": align, "dx": away},
        "encoding": {**place, "text": {"field": "label"}},
    }


def _length(value: Decimal) -> float:
    """How long a bar is: nothing is calculated with it, and its figure is written beside it from the exact amount."""
    return float(value)
