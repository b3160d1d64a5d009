"""What may be a password, and that it is kept by argon2id as the library measures it today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from doors import PASSWORD, QUICK, enter, person, visitor

from casework.accounts import find_account
from household.errors import InputError
from service.access import passwords
from service.access.keeping import one_time_password

if TYPE_CHECKING:
    from fastapi import FastAPI

    from service.deployment import Deployment


@pytest.mark.parametrize(
    "poor",
    [
        "short",
        "a" * 40,
        "ababababababab",
        "19900101123456",
        "password123456",
        "P@ssw0rd!!!!2026",
        "woaini1314520!",
        "qwertyuiop[]12",
        "hedui-2026-2026",
        "zhangsan-2026!",
        "ＺｈａｎｇＳａｎ－2026",
        "x" * 64 + "abcdefgh" * 10,
    ],
)
def test_what_is_easily_guessed_is_refused(poor: str):
    with pytest.raises(InputError) as refused:
        passwords.check_password(poor, login="zhangsan@county")
    assert poor not in str(refused.value)


@pytest.mark.parametrize("good", [PASSWORD, "河流 灯塔 七个铁罐 春天 海", "k7wq-2mfz-9xtb-4vhc"])
def test_what_is_not_is_taken(good: str):
    passwords.check_password(good, login="zhangsan")


def test_it_is_kept_by_argon2id(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher())
    kept = passwords.hash_password("ｌamp river seven tin")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept != passwords.hash_password("lamp river seven tin")
    assert passwords.matches(kept, "lamp river seven tin")
    assert not passwords.matches(kept, "lamp river seven tim")
    assert not passwords.matches(None, "nobody's password")
    assert not passwords.matches("no hash", "lamp river seven tin")
    assert not passwords.outdated(kept)


def test_an_older_measure_is_renewed_at_sign_in(
    application: FastAPI, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
):
    account = person(deployment, "wang")
    newer = PasswordHasher(time_cost=2, memory_cost=2048, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", newer)
    assert enter(visitor(application), "wang").status_code == 303
    found = find_account(deployment.casework, account_id=account.account_id)
    assert found is not None
    assert found.password_hash is not None
    assert found.password_hash != account.password_hash
    assert not newer.check_needs_rehash(found.password_hash)
    assert QUICK.check_needs_rehash(found.password_hash)
    assert enter(visitor(application), "wang").status_code == 303


def test_a_one_time_password_may_be_one(deployment: Deployment):
    made = {one_time_password(deployment.outside, login="wang") for _ in range(20)}
    assert len(made) == 20
    for one in made:
        passwords.check_password(one, login="wang")
