"""An empty casework store for each test, copied from one that was made once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from servers.waiting import PATIENCE

from casework.store import file_address, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.store import CaseworkStore


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("feed") / "empty.sqlite"
    with open_store(file_address(made), create=True):
        pass
    return made


@pytest.fixture
def store(empty_store: Path, tmp_path: Path) -> Iterator[CaseworkStore]:
    own = tmp_path / "own.sqlite"
    shutil.copyfile(empty_store, own)
    with open_store(file_address(own), wait=PATIENCE) as opened:
        yield opened
