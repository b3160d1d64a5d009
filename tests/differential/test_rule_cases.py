"""The small households that show every rule from all sides: both sides answer them alike, figures and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core_rule_cases import rule_county

from .engine_run import county_in_memory
from .known_readings import unexplained

if TYPE_CHECKING:
    from pathlib import Path


def test_engine_and_calculator_agree_on_every_case(tmp_path: Path) -> None:
    assert unexplained(county_in_memory(tmp_path, rule_county())) == []
