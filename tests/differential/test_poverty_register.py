"""Households of the poverty register: engine and calculator put them into one class, before and after the day of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from register_county import register_county

from .engine_run import county_in_memory
from .known_readings import unexplained

if TYPE_CHECKING:
    from pathlib import Path


def test_engine_and_calculator_agree_on_the_register(tmp_path: Path) -> None:
    assert unexplained(county_in_memory(tmp_path, register_county())) == []
