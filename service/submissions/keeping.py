"""Uploaded workbooks until their sender has decided: in the working store, for its owner's eyes only, gone as soon as they are not needed."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from casework.uploads import Upload, add_upload, end_uploads_before, newest_open, read_upload
from connectors.store import failure
from service.submissions.handing_in import content_digest
from service.submissions.knowing import store_of

if TYPE_CHECKING:
    from pathlib import Path

    from service.access.actor import Actor
    from service.deployment import Deployment

KEPT = timedelta(hours=24)
"""How long an upload waits for its sender, and what was refused for being fetched."""
BOOK, BACK = "book", "back"
"""The upload itself, and the workbook of refused rows."""


def keep(deployment: Deployment, actor: Actor, data: bytes) -> str:
    """Keep an upload of somebody; what he uploaded before and did not decide is gone. Returns its id. Raises ConnectorError."""
    clear_old(deployment)
    for before in newest_open(deployment.casework, actor.account_id):
        drop(deployment, before.upload_id, BOOK)
        drop(deployment, before.upload_id, BACK)
    upload_id = f"U{deployment.outside.token_bytes(12).hex()}"
    write(deployment, upload_id, BOOK, data)
    add_upload(
        deployment.casework,
        Upload(upload_id, actor.account_id, deployment.outside.stamp, content_digest(data), "{}"),
    )
    return upload_id


def mine(deployment: Deployment, actor: Actor, upload_id: str) -> Upload | None:
    """An upload of the actor's own; None where there is none, or it is somebody else's."""
    found = read_upload(deployment.casework, upload_id)
    return found if found is not None and found.account_id == actor.account_id else None


def write(deployment: Deployment, upload_id: str, what: str, data: bytes) -> None:
    """Keep bytes of an upload. Raises ConnectorError."""
    path = _path(deployment, upload_id, what)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
    except OSError as error:
        raise failure("上传暂存区", error) from error


def fetch(deployment: Deployment, upload_id: str, what: str) -> bytes | None:
    """Bytes of an upload; None where they are gone."""
    try:
        return _path(deployment, upload_id, what).read_bytes()
    except FileNotFoundError:
        return None


def drop(deployment: Deployment, upload_id: str, what: str) -> None:
    """Remove bytes of an upload."""
    with suppress(OSError):
        _path(deployment, upload_id, what).unlink()


def clear_old(deployment: Deployment) -> None:
    """Remove everything that waited longer than KEPT."""
    before = (deployment.outside.now() - KEPT).isoformat(timespec="microseconds")
    for upload_id in end_uploads_before(deployment.casework, before, at=deployment.outside.stamp):
        drop(deployment, upload_id, BOOK)
        drop(deployment, upload_id, BACK)


def _path(deployment: Deployment, upload_id: str, what: str) -> Path:
    return store_of(deployment).root / "uploads" / f"{upload_id}.{what}"
