"""Secrets in the store are sealed: what is copied without its key yields nothing, what is moved opens nothing, old stores are sealed too."""

from __future__ import annotations

import shutil
import stat
from threading import Thread
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from casework.accounts import (
    Account,
    add_account,
    all_accounts,
    second_factor_secret,
    set_second_factor,
)
from casework.engine import WRITING, make_engine
from casework.migrating import migrate
from casework.opening import APPLICATION_ID, VERSION, make_room
from casework.sealed import make_sealed, renew_key, troubles_of
from casework.sealing import SealError, SealKey, is_sealed, read_keys
from casework.store import Address, open_store
from casework.tables.accounts import ACCOUNT
from casework.tables.sealing import SEALING
from casework.tables.webhooks import WEBHOOK
from casework.upkeep import upgrade
from casework.webhooks import Webhook, add_webhook, remove_webhook, webhook_secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.store import CaseworkStore

AT = "2026-05-20T01:00:00.000000+00:00"
FACTOR, HOOK = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "whsec_bm90IGEgc2VjcmV0IG9mIGFueWJvZHk="


def chance(count: int) -> bytes:
    return bytes(range(7, 7 + count))


def other_chance(count: int) -> bytes:
    return bytes(range(77, 77 + count))


def fill(store: CaseworkStore) -> None:
    """Two people and a system, whose one has a second factor and whose other a webhook."""
    for number, role in enumerate(("analyst", "analyst", "service")):
        account = Account(f"A{number}", f"login-{number}", "王某", role, ("99",))
        add_account(store, account, by="tests", at=AT)
    make_sealed(store, chance, at=AT)
    set_second_factor(store, "A0", FACTOR)
    add_webhook(
        store, Webhook("wh_1", "A2", "https://a.test/", "", 0, "active", None, "t", AT), HOOK
    )


@pytest.fixture
def store(own_place: Address) -> Iterator[CaseworkStore]:
    key = key_of(own_place)
    key.unlink(missing_ok=True)  # of a PostgreSQL the folder is the same for every test
    with open_store(own_place, create=True) as opened:
        fill(opened)
        yield opened


def key_of(address: Address) -> Path:
    assert address.key_path is not None
    return address.key_path


def held(store: CaseworkStore) -> dict[str, str]:
    with store.reading() as connection:
        factors = sa.select(ACCOUNT.c.account_id, ACCOUNT.c.totp_secret).where(
            ACCOUNT.c.totp_secret.is_not(None)
        )
        hooks = sa.select(WEBHOOK.c.webhook_id, WEBHOOK.c.secret)
        return dict([*connection.execute(factors).all(), *connection.execute(hooks).all()])


def written_in(address: Address) -> bytes:
    """All that lies on the disk of an SQLite store, its log of writes too."""
    assert address.file is not None
    return b"".join(one.read_bytes() for one in address.file.parent.glob(f"{address.file.name}*"))


def test_what_is_kept_is_sealed_and_given_back(store: CaseworkStore) -> None:
    assert second_factor_secret(store, "A0") == FACTOR
    assert second_factor_secret(store, "A1") is None
    assert webhook_secret(store, "wh_1") == HOOK
    kept = held(store)
    assert set(kept) == {"A0", "wh_1"}
    assert all(is_sealed(text) for text in kept.values())
    assert FACTOR not in str(kept)
    assert HOOK not in str(kept)
    assert [one.second_factor for one in all_accounts(store)] == [True, False, False]
    assert stat.S_IMODE(key_of(store.address).stat().st_mode) == 0o600
    assert troubles_of(store) == ()


def test_a_copy_without_its_key_yields_nothing(store: CaseworkStore) -> None:
    kept = key_of(store.address).rename(key_of(store.address).with_name("away"))
    for call in (lambda: second_factor_secret(store, "A0"), lambda: webhook_secret(store, "wh_1")):
        with pytest.raises(SealError, match="不见了"):
            call()
    with pytest.raises(SealError, match="不见了"):
        set_second_factor(store, "A1", FACTOR)
    with pytest.raises(SealError, match="不见了"):
        make_sealed(store, other_chance, at=AT)
    assert not key_of(store.address).exists(), "no new key in the place of a lost one"
    assert troubles_of(store) == ("人工判定库的密钥文件不见了，密文无法使用",)
    assert len(all_accounts(store)) == 3, "whoever needs no secret goes on"
    set_second_factor(store, "A0", None)
    kept.rename(key_of(store.address))
    assert webhook_secret(store, "wh_1") == HOOK


