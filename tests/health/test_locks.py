"""What is installed is locked: every package at one version with its hashes, and no word of where it was fetched from."""

from __future__ import annotations

import re
import tomllib

import pytest
from house_tree import ROOT
from packaging.requirements import Requirement

LOCKS = ("bootstrap.txt", "run.txt", "dev.txt")
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _locked(name: str) -> dict[str, tuple[str, int]]:
    """Package -> version and number of hashes."""
    text = (ROOT / "locks" / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", "\n" + re.sub(r"(?m)^\s*#.*\n?", "", text))
    found: dict[str, tuple[str, int]] = {}
    for block in filter(str.strip, blocks):
        match = re.match(r"\s*([a-z0-9][a-z0-9._-]*)==(\S+)", block)
        assert match, f"locks/{name}: not pinned to one version: {block.splitlines()[0]!r}"
        found[match[1]] = (match[2], block.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_a_hash(name: str):
    locked = _locked(name)
    assert locked
    assert not [package for package, (_, hashes) in locked.items() if not hashes]


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_an_address(name: str):
    text = (ROOT / "locks" / name).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|@ file", text)


def test_tests_run_on_what_is_run():
    run, dev = _locked("run.txt"), _locked("dev.txt")
    assert {package: dev.get(package) for package in run} == run


def test_every_declared_dependency_is_locked_at_a_version_it_allows():
    declared = [Requirement(text) for text in _PROJECT["project"]["dependencies"]]
    locked = _locked("run.txt")
    wrong = [
        r.name
        for r in declared
        if not r.specifier.contains(locked.get(r.name.lower(), ("0", 0))[0])
    ]
    assert not wrong, f"run make lock: {wrong}"
