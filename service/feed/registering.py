"""Registering a webhook: checked against the list of hosts, its secret made and shown once, told of what happens from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.feed import newest_walk
from casework.webhooks import ACTIVE, Webhook, add_webhook
from service.access.actor import Scope
from service.feed.areas import area_word
from service.feed.destinations import check_destination
from service.feed.signing import secret_of

if TYPE_CHECKING:
    from casework.accounts import Account
    from casework.store import CaseworkStore
    from service.outside import Outside


def register_webhook(
    store: CaseworkStore,
    outside: Outside,
    account: Account,
    *,
    url: str,
    allowed: tuple[str, ...],
    by: str,
) -> tuple[Webhook, str]:
    """Register one. Returns it with its secret, for showing that once.

    Raises:
        InputError: the address is none, or not allowed; the account is not an open service account. SealError: no key to keep it with.

    """
    check_destination(url, allowed)
    walk = newest_walk(store)
    secret = secret_of(outside.token_bytes(32))
    made = Webhook(
        f"wh_{outside.token_bytes(6).hex()}",
        account.account_id,
        url,
        area_word(Scope(account.regions, account.programmes)),
        walk.last_seq if walk else 0,
        ACTIVE,
        None,
        by,
        outside.stamp,
    )
    add_webhook(store, made, secret)
    return made, secret
