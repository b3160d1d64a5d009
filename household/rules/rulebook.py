"""The rule book: every rule, every parameter and every pack as pages for people. Pure functions from packs and rules to Markdown.

`make docs` writes the pages to `docs/rules`, and a test keeps them equal to what this module says. Here stand the index and the
page of parameters; the page of a pack stands in `rulebook_pack`, words and rows in `rulebook_words`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from household.rules.lookup import NATIONAL, Found, Pack, Packs
from household.rules.packs import read_packs
from household.rules.parameter_uses import absence_of
from household.rules.parameters import PARAMETERS
from household.rules.programmes import PROGRAMMES, TITLES, all_rules
from household.rules.relations import changes
from household.rules.rulebook_matrix import PAGE, matrix_page
from household.rules.rulebook_pack import pack_page
from household.rules.rulebook_words import (
    ABSENCE,
    FOR_PEOPLE,
    NOTICE,
    STANDARDS,
    codes,
    kind_of,
    regions_of,
    row,
    table,
    uses,
    uses_of,
    valued,
)
from household.rules.statements import Becomes, read_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from household.rules.rule import Rule
    from household.rules.statements import Statement

__all__ = ["STANDARDS", "rulebook_pages", "uses_of", "write_rulebook"]


def rulebook_pages(packs: Packs, statements: Sequence[Statement] = ()) -> dict[str, str]:
    """File name -> Markdown of the whole book: `index.md`, `parameters.md`, `compatibility.md` and one page a pack."""
    pages = {
        "index.md": _index(packs, statements),
        "parameters.md": _parameters(),
        PAGE: matrix_page(packs),
    }
    for pack in packs.packs.values():
        own = [one for one in statements if one.pack_id == pack.pack_id]
        pages[f"{pack.pack_id}.md"] = pack_page(packs, pack, own)
    return {name: "\n".join(lines) + "\n" for name, lines in pages.items()}


def write_rulebook(packs: Packs, folder: Path, statements: Sequence[Statement] = ()) -> None:
    """Write the pages, and remove pages of packs that are gone."""
    pages = rulebook_pages(packs, statements)
    folder.mkdir(parents=True, exist_ok=True)
    for page in folder.glob("*.md"):
        if page.name not in pages:
            page.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def _in_order(packs: Packs) -> list[Pack]:
    return sorted(packs.packs.values(), key=lambda p: (p.pack_id != NATIONAL, p.pack_id))


def _index(packs: Packs, statements: Sequence[Statement]) -> Iterator[str]:
    yield f"# Rule book 规则手册\n\n{NOTICE}\n"
    yield "Every programme asks its rules in this order, after `household.empty`; all of them must pass."
    yield "Amounts and dates are not here: they come from the packs, as of the day of application.\n"
    yield "## Packs 规则包\n"
    yield from table(
        *("Pack", "Title 名称", "Regions 适用区划", "Values 参数数"),
        *("Sentences 条文数", "of these left to local rules 由地方规定"),
    )
    for pack in _in_order(packs):
        own = [one for one in statements if one.pack_id == pack.pack_id]
        yield row(
            f"[{pack.pack_id}]({pack.pack_id}.md)",
            pack.title,
            regions_of(pack),
            str(len(pack.values)),
            str(len(own)),
            str(sum(one.becomes is Becomes.LOCAL for one in own)),
        )
    yield "\nWhat each parameter is, and what its absence means: [parameters](parameters.md)."
    yield f"Which benefits one person may draw together: [compatibility]({PAGE}).\n"
    yield "## Programmes 救助项目\n"
    yield from table("Programme", "Title 名称", "Rules in order 依次适用的规则")
    for programme, rules in PROGRAMMES.items():
        asked = " → ".join(f"`{rule.rule_id}`" for rule in rules)
        yield row(f"`{programme}`", TITLES[programme], asked)
    yield "\n## Rules 规则\n"
    yield from table(
        "Rule", "Question 问题", "Law 依据", "Unit 单位", "Parameters 参数", "Programmes 项目"
    )
    for rule in sorted(all_rules(), key=lambda r: r.rule_id):
        yield row(
            f"`{rule.rule_id}`",
            rule.question_zh,
            rule.law,
            rule.unit,
            codes(rule.parameters),
            codes(_asked_by(rule)),
        )
    yield from _matrix(packs)


def _asked_by(rule: Rule) -> tuple[str, ...]:
    ids = {programme: {r.rule_id for r in rules} for programme, rules in PROGRAMMES.items()}
    asking = tuple(programme for programme, rules in ids.items() if rule.rule_id in rules)
    return asking or tuple(PROGRAMMES)  # `household.empty` comes before every programme's own rules


def _matrix(packs: Packs) -> Iterator[str]:
    """Parameters in which packs differ, as they stand on the last day on which any of them changes."""
    told = _in_order(packs)
    day = max(changes(e for pack in told for entries in pack.values.values() for e in entries))
    yield "\n## Where packs differ 各地不同之处\n"
    yield f"Values in force on {day}, the last day on which one changes; **bold**: the pack's own, plain: from a wider one, —: missing.\n"
    yield from table(
        "Used by 用于", "Parameter 参数", *(f"[{pack.pack_id}]({pack.pack_id}.md)" for pack in told)
    )
    rows = []
    for key in PARAMETERS:
        found = [packs.find_in(key, packs.chain_of(pack.pack_id), day) for pack in told]
        if len({str(one.value) if one else "" for one in found}) > 1:
            cells = [_cell(key, one, pack) for one, pack in zip(found, told, strict=True)]
            rows.append((uses(key), f"`{key}`", *cells))
    rows.sort(key=lambda cells: (cells[0] == FOR_PEOPLE, cells))
    yield from (row(*cells) for cells in rows)


def _cell(key: str, found: Found | None, pack: Pack) -> str:
    if found is None:
        return "—"
    shown = valued(key, found.value)
    return f"**{shown}**" if found.pack_id == pack.pack_id else shown


def _parameters() -> Iterator[str]:
    yield f"# Parameters 参数\n\n{NOTICE}\n"
    yield "Absence: *missing* makes the rules that need it unknown and the suggestion `parameter_missing` where it would matter;"
    yield "*missing where called for* is the same once another value calls for it (a method, a rule, a household above a limit);"
    yield "*off* means that the law of the place has no such thing; *falls back* means that the next wider set of limits is used.\n"
    yield "A number outside the range of its unit is refused as a slip. 超出范围的数按单位有误退回。\n"
    yield from table("Parameter", "Title 名称", "Value 取值", "When absent 缺省", "Used by 用于")
    for parameter in PARAMETERS.values():
        yield row(
            f"`{parameter.key}`",
            parameter.title_zh,
            kind_of(parameter),
            ABSENCE[absence_of(parameter.key)],
            uses(parameter.key),
        )


if __name__ == "__main__":
    OURS = Path("rulepacks")
    write_rulebook(read_packs(OURS), Path(sys.argv[1]), read_statements(OURS))
