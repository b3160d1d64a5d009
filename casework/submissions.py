"""Batches that were handed in: kept whole or not at all, numbered in the order in which they were kept, and read again.

What is kept says which row was taken or refused and why; the rows themselves are in the inbox.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.submissions import (
    SUBMISSION,
    SUBMISSION_FAULT,
    SUBMISSION_FILE,
    SUBMISSION_KEY,
    SUBMISSION_ROW,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from casework.store import CaseworkStore

ACCEPTED, REFUSED, UNCHANGED = "accepted", "refused", "unchanged"
SHOWN = 50
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch. `batch_no` is given when it is kept (0 before); `as_of` is an ISO date, `received_at` an instant in UTC."""

    batch_id: str
    kind: str
    origin: str
    account_id: str
    received_at: str
    as_of: str
    content_digest: str
    rows: int
    accepted: int
    refused: int
    unchanged: int
    batch_no: int = 0


@dataclass(frozen=True, slots=True)
class BatchRow:
    """The state of one row. `line`: of its sheet or list, the first being 2; `place`: where its sender finds it.

    `number` tells rows of an application apart (member, voucher, authorisation, objection number). `digest` is keyed.
    """

    dataset: str
    line: int
    place: str
    application_id: str
    number: str
    region_code: str
    programme: str
    state: str
    digest: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What was found wrong with a row, or noticed. `column` is empty where it is about the whole row."""

    dataset: str
    line: int
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class HandedFile:
    """A file that a batch puts into the inbox; `file` is its path below it."""

    dataset: str
    file: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Key:
    """The key of repetition that came with a request, and digests of it and of the body."""

    account_id: str
    route: str
    key_digest: str
    body_digest: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """The key came before: with the same body (`same`), answered by `batch_id`, or with another."""

    batch_id: str
    same: bool


@dataclass(frozen=True, slots=True)
class Landed:
    """An application as a batch landed it last."""

    region_code: str
    programme: str


def repeated(store: CaseworkStore, key: Key, *, since: str) -> Repeated | None:
    """What became of the key since an instant; None where it is new."""
    with store.reading() as connection:
        return _repeated(connection, key, since)


def keep_batch(
    store: CaseworkStore,
    batch: Batch,
    rows: Sequence[BatchRow],
    faults: Sequence[Fault],
    *,
    name: Callable[[int], Sequence[HandedFile]],
    key: Key | None = None,
    since: str = "",
) -> int | Repeated:
    """Keep a batch, all or nothing.

    Args:
        batch: its head. rows, faults: all of its rows. name: gives the batch's files once its number is known; may move files that
            stand aside, for when it is undone they are of nobody.
        key: of repetition. since: keys kept before this instant are forgotten.

    Returns:
        The batch's number; or what the key answered before, and nothing is kept.

    """
    with store.writing() as connection:
        if key is not None:
            connection.execute(sa.delete(SUBMISSION_KEY).where(SUBMISSION_KEY.c.kept_at < since))
            before = _repeated(connection, key, since)
            if before is not None:
                return before
        head = {k: v for k, v in asdict(batch).items() if k != "batch_no"}
        result = connection.execute(sa.insert(SUBMISSION), head)
        number = int(result.inserted_primary_key[0])  # type: ignore[index]  # one row was inserted
        mine = {"batch_id": batch.batch_id}
        _insert(connection, SUBMISSION_ROW, [mine | asdict(r) for r in rows])
        _insert(connection, SUBMISSION_FAULT, [mine | asdict(f) for f in faults])
        _insert(connection, SUBMISSION_FILE, [mine | asdict(f) for f in name(number)])
        if key is not None:
            kept = asdict(key) | mine | {"kept_at": batch.received_at}
            connection.execute(sa.insert(SUBMISSION_KEY), kept)
    return number


def read_batch(store: CaseworkStore, batch_id: str) -> Batch | None:
    """One batch; None where there is none of that name."""
    with store.reading() as connection:
        found = connection.execute(
            sa.select(SUBMISSION).where(SUBMISSION.c.batch_id == batch_id)
        ).one_or_none()
    return None if found is None else Batch(**found._asdict())


def same_content(store: CaseworkStore, content_digest: str) -> Batch | None:
    """The newest batch made of these very bytes."""
    with store.reading() as connection:
        found = connection.execute(
            sa.select(SUBMISSION)
            .where(SUBMISSION.c.content_digest == content_digest)
            .order_by(SUBMISSION.c.batch_no.desc())
            .limit(1)
        ).one_or_none()
    return None if found is None else Batch(**found._asdict())


def newest_batches(store: CaseworkStore, *, before: int | None = None) -> list[Batch]:
    """The newest batches, at most SHOWN, below a number."""
    query = sa.select(SUBMISSION).order_by(SUBMISSION.c.batch_no.desc()).limit(SHOWN)
    if before is not None:
        query = query.where(SUBMISSION.c.batch_no < before)
    with store.reading() as connection:
        return [Batch(**row._asdict()) for row in connection.execute(query)]


def areas_of(store: CaseworkStore, batch_ids: Collection[str]) -> dict[str, set[tuple[str, str]]]:
    """The regions and programmes in which rows of batches were taken; a batch that took none is not there."""
    row = SUBMISSION_ROW.c
    found: dict[str, set[tuple[str, str]]] = {}
    with store.reading() as connection:
        for part in _parts(sorted(batch_ids)):
            query = (
                sa.select(row.batch_id, row.region_code, row.programme)
                .where(row.batch_id.in_(part), row.state != REFUSED)
                .distinct()
            )
            for batch_id, region, programme in connection.execute(query):
                found.setdefault(batch_id, set()).add((region, programme))
    return found


def batch_rows(store: CaseworkStore, batch_id: str) -> list[BatchRow]:
    """All rows of a batch as they were sent."""
    columns = [c for c in SUBMISSION_ROW.c if c.name not in ("row_no", "batch_id")]
    query = sa.select(*columns).where(SUBMISSION_ROW.c.batch_id == batch_id)
    with store.reading() as connection:
        return [
            BatchRow(**row._asdict())
            for row in connection.execute(query.order_by(SUBMISSION_ROW.c.row_no))
        ]


def batch_faults(store: CaseworkStore, batch_id: str) -> list[Fault]:
    """Everything found in a batch, in the order of its rows."""
    columns = [c for c in SUBMISSION_FAULT.c if c.name not in ("fault_no", "batch_id")]
    query = sa.select(*columns).where(SUBMISSION_FAULT.c.batch_id == batch_id)
    with store.reading() as connection:
        return [
            Fault(**row._asdict())
            for row in connection.execute(query.order_by(SUBMISSION_FAULT.c.fault_no))
        ]


def batch_files(store: CaseworkStore, batch_id: str) -> list[HandedFile]:
    """The files of a batch."""
    columns = [c for c in SUBMISSION_FILE.c if c.name not in ("file_no", "batch_id")]
    query = sa.select(*columns).where(SUBMISSION_FILE.c.batch_id == batch_id)
    with store.reading() as connection:
        return [
            HandedFile(**row._asdict())
            for row in connection.execute(query.order_by(SUBMISSION_FILE.c.file_no))
        ]


def landed_applications(
    store: CaseworkStore, application_ids: Collection[str]
) -> dict[str, Landed]:
    """Of these applications, those that a batch ever took, as the newest one has them."""
    row = SUBMISSION_ROW.c
    found: dict[str, Landed] = {}
    with store.reading() as connection:
        for part in _parts(sorted(application_ids)):
            query = (
                sa.select(row.application_id, row.region_code, row.programme)
                .where(
                    row.application_id.in_(part),
                    row.dataset == "approval.application",
                    row.state != REFUSED,
                )
                .order_by(row.row_no)
            )
            for application_id, region, programme in connection.execute(query):
                found[application_id] = Landed(region, programme)
    return found


def newest_digests(
    store: CaseworkStore, application_ids: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Digest of a row's key to that of its content and its as_of, of rows of these applications as they landed last."""
    row, head = SUBMISSION_ROW.c, SUBMISSION.c
    found: dict[str, tuple[str, str]] = {}
    with store.reading() as connection:
        for part in _parts(sorted(application_ids)):
            query = (
                sa.select(row.digest, head.as_of)
                .join_from(SUBMISSION_ROW, SUBMISSION, row.batch_id == head.batch_id)
                .where(row.application_id.in_(part), row.state == ACCEPTED)
                .order_by(row.row_no)
            )
            for digest, as_of in connection.execute(query):
                which, _, what = digest.partition(".")
                found[which] = (what, as_of)
    return found


def landed_numbers(
    store: CaseworkStore, dataset: str, numbers: Collection[str]
) -> dict[str, set[str]]:
    """Digest of a row's key to the applications of which a row of that key was ever taken, of rows with these numbers."""
    row = SUBMISSION_ROW.c
    found: dict[str, set[str]] = {}
    with store.reading() as connection:
        for part in _parts(sorted(numbers)):
            query = sa.select(row.digest, row.application_id).where(
                row.number.in_(part), row.dataset == dataset, row.state != REFUSED
            )
            for digest, application_id in connection.execute(query):
                found.setdefault(digest.partition(".")[0], set()).add(application_id)
    return found


def _repeated(connection: sa.Connection, key: Key, since: str) -> Repeated | None:
    kept = SUBMISSION_KEY.c
    found = connection.execute(
        sa.select(kept.body_digest, kept.batch_id).where(
            kept.account_id == key.account_id,
            kept.route == key.route,
            kept.key_digest == key.key_digest,
            kept.kept_at >= since,
        )
    ).one_or_none()
    return None if found is None else Repeated(found.batch_id, found.body_digest == key.body_digest)


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _parts(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
