"""Files -> cases: what cases of a file have in common, and the table of small differences (`vary`) written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from synthetic.cases.form import Case, CaseReader
from synthetic.cases.lined import GUIDE, CaseError, Lined, read_lined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_ADDED = ("silent",)
"""Lists of a variation that are added to the case's own."""


def case_files(folder: Path) -> list[Path]:
    """Every file of cases below a folder: `*.yaml` in a folder named `cases`."""
    return sorted(file for file in folder.rglob("*.yaml") if "cases" in file.parts[:-1])


def read_cases(files: Iterable[Path]) -> list[Case]:
    """Cases of the files, in order.

    Raises:
        CaseError: one line with file, line, what is wrong and what to do.
    """
    cases: list[Case] = []
    names: dict[str, Case] = {}
    for file in files:
        for case in _cases_of(file):
            if case.name in names:
                raise CaseError(
                    f"{case.where}：案例名“{case.name}”在 {names[case.name].where} 已经用过",
                    "请换一个名字",
                )
            names[case.name] = case
            cases.append(case)
    return cases


def _cases_of(file: Path) -> Iterator[Case]:
    content = read_lined(file)
    if not isinstance(content, Lined) or not isinstance(content.get("cases"), list):
        raise CaseError(f"{file}:1：文件顶层没有 cases: 列表", GUIDE)
    for word in content:
        if word not in ("topic", "common", "cases"):
            raise CaseError(f"{file}:{content.lines[word]}：文件顶层没有“{word}”这一项", GUIDE)
    common = content.get("common") or Lined({}, 1, {})
    topic = str(content.get("topic") or file.stem)
    for raw in content["cases"]:
        if not isinstance(raw, Lined):
            raise CaseError(f"{file}:{content.lines['cases']}：案例应写作“项: 值”的形式", GUIDE)
        for one, family in _written_out(file, _put_over(common, raw)):
            yield CaseReader(file, one, family=family, topic=topic).read()


def _written_out(file: Path, raw: Lined) -> Iterator[tuple[Lined, str]]:
    """The case itself, or one case for each line of its `vary`."""
    family = str(raw.get("case", ""))
    table = raw.get("vary")
    base = Lined({w: v for w, v in raw.items() if w != "vary"}, raw.line, raw.lines)
    if table is None:
        yield base, family
        return
    for line in table if isinstance(table, list) else [table]:
        if not isinstance(line, Lined) or not line.get("name"):
            raise CaseError(f"{file}:{raw.lines['vary']}：vary 的每一行都要有 name", GUIDE)
        difference = Lined({w: v for w, v in line.items() if w != "name"}, line.line, line.lines)
        one = _put_over(base, difference)
        one["case"] = f"{family}·{line['name']}"
        one.lines["case"] = line.line
        yield one, family


def _put_over(base: Lined, other: Lined) -> Lined:
    """Other over base: rows are added, shorthands and single values replaced, mappings merged."""
    merged = base.over(other)
    rows = [part.get("rows") for part in (base, other)]
    merged_rows = _rows_together([part for part in rows if isinstance(part, Lined)])
    if merged_rows is not None:
        merged["rows"] = merged_rows
    for word in _ADDED:
        if word in base and word in other:
            merged[word] = [*base[word], *other[word]]
    merged.line = other.line
    return merged


def _rows_together(parts: list[Lined]) -> Lined | None:
    if not parts:
        return None
    content: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for part in parts:
        for dataset, bodies in part.items():
            more = bodies if isinstance(bodies, list) else [bodies]
            content[dataset] = [*content.get(dataset, []), *more]
            lines[dataset] = part.lines[dataset]
    return Lined(content, parts[-1].line, lines)
