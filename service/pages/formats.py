"""How values stand on a page: money to the fen, days, nothing for the unknown. Filters of the templates."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from household.schema.datasets import DATASETS
from service.outside import SHANGHAI

UNKNOWN = "—"
CENT = Decimal("0.01")

DATASET_TITLES = {name: dataset.title_zh for name, dataset in DATASETS.items()}
"""Chinese titles of the datasets: the field's own terms, in both languages."""


def money(value: Decimal | None) -> str:
    """Yuan with thousands and two places, rounded half up as in reasons and reports; the unknown is a dash, never nought."""
    return UNKNOWN if value is None else f"{value.quantize(CENT, ROUND_HALF_UP):,}"


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


def figure(value: Decimal | int | None) -> str:
    """A measured figure with thousands and no noughts at its end; the unknown is a dash."""
    if value is None:
        return UNKNOWN
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def dataset_title(name: str | None) -> str:
    """A dataset by its Chinese title; a name that is none of ours as it is."""
    return UNKNOWN if name is None else DATASET_TITLES.get(name, name)


def base64_text(text: str) -> str:
    """A picture as text, for an address that holds it whole."""
    return base64.b64encode(text.encode()).decode("ascii")


FILTERS: dict[str, Callable[[Any], str]] = {
    "figure": figure,
    "money": money,
    "told": told,
    "moment": moment,
    "share": share,
    "base64": base64_text,
    "dataset_title": dataset_title,
}
