"""Charts as options for ECharts, made on the server. Amounts go as texts, so that no float stands between a row and its bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.reading.household.incomes import Incomes

COLOURS = ("#1f4e5f", "#c2802f", "#6b8f3a", "#7a4f8a")
_AXIS = {"axisLabel": {"color": "#55656e"}, "axisLine": {"lineStyle": {"color": "#9fb0b8"}}}


def income_chart(incomes: Incomes, say: Callable[[str], str]) -> dict[str, Any] | None:
    """What counted by month and kind as stacked bars; None without a month. `say`: the title of a kind.

    A month of a kind of which no row speaks has no bar; that is not nought.
    """
    months = incomes.months
    if not months:
        return None
    return {
        "animation": False,
        "color": list(COLOURS),
        "grid": {"left": 8, "right": 12, "top": 36, "bottom": 4, "containLabel": True},
        "legend": {"top": 0, "left": 0},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {"type": "category", "data": list(months), **_AXIS},
        "yAxis": {"type": "value", **_AXIS, "splitLine": {"lineStyle": {"color": "#e4eaed"}}},
        "series": [
            {
                "name": say(kind),
                "type": "bar",
                "stack": "income",
                "barMaxWidth": 36,
                "data": [_text(incomes, month, kind) for month in months],
            }
            for kind in incomes.kinds
        ],
    }


def _text(incomes: Incomes, month: str, kind: str) -> str:
    found = incomes.of_month(month, kind)
    return "-" if found is None else str(found)  # ECharts' sign for no value
