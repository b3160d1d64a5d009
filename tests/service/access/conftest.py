"""A service whose warehouse is never read: what is tested here ends at the gate, the store and the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doors import QUICK
from served_counties import outside

from casework.audit.log import AuditLog
from casework.sealed import make_sealed
from casework.store import file_address, open_store
from service.access import passwords
from service.deployment import Deployment
from service.settings import ServiceSettings
from warehouse.live import LiveWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.audit.entry import Entry


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", QUICK)


@pytest.fixture
def settings() -> ServiceSettings:
    return ServiceSettings(requests_a_minute=100_000)


@pytest.fixture
def deployment(tmp_path: Path, settings: ServiceSettings) -> Iterator[Deployment]:
    address = file_address(tmp_path / "casework.sqlite")
    clock = outside()
    with (
        open_store(address, create=True) as store,
        AuditLog(tmp_path / "audit", now=clock.now) as audit,
    ):
        make_sealed(store, clock.token_bytes, at=clock.stamp)
        yield Deployment(LiveWarehouse(tmp_path / "w.duckdb"), store, audit, clock, settings)


@pytest.fixture
def written(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    """What goes into the audit log."""
    seen: list[Entry] = []
    keep = deployment.audit.record

    def record(entry: Entry) -> int:
        seen.append(entry)
        return keep(entry)

    monkeypatch.setattr(deployment.audit, "record", record)
    return seen
