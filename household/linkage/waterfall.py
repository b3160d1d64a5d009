"""An explanation drawn as a waterfall: from the prior, field by field, to the probability; as text and as SVG.

The bars are the terms of `engine.explaining`'s sums and add up to the total. Only levels and bits are drawn, never a value.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from household.linkage.engine.deciding import AGAIN

if TYPE_CHECKING:
    from household.linkage.engine.explaining import Explanation, Step

TITLES = {
    "name": "姓名",
    "number": "证件号码",
    "birth": "出生日期",
    "sex": "性别",
    "region": "地区",
    "phone": "电话",
    "address": "地址",
}
COLUMNS = 100
"""Columns of a terminal that the text keeps to; a Chinese character takes two."""

_LABEL, _BITS = 52, 8
_AREA = COLUMNS - _LABEL - _BITS - 2
_FOR, _AGAINST, _SUM = "█", "▒", "▓"
_NOTHING = 5e-3
"""Bits below which a term is not drawn, because it would read 0.00."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: label, what it says, where it starts and ends in bits. `total` bars stand on zero."""

    label: str
    words: str
    start: float
    end: float
    total: bool = False

    @property
    def bits(self) -> float:
        """What is written beside the bar."""
        return self.end if self.total else self.end - self.start

    @property
    def told(self) -> str:
        """The same as text, with its sign; what rounds to nothing has none of its own."""
        return f"{round(self.bits, 2) + 0.0:+.2f}"


def bars_of(explanation: Explanation) -> tuple[Bar, ...]:
    """The bars in the order of reading; each starts where the one before ended."""
    terms = [(field_title(step.field), words_of(step), step.bits) for step in explanation.steps]
    terms += [
        ("亲属折减", "亲属也会这样相符", explanation.kin),
        ("另有一行", "该登记中一人只应有一行", explanation.again * AGAIN),
    ]
    at = explanation.prior
    bars = [Bar("先验", "未比较时，任取一人即是本人", 0.0, at, total=True)]
    for place, (label, words, bits) in enumerate(terms):
        if place <= len(explanation.steps) or abs(bits) >= _NOTHING:
            bars.append(Bar(label, words, at, at + bits))
        at += bits
    bars.append(Bar("合计", "是同一人与不是的比，取 2 的对数", 0.0, explanation.odds, total=True))
    if abs(explanation.rivalry) >= _NOTHING:
        end = explanation.odds + explanation.rivalry
        bars.append(Bar("他人竞争", "同一行还有别的候选人", explanation.odds, end))
    return tuple(bars)


def field_title(field: str) -> str:
    """The Chinese title of a field; its own name where it has none."""
    return TITLES.get(field, field)


def words_of(step: Step) -> str:
    """What a field said, with how common the value is, or why it does not count."""
    if step.counted:
        return f"{step.zh}（号码已说明，不重复计）"
    if step.chance is not None and step.bits > 0 and step.field != "number":
        return f"{step.zh}（约每 {_one_in(step.chance)} 人一个）"
    return step.zh


def _one_in(chance: float) -> str:
    """One in how many, in two figures: more would be made up."""
    return f"{float(f'{1 / chance:.2g}'):,.0f}"


def probability_text(probability: float | None) -> str:
    """A probability so that neither 0 nor 1 is claimed."""
    if probability is None:
        return "未计算"
    return "> 99.99%" if probability > 0.9999 else f"{probability:.2%}"


def waterfall_text(explanation: Explanation) -> str:
    """The waterfall for a terminal of COLUMNS columns. Bits stand before the bars, so that they align in any font."""
    bars = bars_of(explanation)
    low, high = _bounds(bars)
    scale = (_AREA - 1) / (high - low)
    lines = []
    for bar in bars:
        first, last = sorted(round((v - low) * scale) for v in (bar.start, bar.end))
        ink = _SUM if bar.total else _FOR if bar.bits >= 0 else _AGAINST
        drawn = " " * first + (ink * max(last - first, 1) if abs(bar.bits) >= _NOTHING else "·")
        label = _fitted(f"{_fitted(bar.label, 10)}{bar.words}", _LABEL)
        lines.append(f"{label}{bar.told:>{_BITS}}  {drawn}")
    ending = f"{_fitted('概率', 10)}{probability_text(explanation.probability)}"
    return "\n".join([*lines, ending])


def _bounds(bars: tuple[Bar, ...]) -> tuple[float, float]:
    ends = [0.0, *(bar.start for bar in bars), *(bar.end for bar in bars)]
    low, high = min(ends), max(ends)
    return (low, high) if high - low > 1 else (low, low + 1)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _fitted(text: str, width: int) -> str:
    """Text cut or filled to a width in columns."""
    while _width(text) > width - 1:
        text = text.rstrip("…")[:-1] + "…"
    return text + " " * (width - _width(text))


_ROW, _LEFT, _PLOT, _RIGHT = 30, 400, 400, 90
_INKS = {"for": "#2166ac", "against": "#b35806", "sum": "#4d4d4d"}
_STYLE = (
    "text{font-family:'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','SimHei',sans-serif;"
    "font-size:14px;fill:#222}.w{fill:#666;font-size:13px}.b{font-variant-numeric:tabular-nums}"
)


def waterfall_svg(explanation: Explanation, *, title: str) -> str:
    """The waterfall as one SVG file: no script, nothing fetched. Colours differ for colour-blind eyes, and every bar has its sign."""
    bars = bars_of(explanation)
    low, high = _bounds(bars)
    width, height = _LEFT + _PLOT + _RIGHT, _ROW * (len(bars) + 2) + 30

    def x(bits: float) -> float:
        return _LEFT + (bits - low) / (high - low) * _PLOT

    body = [
        f'<line x1="{x(0):.1f}" x2="{x(0):.1f}" y1="44" y2="{44 + _ROW * len(bars)}" stroke="#bbb"/>'
    ]
    for place, bar in enumerate(bars):
        top = 44 + place * _ROW
        body += _bar_svg(bar, top, x(bar.start), x(bar.end))
        if place + 1 < len(bars):
            body.append(
                f'<line x1="{x(bar.end):.1f}" x2="{x(bar.end):.1f}" y1="{top + 24}" y2="{top + _ROW + 6}" stroke="#999" stroke-dasharray="2 2"/>'
            )
    foot = 44 + _ROW * len(bars) + 20
    said = probability_text(explanation.probability)
    body += [
        f'<text x="12" y="{foot}">概率</text><text x="88" y="{foot}" font-weight="bold">{escape(said)}</text>',
        f'<text class="w" x="{width - 12}" y="{foot}" text-anchor="end">单位：比特；每 +1 可能性加倍，每 −1 减半</text>',
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        f'<text x="12" y="26" font-weight="bold">{escape(title)}</text>'
        + "".join(body)
        + "</svg>\n"
    )


def _bar_svg(bar: Bar, top: int, start: float, end: float) -> list[str]:
    left, right = min(start, end), max(start, end)
    ink = _INKS["sum" if bar.total else "for" if bar.bits >= 0 else "against"]
    base = top + 20
    heavy = ' font-weight="bold"' if bar.total else ""
    return [
        f'<text x="12" y="{base}"{heavy}>{escape(bar.label)}</text>',
        f'<text class="w" x="88" y="{base}">{escape(bar.words)}</text>',
        f'<rect x="{left:.1f}" y="{top + 6}" width="{max(right - left, 1):.1f}" height="18" fill="{ink}"/>',
        f'<text class="b" x="{_LEFT + _PLOT + _RIGHT - 12}" y="{base}" text-anchor="end"{heavy}>{bar.told}</text>',
    ]
