"""Accounts, sessions, keys and counts of failed sign-ins in the store, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from casework.accounts import (
    Account,
    add_account,
    all_accounts,
    claim_step,
    disable_account,
    enable_account,
    find_account,
    link_subject,
    renew_hash,
    set_role,
    set_scope,
)
from casework.devices import KNOWN_FOR, MOST, is_known, know_device
from casework.keys import add_key, find_key, keys_of, revoke_key
from casework.sessions import end_session, end_sessions, find_session, sessions_of, start_session
from casework.sign_ins import claim_attempt, forgive, of_address, of_device, of_login, of_pair
from casework.store import open_store
from casework.tables.accounts import API_KEY, SESSION
from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.store import Address, CaseworkStore

NOW = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
AT = NOW.isoformat(timespec="microseconds")
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=10)
LIMITS = {"idle": IDLE, "longest": LONGEST}


@pytest.fixture
def store(place: Address) -> Iterator[CaseworkStore]:
    with open_store(place, create=True) as opened:
        for number, role in enumerate(("analyst", "system_administrator", "service")):
            add_account(opened, _account(f"A{number}", role), by="tests", at=AT)
        yield opened


def _account(account_id: str, role: str = "analyst", **more: object) -> Account:
    made = Account(account_id, f"login-{account_id.lower()}", "王某", role, ("3300", "*"), ("*",))
    return replace(made, **more)


def test_an_account_is_found_as_it_was_added(store: CaseworkStore):
    found = find_account(store, account_id="A0")
    assert found == replace(_account("A0"), regions=("*", "3300"), created_at=AT)
    assert find_account(store, login="login-a0") == found
    assert find_account(store, login="login-a9") is None
    assert find_account(store, oidc_subject="nobody") is None
    assert find_account(store) is None
    assert [one.account_id for one in all_accounts(store)] == ["A0", "A1", "A2"]


@pytest.mark.parametrize(
    "change",
    [
        {"login": "login-a0"},
        {"login": "A b"},
        {"login": ""},
        {"login": "99010119900101001x"},
        {"role": "owner"},
        {"name": " "},
        {"regions": ("",)},
        {"regions": ("33%",)},
        {"programmes": ("",)},
    ],
)
def test_what_cannot_be_an_account_is_refused(store: CaseworkStore, change: dict[str, object]):
    with pytest.raises(InputError):
        add_account(store, _account("A9", **change), by="tests", at=AT)
    assert len(all_accounts(store)) == 3


def test_nobody_changes_what_he_himself_may(store: CaseworkStore):
    for change in (
        lambda: set_scope(store, "A1", regions=["*"], programmes=["*"], by="A1"),
        lambda: set_role(store, "A1", "auditor", by="A1"),
        lambda: disable_account(store, "A1", by="A1", at=AT),
        lambda: enable_account(store, "A1", by="A1"),
        lambda: link_subject(store, "A1", "sub", by="A1"),
    ):
        with pytest.raises(InputError, match="自己"):
            change()


def test_one_administrator_stays_even_when_two_close_each_other(store: CaseworkStore):
    add_account(store, _account("A3", "system_administrator"), by="tests", at=AT)
    refused = []

    def close(account_id: str, by: str) -> None:
        try:
            disable_account(store, account_id, by=by, at=AT)
        except InputError as error:
            refused.append(error)

    both = [Thread(target=close, args=pair) for pair in (("A1", "A3"), ("A3", "A1"))]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(refused) == 1
    left = [
        a for a in all_accounts(store) if a.role == "system_administrator" and not a.disabled_at
    ]
    assert len(left) == 1
    with pytest.raises(InputError, match="最后一名"):
        set_role(store, left[0].account_id, "analyst", by="tests")


def test_a_person_never_becomes_a_system(store: CaseworkStore):
    for account_id, role in (("A0", "service"), ("A2", "analyst")):
        with pytest.raises(InputError, match="不能互换"):
            set_role(store, account_id, role, by="A1")


def test_a_subject_is_one_accounts(store: CaseworkStore):
    link_subject(store, "A0", "sub-1", by="A1")
    with pytest.raises(InputError, match="已关联"):
        link_subject(store, "A2", "sub-1", by="A1")
    link_subject(store, "A0", None, by="A1")
    link_subject(store, "A2", "sub-1", by="A1")
    found = find_account(store, oidc_subject="sub-1")
    assert found is not None
    assert found.account_id == "A2"


def test_a_session_is_found_until_it_ends(store: CaseworkStore):
    session_id = start_session(store, "A0", "token-1", NOW, address="10.0.0.1")
    start_session(store, "A0", "token-2", NOW)
    found = find_session(store, "token-1", NOW, **LIMITS)
    assert found is not None
    assert (found[0].session_id, found[1].account_id) == (session_id, "A0")
    assert find_session(store, "token-3", NOW, **LIMITS) is None
    assert len(sessions_of(store, "A0", NOW, **LIMITS)) == 2
    assert not end_session(store, session_id, NOW, account_id="A1", why="tests")
    assert end_session(store, session_id, NOW, account_id="A0", why="tests")
    assert not end_session(store, session_id, NOW, account_id="A0", why="tests")
    assert find_session(store, "token-1", NOW, **LIMITS) is None
    assert end_sessions(store, "A0", NOW, why="tests") == 1


def test_seen_within_the_idle_time_it_lives_to_its_longest(store: CaseworkStore):
    start_session(store, "A0", "token", NOW)
    step, seen = timedelta(minutes=29), 0
    while find_session(store, "token", NOW + seen * step, **LIMITS) is not None:
        seen += 1
    assert seen * step >= LONGEST > (seen - 1) * step
    start_session(store, "A0", "idle", NOW)
    assert find_session(store, "idle", NOW + IDLE, **LIMITS) is None


def test_no_token_or_secret_is_in_the_store(store: CaseworkStore):
    start_session(store, "A0", "token-of-a-session", NOW)
    key = add_key(store, "A2", chance=bytes(range(38)), now=NOW, expires=NOW + IDLE, by="A1")
    with store.reading() as connection:
        held = [repr(connection.execute(one.select()).all()) for one in (SESSION, API_KEY)]
    assert "token-of-a-session" not in held[0]
    assert key.rpartition("_")[2] not in held[1]
    assert key.split("_")[1] in held[1]


def test_keys_are_two_at_a_time_and_die_at_once(store: CaseworkStore):
    def made(number: int) -> str:
        chance = bytes([number]) * 38
        return add_key(store, "A2", chance=chance, now=NOW, expires=NOW + LONGEST, by="A1")

    first, second = made(1), made(2)
    with pytest.raises(InputError, match="两个有效"):
        made(3)
    for key in (first, second):
        assert find_key(store, key, NOW) is not None
        assert find_key(store, key, NOW + LONGEST) is None
        assert find_key(store, key[:-1] + ("0" if key[-1] != "0" else "1"), NOW) is None
    revoke_key(store, first.split("_")[1], NOW, by="A1")
    assert find_key(store, first, NOW) is None
    with pytest.raises(InputError, match="没有这个"):
        revoke_key(store, first.split("_")[1], NOW, by="A1")
    assert find_key(store, made(3), NOW) is not None
    disable_account(store, "A2", by="A1", at=AT)
    assert find_key(store, second, NOW) is None
    assert all(one.revoked_at for one in keys_of(store, "A2"))


def test_keys_are_for_systems_only(store: CaseworkStore):
    for account_id in ("A0", "A9"):
        with pytest.raises(InputError):
            add_key(store, account_id, chance=bytes(38), now=NOW, expires=NOW + IDLE, by="A1")


def test_a_code_of_the_second_factor_is_used_up(store: CaseworkStore):
    assert [claim_step(store, "A0", step) for step in (7, 7, 6, 8)] == [True, False, False, True]


def test_a_hash_is_renewed_only_in_the_place_of_itself(store: CaseworkStore):
    add_account(store, _account("A5", password_hash="old"), by="tests", at=AT)
    renew_hash(store, "A5", old="other", new="wrong")
    renew_hash(store, "A5", old="old", new="new")
    found = find_account(store, account_id="A5")
    assert found is not None
    assert found.password_hash == "new"


def test_delays_grow_to_a_quarter_of_an_hour_and_are_forgotten(store: CaseworkStore):
    counts = (of_pair("login", "10.0.0.1"), of_address("10.0.0.1"))
    now, waits = NOW, []
    for _ in range(20):
        wait = claim_attempt(store, counts, now)
        waits.append(wait)
        now += timedelta(seconds=wait)
    assert waits[:5] == [0] * 5
    longest = [wait for wait in waits if wait]
    assert longest == sorted(longest)
    assert claim_attempt(store, counts, now + timedelta(days=2)) == 0
    forgive(store, counts[0], now, address=counts[1])
    assert [claim_attempt(store, counts, now) for _ in range(5)] == [0] * 5


def test_many_guesses_at_once_do_not_outrun_the_count(store: CaseworkStore):
    counts = (of_pair("login", "10.0.0.1"), of_address("10.0.0.1"))
    let_in = []

    def guess() -> None:
        if claim_attempt(store, counts, NOW) == 0:
            let_in.append(1)

    threads = [Thread(target=guess) for _ in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(let_in) == 5


def test_one_address_is_slowed_after_thirty(store: CaseworkStore):
    address = of_address("10.0.0.1")
    tried = [claim_attempt(store, (of_pair(f"n{n}", "10.0.0.1"), address), NOW) for n in range(32)]
    assert tried[:30] == [0] * 30
    assert all(tried[30:])


def test_a_success_takes_off_what_came_from_there_and_nothing_else(store: CaseworkStore):
    login = of_login("login")
    for number in range(10):
        for _ in range(2):
            claim_attempt(store, (of_pair("login", f"10.0.0.{number}"), login), NOW)
    forgive(store, of_pair("login", "10.0.0.1"), NOW, login=login)
    tried = [claim_attempt(store, (of_device(str(n), "x"), login), NOW) for n in range(14)]
    assert tried[:12] == [0] * 12, "18 of 30 are left of the others"
    assert all(tried[12:])


def test_a_browser_is_known_for_half_a_year_and_twenty_of_an_account(store: CaseworkStore):
    know_device(store, "A0", "first", former="", now=NOW)
    assert is_known(store, "first", login="login-a0", now=NOW + KNOWN_FOR / 2)
    assert not is_known(store, "first", login="login-a0", now=NOW + KNOWN_FOR)
    assert not is_known(store, "first", login="login-a1", now=NOW)
    assert not is_known(store, "first", login="nobody", now=NOW)
    know_device(store, "A1", "second", former="first", now=NOW)
    assert not is_known(store, "first", login="login-a0", now=NOW)
    for login in ("login-a0", "login-a1"):
        assert is_known(store, "second", login=login, now=NOW), "one browser, two people"
    for number in range(MOST):
        at = NOW + timedelta(hours=number + 1)
        know_device(store, "A0", f"more-{number}", former="", now=at)
    assert not is_known(store, "second", login="login-a0", now=NOW)
    assert is_known(store, "more-0", login="login-a0", now=NOW)
    disable_account(store, "A0", by="A1", at=AT)
    assert not is_known(store, "more-0", login="login-a0", now=NOW)
