"""Strict reading of one file of packs: values with dates and citations, documents, bindings. Every mistake is kept with its line.

A file holds `packs:`, `documents:` or `compatibility:`, or several of them. What a value must be stands in `checks`, YAML with lines in `marked`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from household.rules.checks import checked, near_names
from household.rules.citing import GRADES, Document, DocumentKind
from household.rules.compatibility import read_matrix
from household.rules.lookup import Entry, Pack
from household.rules.marked import (
    NotReadError,
    Page,
    Part,
    absent,
    day_of,
    text_of,
    texts_of,
    walk,
)
from household.rules.mistakes import Mistake
from household.rules.parameters import PARAMETERS

if TYPE_CHECKING:
    from pathlib import Path

_TOP = ("packs", "documents", "compatibility")
_PACK = ("title", "regions", "values", "documents", "compatibility")
_ENTRY = ("value", "from", "to", "source", "article")
_DOCUMENT = (
    *("title", "number", "issuer", "issued_on", "in_force_from"),
    *("kind", "grade", "also", "note"),
)
_GUIDE = "写法见 docs/howto/add-a-region.md"


@dataclass
class Told:
    """What one file says.

    Attributes:
        packs: its packs with values. bindings: packs that only name regions. documents: by id. places: pack id -> its place.
        matrices: pairs of programmes of packs whose values stand elsewhere, or that have none.
        mistakes: in the order of their lines.
    """

    packs: list[Pack] = field(default_factory=list)
    bindings: dict[str, tuple[str, ...]] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    matrices: list[Pack] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)


def read_file(file: Path, named: str) -> Told:
    """Read one file. `named` is how messages name it."""
    told = Told()
    try:
        _Reader(named, Page(file.read_text(encoding="utf-8-sig")), told).read()
    except NotReadError as error:
        place = f"{named} 第{error.line}行"
        told.mistakes.append(Mistake(place, f"不是有效的 YAML（{error.why}）", "请更正该行"))
    except (OSError, UnicodeDecodeError):
        told.mistakes.append(Mistake(named, "文件无法读取或不是 UTF-8 编码", "请另存为 UTF-8"))
    told.mistakes.sort(key=lambda mistake: _line_of(mistake.place))
    return told


def _line_of(place: str) -> int:
    digits = place.rpartition("第")[2].removesuffix("行")
    return int(digits) if digits.isdigit() else 0


@dataclass
class _Reader:
    """Walks one page. `pack` and `key` say where it is, for the mistakes."""

    named: str
    page: Page
    told: Told
    pack: str = ""
    key: str = ""

    def read(self) -> None:
        """Everything below `packs:` and `documents:`."""
        top = self.page.parts(self.page.root)
        if top is None or not {part.key for part in top} & set(_TOP):
            self.wrong(self.page.root, "顶层没有 packs:", _GUIDE)
            return
        for part in self.known(top, _TOP).values():
            if part.key == "documents":
                self.documents(part)
            elif part.key == "compatibility":
                for body in self.mapping(part, "compatibility 应为“规则包编号: 列表”"):
                    self.pack, self.key = body.key, ""
                    self.told.places.setdefault(body.key, f"{self.named} 第{body.line}行")
                    bare = Pack(body.key, body.key, self.regions(body.key, None), {})
                    self.matrix(bare, body)
                    self.pack = self.key = ""
            else:
                for body in self.mapping(part, "packs 应为“编号: 内容”"):
                    self.pack, self.key = body.key, ""
                    self.one_pack(body)
                    self.pack = self.key = ""
        walk(self.page.root)  # repeated keys may stand where nobody looks
        for line, key in self.page.twice:
            self.told.mistakes.append(
                Mistake(f"{self.named} 第{line}行", f"{key!r} 重复出现", "请只保留一个")
            )

    def wrong(self, part: Part | int, what: str, todo: str) -> None:
        """Keep a mistake."""
        line = part if isinstance(part, int) else part.line
        self.told.mistakes.append(
            Mistake(f"{self.named} 第{line}行", what, todo, self.pack, self.key)
        )

    def mapping(self, part: Part, what: str) -> list[Part]:
        """The entries of a mapping; empty where nothing stands or it is something else, which is told."""
        if absent(part):
            return []
        parts = self.page.parts(part)
        if parts is None:
            self.wrong(part, what, _GUIDE)
        return parts or []

    def known(self, parts: list[Part], names: tuple[str, ...]) -> dict[str, Part]:
        """Entries by name; a name that is not among the known ones is told."""
        for part in parts:
            if part.key not in names:
                self.wrong(part, f"不认识 {part.key!r}", f"这里可写 {'、'.join(names)}")
        return {part.key: part for part in parts if part.key in names}

    def one_pack(self, body: Part) -> None:
        """One pack, or a binding: regions without values."""
        if self.page.parts(body) is None:
            self.wrong(body, "不是一组参数", _GUIDE)
            return
        parts = self.known(self.page.parts(body) or [], _PACK)
        self.told.places[body.key] = f"{self.named} 第{body.line}行"
        regions = self.regions(body.key, parts.get("regions"))
        if "documents" in parts:
            self.documents(parts["documents"])
        title = text_of(parts["title"]) if "title" in parts else None
        pack = Pack(body.key, title or body.key, regions, {})
        if "values" not in parts and "compatibility" in parts:
            if "regions" in parts:
                self.told.bindings[body.key] = regions
            self.matrix(pack, parts["compatibility"])
            return
        if "values" not in parts:
            if "title" in parts or "documents" in parts or not regions or "regions" not in parts:
                self.wrong(body, "没有 values", "请给出参数；只绑定区划则只写 regions")
            else:
                self.told.bindings[body.key] = regions
            return
        values = {}
        for part in self.mapping(parts["values"], "values 应为“参数名: 取值列表”"):
            self.key = part.key
            values[part.key] = self.entries(part, cited=not pack.fictional)
        self.told.packs.append(replace(pack, values=values))
        if "compatibility" in parts:
            self.key = ""
            self.matrix(pack, parts["compatibility"])

    def matrix(self, pack: Pack, part: Part) -> None:
        """The pairs of programmes of a pack."""
        pairs = read_matrix(self, part, cited=not pack.fictional)
        self.told.matrices.append(replace(pack, compatibility=pairs))

    def regions(self, pack_id: str, part: Part | None) -> tuple[str, ...]:
        """The codes a pack is bound to: its list, else its own id where that is a code."""
        codes = texts_of(part)
        if codes is None or not all(c.isascii() and c.isdigit() and len(c) <= 12 for c in codes):
            self.wrong(part or 1, "regions 应为行政区划代码列表", '例如 regions: ["64"]')
            return ()
        if not codes and pack_id.isascii() and pack_id.isdigit():
            return (pack_id,)
        return codes

    def entries(self, part: Part, *, cited: bool) -> tuple[Entry, ...]:
        """The dated values of one parameter."""
        if part.key not in PARAMETERS:
            near = near_names(part.key)
            meant = f"您是否想写 {'、'.join(near)}？" if near else ""
            self.wrong(part, "没有这个参数", f"{meant}参数表见 docs/rules/parameters.md")
            return ()
        if absent(part):
            return ()
        items = self.page.items(part)
        if items is None:
            self.wrong(part, "取值应为列表", "请写成 [{value: …, from: …, to: …, source: …}]")
            return ()
        read = [(item, self.entry(item, cited=cited)) for item in items]
        told = [(item, entry) for item, entry in read if entry is not None]
        self.overlaps(told)
        return tuple(entry for _, entry in told)

    def entry(self, item: Part, *, cited: bool) -> Entry | None:
        """One dated value; None where it cannot be used."""
        if self.page.parts(item) is None:
            self.wrong(item, "取值缺少 value", "请写成 {value: …, from: …, to: …, source: …}")
            return None
        parts = self.known(self.page.parts(item) or [], _ENTRY)
        if "value" not in parts:
            self.wrong(item, "取值缺少 value", "请写成 {value: …, from: …, to: …, source: …}")
            return None
        before = len(self.told.mistakes)
        start, end = self.day(parts.get("from")), self.day(parts.get("to"))
        if start is not None and end is not None and start > end:
            self.wrong(item, f"起始日 {start} 晚于截止日 {end}", "请更正 from 或 to")
        try:
            value, wrong = checked(PARAMETERS[self.key], self.page.value(parts["value"]))
        except NotReadError as error:
            value, wrong = None, [error.why]
        for one in wrong:
            self.wrong(item, one, "请更正；单位和取值见 docs/rules/parameters.md")
        source = self.source(parts)
        if cited and not source:
            self.wrong(item, "没有写依据（source）", "请写明文件名称或文号及条款")
        sound = len(self.told.mistakes) == before
        place = f"{self.named} 第{item.line}行"
        return Entry(value, start, end, source, place) if sound else None

    def day(self, part: Part | None) -> date | None:
        """A day, or None with the mistake told."""
        try:
            return day_of(part)
        except NotReadError as error:
            self.wrong(error.line, error.why, "日期请写成 2026-01-31")
            return None

    def source(self, parts: dict[str, Part]) -> str:
        """The citation as one text: the document, then the article."""
        texts = [text_of(parts[name]) or "" for name in ("source", "article") if name in parts]
        if "article" in parts and not (text_of(parts["source"]) if "source" in parts else ""):
            self.wrong(parts["article"], "只写了条款，没有写文件", "请在 source 写明文件")
        return " ".join(filter(None, texts))

    def overlaps(self, told: list[tuple[Part, Entry]]) -> None:
        """Two values in force on one day."""
        spans = sorted(
            ((e.valid_from or date.min, e.valid_to or date.max, item) for item, e in told),
            key=lambda span: span[:2],
        )
        for (_, end, first), (start, _, second) in pairwise(spans):
            if start <= end:
                self.wrong(
                    second,
                    f"与第{first.line}行的起止日重叠（{start} 两个值都有效）",
                    "前一个值请以 to 结束在后一个值 from 的前一日",
                )

    def documents(self, part: Part) -> None:
        """The documents below `documents:`, by id."""
        for body in self.mapping(part, "documents 应为“文件编号: 内容”"):
            parts = self.known(self.mapping(body, "文件应为一组栏目"), _DOCUMENT)
            texts = {name: text_of(one) or "" for name, one in parts.items()}
            also = texts_of(parts.get("also"))
            kinds = [kind.value for kind in DocumentKind]
            if not texts.get("title") or texts.get("kind") not in kinds:
                self.wrong(
                    body,
                    f"文件 {body.key} 缺少 title 或 kind",
                    f"kind 可写 {'、'.join(kinds)}",
                )
            elif texts.get("grade", "M") not in GRADES or also is None:
                self.wrong(
                    body,
                    f"文件 {body.key} 的 grade 或 also 有误",
                    f"grade 可写 {'、'.join(GRADES)}",
                )
            else:
                self.told.documents[body.key] = Document(
                    body.key,
                    texts["title"],
                    DocumentKind(texts["kind"]),
                    texts.get("grade", "M"),
                    number=texts.get("number", ""),
                    issuer=texts.get("issuer", ""),
                    issued_on=self.day(parts.get("issued_on")),
                    in_force_from=self.day(parts.get("in_force_from")),
                    also=also,
                    note=texts.get("note", ""),
                )
