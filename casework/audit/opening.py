"""The audit log of a deployment opened with its anchors and its watch: one way for the service and for the commands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from casework.audit.anchors import AnchorPlace, Anchors, FolderPlace
from casework.audit.harvest import WINDOW, HarvestWatch
from casework.audit.log import AuditLog
from casework.audit.reading import Where, newest
from casework.audit.store_place import StorePlace

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from casework.store import Place

_MOST_RECALLED = 100_000


def anchor_places(casework: Place | None, outside: Path | None) -> list[AnchorPlace]:
    """Where the head is written down: the casework store, and a folder outside where one is set."""
    places: list[AnchorPlace] = []
    if casework is not None:
        places.append(StorePlace(casework))
    if outside is not None:
        places.append(FolderPlace(outside))
    return places


def open_log(
    folder: Path,
    *,
    now: Callable[[], datetime],
    casework: Place | None = None,
    anchors: Path | None = None,
    digest: str = "sha256",
    watch: HarvestWatch | None = None,
) -> AuditLog:
    """The log in a folder; close it, so that its head is anchored.

    Args:
        folder: see `segments.audit_folder`. now: the time in UTC. casework: the store that anchors go to.
        anchors: folder outside for anchors. digest: sha256 or sm3. watch: for whoever records looks of many people.

    """
    if watch is not None:
        recall(watch, folder, now())
    places = Anchors(anchor_places(casework, anchors))
    return AuditLog(folder, now=now, digest=digest, anchors=places, watch=watch)


def recall(watch: HarvestWatch, folder: Path, now: datetime) -> None:
    """Tell a watch of the last hour, so that a restart forgets nothing. What cannot be read now is told by the first `record`."""
    since = (now - max(WINDOW, timedelta(hours=1))).isoformat(timespec="seconds")
    try:
        found = newest(folder, Where(since=since), limit=_MOST_RECALLED)
    except OSError:
        return
    watch.see([line.entry for line in reversed(found.lines)])
