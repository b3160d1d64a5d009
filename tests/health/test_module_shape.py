"""Small modules, split by subject, each saying at its top what may live in it."""

from __future__ import annotations

import ast
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from house_tree import PACKAGES, ROOT, files, modules, named, parsed

if TYPE_CHECKING:
    from pathlib import Path

MOST_LINES = 400
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}


def test_modules_are_short():
    lengths = {
        named(m): len(m.read_text(encoding="utf-8").splitlines())
        for m in files()
        if m.suffix == ".py"
    }
    long = {name: length for name, length in lengths.items() if length > MOST_LINES}
    assert not long, f"split these by subject (at most {MOST_LINES} lines): {long}"


def test_no_module_has_a_vague_name():
    parts = {
        named(m): set(m.relative_to(ROOT).with_suffix("").parts)
        for m in files()
        if m.suffix == ".py"
    }
    assert not {name for name, words in parts.items() if words & VAGUE}


def test_every_folder_of_modules_is_a_package():
    folders = {m.parent for m in modules()}
    assert not {named(folder) for folder in folders if not (folder / "__init__.py").is_file()}


@pytest.mark.parametrize("package", [*PACKAGES, "rulepacks"])
def test_every_module_says_what_may_live_in_it(package: str):
    silent = [
        named(m) for m in modules(package) if not (ast.get_docstring(parsed(m)) or "").strip()
    ]
    assert not silent, f"a module opens with what may live in it: {silent}"


def test_packages_only_say_what_they_are():
    """A package's own file runs nothing: whoever imports one module does not load the others."""
    busy = [
        named(m)
        for m in modules()
        if m.name == "__init__.py" and "schema" not in m.parts and _acts(m)
    ]
    assert not busy, f"move this into a module of its own: {busy}"


def _acts(module: Path) -> bool:
    quiet = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    statements = [
        s
        for s in parsed(module).body
        if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
    ]
    return any(not isinstance(s, quiet) for s in statements)


def test_test_modules_have_names_of_their_own():
    """pytest imports tests by file name: two of one name in folders without `__init__.py` hide one another."""
    loose = [
        m.name
        for m in modules("tests")
        if not (m.parent / "__init__.py").is_file() and m.name != "conftest.py"
    ]
    assert not [name for name, times in Counter(loose).items() if times > 1]
