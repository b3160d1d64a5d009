"""Charts declared as Vega-Lite and drawn to SVG in this process: no browser, no font file, no address outside. What is drawn is not known here.

Texts stay texts with a list of fonts, so that whoever opens the picture sees Chinese in a font of their own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

FONTS = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
VEGA_LITE = "5.20"
"""The grammar's version; fixed, so that the same figures give the same picture."""


def draw(parts: Sequence[dict[str, Any]], *, legend_columns: int | None = None) -> str:
    """Charts below one another as SVG. `legend_columns`: at most so many entries of a legend side by side; None sets no limit."""
    import vl_convert  # noqa: PLC0415 - only who draws needs it

    legend: dict[str, Any] = {"labelFontSize": 12, "orient": "top", "title": None}
    if legend_columns is not None:
        legend["columns"] = legend_columns
    spec = {
        "$schema": f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE}.json",
        "vconcat": list(parts),
        "spacing": 30,
        "resolve": {"scale": dict.fromkeys(("x", "y", "yOffset", "color"), "independent")},
        "padding": 14,
        "config": {
            "font": FONTS,
            "background": "white",
            "view": {"stroke": None},
            "axis": {"labelFontSize": 12, "titleFontSize": 12, "gridColor": "#e6e6e6"},
            "title": {"fontSize": 15, "anchor": "start", "offset": 12},
            "legend": legend,
        },
    }
    return str(
        vl_convert.vegalite_to_svg(
            json.dumps(spec, ensure_ascii=False), vl_version=VEGA_LITE, allowed_base_urls=[]
        )
    )
