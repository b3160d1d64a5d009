"""Statements: which sentence of which document became which parameter, rule, deadline or alert, and what is left to others.

Each folder of a pack may hold `statements.yaml`. Nothing is computed with it: it is how a reader follows a value back to its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from household.rules.marked import NotReadError, Page, Part, text_of, texts_of, walk
from household.rules.mistakes import Mistake, PackMistakesError
from household.rules.parameters import PARAMETERS
from household.rules.programmes import all_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from household.rules.lookup import Packs

FILE = "statements.yaml"
_LISTS = ("keys", "rules", "alerts", "where")
_FIELDS = ("id", "place", "sentence", "becomes", *_LISTS, "note")


class Becomes(StrEnum):
    """What a sentence became."""

    PARAMETER = "parameter"
    RULE = "rule"
    DEADLINE = "deadline"
    MEASURE = "measure"
    CHECK = "check"
    ALERT = "alert"
    LOCAL = "local"  # left to local rules: a parameter that a county must give
    PROCEDURE = "procedure"  # not computable from what arrives


BECOMES_ZH: dict[Becomes, str] = {
    Becomes.PARAMETER: "参数",
    Becomes.RULE: "规则",
    Becomes.DEADLINE: "期限",
    Becomes.MEASURE: "计算",
    Becomes.CHECK: "检查",
    Becomes.ALERT: "预警",
    Becomes.LOCAL: "由地方规定",
    Becomes.PROCEDURE: "由人办理",
}
_NEEDS = {
    Becomes.PARAMETER: "keys",
    Becomes.RULE: "rules",
    Becomes.DEADLINE: "keys",
    Becomes.MEASURE: "where",
    Becomes.CHECK: "keys",
    Becomes.ALERT: "alerts",
    Becomes.PROCEDURE: "note",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence and what it became.

    Attributes:
        statement_id: its name for ever. pack_id: the folder in which it lies. document_id: see `citing.Document`.
        place: section or article. sentence: the document's own words where the document is of grade S, else restated.
        becomes: what it became. keys, rules, alerts: parameters, rule ids and alert codes. where: modules that compute it.
        note: what a reader should know, or why it is not computed. written: file and line.
    """

    statement_id: str
    pack_id: str
    document_id: str
    place: str
    sentence: str
    becomes: Becomes
    keys: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    note: str = ""
    written: str = ""


def read_statements(*folders: Path) -> tuple[Statement, ...]:
    """Every statement below the folders, in the order of folders and files; none where there is no such file.

    Raises:
        PackMistakesError: every mistake, each with file and line.
    """
    told: list[Statement] = []
    mistakes: list[Mistake] = []
    for folder in folders:
        for file in sorted(folder.rglob(FILE)):
            page = _Pages(file.parent.name, file.relative_to(folder).as_posix())
            page.read(file)
            told += page.told
            mistakes += page.mistakes
    if mistakes:
        raise PackMistakesError(tuple(mistakes))
    return tuple(told)


def loose_statements(statements: Iterable[Statement], packs: Packs) -> Iterator[Mistake]:
    """Statements of documents that no file registers, and ids that stand twice."""
    said: set[str] = set()
    for one in statements:
        if one.document_id not in packs.documents:
            todo = "请在 documents.yaml 中登记该文件"
            yield Mistake(one.written, f"文件 {one.document_id} 没有登记", todo, one.pack_id)
        if one.statement_id in said:
            todo = "请换一个编号"
            yield Mistake(one.written, f"编号 {one.statement_id} 重复出现", todo, one.pack_id)
        said.add(one.statement_id)


class _Pages:
    """Reads one file."""

    def __init__(self, pack_id: str, named: str) -> None:
        self.pack_id = pack_id
        self.named = named
        self.told: list[Statement] = []
        self.mistakes: list[Mistake] = []
        self.rules = {rule.rule_id for rule in all_rules()}

    def wrong(self, line: int, what: str) -> None:
        """Keep a mistake."""
        todo = "写法见 docs/howto/add-a-region.md"
        self.mistakes.append(Mistake(f"{self.named} 第{line}行", what, todo, self.pack_id))

    def read(self, file: Path) -> None:
        """Everything below `statements:`."""
        try:
            page = Page(file.read_text(encoding="utf-8-sig"))
            top = {part.key: part for part in page.parts(page.root) or []}
            documents = page.parts(top["statements"]) if list(top) == ["statements"] else None
            if documents is None:
                self.wrong(1, "顶层应只有 statements:，其下为“文件: 句子列表”")
                return
            for document in documents:
                for item in page.items(document) or []:
                    self.one(document.key, item)
            walk(page.root)
            for line, key in page.twice:
                self.wrong(line, f"{key!r} 重复出现")
        except NotReadError as error:
            self.wrong(error.line, error.why)
        except (OSError, UnicodeDecodeError):
            self.wrong(1, "文件无法读取或不是 UTF-8 编码")

    def one(self, document: str, item: Part) -> None:
        """One statement; what is wrong is kept."""
        parts = {part.key: part for part in item.page.parts(item) or []}
        texts = {name: text_of(parts[name]) or "" for name in _FIELDS if name in parts}
        lists = {name: texts_of(parts.get(name)) or () for name in _LISTS}
        wrong = [f"不认识 {name!r}" for name in parts if name not in _FIELDS]
        wrong += [
            f"缺少 {name}" for name in ("id", "place", "sentence", "becomes") if not texts.get(name)
        ]
        if texts.get("becomes") not in list(Becomes):
            wrong.append(f"becomes 可写 {'、'.join(Becomes)}")
        wrong += [f"没有参数 {key}" for key in lists["keys"] if key not in PARAMETERS]
        wrong += [f"没有规则 {rule}" for rule in lists["rules"] if rule not in self.rules]
        if not wrong:
            wrong += _lacking(Becomes(texts["becomes"]), texts, lists)
        for one in wrong:
            self.wrong(item.line, f"{texts.get('id', '')} {one}".strip())
        if wrong:
            return
        self.told.append(
            Statement(
                texts["id"],
                self.pack_id,
                document,
                texts["place"],
                texts["sentence"],
                Becomes(texts["becomes"]),
                lists["keys"],
                lists["rules"],
                lists["alerts"],
                lists["where"],
                texts.get("note", ""),
                f"{self.named} 第{item.line}行",
            )
        )


def _lacking(
    becomes: Becomes, texts: dict[str, str], lists: dict[str, tuple[str, ...]]
) -> list[str]:
    """What a sentence that became this must name, and does not."""
    if becomes is Becomes.LOCAL:
        said = bool(lists["keys"] or texts.get("note"))
        return [] if said else ["由地方规定的，须写 keys 或 note"]
    need = _NEEDS[becomes]
    given = texts.get(need) or lists.get(need)
    return [] if given else [f"{BECOMES_ZH[becomes]}须写 {need}"]
