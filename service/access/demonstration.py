"""Accounts to look around with: one of every role, with a password that is shown once. For made-up people only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casework.accounts import Account, add_account, find_account, set_password
from service.access.passwords import hash_password
from service.access.roles import ROLE_TITLES, Role

if TYPE_CHECKING:
    from service.deployment import Deployment

MAKER = "demonstration"


def make_accounts(deployment: Deployment) -> list[tuple[str, str, str]]:
    """One account of every role but the system's, each with a new password: (title, login, password)."""
    told = []
    for role in Role:
        if role is Role.SERVICE:
            continue
        login = f"demo-{role.value.replace('_', '-')}"
        password = deployment.outside.token_bytes(8).hex()
        made = find_account(deployment.casework, login=login)
        if made is None:
            made = Account(
                f"D{deployment.outside.token_bytes(8).hex()}",
                login,
                f"{ROLE_TITLES[role]}（演示）",
                role.value,
                ("*",),
                created_at=deployment.outside.stamp,
            )
            add_account(deployment.casework, made, by=MAKER, at=deployment.outside.stamp)
        set_password(
            deployment.casework,
            made.account_id,
            hash_password(password),
            must_change=False,
            at=deployment.outside.stamp,
        )
        told.append((ROLE_TITLES[role], login, password))
    return told
