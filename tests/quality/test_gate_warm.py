from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_importing_the_gates_does_not_import_great_expectations() -> None:
    code = (
        "import sys, quality.gate, quality.results, quality.data_docs, quality.suites\n"
        "print([m for m in ('great_expectations', 'pandas', 'altair') if m in sys.modules])"
    )
    assert run(code) == "[]"


def test_begin_returns_at_once_and_the_engine_waits_for_it() -> None:
    code = (
        "import os, sys, threading\n"
        "from quality import warm\n"
        "begun = threading.Event()\n"
        "class Held:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'great_expectations': begun.wait()\n"
        "sys.meta_path.insert(0, Held())\n"
        "first = warm.begin()\n"
        "assert first is warm.begin() and first.daemon and first.is_alive()\n"
        "begun.set()\n"
        "gx = warm.engine()\n"
        "assert not first.is_alive()\n"
        "print(gx.__name__, os.environ['GX_ANALYTICS_ENABLED'])"
    )
    assert run(code) == "great_expectations false"


def test_an_import_that_fails_on_the_thread_is_met_by_whoever_needs_it() -> None:
    code = (
        "import sys\n"
        "sys.modules['great_expectations'] = None\n"
        "from quality import warm\n"
        "warm.begin().join()\n"
        "try:\n    warm.engine()\nexcept ImportError:\n    print('refused')"
    )
    assert run(code) == "refused"
