"""The run of the rule county that test files share. No test stands here."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from core_rule_cases import rule_county

if TYPE_CHECKING:
    from core_told import Told


@cache
def rule_county_told() -> Told:
    """What the engine says of the rule county: one run for all test files of a process, which only read it."""
    return rule_county().run()