def test_a_key_that_is_lost_for_good_is_replaced_when_nothing_needs_it(
    store: CaseworkStore,
) -> None:
    key_of(store.address).unlink()
    set_second_factor(store, "A0", None)
    with pytest.raises(SealError, match="不见了"):
        make_sealed(store, other_chance, at=AT)
    remove_webhook(store, "wh_1")
    assert make_sealed(store, other_chance, at=AT) == 0
    set_second_factor(store, "A1", FACTOR)
    assert second_factor_secret(store, "A1") == FACTOR
    assert troubles_of(store) == ()


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        (None, 0o600, "不是加密时所用"),
        (b"hedui-casework-key-1 AAAA\n", 0o600, "不是人工判定库的密钥文件"),
        (b"", 0o600, "不是人工判定库的密钥文件"),
        (b"\xff\xfe", 0o600, "不是人工判定库的密钥文件"),
        (b"same", 0o604, "任何人都能读取"),
    ],
)
def test_a_key_that_is_none_is_told_in_a_line(
    store: CaseworkStore, content: bytes | None, mode: int, told: str
) -> None:
    path = key_of(store.address)
    mine = path.read_bytes()
    if content is None:
        path.write_bytes(mine[:-6] + b"AAAA=\n")
    else:
        path.write_bytes(mine if content == b"same" else content)
    path.chmod(mode)
    with pytest.raises(SealError, match=told) as refused:
        webhook_secret(store, "wh_1")
    assert "\n" not in str(refused.value)
    assert mine.split()[1].decode() not in str(refused.value)
    with pytest.raises(SealError, match=told):
        set_second_factor(store, "A1", FACTOR)


def test_what_is_moved_or_changed_opens_nothing(store: CaseworkStore) -> None:
    kept = held(store)
    changed = kept["A0"][:-6] + ("A" if kept["A0"][-6] != "A" else "B") + kept["A0"][-5:]
    with store.writing() as connection:
        for account, text in (("A1", kept["A0"]), ("A0", changed), ("A2", kept["wh_1"])):
            connection.execute(
                ACCOUNT.update().where(ACCOUNT.c.account_id == account).values(totp_secret=text)
            )
    for account in ("A0", "A1", "A2"):
        with pytest.raises(SealError, match="改动或移动"):
            second_factor_secret(store, account)


def test_what_somebody_wrote_in_clear_is_not_used(store: CaseworkStore) -> None:
    with store.writing() as connection:
        connection.execute(ACCOUNT.update().values(totp_secret=FACTOR))
    with pytest.raises(SealError, match="未加密"):
        second_factor_secret(store, "A0")
    assert troubles_of(store) == ("3 个密钥未加密",)


def an_older_store(address: Address) -> None:
    """As the program before left it: its last revision, secrets in clear."""
    make_room(address)
    engine = make_engine(address, 5)
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        migrate(connection, to="0004")
        if address.file is not None:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
        account = {"name": "王某", "role": "analyst", "language": "zh", "must_change": 0}
        for number, secret in enumerate((FACTOR, None)):
            told = {"account_id": f"A{number}", "login": f"a{number}", "totp_secret": secret}
            more = {"created_by": "t", "created_at": AT}
            connection.execute(ACCOUNT.insert().values(**account, **told, **more))
        hook = {"url": "https://a.test/", "area": "", "position": 0, "created_by": "t"}
        for number, state in enumerate(("active", "removed")):
            told = {"webhook_id": f"wh_{number}", "account_id": "A0", "state": state}
            secret = HOOK if state == "active" else ""
            connection.execute(
                WEBHOOK.insert().values(**hook, **told, secret=secret, created_at=AT)
            )
    engine.dispose()


