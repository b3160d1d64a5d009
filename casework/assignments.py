"""Who has taken which application. Rows are added, never changed; the newest of an application stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.views import ASSIGNMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from casework.store import CaseworkStore


ASKED_AT_ONCE = 500
"""Most ids named in one question: databases limit how many values a statement takes."""


def assign(
    store: CaseworkStore, applications: Iterable[str], *, to: str | None, by: str, at: str
) -> int:
    """Give applications to an account, or to nobody. Returns how many changed hands; what is theirs already is not entered again.

    Args:
        applications: ids that `by` may see: the caller has asked. to: account id; None gives them back.
        by: account id. at: instant as text.

    """
    wanted = dict.fromkeys(applications)
    with store.writing() as connection:
        now: dict[str, str | None] = {}
        for some in _some(list(wanted)):
            now |= _standing(connection, ASSIGNMENT.c.application_id.in_(some))
        rows = [
            {"application_id": one, "account_id": to, "assigned_by": by, "assigned_at": at}
            for one in wanted
            if now.get(one) != to
        ]
        if rows:
            connection.execute(sa.insert(ASSIGNMENT), rows)
    return len(rows)


class Assignments:
    """Who has what now, asked as narrowly as a page needs it: the log may hold every application of a county."""

    def __init__(self, store: CaseworkStore) -> None:
        self._store = store

    def of(self, applications: Sequence[str]) -> dict[str, str]:
        """Application to account, of those of the applications that somebody has."""
        if len(applications) > ASKED_AT_ONCE:
            held = self.everything()
            return {one: held[one] for one in applications if one in held}
        return self._held(ASSIGNMENT.c.application_id.in_(applications))

    def held_by(self, account_id: str) -> tuple[str, ...]:
        """The applications that an account has, by id."""
        ever = sa.select(ASSIGNMENT.c.application_id).where(ASSIGNMENT.c.account_id == account_id)
        held = self._held(ASSIGNMENT.c.application_id.in_(ever))
        return tuple(sorted(one for one, account in held.items() if account == account_id))

    def everything(self) -> dict[str, str]:
        """Application to account, of all that somebody has."""
        return self._held(sa.true())

    def _held(self, which: sa.ColumnElement[bool]) -> dict[str, str]:
        with self._store.reading() as connection:
            return {
                app: account for app, account in _standing(connection, which).items() if account
            }


def _standing(connection: sa.Connection, which: sa.ColumnElement[bool]) -> dict[str, str | None]:
    newest = (
        sa.select(sa.func.max(ASSIGNMENT.c.entry_id))
        .where(which)
        .group_by(ASSIGNMENT.c.application_id)
    )
    query = sa.select(ASSIGNMENT.c.application_id, ASSIGNMENT.c.account_id).where(
        ASSIGNMENT.c.entry_id.in_(newest)
    )
    return {row.application_id: row.account_id for row in connection.execute(query)}


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), ASKED_AT_ONCE):
        yield ids[start : start + ASKED_AT_ONCE]
