"""A few worked cases of the contract, where they stand beside this clone; the whole set is run by `.ci/run`."""

from __future__ import annotations

import subprocess
import sys

import pytest
from driven_counties import ROOT, clean_environment

CASES = ROOT.parent / "shared" / "acceptance" / "cases"
RUNNER = CASES / "run_cases.py"


@pytest.mark.skipif(not RUNNER.exists(), reason="the worked cases do not stand beside this clone")
@pytest.mark.parametrize("case", ["A07", "E02", "F08"])
def test_a_worked_case(case: str) -> None:
    program = f"{sys.executable} -m command"
    done = subprocess.run(
        [sys.executable, str(RUNNER), "--hedui", program, "--only", case],
        capture_output=True,
        text=True,
        timeout=300,
        env=clean_environment(),
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout
    assert not done.stdout.startswith("0 passed")
