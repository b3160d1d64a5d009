"""Which system has received which verdict (送达): said once, kept for ever."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.feed import ACKNOWLEDGEMENT

if TYPE_CHECKING:
    from casework.store import CaseworkStore


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A verdict as received. `received_at`: as the system says; `recorded_at`: when it said so. `fresh`: for the first time."""

    verdict_id: str
    received_at: str
    recorded_at: str
    fresh: bool = False


def acknowledge(
    store: CaseworkStore, verdict_id: str, *, account_id: str, received_at: str, now: str
) -> Acknowledged:
    """Note that a system has a verdict. Said again, the first word stands and is given back. Raises as `CaseworkStore.writing`."""
    with store.writing() as connection:
        known = _find(connection, verdict_id, account_id)
        if known is not None:
            return known
        connection.execute(
            sa.insert(ACKNOWLEDGEMENT).values(
                verdict_id=verdict_id,
                account_id=account_id,
                received_at=received_at,
                recorded_at=now,
            )
        )
    return Acknowledged(verdict_id, received_at, now, fresh=True)


def acknowledged(store: CaseworkStore, verdict_id: str, *, account_id: str) -> Acknowledged | None:
    """What a system has said of a verdict; None where nothing yet. Raises as `CaseworkStore.reading`."""
    with store.reading() as connection:
        return _find(connection, verdict_id, account_id)


def all_acknowledged(store: CaseworkStore, account_id: str) -> list[str]:
    """Every verdict id that a system has acknowledged. Raises as `CaseworkStore.reading`."""
    query = sa.select(ACKNOWLEDGEMENT.c.verdict_id).where(
        ACKNOWLEDGEMENT.c.account_id == account_id
    )
    with store.reading() as connection:
        return list(connection.execute(query).scalars())


def _find(connection: sa.Connection, verdict_id: str, account_id: str) -> Acknowledged | None:
    row = connection.execute(
        sa.select(ACKNOWLEDGEMENT).where(
            ACKNOWLEDGEMENT.c.account_id == account_id,
            ACKNOWLEDGEMENT.c.verdict_id == verdict_id,
        )
    ).first()
    return None if row is None else Acknowledged(verdict_id, row.received_at, row.recorded_at)
