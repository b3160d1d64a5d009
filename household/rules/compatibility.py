"""The compatibility matrix of programmes as data: which two benefits one person may draw together, by region and day (handbook §4).

A pack says it of pairs, each dated and cited, in `compatibility.yaml` beside its values or below `compatibility:` in the pack. A pair is
looked up as a parameter is: nearest region first. What nobody says raises nothing. Which alert a pair raises is code and stands in `alerts`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from household.rules.lookup import Entry
from household.rules.marked import absent, text_of, texts_of
from household.rules.mistakes import Mistake
from household.schema.codes import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from household.rules.lookup import Pack
    from household.rules.marked import Page, Part

PREFIX = "compatibility."
_FIELDS = ("pair", "relation", "from", "to", "source", "article", "note")
_RANK = {code: place for place, code in enumerate(PROGRAMME.titles)}
_FORM = "请写成 {pair: [dibao, tekun], relation: exclusive, source: …}"


class Compatibility(StrEnum):
    """What the law says of two benefits of one person in one month."""

    EXCLUSIVE = "exclusive"
    COMPATIBLE = "compatible"
    OFFSET = "offset"  # one of the two is paid only as far as the other leaves a gap


COMPATIBILITY_ZH: dict[Compatibility, str] = {
    Compatibility.EXCLUSIVE: "不得并存",
    Compatibility.COMPATIBLE: "可以并存",
    Compatibility.OFFSET: "差额补足或择高",
}


@dataclass(frozen=True, slots=True)
class Pairing(Entry):
    """What is said of one pair for some time: `value` is a word of `Compatibility`, `note` what a reader should know."""

    note: str = ""


class Told(Protocol):
    """What one file said of pairs: `reading.Told`."""

    matrices: list[Pack]
    places: dict[str, str]


class Reader(Protocol):
    """What reads one file: `reading._Reader`. `key` is how mistakes name the place."""

    named: str
    page: Page
    key: str

    def wrong(self, part: Part | int, what: str, todo: str) -> None:
        """Keep a mistake."""

    def known(self, parts: list[Part], names: tuple[str, ...]) -> dict[str, Part]:
        """Entries by name; a name that is not among the known ones is told."""

    def day(self, part: Part | None) -> date | None:
        """A day, or None with the mistake told."""

    def source(self, parts: dict[str, Part]) -> str:
        """The citation as one text."""

    def overlaps(self, told: list[tuple[Part, Entry]]) -> None:
        """Two values in force on one day."""


def pair_key(one: str, other: str) -> str:
    """The name of a pair, whichever comes first; a programme with itself is a pair too."""
    first, second = sorted((one, other), key=lambda code: _RANK[code])
    return f"{PREFIX}{first}+{second}"


def pair_of(key: str) -> tuple[str, str]:
    """The programmes of a pair's name."""
    one, other = key.removeprefix(PREFIX).split("+")
    return one, other


def named_pairs(packs: Iterable[Pack]) -> tuple[str, ...]:
    """Every pair that some pack speaks of, in the order of the code list."""
    found = {key for pack in packs for key in pack.compatibility}
    return tuple(sorted(found, key=lambda key: [_RANK[code] for code in pair_of(key)]))


def read_matrix(reader: Reader, part: Part, *, cited: bool) -> dict[str, tuple[Entry, ...]]:
    """The pairs of one pack; every mistake goes to the reader with its line.

    Args:
        reader: of the file. part: the list. cited: whether a source is needed.

    Returns:
        Dated relations by `pair_key`.
    """
    if absent(part):
        return {}
    items = reader.page.items(part)
    if items is None:
        reader.wrong(part, "compatibility 应为列表", _FORM)
        return {}
    told: dict[str, list[tuple[Part, Entry]]] = {}
    for item in items:
        read = _pairing(reader, item, cited=cited)
        if read is not None:
            told.setdefault(read[0], []).append((item, read[1]))
    for key, entries in told.items():
        reader.key = key
        reader.overlaps(entries)
    reader.key = ""
    return {key: tuple(entry for _, entry in entries) for key, entries in told.items()}


def _pairing(reader: Reader, item: Part, *, cited: bool) -> tuple[str, Pairing] | None:
    reader.key = ""
    found = reader.page.parts(item)
    if found is None:
        reader.wrong(item, "不是一组栏目", _FORM)
        return None
    parts = reader.known(found, _FIELDS)
    wrong = list(_slips(parts))
    for what, todo in wrong:
        reader.wrong(item, what, todo)
    if wrong:
        return None
    one, other = texts_of(parts["pair"]) or ("", "")
    reader.key = pair_key(one, other)
    start, end = _days(reader, item, parts)
    source = reader.source(parts)
    if cited and not source:
        reader.wrong(item, "没有写依据（source）", "请写明文件名称或文号及条款")
    relation = Compatibility(text_of(parts["relation"]) or "")
    note = (text_of(parts["note"]) or "") if "note" in parts else ""
    place = f"{reader.named} 第{item.line}行"
    return reader.key, Pairing(relation.value, start, end, source, place, note)


def _slips(parts: Mapping[str, Part]) -> Iterator[tuple[str, str]]:
    """What is wrong with pair and relation, and what to do."""
    pair = texts_of(parts.get("pair"))
    if pair is None or len(pair) != 2:
        yield "pair 应为两个救助项目代码", _FORM
    else:
        for code in dict.fromkeys(pair):
            if code not in _RANK:
                yield f"{code!r} 不是救助项目代码", f"可用：{'、'.join(_RANK)}"
    if "relation" not in parts or text_of(parts["relation"]) not in list(Compatibility):
        yield "relation 有误或没有写", f"可写 {'、'.join(Compatibility)}"


def _days(reader: Reader, item: Part, parts: dict[str, Part]) -> tuple[date | None, date | None]:
    start, end = reader.day(parts.get("from")), reader.day(parts.get("to"))
    if start is not None and end is not None and start > end:
        reader.wrong(item, f"起始日 {start} 晚于截止日 {end}", "请更正 from 或 to")
    return start, end


def with_pairs(pack: Pack, earlier: Pack | None) -> Pack:
    """A pack with the pairs that the one it replaces said, where there is one."""
    if earlier is None:
        return pack
    return replace(pack, compatibility={**earlier.compatibility, **pack.compatibility})


def with_matrices(packs: dict[str, Pack], files: Iterable[Told]) -> list[Mistake]:
    """Put the pairs of one folder's files into `packs`; a pack that is not there yet comes to be, without values.

    Returns:
        Pairs of one pack that stand in two files of the folder.
    """
    first: dict[tuple[str, str], str] = {}
    mistakes = []
    for one in files:
        for pack in one.matrices:
            for key, entries in pack.compatibility.items():
                place = first.setdefault((pack.pack_id, key), entries[0].place)
                if place != entries[0].place:
                    what = f"在 {place} 已经出现"
                    todo = "请只保留一处"
                    mistakes.append(Mistake(entries[0].place, what, todo, pack.pack_id, key))
            there = packs.get(pack.pack_id)
            body = pack if there is None else replace(there, compatibility=pack.compatibility)
            packs[pack.pack_id] = with_pairs(body, there)
    return mistakes
