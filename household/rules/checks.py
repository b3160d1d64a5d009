"""Checks of one value of a pack: its kind, its unit, its words, its class table. What is wrong comes back as words, never as an exception.

Checks of several values against one another stand in `relations`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeGuard

from rapidfuzz import process

from household.rules.parameter_units import LIMIT, SHARE, YUAN, Unit, unit_of
from household.rules.parameters import PARAMETERS, Meaning
from household.schema.codes import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from household.rules.parameters import Parameter

CLASSES = ("A", "B", "C", "D")
CLASS_COLUMNS = ("who", "threshold", "rate", "rate_min", "rate_max", "cap")
DRAWN_WORDS = (*PROGRAMME.titles, "low_income", "other")
"""Words in Latin letters that may stand for whom a class or an exemption holds; Chinese ones are classes of the approval system."""
_OF_PROGRAMMES = ("temp.skip_economic_test",)
_PLACES = {Meaning.MONEY: 4, Meaning.RATE: 4, Meaning.RANGE: 4}
KIND_ZH = {
    Meaning.MONEY: "金额（数字，元）",
    Meaning.RATE: "比例或倍数（数字）",
    Meaning.COUNT: "整数",
    Meaning.FLAG: "true 或 false",
    Meaning.WORD: "规定的取值",
    Meaning.WORDS: "文字列表",
    Meaning.TABLE: "分类表",
    Meaning.RANGE: "[下限, 上限]",
}


def near_names(key: str) -> tuple[str, ...]:
    """Declared parameters whose names are like a key."""
    found = process.extract(key, list(PARAMETERS), limit=3, score_cutoff=72)
    return tuple(str(name) for name, *_ in found)


def checked(parameter: Parameter, value: Any) -> tuple[Any, list[str]]:
    """A value in the type that its parameter declares, and what is wrong with it; None with at least one wrong."""
    wrong = [f"{_shown(value)} 不是{KIND_ZH[parameter.meaning]}{_allowed(parameter.words)}"]
    match parameter.meaning:
        case Meaning.FLAG:
            return (value, []) if isinstance(value, bool) else (None, wrong)
        case Meaning.WORD:
            return (value, []) if value in parameter.words else (None, wrong)
        case Meaning.WORDS:
            return _words(parameter.key, value) if _is_words(value) else (None, wrong)
        case Meaning.TABLE:
            return (value, _table(value)) if isinstance(value, dict) and value else (None, wrong)
        case Meaning.RANGE:
            return _range(parameter, value, wrong)
        case _:
            told = _number(parameter, value, wrong)
            return (None, told) if told else (value, [])


def _allowed(words: Iterable[str]) -> str:
    told = "、".join(words)
    return f"（可用：{told}）" if told else ""


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else repr(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, Decimal) and value.is_finite()


def _number(parameter: Parameter, value: Any, wrong: list[str]) -> list[str]:
    if isinstance(value, str) and value.isascii() and value.replace(".", "", 1).isdigit():
        return [f"{value!r} 写成了文字，请去掉引号"]
    if not _is_number(value):
        return wrong
    if parameter.meaning is Meaning.COUNT and value != value.to_integral_value():
        return wrong
    return _fine(value, unit_of(parameter), _PLACES.get(parameter.meaning, 0))


def _fine(value: Decimal, unit: Unit | None, places: int) -> list[str]:
    """Too many decimals, or outside the plausible range."""
    if -int(value.normalize().as_tuple().exponent) > places:
        return [f"{value:f} 的小数超过 {places} 位"]
    doubt = unit.doubt(value) if unit is not None else ""
    return [doubt] if doubt else []


def _range(parameter: Parameter, value: Any, wrong: list[str]) -> tuple[Any, list[str]]:
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)):
        return None, wrong
    told = [doubt for one in value for doubt in _fine(one, unit_of(parameter), 4)]
    if value[0] > value[1]:
        told.append(f"下限 {value[0]:f} 大于上限 {value[1]:f}")
    return (None, told) if told else (tuple(value), [])


def _is_words(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)


def _words(key: str, value: list[str]) -> tuple[Any, list[str]]:
    told = [f"{one} 重复" for one in dict.fromkeys(value) if value.count(one) > 1]
    if key in _OF_PROGRAMMES:
        told += _strangers(value)
    return (None, told) if told else (tuple(value), [])


def _strangers(words: Iterable[str]) -> list[str]:
    """Latin words that are no code of a programme, and titles of programmes where their code is meant."""
    codes = {title: code for code, title in PROGRAMME.titles.items()}
    words = tuple(words)
    return [
        f"{word} 不是救助项目代码{_allowed(DRAWN_WORDS)}"
        for word in words
        if word.isascii() and word not in DRAWN_WORDS
    ] + [f"{word} 请写成代码 {codes[word]}" for word in words if word in codes]


def _table(table: Mapping[str, Any]) -> list[str]:
    told: list[str] = []
    drawn: dict[str, str] = {}
    for name, row in table.items():
        if name not in CLASSES:
            told.append(f"没有 {name} 类（只有 {'、'.join(CLASSES)}）")
        elif not isinstance(row, dict):
            told.append(f"{name} 类不是一组栏目（{'、'.join(CLASS_COLUMNS)}）")
        else:
            told += [f"{name} 类：{one}" for one in _class(row)]
            who = row.get("who")
            for word in who if _is_words(who) else []:
                if word in drawn:
                    told.append(f"{word} 同时列入 {drawn[word]} 类和 {name} 类")
                drawn[word] = str(name)
    return told


def _class(row: Mapping[str, Any]) -> list[str]:
    told = [
        f"没有 {column} 这一栏（只有 {'、'.join(CLASS_COLUMNS)}）"
        for column in row
        if column not in CLASS_COLUMNS
    ]
    who = row.get("who")
    told += _strangers(who) if _is_words(who) else ["who 应为对象列表"]
    if row.get("threshold") is None:
        told.append("缺少 threshold（起付线）")
    for column, unit, places in (
        ("threshold", YUAN, 4),
        ("cap", LIMIT, 4),
        ("rate", SHARE, 4),
        ("rate_min", SHARE, 4),
        ("rate_max", SHARE, 4),
    ):
        value = row.get(column)
        if value is None:
            continue
        doubts = _fine(value, unit, places) if _is_number(value) else [f"{_shown(value)} 不是数字"]
        told += [f"{column} {doubt}" for doubt in doubts]
    return told or _rates(row)


def _rates(row: Mapping[str, Any]) -> list[str]:
    least, most, rate = row.get("rate_min"), row.get("rate_max"), row.get("rate")
    if (least is None) != (most is None):
        return ["rate_min 与 rate_max 须同时给出"]
    if least is None or most is None:
        return []
    if least > most:
        return ["rate_min 大于 rate_max"]
    return [] if rate is None or least <= rate <= most else ["rate 不在 rate_min 与 rate_max 之间"]
