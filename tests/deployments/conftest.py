"""Lets these tests run counties as those of the command do."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "command"))
sys.path.insert(0, str(Path(__file__).parents[1] / "connectors"))
