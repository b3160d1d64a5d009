"""Words and rows of the rule book: values, parameters and citations as a person reads them. Markdown rows only; no page is made here."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from household.rules.lookup import NATIONAL
from household.rules.parameter_units import unit_of
from household.rules.parameter_uses import OTHER_USES, Absence
from household.rules.parameters import PARAMETERS, Meaning, Parameter
from household.rules.programmes import all_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from household.rules.lookup import Pack

NOTICE = "Generated from `rulepacks/` and `household/rules`; do not edit: `make docs` writes it. 自动生成,请勿手工修改。"
STANDARDS = ("standard.urban", "standard.rural")
"""A rule names `standard`; which of the two it is hangs on the application."""
FOR_PEOPLE = "*for people 供查阅*"
MEANING = {
    Meaning.MONEY: "yuan 金额",
    Meaning.RATE: "share or multiple 比例、倍数",
    Meaning.COUNT: "whole number 整数",
    Meaning.FLAG: "yes or no 是否",
    Meaning.WORD: "one word 取值",
    Meaning.WORDS: "list 列表",
    Meaning.TABLE: "table 表",
    Meaning.RANGE: "from … to 范围",
}
ABSENCE = {
    Absence.MISSING: "missing 参数缺失",
    Absence.NEEDED: "missing where called for 需要时缺失",
    Absence.OFF: "off 不适用",
    Absence.INHERITED: "falls back 沿用上一级",
    Absence.UNREAD: "nothing 不影响计算",
}
_VARIANTS = ("asset.plain.", "asset.edge.", "asset.rigid.", "temp_expenditure.asset.")


def uses_of(key: str) -> tuple[str, ...]:
    """What takes a parameter's value: rule ids first, then the other steps; empty when no step of the program reads it."""
    names = {key, "standard"} if key in STANDARDS else {key}
    rules = tuple(rule.rule_id for rule in all_rules() if names & set(rule.parameters))
    return rules + OTHER_USES.get(key, ())


def uses(key: str) -> str:
    """What takes a parameter, for a cell; the asset rules of the four sets of limits as one (`asset.*.home`)."""
    steps = OTHER_USES.get(key, ())
    names = dict.fromkeys(_joined(name) if name not in steps else name for name in uses_of(key))
    return ", ".join(n if n in steps else f"`{n}`" for n in names) or FOR_PEOPLE


def _joined(rule_id: str) -> str:
    prefix = next((p for p in _VARIANTS if rule_id.startswith(p)), None)
    return f"asset.*.{rule_id.removeprefix(prefix)}" if prefix else rule_id


def kind_of(parameter: Parameter) -> str:
    """What the value of a parameter is, with its words, or its unit and plausible range."""
    told = MEANING[parameter.meaning]
    if parameter.words:
        return f"{told}: {codes(parameter.words)}"
    unit = unit_of(parameter)
    return told if unit is None else f"{told}: {unit.least:f}～{unit.most:f} {unit.name}"


def regions_of(pack: Pack) -> str:
    """The regions to which a pack is bound."""
    if pack.pack_id == NATIONAL:
        return "everywhere 全国"
    return codes(pack.regions) or "none yet 未绑定"


def valued(key: str, value: Any) -> str:
    """A value for a cell; words as code, a table by its classes."""
    shown = plain(value)
    return f"`{shown}`" if PARAMETERS[key].meaning is Meaning.WORD else shown


def plain(value: Any) -> str:
    """A value as a person reads it; numbers as they stand in the YAML, never as floats."""
    match value:
        case None:
            return ""
        case bool():
            return "yes 是" if value else "no 否"
        case Decimal():
            return format(value, "f")
        case dict():
            return "".join(str(name) for name in value) + " 类"
        case list() | tuple():
            return "、".join(plain(one) for one in value)
        case _:
            return str(value)


def codes(names: Iterable[str]) -> str:
    """Names as code."""
    return ", ".join(f"`{name}`" for name in names)


def table(*titles: str) -> Iterator[str]:
    """The head of a table."""
    yield row(*titles)
    yield row(*("---" for _ in titles))


def row(*cells: str) -> str:
    """One row of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def titled(key: str) -> str:
    """The title of a parameter."""
    return PARAMETERS[key].title_zh


def class_rows(value: Mapping[str, Any]) -> Iterator[str]:
    """The rows of a class table."""
    for name, cells in value.items():
        columns = ("who", "threshold", "rate", "rate_min", "rate_max", "cap")
        yield row(str(name), *(plain(cells.get(column)) for column in columns))
