"""The cases of our packs, read and run once for all tests of them. No test stands here."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import rulepacks
from household.rules.packs import Packs, read_packs
from synthetic.cases.reading import case_files, read_cases
from synthetic.cases.running import Answer, run_trials, trials_of

if TYPE_CHECKING:
    from synthetic.cases.form import Case

OWN = Path(rulepacks.__file__).parent


@cache
def packs() -> Packs:
    return read_packs(OWN)


@cache
def cases() -> tuple[Case, ...]:
    return tuple(read_cases(case_files(OWN)))


@cache
def answers() -> tuple[Answer, ...]:
    return tuple(run_trials(trials_of(cases(), packs()), packs()))
