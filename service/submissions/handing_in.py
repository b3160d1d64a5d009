"""A batch handed in: checked, made into files of the exchange, kept, and put into the inbox. The one way in for pages and API.

Order: files are made aside; the batch is kept in one transaction, which numbers it; then the files are on their way. Whatever is killed in
between, the next who passes finishes what was kept and forgets what was not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from time import sleep
from typing import TYPE_CHECKING, Any

from casework.submissions import (
    ACCEPTED,
    REFUSED,
    UNCHANGED,
    Batch,
    HandedFile,
    Repeated,
    keep_batch,
    read_batch,
    repeated,
)
from connectors.errors import StoreHeld
from connectors.handed_in import (
    finish,
    give_up,
    land_handed_in,
    making,
    name_file,
    unfinished,
    waiting,
    write_made,
)
from connectors.store import digest_of, when_free
from household.errors import InputError
from household.schema.datasets import DATASETS
from service.submissions.checking import check
from service.submissions.content import AUTHORISATION, MEMBER
from service.submissions.knowing import FROM_HERE, earlier_papers, known_of, row_key, store_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from casework.submissions import Key
    from service.access.actor import Actor
    from service.deployment import Deployment
    from service.reading.index import Indexes
    from service.submissions.checking import Checked
    from service.submissions.content import Sheet

KEYS_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sent:
    """What is handed in. `kind`: applications or objections; `origin`: api, workbook or console; `content_digest`: of the bytes sent."""

    sheets: Mapping[str, Sheet]
    kind: str
    origin: str
    content_digest: str


def check_sent(
    deployment: Deployment, indexes: Indexes, actor: Actor, sheets: Mapping[str, Sheet]
) -> Checked:
    """Check without keeping anything. Raises as the warehouse, the casework store and the working store."""
    papers = None
    if MEMBER in sheets or AUTHORISATION in sheets:
        papers = earlier_papers(deployment, _named(sheets))
    return check(
        sheets,
        known_of(deployment, indexes, sheets),
        actor.scope,
        on=deployment.outside.today,
        key=row_key(deployment),
        earlier=papers,
    )


def hand_in(
    deployment: Deployment, indexes: Indexes, actor: Actor, sent: Sent, *, key: Key | None = None
) -> Batch | Repeated:
    """Check what was sent, keep the batch, and put its good rows into the inbox.

    Args:
        actor: who sends; what is out of its area is refused row by row. key: of repetition, where there is one.

    Returns:
        The batch; or what the key answered before, and nothing was done.

    Raises:
        InputError: the service has no inbox. HouseholdError: a store cannot be read or written; nothing was kept.

    """
    if deployment.settings.inbox is None:
        raise InputError(
            "本服务没有设置收件目录，不能受理委托", "请用 hedui serve --inbox 指定后重启"
        )
    since = (deployment.outside.now() - KEYS_KEPT).isoformat(timespec="microseconds")
    before = repeated(deployment.casework, key, since=since) if key is not None else None
    if before is not None:
        return before
    checked = check_sent(deployment, indexes, actor, sent.sheets)
    today = deployment.outside.today
    batch = Batch(
        f"B{today:%Y%m%d}-{deployment.outside.token_bytes(6).hex()}",
        sent.kind,
        sent.origin,
        actor.account_id,
        deployment.outside.stamp,
        today.isoformat(),
        sent.content_digest,
        len(checked.rows),
        checked.count(ACCEPTED),
        checked.count(REFUSED),
        checked.count(UNCHANGED),
    )
    store = store_of(deployment)
    folder = making(store, batch.batch_id)
    try:
        made = _make_files(checked, folder, batch.batch_id)

        def name(number: int) -> list[HandedFile]:
            return [_name(one, folder, batch, number) for one in made]

        kept = keep_batch(
            deployment.casework,
            batch,
            checked.rows,
            checked.faults,
            name=name,
            key=key,
            since=since,
        )
    except BaseException:
        give_up(store, batch.batch_id)
        raise
    if isinstance(kept, Repeated):
        give_up(store, batch.batch_id)
        return kept
    finish(store, batch.batch_id)
    land_waiting(deployment)
    found = read_batch(deployment.casework, batch.batch_id)
    assert found is not None
    return found


def land_waiting(deployment: Deployment) -> tuple[str, ...]:
    """Put into the inbox whatever is on its way, unless a run is in the store: that run or the next one does it. Returns what is left.

    Raises ConnectorError, CaseworkError.
    """
    store, inbox = store_of(deployment), deployment.settings.inbox
    for batch_id in unfinished(store):
        if read_batch(deployment.casework, batch_id) is not None:
            finish(store, batch_id)
        elif _is_old(batch_id, deployment):
            give_up(store, batch_id)
    if inbox is None or not waiting(store):
        return waiting(store)

    def alone() -> None:
        with store.held():
            land_handed_in(store, inbox)

    try:
        when_free(alone, sleep=sleep)
    except StoreHeld:
        return waiting(store)
    return ()


@dataclass(frozen=True, slots=True)
class _Made:
    """A file made aside, before it has its number."""

    dataset: str
    region: str
    file: str
    rows: int
    sha256: str


def _make_files(checked: Checked, folder: Path, batch_id: str) -> list[_Made]:
    made = []
    for dataset, texts in checked.landing.items():
        for (region,), rows in texts.group_by(["_region"], maintain_order=True):
            file = f"{dataset}.{region}"
            write_made(rows.drop("_region"), folder / file, batch_id=batch_id)
            made.append(_Made(dataset, str(region), file, rows.height, digest_of(folder / file)))
    return made


def _name(made: _Made, folder: Path, batch: Batch, number: int) -> HandedFile:
    dataset = DATASETS[made.dataset]
    day = batch.as_of.replace("-", "")
    file = f"{dataset.source}/{dataset.subject}_{made.region}_{day}{FROM_HERE}{number:07d}.parquet"
    said: dict[str, Any] = {
        "dataset": made.dataset,
        "region": made.region,
        "as_of": batch.as_of,
        "rows": made.rows,
        "sha256": made.sha256,
        "provenance": {
            "batch": batch.batch_id,
            "origin": batch.origin,
            "account": batch.account_id,
            "received_at": batch.received_at,
        },
    }
    name_file(folder, made.file, file, said)
    return HandedFile(made.dataset, file, made.rows, made.sha256)


def _is_old(batch_id: str, deployment: Deployment) -> bool:
    """Whether what is unfinished was left by a killed process: its day, in its name, is not today's or yesterday's."""
    today: date = deployment.outside.today
    day = batch_id[1:9]
    return day < f"{today - timedelta(days=1):%Y%m%d}"


def _named(sheets: Mapping[str, Sheet]) -> set[str]:
    return {
        text
        for sheet in sheets.values()
        for text in sheet.frame["application_id"].drop_nulls().str.strip_chars().unique()
    }


def content_digest(data: bytes) -> str:
    """SHA-256 of what was sent."""
    return hashlib.sha256(data).hexdigest()
