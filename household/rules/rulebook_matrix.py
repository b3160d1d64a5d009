"""The compatibility matrix as a page of the rule book: a grid of programmes, and every pair with its dates, source and note."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from household.rules.compatibility import (
    COMPATIBILITY_ZH,
    Compatibility,
    Pairing,
    named_pairs,
    pair_key,
    pair_of,
)
from household.rules.lookup import NATIONAL
from household.rules.relations import changes
from household.rules.rulebook_words import NOTICE, regions_of, row, table
from household.schema.codes import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from household.rules.lookup import Entry, Pack, Packs

PAGE = "compatibility.md"
_SIGNS = {
    Compatibility.EXCLUSIVE: "✗",
    Compatibility.COMPATIBLE: "✓",
    Compatibility.OFFSET: "±",
}


def matrix_page(packs: Packs) -> Iterator[str]:
    """Lines of the page: the national matrix first, then each pack that says something of its own."""
    yield f"# Compatibility of programmes 待遇并存\n\n{NOTICE}\n"
    yield "Which two benefits one person may draw together in a month. Looked up for the region of either benefit and for each shared month,"
    yield "nearest pack first; what no pack says raises nothing. Temporary aid stands beside everything. Alerts U01 to U08 and U12 read it."
    own = [pack for pack in packs.packs.values() if pack.compatibility]
    for pack in sorted(own, key=lambda p: (p.pack_id != NATIONAL, p.pack_id)):
        yield f"\n## {pack.title} `{pack.pack_id}`\n"
        yield f"Regions 适用区划: {regions_of(pack)}.\n"
        yield from _grid(packs, pack)
        yield ""
        yield from _entries(pack)


def _grid(packs: Packs, pack: Pack) -> Iterator[str]:
    """The matrix of a pack's chain on the last day on which it changes."""
    chain = packs.chain_of(pack.pack_id)
    told = [packs.packs[one] for one in chain]
    keys = named_pairs(told)
    day = max(changes(e for one in told for es in one.compatibility.values() for e in es))
    since = "" if day == date.min else f"（{day} 起）"
    legend = "，".join(f"{_SIGNS[one]} {word}" for one, word in COMPATIBILITY_ZH.items())
    yield f"{legend}；空白为未规定{since}。\n"
    drawn = {code for key in keys for code in pair_of(key)}
    codes = [code for code in PROGRAMME.titles if code in drawn]
    yield from table("", *(PROGRAMME.titles[code] for code in codes))
    for place, one in enumerate(codes):
        cells = ["" for _ in codes[:place]]
        for other in codes[place:]:
            found = packs.find_in(pair_key(one, other), chain, day)
            cells.append("" if found is None else _SIGNS[Compatibility(found.value)])
        yield row(f"**{PROGRAMME.titles[one]}**", *cells)


def _entries(pack: Pack) -> Iterator[str]:
    yield from table(
        *("Pair 两项待遇", "Codes 代码", "Relation 关系", "From 起", "To 止"),
        *("Source 出处", "Note 说明"),
    )
    for key in named_pairs([pack]):
        one, other = pair_of(key)
        for entry in pack.compatibility[key]:
            yield row(
                f"{PROGRAMME.titles[one]} + {PROGRAMME.titles[other]}",
                f"`{one}` `{other}`",
                COMPATIBILITY_ZH[Compatibility(entry.value)],
                *(day.isoformat() if day else "" for day in (entry.valid_from, entry.valid_to)),
                entry.source or "— (fictional 虚构)",
                _note(entry),
            )


def _note(entry: Entry) -> str:
    return entry.note if isinstance(entry, Pairing) else ""
