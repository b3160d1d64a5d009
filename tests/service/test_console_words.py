"""Texts of the pages: every key that is used stands in both languages, and none stands there unused."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import yaml

from service.pages.rendering import LANGUAGES
from service.pages.sections import SECTIONS
from service.static_files import static_names

PAGES = Path(__file__).parents[2] / "service" / "pages"
WORDS = sorted((PAGES / "words").glob("*.yaml"))
USED = re.compile(r"""\bt\(\s*['"]([a-z_]+\.[a-z0-9_]+)['"]\s*[,)]""")
PREFIX = re.compile(r"""\bt\(\s*['"]([a-z_]+\.[a-z0-9_]*)['"]\s*~""")
SAID = re.compile(r"""\bsay\([^,()]+,\s*f?['"]([a-z_]+\.[a-z0-9_]*)""")


def all_words() -> dict[str, dict[str, str]]:
    return {
        f"{file.stem}.{key}": texts
        for file in WORDS
        for key, texts in (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).items()
    }


def sources() -> str:
    found = [*PAGES.rglob("*.j2"), *PAGES.parent.rglob("*.py")]
    return "\n".join(file.read_text(encoding="utf-8") for file in found)


@pytest.mark.parametrize("file", WORDS, ids=lambda f: f.stem)
def test_every_text_stands_in_both_languages(file: Path):
    told = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    halves = {
        key
        for key, texts in told.items()
        if not isinstance(texts, dict)
        or set(texts) != set(LANGUAGES)
        or not all(isinstance(text, str) and text for text in texts.values())
    }
    assert not halves


@pytest.mark.parametrize("file", WORDS, ids=lambda f: f.stem)
def test_both_languages_take_the_same_values(file: Path):
    told = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    fields = {k: [set(re.findall(r"{(\w+)", t[g])) for g in LANGUAGES] for k, t in told.items()}
    assert not {key for key, (zh, en) in fields.items() if zh != en}


def test_every_key_that_is_used_is_told():
    missing = set(USED.findall(sources())) - set(all_words())
    assert not missing


def test_no_text_is_unused():
    text = sources()
    prefixes = tuple({*PREFIX.findall(text), *SAID.findall(text)})
    unused = {
        key
        for key in all_words()
        if f"'{key}'" not in text and f'"{key}"' not in text and not key.startswith(prefixes)
    }
    assert not unused


def test_every_section_has_a_title():
    assert {f"sections.{section.key}" for section in SECTIONS} <= set(all_words())


def test_files_of_others_are_as_their_makers_made_them():
    vendor = PAGES.parent / "static" / "vendor"
    told = dict(
        reversed(line.split(maxsplit=1))
        for line in (vendor / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    )
    found = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in vendor.glob("*.js")}
    assert found == told
    assert {f"vendor/{name}" for name in found} <= static_names()
