"""The repository as the health tests see it: its files, its packages, its documents. Nothing is asserted here."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "casework", "command", "connectors", "household", "pipelines", "quality", "service", "synthetic", "warehouse",
)  # fmt: skip
_NOT_OURS = {"__pycache__", "demo", "dist"}


@cache
def files() -> tuple[Path, ...]:
    """Every file that belongs to the project: what git tracks or would track, in order; without git, what is not hidden or built."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file() and _is_ours(path))
    found = (ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if name)
    return tuple(path for path in found if path.is_file())


def _is_ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    built = any(part in _NOT_OURS or part.endswith((".store", ".duckdb")) for part in parts)
    hidden = parts[0].startswith(".") and parts[0] not in {".ci", ".importlinter", ".gitignore"}
    return not built and not hidden


def named(path: Path) -> str:
    """A file's name as a finding tells it."""
    return path.relative_to(ROOT).as_posix()


def modules(*packages: str) -> list[Path]:
    """Python modules of the named packages; of the whole house when none is named."""
    wanted = packages or PACKAGES
    return [
        path
        for path in files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in wanted
    ]


@cache
def parsed(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def documents() -> list[Path]:
    """Pages that people wrote for people."""
    return [
        path
        for path in files()
        if path.suffix == ".md" and path.relative_to(ROOT).parts[0] != "tests"
    ]


def make_targets() -> set[str]:
    """Targets of the Makefile."""
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    heads = (
        line.split(":", 1)[0]
        for line in lines
        if ":" in line and not line.startswith(("\t", "#", ".", "$", " "))
    )
    return {
        name
        for head in heads
        if "=" not in head
        for name in head.split()
        if name.replace("-", "_").isidentifier()
    }
