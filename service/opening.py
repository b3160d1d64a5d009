"""A deployment opened from what the edge gives, and closed again: warehouse, casework store, audit log."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from casework.audit.entry import Entry
from casework.audit.harvest import HarvestWatch
from casework.audit.opening import open_log
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
            open_log(
                audit_folder(store_root(warehouse)),
                now=outside.now,
                casework=store,
                anchors=settings.audit_anchor,
                digest=settings.audit_digest,
                watch=HarvestWatch(),
            ) as audit,
        ):
            # What the log itself was set to is in the log; and one that cannot be written is found before anybody asks.
            audit.record(Entry("service.started", details=_told(settings)))
            yield Deployment(live, store, audit, outside, settings)
    finally:
        live.close()


def _told(settings: ServiceSettings) -> dict[str, object]:
    return {
        "digest": settings.audit_digest,
        "anchor_folder": settings.audit_anchor is not None,
        "behind_tls": settings.behind_tls,
        "demonstration": settings.demonstration,
    }
