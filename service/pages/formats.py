"""How values stand on a page: money to the fen, days, nothing for the unknown. Filters of the templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from service.outside import SHANGHAI

UNKNOWN = "—"


def money(value: Decimal | None) -> str:
    """Yuan with thousands and two places; the unknown is a dash, never nought."""
    return UNKNOWN if value is None else f"{value:,.2f}"


def told(value: object) -> str:
    """Any value; the unknown is a dash."""
    return UNKNOWN if value is None or value == "" else str(value)


def moment(value: str | None) -> str:
    """An instant of the casework store as the clock on the wall shows it (Asia/Shanghai)."""
    if not value:
        return UNKNOWN
    return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def share(value: float | None) -> str:
    """A share as per cent with one place."""
    return UNKNOWN if value is None else f"{value * 100:.1f} %"


FILTERS: dict[str, Callable[[Any], str]] = {
    "money": money,
    "told": told,
    "moment": moment,
    "share": share,
}
