"""The rule book: every rule, every parameter and every pack as pages for people. Pure functions from packs and rules to Markdown.

`make docs` writes the pages to `docs/rules`, and a test keeps them equal to what this module says. Nothing else lives here:
what a rule asks stands in `library`, what a parameter means in `parameters`, what a pack says in its YAML.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from household.rules.packs import NATIONAL, Entry, Pack, Packs, read_packs
from household.rules.parameter_uses import OTHER_USES, Absence, absence_of
from household.rules.parameters import PARAMETERS, Meaning, Parameter
from household.rules.programmes import PROGRAMMES, TITLES, all_rules

if TYPE_CHECKING:
    from household.rules.rule import Rule

NOTICE = "Generated from `rulepacks/` and `household/rules`; do not edit: `make docs` writes it. 自动生成,请勿手工修改。"
STANDARDS = ("standard.urban", "standard.rural")
"""A rule names `standard`; which of the two it is hangs on the application."""
FOR_PEOPLE = "*for people 供查阅*"
_MEANING = {
    Meaning.MONEY: "yuan 元",
    Meaning.RATE: "share or multiple 比例、倍数",
    Meaning.COUNT: "whole number 整数",
    Meaning.FLAG: "yes or no 是否",
    Meaning.WORD: "one word 取值",
    Meaning.WORDS: "list 列表",
    Meaning.TABLE: "table 表",
}
_ABSENCE = {
    Absence.MISSING: "missing 参数缺失",
    Absence.NEEDED: "missing where called for 需要时缺失",
    Absence.OFF: "off 不适用",
    Absence.INHERITED: "falls back 沿用上一级",
}
_CLASS_COLUMNS = ("who", "threshold", "rate", "rate_min", "rate_max", "cap")


def rulebook_pages(packs: Packs) -> dict[str, str]:
    """File name -> Markdown of the whole book: `index.md`, `parameters.md` and one page a pack."""
    pages = {"index.md": _index(packs), "parameters.md": _parameters()}
    return {
        name: "\n".join(lines) + "\n"
        for name, lines in (
            pages | {f"{p.pack_id}.md": _pack(packs, p) for p in packs.packs.values()}
        ).items()
    }


def write_rulebook(packs: Packs, folder: Path) -> None:
    """Write the pages, and remove pages of packs that are gone."""
    pages = rulebook_pages(packs)
    folder.mkdir(parents=True, exist_ok=True)
    for page in folder.glob("*.md"):
        if page.name not in pages:
            page.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def uses_of(key: str) -> tuple[str, ...]:
    """What takes a parameter's value: rule ids first, then the other steps; empty when no step of the program reads it."""
    names = {key, "standard"} if key in STANDARDS else {key}
    rules = tuple(rule.rule_id for rule in all_rules() if names & set(rule.parameters))
    return rules + OTHER_USES.get(key, ())


def gaps(packs: Packs, pack: Pack) -> dict[str, str]:
    """Parameter -> since when a region of this pack has no value for it, in words; only where absence means *missing*.

    A pack that is bound to no region is read as it would be bound: itself first, then `cn`.
    """
    chain = _chain(packs, pack)
    told: dict[str, str] = {}
    for key in PARAMETERS:
        if absence_of(key) is not Absence.MISSING:
            continue
        entries = [entry for one in chain for entry in one.values.get(key, ())]
        if not entries:
            told[key] = "never given 从未规定"
            continue
        ends = sorted(
            entry.valid_to
            for entry in entries
            if entry.valid_to is not None and entry.valid_to < date.max
        )
        open_days = [
            day
            for day in (end + timedelta(days=1) for end in ends)
            if not any(e.holds(day) for e in entries)
        ]
        if open_days:
            told[key] = (
                "none from " + ", ".join(day.isoformat() for day in open_days) + " 起无有效值"
            )
    return told


def _chain(packs: Packs, pack: Pack) -> list[Pack]:
    ids = packs.chain(pack.regions[0]) if pack.regions else (pack.pack_id, NATIONAL)
    return [packs.packs[pack_id] for pack_id in dict.fromkeys(ids) if pack_id in packs.packs]


def _index(packs: Packs) -> Iterator[str]:
    yield f"# Rule book 规则手册\n\n{NOTICE}\n"
    yield "Every programme asks its rules in this order, after `household.empty`; all of them must pass."
    yield "Amounts and dates are not here: they come from the packs, as of the day of application.\n"
    yield "## Packs 规则包\n"
    yield from _table("Pack", "Title 名称", "Regions 适用区划", "Values 参数数")
    for pack in sorted(packs.packs.values(), key=lambda p: (p.pack_id != NATIONAL, p.pack_id)):
        yield _row(
            f"[{pack.pack_id}]({pack.pack_id}.md)",
            pack.title,
            _regions(pack),
            str(len(pack.values)),
        )
    yield "\nWhat each parameter is, and what its absence means: [parameters](parameters.md).\n"
    yield "## Programmes 救助项目\n"
    yield from _table("Programme", "Title 名称", "Rules in order 依次适用的规则")
    for programme, rules in PROGRAMMES.items():
        yield _row(
            f"`{programme}`", TITLES[programme], " → ".join(f"`{rule.rule_id}`" for rule in rules)
        )
    yield "\n## Rules 规则\n"
    yield from _table(
        "Rule", "Question 问题", "Law 依据", "Unit 单位", "Parameters 参数", "Programmes 项目"
    )
    for rule in sorted(all_rules(), key=lambda r: r.rule_id):
        yield _row(
            f"`{rule.rule_id}`",
            rule.question_zh,
            rule.law,
            rule.unit,
            _codes(rule.parameters),
            _codes(_asked_by(rule)),
        )


