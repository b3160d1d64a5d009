"""Lets the tests of every folder below use the town, whose module stands here."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "rules")]
