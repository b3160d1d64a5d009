"""Nothing tracked names a path of the machine it was made on, a package registry, or the workplace it was made in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from house_tree import ROOT, files, named

if TYPE_CHECKING:
    from pathlib import Path

# Written in pieces, so that this page does not find itself.
_FOLDERS = ("tmp", "work", "root", "opt/" + "pypi")
_REGISTRIES = ("pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.", "deb" + r"\.debian\.org")
_WORKPLACE = (
    "sub" + "-?agent",
    "helper" + " agents?",
    "clau" + "de",
    "anthro" + "pic",
    "chat" + "gpt",
    "co-authored" + "-by",
)
MACHINE = re.compile(r"(?<![\w.~$)}\]-])/(" + "|".join(_FOLDERS) + r")(/|\b)")
REGISTRY = re.compile("|".join(_REGISTRIES), re.IGNORECASE)
WORKPLACE = re.compile(r"\b(" + "|".join(_WORKPLACE) + r")\b", re.IGNORECASE)
_NOT_TEXT = {".png", ".parquet", ".xlsx", ".ico", ".woff2"}


def _texts() -> list[tuple[Path, str]]:
    return [
        (path, path.read_text(encoding="utf-8", errors="replace"))
        for path in files()
        if path.suffix not in _NOT_TEXT
    ]


@pytest.mark.parametrize(
    "pattern", [MACHINE, REGISTRY, WORKPLACE], ids=["machine", "registry", "workplace"]
)
def test_no_tracked_text_names(pattern: re.Pattern[str]):
    found = [
        f"{named(path)}:{number}"
        for path, text in _texts()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found


def test_no_file_names_this_very_folder():
    assert not [named(path) for path, text in _texts() if str(ROOT) in text]


def test_the_patterns_find_what_they_look_for():
    assert MACHINE.search("see /" + "tmp/out")
    assert MACHINE.search("'/" + "work'")
    assert not MACHINE.search("docs/" + "work/page.md")
    assert REGISTRY.search("from " + "pypi" + ".org/simple")
    assert not REGISTRY.search("from pypinyin import pinyin")
    assert WORKPLACE.search("a sub" + "agent")


def test_no_personal_looking_number_is_tracked_outside_the_fictitious_range():
    """18-digit numbers in tests and documents belong to the fictitious codes 99xxxx, so that nobody's real number is published."""
    number = re.compile(
        r"(?<![\w])([1-9]\d{5})(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\w)"
    )
    found = {
        f"{named(path)}:{match[1]}"
        for path, text in _texts()
        if path.suffix in {".py", ".md", ".yaml", ".yml", ".json", ".csv", ".txt", ".sql"}
        for match in number.finditer(text)
        if not match[1].startswith("99")
    }
    assert not found
