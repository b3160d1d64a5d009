"""Documents that packs cite, and resolving a citation as written (`民发〔2021〕57号 第十三条`) to a document and a place in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

NO_ARTICLE = "条款未载明"
"""What stands for a place in a document that is not known to us. Nobody invents an article number."""

_BETWEEN = re.compile(r"[;；]")


class DocumentKind(StrEnum):
    """What a value rests on, from what binds a court down to what is only agreed."""

    LAW = "law"
    REGULATION = "regulation"
    DOCUMENT = "document"
    PRACTICE = "practice"
    AGREEMENT = "agreement"
    FICTIONAL = "fictional"


KIND_ZH: dict[DocumentKind, str] = {
    DocumentKind.LAW: "法律",
    DocumentKind.REGULATION: "行政法规",
    DocumentKind.DOCUMENT: "规范性文件",
    DocumentKind.PRACTICE: "各地做法，非规范性文件",
    DocumentKind.AGREEMENT: "核对中心自行约定",
    DocumentKind.FICTIONAL: "虚构",
}
GRADES: dict[str, str] = {
    "T": "已阅全文",
    "S": "政策文件，已阅全文",
    "X": "官方文本，只见开头",
    "N": "新闻报道",
    "C": "公开代码或工程文档",
    "W": "网页，只作写法的例子",
    "M": "背景知识，待核",
}
"""How well the text behind a document is known to us."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document that values cite.

    Attributes:
        document_id: its number, or a short name where it has none; citations begin with it or with one of `also`.
        title: its full title. number: its number, empty where it has none. issuer: who issued it.
        issued_on, in_force_from: days, None where not known. kind: what it is. grade: see `GRADES`.
        also: other short names under which values cite it. note: what a reader should know, for instance that it was repealed.
    """

    document_id: str
    title: str
    kind: DocumentKind
    grade: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    in_force_from: date | None = None
    also: tuple[str, ...] = ()
    note: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every text with which a citation of it may begin."""
        return (self.document_id, *self.also)


@dataclass(frozen=True, slots=True)
class Citation:
    """A document and a place in it; `article` says so where the place is not known."""

    document: Document
    article: str

    def __str__(self) -> str:
        return f"{self.document.number or self.document.title} {self.article}"


def cited_in(source: str, documents: Iterable[Document]) -> tuple[Citation, ...]:
    """The registered documents named in a citation, in its order; several are parted by `;`. What is not registered is left out."""
    names = sorted(
        ((name, document) for document in documents for name in document.names),
        key=lambda pair: -len(pair[0]),
    )
    told = []
    for part in filter(None, map(str.strip, _BETWEEN.split(source))):
        for name, document in names:
            if part == name or part.startswith(f"{name} "):
                told.append(Citation(document, part[len(name) :].strip() or NO_ARTICLE))
                break
    return tuple(told)


def unregistered(source: str, documents: Iterable[Document]) -> tuple[str, ...]:
    """The parts of a citation that name no registered document."""
    known = tuple(documents)
    parts = (part.strip() for part in _BETWEEN.split(source))
    return tuple(part for part in parts if part and not cited_in(part, known))
