"""The documents keep their promises: links lead somewhere, `make` targets and `hedui` commands exist with the options shown."""

from __future__ import annotations

import importlib
import re
import shlex
import tomllib
from typing import TYPE_CHECKING

import click
import pytest
from house_tree import ROOT, documents, make_targets, named

if TYPE_CHECKING:
    from pathlib import Path

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
PAGES = documents()
README = ROOT / "README.md"
ASKED_FOR = ("adr", "howto", "runbooks", "rules")


def _commands(page: Path, program: str) -> list[list[str]]:
    """Command lines of a program in a page's code, as words; a comment behind the command is dropped."""
    lines: list[str] = []
    for block, inline in _CODE.findall(page.read_text(encoding="utf-8")):
        lines += re.sub(r"\\\n\s*", " ", block).splitlines() if block else [inline]
    told = (re.split(r"\s#\s", line.strip().removeprefix("$ "))[0] for line in lines)
    return [
        shlex.split(line, posix=True)
        for line in told
        if re.match(rf"(\.venv/bin/)?{program}\s", line)
    ]


def _program() -> click.Group:
    """The program's commands, from the module of its entry point."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "scripts"
    ]
    module = importlib.import_module(scripts["hedui"].split(":")[0])
    return next(value for value in vars(module).values() if isinstance(value, click.Group))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path):
    targets = [
        link.split("#")[0]
        for link in _LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link
    ]
    broken = [target for target in targets if target and not (page.parent / target).exists()]
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_make_targets_exist(page: Path):
    called = {
        word
        for words in _commands(page, "make")
        for word in words[1:]
        if "=" not in word and not word.startswith("-")
    }
    assert not called - make_targets()


def test_readme_opens_with_commands_that_exist():
    called = [words for words in _commands(README, "make") if len(words) > 1]
    assert [words[1] for words in called[:2]] == ["demo", "test"]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_hedui_commands_exist_with_their_options(page: Path):
    called = [words[1:] for words in _commands(page, "hedui") if len(words) > 1]
    if not called:
        return
    program = _program()
    for name, *words in called:
        assert name in program.commands or name.startswith("--"), f"hedui {name} is no command"
        if name in program.commands:
            command = program.commands[name]
            if words and words[0] in getattr(command, "commands", {}):
                command = command.commands[words[0]]
            known = {opt for parameter in command.params for opt in parameter.opts} | {"--help"}
            unknown = {word.split("=")[0] for word in words if word.startswith("--")} - known
            assert not unknown, f"hedui {name} {command.name} has no {sorted(unknown)}"


def test_every_command_is_told_in_the_readme_or_a_guide():
    told = {words[1] for page in PAGES for words in _commands(page, "hedui") if len(words) > 1}
    assert not set(_program().commands) - told


def test_environment_variables_in_the_documents_are_read():
    told = {
        name
        for page in PAGES
        for name in re.findall(r"\bHEDUI_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8"))
    }
    read = {
        f"HEDUI_{field.upper()}"
        for field in importlib.import_module("pipelines.settings").Settings.model_fields
    }
    assert told == read


@pytest.mark.parametrize("folder", ASKED_FOR)
def test_every_guide_can_be_found_from_the_index(folder: str):
    """A page that no page links to is not read."""
    linked = {
        (page.parent / link.split("#")[0]).resolve()
        for page in PAGES
        for link in _LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link
    }
    pages = [page for page in PAGES if page.parent.name == folder]
    assert pages
    assert not [
        named(page) for page in pages if page.resolve() not in linked and page.name != "index.md"
    ]
