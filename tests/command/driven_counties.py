"""Small counties, and running them in this process or as a program of its own. No test stands here."""

from __future__ import annotations

import atexit
import os
import random
import shutil
import sys
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from forked_program import ForkedPrograms

from pipelines.drive import drive
from pipelines.settings import Order
from pipelines.workplace import store_root
from warehouse.digest import digest_current

if TYPE_CHECKING:
    import subprocess

    from pipelines.outcome import Outcome

AS_OF = date(2026, 5, 20)
ROOT = Path(__file__).parents[2]
ABOUT_HOUSEHOLDS = (
    "household_verdict",
    "verdict_reason",
    "income_line",
    "evidence",
    "coverage",
    "person_link",
    "person",
    "roster_person",
    "alert",
)


def run_inbox(inbox: Path, warehouse: Path, **asked: object) -> Outcome:
    return drive(Order(inbox, warehouse, asked.pop("as_of", AS_OF), **asked))  # type: ignore[arg-type]


def household_digests(warehouse: Path) -> dict[str, str]:
    """Digests of what is said about households, without the account of files and checks."""
    digests = digest_current(warehouse)
    return {name: digests[name] for name in ABOUT_HOUSEHOLDS}


def copy_inbox(inbox: Path, to: Path) -> Path:
    shutil.copytree(inbox, to)
    return to


def copy_warehouse(warehouse: Path, to: Path) -> Path:
    """A warehouse that was run, with its working store, where a test may change it. `to`: the new file."""
    shutil.copy(warehouse, to)
    shutil.copytree(store_root(warehouse), store_root(to))
    return to


def shuffle_lines(inbox: Path, *, seed: int) -> int:
    """Put the rows of every CSV without a manifest in another order. Returns how many files changed."""
    drawn, changed = random.Random(seed), 0
    for file in sorted(inbox.rglob("*.csv")):
        if file.with_name(file.name + ".manifest.json").exists():
            continue
        head, *rows = file.read_bytes().splitlines(keepends=True)
        if rows and not rows[-1].endswith(b"\n"):
            rows[-1] += b"\n"
        before = list(rows)
        drawn.shuffle(rows)
        changed += rows != before
        file.write_bytes(b"".join([head, *rows]))
    return changed


def hedui(
    *arguments: str | Path, prelude: str = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, forked from one that has its imports; `prelude` is run in it first."""
    words = [str(word) for word in arguments]
    return _forks().run(_body(prelude), words, clean_environment() | (env or {}))


@cache
def _forks() -> ForkedPrograms:
    forks = ForkedPrograms(clean_environment())
    atexit.register(forks.close)
    return forks


def hedui_line(*arguments: str | Path, prelude: str = "") -> list[str]:
    """The command line of the program in a fresh interpreter; `prelude` is run in it first."""
    return [sys.executable, "-c", _body(prelude), *map(str, arguments)]


def _body(prelude: str) -> str:
    return f"{prelude}\nfrom command.main import main\nmain()"


def clean_environment() -> dict[str, str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("HEDUI_", "DAGSTER_HOME"))}
    return kept | {"PYTHONPATH": str(ROOT)}


def run_options(inbox: Path, warehouse: Path) -> list[str]:
    return [
        "run",
        "--inbox",
        str(inbox),
        "--warehouse",
        str(warehouse),
        "--as-of",
        AS_OF.isoformat(),
    ]
