"""What every test of pulls stands in: a store, an inbox and a clock of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pull_fakes import Site

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")
