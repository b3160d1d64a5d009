"""Webhooks in the casework store: registered, stopped, and the one message of each that is on its way.

A webhook has one undelivered message at most, so a later one never overtakes it. A message is kept as it was made and sent again byte by
byte; whoever sends it has claimed the webhook for a while, so two services do not send at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from casework.accounts import SERVICE, read_account
from casework.sealed import sealed_for, unsealed
from casework.tables.accounts import ACCOUNT
from casework.tables.webhooks import WEBHOOK, WEBHOOK_MESSAGE
from household.errors import InputError

if TYPE_CHECKING:
    from casework.accounts import Account
    from casework.store import CaseworkStore

ACTIVE, STOPPED, REMOVED = "active", "stopped", "removed"
PENDING, DELIVERED, DEAD = "pending", "delivered", "dead"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where an account wants to be told. `position`: the last seq put into a message. `area`: digest of the area told of last.

    Its secret is not here: it is taken out where a message is signed (`webhook_secret`).
    """

    webhook_id: str
    account_id: str
    url: str
    area: str
    position: int
    state: str
    why: str | None
    created_by: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `next_at`: not before; `made_at`: when it was due first; `last_answer`: of the newest attempt."""

    message_id: str
    webhook_id: str
    first_seq: int
    last_seq: int
    body: str
    state: str
    attempts: int
    made_at: str
    next_at: str
    last_answer: str | None


def add_webhook(store: CaseworkStore, webhook: Webhook, secret: str) -> None:
    """Register a webhook of a service account that is open; its secret is kept sealed.

    Raises:
        InputError: there is no such account. SealError: it cannot be sealed. The rest as `CaseworkStore.writing`.

    """
    with store.writing() as connection:
        if _account(connection, webhook.account_id) is None:
            raise InputError(
                "webhook 只能登记给启用中的业务系统账号", "请先建立角色为 service 的账号"
            )
        sealed = sealed_for(store, connection, secret, place=_place(webhook.webhook_id))
        told = {name: getattr(webhook, name) for name in Webhook.__dataclass_fields__}
        connection.execute(sa.insert(WEBHOOK).values(**told, secret=sealed))


def webhook_secret(store: CaseworkStore, webhook_id: str) -> str:
    """What messages of a webhook are signed with.

    Raises:
        InputError: there is no such webhook. SealError: the key is not there or is another one. The rest as `CaseworkStore.reading`.

    """
    mine = (WEBHOOK.c.webhook_id == webhook_id, WEBHOOK.c.state != REMOVED)
    with store.reading() as connection:
        kept = connection.execute(sa.select(WEBHOOK.c.secret).where(*mine)).scalar_one_or_none()
        if kept is None:
            raise _none_such()
        return unsealed(store, kept, place=_place(webhook_id))


def webhooks(store: CaseworkStore, *, state: str | None = None) -> tuple[Webhook, ...]:
    """Those that were not removed, or those in a state, in the order of registration. Raises as `CaseworkStore.reading`."""
    query = sa.select(WEBHOOK)
    query = query.where(WEBHOOK.c.state != REMOVED if state is None else WEBHOOK.c.state == state)
    with store.reading() as connection:
        found = [_webhook(row) for row in connection.execute(query)]
    return tuple(sorted(found, key=lambda one: (one.created_at, one.webhook_id)))


def webhook_account(store: CaseworkStore, webhook: Webhook) -> Account | None:
    """Whose it is, as the account is now; None where it is closed. Raises as `CaseworkStore.reading`."""
    with store.reading() as connection:
        return _account(connection, webhook.account_id)


def undelivered(store: CaseworkStore, webhook_id: str) -> Message | None:
    """The message on its way or given up; None where nothing is. Raises as `CaseworkStore.reading`."""
    with store.reading() as connection:
        return _undelivered(connection, webhook_id)


def claim(store: CaseworkStore, webhook_id: str, *, now: str, until: str) -> Webhook | None:
    """Take a webhook for oneself until an instant; None where another has it, or it is not active. Raises as `writing`."""
    free = sa.or_(WEBHOOK.c.claimed_until.is_(None), WEBHOOK.c.claimed_until <= now)
    mine = (WEBHOOK.c.webhook_id == webhook_id, WEBHOOK.c.state == ACTIVE)
    with store.writing() as connection:
        done = connection.execute(sa.update(WEBHOOK).where(*mine, free).values(claimed_until=until))
        if not done.rowcount:
            return None
        return _webhook(connection.execute(sa.select(WEBHOOK).where(*mine)).one())


def release(store: CaseworkStore, webhook_id: str) -> None:
    """Let a claimed webhook go. Raises as `CaseworkStore.writing`."""
    with store.writing() as connection:
        _change(connection, webhook_id, claimed_until=None)


def make_message(
    store: CaseworkStore, message: Message | None, *, webhook_id: str, position: int, area: str
) -> None:
    """Keep the next message of a claimed webhook, or only how far was looked where nothing was of its area. Raises as `writing`."""
    with store.writing() as connection:
        if message is not None:
            connection.execute(
                sa.insert(WEBHOOK_MESSAGE).values(
                    **{name: getattr(message, name) for name in Message.__dataclass_fields__}
                )
            )
        _change(connection, webhook_id, position=position, area=area)


def note_attempt(
    store: CaseworkStore, message: Message, *, state: str, answer: str, next_at: str
) -> None:
    """Keep how an attempt ended; a message that is given up stops its webhook. Raises as `CaseworkStore.writing`.

    Of those that arrived only the newest is kept: what they said stands in the feed.
    """
    with store.writing() as connection:
        if state == DELIVERED:
            connection.execute(
                sa.delete(WEBHOOK_MESSAGE).where(
                    WEBHOOK_MESSAGE.c.webhook_id == message.webhook_id,
                    WEBHOOK_MESSAGE.c.state == DELIVERED,
                )
            )
        connection.execute(
            sa.update(WEBHOOK_MESSAGE)
            .where(WEBHOOK_MESSAGE.c.message_id == message.message_id)
            .values(state=state, attempts=message.attempts + 1, next_at=next_at, last_answer=answer)
        )
        if state == DEAD:
            _change(connection, message.webhook_id, state=STOPPED, why=answer)


def retry_webhook(store: CaseworkStore, webhook_id: str, *, now: str) -> None:
    """Start a webhook again: what was given up is due now, once more for the whole time.

    Raises:
        InputError: there is no such webhook. The rest as `CaseworkStore.writing`.

    """
    with store.writing() as connection:
        _change(connection, webhook_id, state=ACTIVE, why=None, claimed_until=None)
        connection.execute(
            sa.update(WEBHOOK_MESSAGE)
            .where(WEBHOOK_MESSAGE.c.webhook_id == webhook_id, WEBHOOK_MESSAGE.c.state != DELIVERED)
            .values(state=PENDING, attempts=0, made_at=now, next_at=now)
        )


def remove_webhook(store: CaseworkStore, webhook_id: str) -> None:
    """Tell nobody there any more. Raises InputError: there is no such webhook; the rest as `CaseworkStore.writing`."""
    with store.writing() as connection:
        _change(connection, webhook_id, state=REMOVED, secret="")


def _change(connection: sa.Connection, webhook_id: str, **values: object) -> None:
    done = connection.execute(
        sa.update(WEBHOOK)
        .where(WEBHOOK.c.webhook_id == webhook_id, WEBHOOK.c.state != REMOVED)
        .values(**values)
    )
    if not done.rowcount:
        raise _none_such()


def _none_such() -> InputError:
    return InputError("没有这个 webhook", "请用 hedui webhooks list 查看编号")


def _place(webhook_id: str) -> tuple[str, str, str]:
    """What its secret is bound to."""
    return (WEBHOOK.name, webhook_id, "secret")


def _undelivered(connection: sa.Connection, webhook_id: str) -> Message | None:
    row = connection.execute(
        sa.select(WEBHOOK_MESSAGE).where(
            WEBHOOK_MESSAGE.c.webhook_id == webhook_id, WEBHOOK_MESSAGE.c.state != DELIVERED
        )
    ).first()
    if row is None:
        return None
    return Message(**{name: row._mapping[name] for name in Message.__dataclass_fields__})


def _account(connection: sa.Connection, account_id: str) -> Account | None:
    return read_account(
        connection,
        ACCOUNT.c.account_id == account_id,
        ACCOUNT.c.disabled_at.is_(None),
        ACCOUNT.c.role == SERVICE,
    )


def _webhook(row: sa.Row[tuple[object, ...]]) -> Webhook:
    return Webhook(**{name: row._mapping[name] for name in Webhook.__dataclass_fields__})
