"""Delivers messages of webhooks: in order, signed, again with growing delay until they arrive or are given up and told."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from casework.feed import read_entries
from casework.webhooks import (
    ACTIVE,
    DEAD,
    DELIVERED,
    PENDING,
    Message,
    Webhook,
    claim,
    make_message,
    note_attempt,
    release,
    undelivered,
    webhook_account,
    webhook_secret,
    webhooks,
)
from household.errors import HouseholdError
from service.access.actor import Scope
from service.api.changes import entry_told, place_word
from service.feed.areas import area_word
from service.feed.destinations import check_destination
from service.feed.signing import CHANGED, RESYNC, body_of, headers_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.deployment import Deployment

LOGGER = logging.getLogger("hedui.feed")

ENTRIES = 100
"""Most changes of one message."""
AT_ONCE = 50
"""Most messages of one webhook in one round: the others have their turn too."""
FIRST_SECONDS, LONGEST_SECONDS = 5, 4 * 3600
"""Delays before the second attempt, and at most."""
GIVEN_UP = timedelta(days=3)
HELD = timedelta(minutes=2)
"""For how long a webhook is claimed for one message; longer than an attempt may take."""
TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class Deliverer:
    """One for a service. `deliver_due` may be called at any time and from several services."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._store = deployment.casework
        # No redirect is followed and no proxy of the environment used: it goes where it was allowed to go.
        self._client = httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)

    def close(self) -> None:
        """Let connections go."""
        self._client.close()

    def deliver_due(self, now: datetime | None = None) -> int:
        """Send what is due now, or at a given time. Returns how many messages arrived. Raises as `CaseworkStore.writing`."""
        return sum(self._serve(one, now) for one in webhooks(self._store, state=ACTIVE))

    def _serve(self, webhook: Webhook, at: datetime | None) -> int:
        for arrived in range(AT_ONCE):
            now = at or self._deployment.outside.now()
            if not self._one(webhook.webhook_id, now):
                return arrived
        return AT_ONCE

    def _one(self, webhook_id: str, now: datetime) -> bool:
        """Claim, make or take the message that is due, send it once; whether one arrived."""
        webhook = claim(self._store, webhook_id, now=_stamp(now), until=_stamp(now + HELD))
        if webhook is None:
            return False
        try:
            message = self._next(webhook, now)
            return message is not None and self._attempt(webhook, message, now)
        finally:
            release(self._store, webhook_id)

    def _next(self, webhook: Webhook, now: datetime) -> Message | None:
        """The message that is due: the one on its way, or a new one; None where nothing is."""
        pending = undelivered(self._store, webhook.webhook_id)
        if pending is not None:
            return pending if pending.next_at <= _stamp(now) else None
        account = webhook_account(self._store, webhook)
        if account is None:  # closed: told again when it is opened
            return None
        scope = Scope(account.regions, account.programmes)
        return self._resync(webhook, scope, now) or self._changes(webhook, scope, now)

    def _resync(self, webhook: Webhook, scope: Scope, now: datetime) -> Message | None:
        """The area was changed: what was told so far is no longer all, or too much."""
        if webhook.area == area_word(scope):
            return None
        data = {"next": place_word(webhook.position, scope)}
        return self._make(webhook, scope, now, kind=RESYNC, data=data, seqs=(webhook.position,) * 2)

    def _changes(self, webhook: Webhook, scope: Scope, now: datetime) -> Message | None:
        position = webhook.position
        while True:
            page = read_entries(
                self._store,
                position,
                regions=scope.regions,
                programmes=scope.programmes,
                most=ENTRIES,
            )
            if page.rows:
                data = {
                    "changes": [entry_told(row) for row in page.rows],
                    "next": place_word(page.upto, scope),
                }
                seqs = (page.rows[0]["seq"], page.upto)
                return self._make(webhook, scope, now, kind=CHANGED, data=data, seqs=seqs)
            if page.upto >= page.head:
                if page.upto > webhook.position:
                    make_message(
                        self._store,
                        None,
                        webhook_id=webhook.webhook_id,
                        position=page.upto,
                        area=webhook.area,
                    )
                return None
            position = page.upto

    def _make(
        self,
        webhook: Webhook,
        scope: Scope,
        now: datetime,
        *,
        kind: str,
        data: Mapping[str, object],
        seqs: tuple[int, int],
    ) -> Message:
        stamp = _stamp(now)
        message = Message(
            f"msg_{self._deployment.outside.token_bytes(12).hex()}",
            webhook.webhook_id,
            *seqs,
            body_of(kind, stamp, data),
            PENDING,
            0,
            stamp,
            stamp,
            None,
        )
        make_message(
            self._store,
            message,
            webhook_id=webhook.webhook_id,
            position=seqs[1],
            area=area_word(scope),
        )
        return message

    def _attempt(self, webhook: Webhook, message: Message, now: datetime) -> bool:
        """Send once and keep how it ended; whether it arrived."""
        answer, arrived, final = self._send(webhook, message, now)
        due = now + self._delay(message.attempts)
        state = DELIVERED if arrived else PENDING
        if not arrived and (final or due - datetime.fromisoformat(message.made_at) > GIVEN_UP):
            state = DEAD
        note_attempt(self._store, message, state=state, answer=answer, next_at=_stamp(due))
        if state == DEAD:
            LOGGER.error(
                "webhook %s stopped after %d attempts (%s): hedui webhooks retry",
                webhook.webhook_id,
                message.attempts + 1,
                answer,
            )
        return arrived

    def _send(self, webhook: Webhook, message: Message, now: datetime) -> tuple[str, bool, bool]:
        """The answer in a word, whether it arrived, and whether there is no use in trying again."""
        try:
            check_destination(webhook.url, self._deployment.settings.webhook_hosts)
        except HouseholdError:
            return "host not allowed", False, True
        secret = webhook_secret(self._store, webhook.webhook_id)
        headers = headers_of(secret, message.message_id, body=message.body, now=now)
        try:
            with self._client.stream(
                "POST", webhook.url, content=message.body.encode(), headers=headers
            ) as response:  # what the receiver says beyond the status is not read
                status = response.status_code
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            return type(error).__name__, False, False
        return f"HTTP {status}", 200 <= status < 300, status == 410

    def _delay(self, attempts: int) -> timedelta:
        """Three times as long each time, give or take a fifth, so that many receivers' retries do not meet."""
        chance = int.from_bytes(self._deployment.outside.token_bytes(2)) / 0xFFFF
        grown = min(FIRST_SECONDS * 3 ** min(attempts, 12), LONGEST_SECONDS)
        return timedelta(seconds=grown * (0.8 + 0.4 * chance))


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
