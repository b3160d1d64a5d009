"""Uploads that wait for their sender to decide: whose they are, how he mapped their titles, and what became of them. No content."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.submissions import UPLOAD

if TYPE_CHECKING:
    from casework.store import CaseworkStore


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload. `mapping`: JSON of title to column; `batch_id` once it was handed in; `ended_at` once it is gone."""

    upload_id: str
    account_id: str
    received_at: str
    content_digest: str
    mapping: str
    batch_id: str | None = None
    ended_at: str | None = None


def add_upload(store: CaseworkStore, upload: Upload) -> None:
    """Note an upload; others of the same account that still waited are over."""
    with store.writing() as connection:
        connection.execute(
            sa.update(UPLOAD)
            .where(UPLOAD.c.account_id == upload.account_id, UPLOAD.c.ended_at.is_(None))
            .values(ended_at=upload.received_at)
        )
        connection.execute(sa.insert(UPLOAD), asdict(upload))


def read_upload(store: CaseworkStore, upload_id: str) -> Upload | None:
    """One upload; None where there is none of that id."""
    with store.reading() as connection:
        found = connection.execute(
            sa.select(UPLOAD).where(UPLOAD.c.upload_id == upload_id)
        ).one_or_none()
    return None if found is None else Upload(**found._asdict())


def newest_open(store: CaseworkStore, account_id: str) -> list[Upload]:
    """What an account uploaded and has not decided on."""
    query = sa.select(UPLOAD).where(UPLOAD.c.account_id == account_id, UPLOAD.c.ended_at.is_(None))
    with store.reading() as connection:
        return [Upload(**row._asdict()) for row in connection.execute(query)]


def set_mapping(store: CaseworkStore, upload_id: str, mapping: str) -> None:
    """Note how the sender maps titles to columns."""
    _set(store, upload_id, mapping=mapping)


def end_upload(store: CaseworkStore, upload_id: str, at: str, *, batch_id: str | None) -> None:
    """Note what became of an upload: handed in as a batch, or given up."""
    _set(store, upload_id, ended_at=at, batch_id=batch_id)


def upload_of_batch(store: CaseworkStore, batch_id: str) -> Upload | None:
    """The upload that became a batch."""
    with store.reading() as connection:
        found = connection.execute(
            sa.select(UPLOAD).where(UPLOAD.c.batch_id == batch_id).limit(1)
        ).one_or_none()
    return None if found is None else Upload(**found._asdict())


def end_uploads_before(store: CaseworkStore, before: str, *, at: str) -> list[str]:
    """End what was uploaded before an instant. Returns every upload that old, so that nothing of it stays."""
    old = UPLOAD.c.received_at < before
    with store.writing() as connection:
        found = list(connection.execute(sa.select(UPLOAD.c.upload_id).where(old)).scalars())
        connection.execute(
            sa.update(UPLOAD).where(old, UPLOAD.c.ended_at.is_(None)).values(ended_at=at)
        )
    return found


def _set(store: CaseworkStore, upload_id: str, **values: str | None) -> None:
    with store.writing() as connection:
        connection.execute(
            sa.update(UPLOAD).where(UPLOAD.c.upload_id == upload_id).values(**values)
        )
