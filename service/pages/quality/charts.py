"""Charts of the dashboard as options for ECharts, made on the server; a table with the same figures stands beside each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

COLOURS = ["#1f4e5f", "#c2802f", "#6b8f3a", "#7a4f8a", "#a32020", "#5b8fb0", "#8a7a52", "#3f7f74"]
_LINE = {"lineStyle": {"color": "#9fb0b8"}}
_LABEL = {"color": "#55656e"}


def _frame(legend: Sequence[str]) -> dict[str, Any]:
    return {
        "animation": False,
        "color": COLOURS,
        "grid": {
            "left": 8,
            "right": 16,
            "top": 40 if legend else 12,
            "bottom": 4,
            "containLabel": True,
        },
        "legend": {"top": 0, "left": 0, "type": "scroll"},
        "tooltip": {"trigger": "axis"},
    }


def lines(
    rows: pl.DataFrame,
    *,
    x: str,
    y: str,
    series: str,
    say: Callable[[str], str],
    share: bool = False,
) -> dict[str, Any]:
    """Lines over the values of `x`, one a value of `series`; a point that is not there is a gap, never nought."""
    places = rows[x].unique(maintain_order=True).to_list()
    names = rows[series].unique(maintain_order=True).sort().to_list()
    held = {(row[series], row[x]): row[y] for row in rows.iter_rows(named=True)}
    axis = {"type": "value", "axisLabel": _LABEL, "splitLine": {"lineStyle": {"color": "#e4eaed"}}}
    return _frame(names) | {
        "xAxis": {"type": "category", "data": places, "axisLabel": _LABEL, "axisLine": _LINE},
        "yAxis": axis | ({"min": 0, "max": 1} if share else {}),
        "series": [
            {
                "name": say(name),
                "type": "line",
                "showSymbol": True,
                "data": [_value(held.get((name, place))) for place in places],
            }
            for name in names
        ],
    }


def bars(
    rows: pl.DataFrame,
    *,
    x: str,
    y: str,
    series: str,
    say: Callable[[str], str],
    across: bool = False,
) -> dict[str, Any]:
    """Stacked bars over the values of `x`, one colour a value of `series`; `across`: lying, for long names."""
    places = rows[x].unique(maintain_order=True).to_list()
    names = rows[series].unique(maintain_order=True).to_list()
    held = {(row[series], row[x]): row[y] for row in rows.iter_rows(named=True)}
    category: dict[str, Any] = {
        "type": "category",
        "data": places,
        "axisLabel": _LABEL,
        "axisLine": _LINE,
    }
    if across:
        category |= {"inverse": True}
    value: dict[str, Any] = {
        "type": "value",
        "axisLabel": _LABEL,
        "splitLine": {"lineStyle": {"color": "#e4eaed"}},
    }
    return _frame(names) | {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": value if across else category,
        "yAxis": category if across else value,
        "series": [
            {
                "name": say(name),
                "type": "bar",
                "stack": "all",
                "barMaxWidth": 34,
                "data": [_value(held.get((name, place))) for place in places],
            }
            for name in names
        ],
    }


def _value(found: object) -> object:
    """Shares to four places; ECharts' sign for no value where nothing is known."""
    if found is None:
        return "-"
    return round(found, 4) if isinstance(found, float) else found
