"""Lets these tests use the county of the core's tests."""

from __future__ import annotations

import sys
from pathlib import Path

CORE_TESTS = Path(__file__).parents[1] / "household"
sys.path[:0] = [str(CORE_TESTS), str(CORE_TESTS / "rules")]
