"""Charts of the dashboard as options for ECharts, made on the server; a table with the same figures stands beside each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

COLOURS = ["#1f4e5f", "#c2802f", "#6b8f3a", "#7a4f8a", "#a32020", "#5b8fb0", "#8a7a52", "#3f7f74"]
FEW = 8
"""Places whose names all stand below the axis, broken over lines."""
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
    order: Sequence[str] = (),
) -> dict[str, Any]:
    """Stacked bars over the values of `x`, one colour a value of `series`; `across`: lying, for long names.

    `order`: all values that `series` may have, so that one colour is the same value in every chart.
    """
    places = rows[x].unique(maintain_order=True).to_list()
    names = [*order] or rows[series].unique(maintain_order=True).to_list()
    held = {(row[series], row[x]): row[y] for row in rows.iter_rows(named=True)}
    category: dict[str, Any] = {
        "type": "category",
        "data": places,
        "axisLabel": _LABEL,
        "axisLine": _LINE,
    }
    if across:
        category |= {"inverse": True, "axisLabel": _LABEL | {"interval": 0}}
    elif len(places) <= FEW:
        category |= {"axisLabel": _LABEL | {"interval": 0, "width": 84, "overflow": "break"}}
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


def named_runs(rows: pl.DataFrame) -> pl.DataFrame:
    """With `run`: a short name of a run for an axis, its day and its number. `rows`: with run_id and as_of."""
    return rows.with_columns(
        pl.format("{} {}", "as_of", pl.col("run_id").str.split("-").list.first()).alias("run")
    )


def states_of(
    rows: pl.DataFrame, *, x: str, states: Sequence[str], say: Callable[[str], str]
) -> dict[str, Any]:
    """Lying bars over the values of `x`, one colour a column of `states` that is anything anywhere."""
    if not rows.width:
        return bars(
            pl.DataFrame({x: [], "state": [], "count": []}), x=x, y="count", series="state", say=say
        )
    found = [state for state in states if rows[state].sum()]
    long = rows.select(pl.col(x).fill_null("—"), *found).unpivot(
        index=x, variable_name="state", value_name="count"
    )
    return bars(long, x=x, y="count", series="state", say=say, across=True)


def _value(found: object) -> object:
    """Shares to four places; ECharts' sign for no value where nothing is known."""
    if found is None:
        return "-"
    return round(found, 4) if isinstance(found, float) else found