@pytest.mark.parametrize("kind", ["file", "bare"])
def test_an_older_store_is_sealed_when_it_is_opened(
    kind: str, request: pytest.FixtureRequest
) -> None:
    address: Address = request.getfixturevalue(kind)
    key_of(address).parent.mkdir(exist_ok=True)
    key_of(address).unlink(missing_ok=True)
    an_older_store(address)
    upgrade(address)
    with open_store(address) as store:
        if address.file is not None:
            assert HOOK.encode() in written_in(address)
        with pytest.raises(SealError, match="未加密"):
            second_factor_secret(store, "A0")
        assert make_sealed(store, chance, at=AT) == 2
        assert make_sealed(store, chance, at=AT) == 0
        assert second_factor_secret(store, "A0") == FACTOR
        assert webhook_secret(store, "wh_0") == HOOK
        if address.file is not None:
            assert HOOK.encode() not in written_in(address)
            assert FACTOR.encode() not in written_in(address)


def test_a_secret_that_was_replaced_stays_nowhere_in_the_file(file: Address) -> None:
    with open_store(file, create=True) as store:
        fill(store)
        before = held(store)
        set_second_factor(store, "A0", FACTOR[::-1])
        remove_webhook(store, "wh_1")
    assert before["A0"].encode() not in written_in(file)
    assert before["wh_1"].encode() not in written_in(file)


def test_a_new_key_seals_everything_and_the_former_one_opens_nothing(store: CaseworkStore) -> None:
    path = key_of(store.address)
    former, before = path.read_bytes(), held(store)
    assert renew_key(store, other_chance, at=AT) == 2
    assert (second_factor_secret(store, "A0"), webhook_secret(store, "wh_1")) == (FACTOR, HOOK)
    after = held(store)
    assert not set(before.values()) & set(after.values())
    assert len(read_keys(path)) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(former)
    with pytest.raises(SealError, match="不是加密时所用"):
        webhook_secret(store, "wh_1")


def test_a_renewal_that_was_killed_leaves_both_keys_and_is_done_again(
    store: CaseworkStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("casework.sealed._write", killed)
        with pytest.raises(KeyboardInterrupt):
            renew_key(store, other_chance, at=AT)
    assert len(read_keys(key_of(store.address))) == 2
    assert webhook_secret(store, "wh_1") == HOOK
    set_second_factor(store, "A1", FACTOR)
    assert renew_key(store, bytes, at=AT) == 3
    assert webhook_secret(store, "wh_1") == HOOK
    assert second_factor_secret(store, "A1") == FACTOR
    assert len(read_keys(key_of(store.address))) == 1


def test_two_that_begin_at_once_use_one_key(own_place: Address) -> None:
    key_of(own_place).unlink(missing_ok=True)
    with open_store(own_place, create=True) as store:
        both = [
            Thread(target=make_sealed, args=(store, one), kwargs={"at": AT})
            for one in (chance, other_chance)
        ]
        for one in both:
            one.start()
        for one in both:
            one.join()
        (key,) = read_keys(key_of(own_place))
        with store.reading() as connection:
            assert connection.execute(sa.select(SEALING.c.key_id)).scalars().all() == [key.key_id]


def test_a_key_that_lies_ready_is_taken(own_place: Address, tmp_path: Path) -> None:
    """Two machines with one database share the file that HEDUI_CASEWORK_KEY names."""
    with open_store(own_place, create=True) as store:
        fill(store)
        shutil.copy(key_of(own_place), tmp_path / "shared")
        (tmp_path / "shared").chmod(0o600)
    with open_store(Address(own_place.url, tmp_path / "shared")) as store:
        assert make_sealed(store, other_chance, at=AT) == 0
        assert webhook_secret(store, "wh_1") == HOOK


def test_two_texts_or_places_never_share_a_nonce() -> None:
    key = SealKey(chance(32))
    places = [("account", "A1", "totp_secret"), ("account", "A", "1totp_secret"), ("a", "b", "c")]
    made = [key.seal(text, place) for text in ("x", "y") for place in places]
    assert len({one.rpartition(".")[2][:16] for one in made}) == 6
    assert key.seal("x", places[0]) == made[0]
    for one, place in ((one, place) for one in made for place in places):
        if (one, place) in zip(made, places * 2, strict=True):
            assert key.unseal(one, place) in ("x", "y")
        else:
            with pytest.raises(SealError):
                key.unseal(one, place)
