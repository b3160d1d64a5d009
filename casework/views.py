"""Saved views of the queue: each person's own, and those that a supervisor shares with everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.tables.views import SAVED_VIEW
from household.errors import InputError

if TYPE_CHECKING:
    from casework.store import CaseworkStore

MOST_VIEWS, MOST_NAME, MOST_QUERY = 50, 40, 1000


@dataclass(frozen=True, slots=True)
class SavedView:
    """Filters under a name. `query`: as in an address."""

    view_id: int
    account_id: str
    name: str
    query: str
    shared: bool


def views_for(store: CaseworkStore, account_id: str) -> tuple[SavedView, ...]:
    """The person's own views and the shared ones, own first, in the order in which they were saved."""
    mine = SAVED_VIEW.c.account_id == account_id
    query = (
        sa.select(SAVED_VIEW)
        .where(mine | (SAVED_VIEW.c.shared == 1))
        .order_by(sa.case((mine, 0), else_=1), SAVED_VIEW.c.view_id)
    )
    with store.reading() as connection:
        return tuple(
            SavedView(row.view_id, row.account_id, row.name, row.query, bool(row.shared))
            for row in connection.execute(query)
        )


def save_view(
    store: CaseworkStore, account_id: str, name: str, *, query: str, shared: bool, at: str
) -> None:
    """Keep filters under a name; the person's view of that name is replaced.

    Raises:
        InputError: no name, a name or filters too long, or too many views. The rest as `CaseworkStore.writing`.

    """
    kept = name.strip()
    if not kept or len(kept) > MOST_NAME or not kept.isprintable():
        raise InputError("视图名称无法使用", f"请用1至{MOST_NAME}个字")
    if len(query) > MOST_QUERY:
        raise InputError("筛选条件过长", "请减少条件后再保存")
    own = SAVED_VIEW.c.account_id == account_id
    with store.writing() as connection:
        connection.execute(sa.delete(SAVED_VIEW).where(own, SAVED_VIEW.c.name == kept))
        count = sa.select(sa.func.count()).select_from(SAVED_VIEW).where(own)
        if connection.execute(count).scalar_one() >= MOST_VIEWS:
            raise InputError(f"视图已有{MOST_VIEWS}个", "请先删除不用的视图")
        connection.execute(
            SAVED_VIEW.insert().values(
                account_id=account_id, name=kept, query=query, shared=int(shared), saved_at=at
            )
        )


def drop_view(store: CaseworkStore, account_id: str, view_id: int) -> bool:
    """Delete one of the person's own views; False where it is not his."""
    with store.writing() as connection:
        gone = connection.execute(
            sa.delete(SAVED_VIEW).where(
                SAVED_VIEW.c.view_id == view_id, SAVED_VIEW.c.account_id == account_id
            )
        )
    return bool(gone.rowcount)