def _asked_by(rule: Rule) -> tuple[str, ...]:
    ids = {programme: {r.rule_id for r in rules} for programme, rules in PROGRAMMES.items()}
    asking = tuple(programme for programme, rules in ids.items() if rule.rule_id in rules)
    return asking or tuple(PROGRAMMES)  # `household.empty` comes before every programme's own rules


def _parameters() -> Iterator[str]:
    yield f"# Parameters 参数\n\n{NOTICE}\n"
    yield "Absence: *missing* makes the rules that need it unknown and the suggestion `parameter_missing` where it would matter;"
    yield "*missing where called for* is the same once another value calls for it (a method, a rule, a household above a limit);"
    yield "*off* means that the law of the place has no such thing; *falls back* means that the next wider set of limits is used.\n"
    yield from _table("Parameter", "Title 名称", "Value 取值", "When absent 缺省", "Used by 用于")
    for parameter in PARAMETERS.values():
        yield _row(
            f"`{parameter.key}`",
            parameter.title_zh,
            _MEANING[parameter.meaning]
            + (f": {_codes(parameter.words)}" if parameter.words else ""),
            _ABSENCE[absence_of(parameter.key)],
            _uses(parameter.key),
        )


def _pack(packs: Packs, pack: Pack) -> Iterator[str]:
    yield f"# {pack.title} `{pack.pack_id}`\n\n{NOTICE}\n"
    looked_up = " → ".join(f"[{p.pack_id}]({p.pack_id}.md)" for p in _chain(packs, pack))
    yield f"Regions 适用区划: {_regions(pack)}. Looked up in this order 查找顺序: {looked_up}.\n"
    yield "## Values 参数\n"
    yield "Both ends of a period belong to it; empty is open. 起止日均含当日,空白表示不限。\n"
    yield from _table(
        "Parameter", "Title 名称", "Value 值", "From 起", "To 止", "Source 出处", "Used by 用于"
    )
    tables: list[tuple[str, Entry]] = []
    for key, entries in pack.values.items():
        known = PARAMETERS.get(key)
        for entry in entries:
            if isinstance(entry.value, Mapping):
                tables.append((key, entry))
            yield _row(
                f"`{key}`",
                known.title_zh if known else "",
                "see below 见下表"
                if isinstance(entry.value, Mapping)
                else _value(known, entry.value),
                entry.valid_from.isoformat() if entry.valid_from else "",
                entry.valid_to.isoformat() if entry.valid_to else "",
                entry.source or "— (fictional 虚构)",
                _uses(key),
            )
    for key, entry in tables:
        yield from _class_table(key, entry)
    yield "\n## Missing 缺失\n"
    missing = gaps(packs, pack)
    if not missing:
        yield "Nothing that a rule needs is missing for this pack's regions. 规则所需参数齐全。"
        return
    yield "What rules need and neither this pack nor a wider one gives. A suggestion that turns on it is `parameter_missing`."
    if pack.pack_id == NATIONAL:
        yield "The law leaves these to the regions, whose packs give them."
    yield ""
    yield from _table("Parameter", "Title 名称", "Since 缺失情况")
    for key, since in missing.items():
        yield _row(f"`{key}`", PARAMETERS[key].title_zh, since)


def _class_table(key: str, entry: Entry) -> Iterator[str]:
    began = f" ({entry.valid_from.isoformat()} 起)" if entry.valid_from else ""
    yield f"\n### `{key}`{began}\n"
    yield from _table(
        "Class 类别",
        "Who 对象",
        "Threshold 起付线",
        "Rate 比例",
        "Rate min",
        "Rate max",
        "Cap 封顶",
    )
    for name, row in entry.value.items():
        yield _row(str(name), *(_plain(row.get(column)) for column in _CLASS_COLUMNS))


def _regions(pack: Pack) -> str:
    if pack.pack_id == NATIONAL:
        return "everywhere 全国"
    return ", ".join(f"`{region}`" for region in pack.regions) or "none yet 未绑定"


def _value(parameter: Parameter | None, value: Any) -> str:
    shown = _plain(value)
    return f"`{shown}`" if parameter is not None and parameter.meaning is Meaning.WORD else shown


def _plain(value: Any) -> str:
    """A value as a person reads it; numbers as they stand in the YAML, never as floats."""
    match value:
        case None:
            return ""
        case bool():
            return "yes 是" if value else "no 否"
        case Decimal():
            return format(value, "f")
        case list() | tuple():
            return "、".join(_plain(one) for one in value)
        case _:
            return str(value)


def _uses(key: str) -> str:
    steps = OTHER_USES.get(key, ())
    told = [f"`{name}`" if name not in steps else name for name in uses_of(key)]
    return ", ".join(told) or FOR_PEOPLE


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(*titles: str) -> Iterator[str]:
    yield _row(*titles)
    yield _row(*("---" for _ in titles))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    write_rulebook(read_packs(Path("rulepacks")), Path(sys.argv[1]))
