"""How names come out differently from one department to the next, a channel each.

On whole columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import Array, happens
from synthetic.respelling import later_plan, respelt

if TYPE_CHECKING:
    from synthetic.misnumbering import Spoiled
    from synthetic.people import People
    from synthetic.rates import NoiseRates

INTERPUNCT = "·"
INTERPUNCT_VARIANTS = ("•", "‧", "・", "．", ".", "∙", " ")
TRADITIONAL = dict(
    zip(
        "刘张陈杨赵黄吴孙罗马郑谢韩冯萧许邓吕苏卢蒋贾叶阎余钟谭邹陆龙万钱汤贺赖龚欧诸伟强军杰涛飞华国东荣丽艳凤云红兰莹静",
        "劉張陳楊趙黃吳孫羅馬鄭謝韓馮蕭許鄧呂蘇盧蔣賈葉閻餘鍾譚鄒陸龍萬錢湯賀賴龔歐諸偉強軍傑濤飛華國東榮麗艷鳳雲紅蘭瑩靜",
        strict=True,
    )
)
HOMOPHONES = dict(
    zip("静丽伟芳霞辉敏佳萍强波鑫婷颖慧杰", "婧莉玮方侠晖闵嘉苹墙博欣亭莹惠洁", strict=True)
)
PINYIN = {
    "喆": "ZHE",
    "翀": "CHONG",
    "頔": "DI",
    "犇": "BEN",
    "婼": "RUO",
    "祎": "YI",
    "翯": "HE",
    "垚": "YAO",
    "淼": "MIAO",
    "彧": "YU",
    "龑": "YAN",
    "㛃": "JIE",
    "䶮": "YAN",
}

_REPLACED = {
    "interpunct_missing": {INTERPUNCT: ""},
    "rare_as_pinyin": PINYIN,
    "traditional": TRADITIONAL,
    "homophone": HOMOPHONES,
}


def misspell_names(
    rng: np.random.Generator, people: People, *, names: pl.Series, person: Array, rates: NoiseRates
) -> tuple[pl.Series, Spoiled]:
    """Names with noise, and the rows that each channel touched (a row at most once.

    Only rows whose text changed).

    `person` is the true person per row, -1 where the row's identity must stay clean.
    """
    result = names.clone()
    free = names.is_not_null().to_numpy() & (person >= 0)
    touched: Spoiled = []
    dotted = names.str.contains(INTERPUNCT, literal=True).fill_null(value=False).to_numpy()
    rare = names.str.contains_any(list(PINYIN)).fill_null(value=False).to_numpy()
    renamed = people.former_name.is_not_null().to_numpy()[np.clip(person, 0, None)]
    plan = (
        ("former_name", rates.former_name, renamed),
        ("interpunct_variant", rates.interpunct_variant, dotted),
        ("interpunct_missing", rates.interpunct_missing, dotted),
        ("rare_as_pinyin", rates.rare_as_pinyin, rare),
        ("traditional", rates.traditional, ~dotted),
        ("homophone", rates.homophone, ~dotted),
        ("spaces_in_name", rates.spaces_in_name, ~dotted),
    )
    # a stream of its own for the later channels: the draws of the older ones stay what they were
    later = rng.spawn(1)[0]
    steps = [(rng, *step) for step in plan]
    steps += [(later, *step) for step in later_plan(rates, dotted=dotted, rare=rare)]
    for stream, channel, chance, applies in steps:
        rows = np.flatnonzero(free & applies & happens(stream, len(names), chance=chance))
        if not len(rows):
            continue
        sent = names.gather(rows)
        changed = _respell(stream, people, channel=channel, sent=sent, person=person[rows])
        differs = (changed != sent).to_numpy()
        rows, changed = rows[differs], changed.filter(pl.Series(differs))
        if len(rows):
            result = result.scatter(rows, changed)
            free[rows] = False
            touched.append((channel, rows))
    return result, touched


def _respell(
    rng: np.random.Generator, people: People, *, channel: str, sent: pl.Series, person: Array
) -> pl.Series:
    """What one channel makes of the names."""
    if channel == "former_name":
        return people.former_name.gather(person)
    if channel == "interpunct_variant":
        variant = rng.integers(0, len(INTERPUNCT_VARIANTS), len(sent))
        result = sent.clone()
        for position, sign in enumerate(INTERPUNCT_VARIANTS):
            rows = np.flatnonzero(variant == position)
            result = result.scatter(
                rows, sent.gather(rows).str.replace_all(INTERPUNCT, sign, literal=True)
            )
        return result
    if channel in _REPLACED:
        return sent.str.replace_many(_REPLACED[channel])
    if channel == "spaces_in_name":
        return sent.str.slice(0, 1) + "　" + sent.str.slice(1)
    return respelt(rng, sent, channel=channel)
