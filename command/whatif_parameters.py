"""A section of what a what-if tells, and the first of them: what differs between two states of the law, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from household.rules.compatibility import COMPATIBILITY_ZH, PREFIX, pair_of
from household.rules.pack_changes import REGIONS
from household.rules.parameters import PARAMETERS, Reader
from household.schema.codes import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from household.rules.pack_changes import PackChange

_MOST_ENTRIES = 4


@dataclass(frozen=True)
class Section:
    """A title, lines of words, and a table. `columns`: those that begin with # are numbers. `illustrated`: the chart belongs here."""

    title: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    illustrated: bool = False


def parameters_of(changes: Sequence[PackChange]) -> Section:
    """A row for each parameter that differs."""
    rows = tuple(
        (
            change.pack_id,
            _named(change.key),
            _said(change, change.before),
            _said(change, change.after),
        )
        for change in changes
    )
    return Section("改动的参数", (), ("规则包", "参数", "现行", "试算"), rows)


def _named(key: str) -> str:
    if key == REGIONS:
        return "适用的区划"
    if key.startswith(PREFIX):
        return f"{'与'.join(PROGRAMME.titles[code] for code in pair_of(key))}能否并存（不改变建议）"
    if key not in PARAMETERS:
        return key
    beside = "" if PARAMETERS[key].reads is Reader.APPLICATION else "（不改变建议）"
    return f"{PARAMETERS[key].title_zh} {key}{beside}"


def _said(change: PackChange, entries: Iterable[Any]) -> str:
    if change.key == REGIONS:
        return "、".join(entries) or "未绑定"
    word = COMPATIBILITY_ZH.get if change.key.startswith(PREFIX) else _value
    told = [f"{word(e.value)}{_dates(e)}" for e in entries]
    if len(told) > _MOST_ENTRIES:
        told = [f"（另有 {len(told) - _MOST_ENTRIES} 个较早的值）", *told[-_MOST_ENTRIES:]]
    return "；".join(told) or "没有"


def _dates(entry: Any) -> str:
    start, end = entry.valid_from, entry.valid_to
    if start is None and end is None:
        return ""
    if end is None:
        return f"（{start} 起）"
    return f"（至 {end}）" if start is None else f"（{start} 至 {end}）"


def _value(value: Any) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case dict():
            rows = (f"{name}类 {_class(row)}" for name, row in value.items())
            return "；".join(rows)
        case list() | tuple():
            return "、".join(_value(one) for one in value)
        case _:
            return str(value)


def _class(row: Any) -> str:
    return (
        " ".join(f"{name} {_value(v)}" for name, v in row.items())
        if isinstance(row, dict)
        else str(row)
    )
