"""The audit log beside a warehouse, as this process is set: where it is, its anchors, and the log opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.audit.opening import anchor_places, open_log
from casework.audit.segments import audit_folder
from pipelines.settings import read_settings
from pipelines.workplace import casework_of, store_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from casework.audit.anchors import Anchor
    from casework.audit.log import AuditLog


def trail_folder(warehouse: Path) -> Path:
    """Where the log of a warehouse is."""
    return audit_folder(store_root(warehouse))


def open_trail(warehouse: Path, *, now: Callable[[], datetime]) -> AuditLog:
    """The log of a warehouse; close it. `now`: the time in UTC. Raises InputError for a setting that cannot be read."""
    settings = read_settings()
    return open_log(
        trail_folder(warehouse),
        now=now,
        casework=casework_of(warehouse),
        anchors=settings.audit_anchor,
        digest=settings.audit_digest,
    )


def anchors_of(warehouse: Path | None, outside: Path | None) -> list[Anchor]:
    """Every anchor that stands in the casework store of a warehouse and in a folder outside (the one that is set, where none is named).

    Raises:
        OSError, HouseholdError: a place cannot be read.

    """
    folder = outside or read_settings().audit_anchor
    places = anchor_places(casework_of(warehouse) if warehouse else None, folder)
    return [anchor for place in places for anchor in place.anchors()]
