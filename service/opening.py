"""A deployment opened from what the edge gives, and closed again: warehouse, casework store, audit log."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from casework.audit.entry import Entry
from casework.audit.harvest import HarvestWatch
from casework.audit.opening import open_log
from casework.audit.segments import audit_folder
from casework.sealed import make_sealed
from casework.sealing import SealError
from casework.store import open_store
from pipelines.workplace import store_root
from service.deployment import Deployment
from service.reports.fonts import check_fonts
from warehouse.live import LiveWarehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.store import Address, CaseworkStore
    from service.outside import Outside
    from service.settings import ServiceSettings


LOGGER = logging.getLogger("hedui.service")


@contextmanager
def opened(
    warehouse: Path, casework: Address, *, outside: Outside, settings: ServiceSettings
) -> Iterator[Deployment]:
    """Open everything that a service of this warehouse needs.

    Raises:
        HouseholdError: a folder that is set is not there, there is no warehouse of ours, the casework store cannot be opened, or the audit log cannot be written.

    """
    check_fonts(settings.fonts)
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
            _seal(store, outside)
            # What the log itself was set to is in the log; and one that cannot be written is found before anybody asks.
            audit.record(Entry("service.started", details=_told(settings)))
            yield Deployment(live, store, audit, outside, settings)
    finally:
        live.close()


def _seal(store: CaseworkStore, outside: Outside) -> None:
    """Have the key ready, and nothing in clear. Without the key everything else is served; what needs a secret refuses."""
    try:
        make_sealed(store, outside.token_bytes, at=outside.stamp)
    except SealError as error:
        LOGGER.warning("%s", error)


def _told(settings: ServiceSettings) -> dict[str, object]:
    return {
        "digest": settings.audit_digest,
        "anchor_folder": settings.audit_anchor is not None,
        "behind_tls": settings.behind_tls,
        "demonstration": settings.demonstration,
    }
