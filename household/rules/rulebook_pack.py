"""One pack as a page: its values with citations, its documents, what each sentence became, what is left to others, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from household.rules.citing import GRADES, KIND_ZH, NO_ARTICLE, DocumentKind
from household.rules.gaps import gaps
from household.rules.lookup import NATIONAL
from household.rules.rulebook_words import (
    NOTICE,
    class_rows,
    codes,
    regions_of,
    row,
    table,
    titled,
    uses,
    valued,
)
from household.rules.statements import BECOMES_ZH, Becomes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from household.rules.lookup import Entry, Pack, Packs
    from household.rules.statements import Statement


_BINDING = (DocumentKind.LAW, DocumentKind.REGULATION, DocumentKind.DOCUMENT)


def pack_page(packs: Packs, pack: Pack, statements: Sequence[Statement]) -> Iterator[str]:
    """Lines of the page of a pack. `statements` are those of its folder."""
    yield f"# {pack.title} `{pack.pack_id}`\n\n{NOTICE}\n"
    chain = " → ".join(f"[{one}]({one}.md)" for one in packs.chain_of(pack.pack_id))
    yield f"Regions 适用区划: {regions_of(pack)}. Looked up in this order 查找顺序: {chain}.\n"
    yield from _values(packs, pack)
    if pack.compatibility:
        count = len(pack.compatibility)
        yield f"\nPairs of programmes 待遇并存: {count}, see [compatibility](compatibility.md)."
    yield from _documents(packs, pack, statements)
    yield from _early(packs, pack)
    yield from _became(packs, statements)
    yield from _local(packs, pack, statements)
    yield from _procedure(statements)
    yield from _missing(packs, pack)


def _values(packs: Packs, pack: Pack) -> Iterator[str]:
    yield "## Values 参数\n"
    yield "Both ends of a period belong to it; empty is open. 起止日均含当日,空白表示不限。\n"
    yield from table(
        "Parameter", "Title 名称", "Value 值", "From 起", "To 止", "Source 出处", "Used by 用于"
    )
    tables: list[tuple[str, Entry]] = []
    for key, entries in pack.values.items():
        for place, entry in enumerate(entries):
            if isinstance(entry.value, Mapping):
                tables.append((key, entry))
            yield row(
                f"`{key}`",
                titled(key),
                "see below 见下表"
                if isinstance(entry.value, Mapping)
                else valued(key, entry.value),
                _day(entry.valid_from),
                _day(entry.valid_to),
                _cited(packs, entry.source),
                "" if place else uses(key),
            )
    for key, entry in tables:
        began = f" ({entry.valid_from.isoformat()} 起)" if entry.valid_from else ""
        yield f"\n### `{key}`{began}\n"
        yield from table(
            *("Class 类别", "Who 对象", "Threshold 起付线", "Rate 比例"),
            *("Rate min", "Rate max", "Cap 封顶"),
        )
        yield from class_rows(entry.value)


def _cited(packs: Packs, source: str) -> str:
    """A citation as written; where a document is named without a place in it, that the place is not known."""
    if not source:
        return "— (fictional 虚构)"
    bare = [
        c for c in packs.cites(source) if c.article == NO_ARTICLE and c.document.kind in _BINDING
    ]
    return f"{source} ({NO_ARTICLE})" if bare else source


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _documents(packs: Packs, pack: Pack, statements: Sequence[Statement]) -> Iterator[str]:
    sources = [entry.source for entries in pack.dated.values() for entry in entries]
    cited = {c.document.document_id for source in sources for c in packs.cites(source)}
    cited |= {one.document_id for one in statements}
    documents = [document for name, document in packs.documents.items() if name in cited]
    if not documents:
        return
    yield "\n## Documents 文件\n"
    yield from table(
        *("Cited as 引作", "Title 名称", "Number 文号", "Issuer 制定机关"),
        *("Issued 印发", "In force 施行", "Kind 性质", "Text 文本", "Note 说明"),
    )
    for one in documents:
        yield row(
            one.document_id,
            one.title,
            one.number,
            one.issuer,
            _day(one.issued_on),
            _day(one.in_force_from),
            KIND_ZH[one.kind],
            f"{one.grade} {GRADES[one.grade]}",
            one.note,
        )


def _early(packs: Packs, pack: Pack) -> Iterator[str]:
    """Values that hold for days before any document that they cite was issued or in force."""
    told = []
    for key, entries in pack.values.items():
        for entry in entries:
            days = [
                c.document.in_force_from or c.document.issued_on for c in packs.cites(entry.source)
            ]
            known = [day for day in days if day is not None]
            began = min(known) if known and len(known) == len(days) else None
            if began is not None and (entry.valid_from is None or entry.valid_from < began):
                told.append(f"`{key}` ({began})")
    if told:
        yield (
            "\nValues that also hold for applications before the day of their document 也适用于文件印发或施行之前的申请: "
            + (", ".join(told) + ".")
        )


_ELSEWHERE = (Becomes.LOCAL, Becomes.PROCEDURE)


def _became(packs: Packs, statements: Sequence[Statement]) -> Iterator[str]:
    told = [one for one in statements if one.becomes not in _ELSEWHERE]
    if not told:
        return
    yield "\n## Which sentence became what 条文的去向\n"
    yield "Sentences of documents read in full (grade S) are quoted; others are restated. S 级文件为原文,其余为转述。"
    for document in dict.fromkeys(one.document_id for one in told):
        known = packs.documents.get(document)
        mark = "原文" if known is not None and known.grade == "S" else "转述"
        yield f"\n### {document} ({mark})\n"
        yield from table(
            "Id", "Place 位置", "Sentence 条文", "Became 成为", "By the name of 名称", "Note 说明"
        )
        for one in told:
            if one.document_id == document:
                names = codes((*one.rules, *one.keys, *one.alerts, *one.where))
                became = BECOMES_ZH[one.becomes]
                yield row(one.statement_id, one.place, one.sentence, became, names, one.note)


def _local(packs: Packs, pack: Pack, statements: Sequence[Statement]) -> Iterator[str]:
    told = [one for one in statements if one.becomes is Becomes.LOCAL]
    if not told:
        return
    chain = packs.chain_of(pack.pack_id)
    yield "\n## Left to local rules 由地方规定\n"
    yield "Parameters in bold are not given by any pack of this chain. 加粗的参数尚无规则包给出。\n"
    yield from table(
        "Id", "Document 文件", "Place 位置", "Sentence 条文", "Parameters 参数", "Note 说明"
    )
    for one in told:
        keys = ", ".join(
            f"`{key}`" if any(packs.packs[p].values.get(key) for p in chain) else f"**`{key}`**"
            for key in one.keys
        )
        yield row(one.statement_id, one.document_id, one.place, one.sentence, keys, one.note)


def _procedure(statements: Sequence[Statement]) -> Iterator[str]:
    told = [one for one in statements if one.becomes is Becomes.PROCEDURE]
    if not told:
        return
    yield "\n## Not computed 由人办理\n"
    yield from table("Id", "Document 文件", "Place 位置", "Sentence 条文", "Why 原因")
    for one in told:
        yield row(one.statement_id, one.document_id, one.place, one.sentence, one.note)


def _missing(packs: Packs, pack: Pack) -> Iterator[str]:
    yield "\n## Still missing 缺失\n"
    missing = gaps(packs, pack)
    now = {
        key: [gap for gap in found if not gap.before_the_first] for key, found in missing.items()
    }
    now = {key: found for key, found in now.items() if found}
    if not now:
        yield "Nothing that a rule needs is missing for this pack's regions. 规则所需参数齐全。"
    else:
        yield "What rules need and neither this pack nor a wider one gives. A suggestion that turns on it is `parameter_missing`."
        if pack.pack_id == NATIONAL:
            yield "The law leaves these to the regions, whose packs give them."
        yield ""
        yield from table("Parameter", "Title 名称", "Missing 缺失期间", "Turns 影响")
        for key, found in now.items():
            periods = "、".join(gap.text_zh for gap in found)
            yield row(f"`{key}`", titled(key), periods, uses(key))
    history = [
        f"`{key}` ({gap.text_zh})"
        for key, found in missing.items()
        for gap in found
        if gap.before_the_first
    ]
    if history:
        yield "\nBefore the first value 首个有效日之前没有值: " + ", ".join(history) + "."
