"""Lets the tests of every folder below use the files of an inbox and the servers, whose modules stand here."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
