"""A deployment opened from what the edge gives, and closed again: warehouse, casework store, audit log."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from casework.audit.log import AuditLog
from casework.audit.segments import audit_folder
from casework.store import open_store
from pipelines.workplace import store_root
from service.deployment import Deployment
from warehouse.live import LiveWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.store import Address
    from service.outside import Outside
    from service.settings import ServiceSettings


@contextmanager
def opened(
    warehouse: Path, casework: Address, *, outside: Outside, settings: ServiceSettings
) -> Iterator[Deployment]:
    """Open everything that a service of this warehouse needs.

    Raises:
        HouseholdError: there is no warehouse of ours, the casework store cannot be opened, or the audit log cannot be written.

    """
    live = LiveWarehouse(warehouse)
    try:
        _ = live.run  # what cannot be read is refused before anything listens
        with (
            open_store(casework, create=True) as store,
            AuditLog(audit_folder(store_root(warehouse)), now=outside.now) as audit,
        ):
            yield Deployment(live, store, audit, outside, settings)
    finally:
        live.close()
