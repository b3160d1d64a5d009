"""The change feed, receipts and webhooks in either database: numbered in the order in which they are seen, said once, claimed by one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import polars as pl
import pytest

from casework import feed
from casework.accounts import Account, add_account
from casework.acknowledgements import acknowledge, all_acknowledged
from casework.feed import ENTRY, newest_walk, read_entries, record_walk, standing
from casework.sealed import make_sealed
from casework.store import open_store
from casework.webhooks import (
    DEAD,
    Message,
    Webhook,
    add_webhook,
    claim,
    make_message,
    note_attempt,
    release,
    remove_webhook,
    retry_webhook,
    undelivered,
    webhook_secret,
    webhooks,
)
from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from casework.store import Address, CaseworkStore

AT = "2026-05-20T01:00:00.000000+00:00"
LATER = "2026-05-20T01:02:00.000000+00:00"


@pytest.fixture
def store(place: Address) -> Iterator[CaseworkStore]:
    with open_store(place) as opened:
        yield opened


def entries(word: str, count: int) -> pl.DataFrame:
    """A verdict of each of so many applications."""
    rows = [
        {
            "change": "published",
            "region_code": f"99010{n % 3}",
            "application_id": f"SQ{n}",
            "programme": "dibao",
            "requested": 1,
            "authorised": 1,
            "verdict_id": f"V{word}{n}",
        }
        for n in range(count)
    ]
    return pl.DataFrame(rows, schema=dict(ENTRY))


def walk(store: CaseworkStore, word: str, count: int = 7) -> feed.Walk | None:
    after = newest_walk(store)
    number = after.sequence + 1 if after else 1
    run = (f"R{number}", number)
    return record_walk(store, entries(word, count), run=run, at=AT, bridged=False, after=after)


def test_a_reader_never_sees_a_number_before_a_smaller_one(store, monkeypatch):
    monkeypatch.setattr(feed, "PART", 3)
    seen, ended = [], threading.Event()

    def read() -> None:
        place = 0
        while not ended.is_set() or place < (newest_walk(store) or _NONE).last_seq:
            page = read_entries(store, place, regions=("*",), programmes=("*",), most=5)
            seen.extend(row["seq"] for row in page.rows)
            place = page.upto

    def write(word: str) -> None:
        for turn in range(4):
            walk(store, f"{word}{turn}")

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(word,)) for word in "abc"]
    for one in (reader, *writers):
        one.start()
    for one in writers:
        one.join()
    ended.set()
    reader.join()
    whole = read_entries(store, 0, regions=("*",), programmes=("*",), most=1000)
    assert seen == [row["seq"] for row in whole.rows]
    walks = newest_walk(store)
    assert walks is not None
    assert len(whole.rows) == 7 * walks.sequence > 0


_NONE = feed.Walk(0, "", 0, "", bridged=False, last_seq=0)


def test_areas_are_kept_apart(store):
    walk(store, "a")
    of = {
        regions: [
            row["application_id"]
            for row in read_entries(store, 0, regions=regions, programmes=("*",), most=9).rows
        ]
        for regions in [("990100",), ("990101", "990102"), ("9901",), (), ("%",), ("99010_",)]
    }
    assert of[("990100",)] == ["SQ0", "SQ3", "SQ6"]
    assert of[("990101", "990102")] == ["SQ1", "SQ2", "SQ4", "SQ5"]
    assert len(of[("9901",)]) == 7
    assert of[()] == of[("%",)] == of[("99010_",)] == []
    none = read_entries(store, 0, regions=("*",), programmes=("tekun",), most=9)
    assert (none.rows, none.upto) == ([], none.head)


def test_what_stands_is_the_newest_of_each(store):
    walk(store, "a", 3)
    walk(store, "b", 2)
    verdicts, alerts = standing(store)
    assert set(verdicts["verdict_id"]) == {"Vb0", "Vb1", "Va2"}
    assert alerts.is_empty()


def test_a_receipt_is_kept_once(store):
    said = {"account_id": "A1", "received_at": AT}
    first = acknowledge(store, "V1", **said, now=AT)
    again = acknowledge(store, "V1", account_id="A1", received_at=LATER, now=LATER)
    acknowledge(store, "V1", account_id="A2", received_at=LATER, now=LATER)
    assert (first.fresh, again.fresh, again.received_at) == (True, False, AT)
    assert all_acknowledged(store, "A1") == ["V1"]


def hook(store: CaseworkStore) -> str:
    account = Account("A1", "shenpi", "审批系统", "service", ("*",))
    add_account(store, account, by="tests", at=AT)
    make_sealed(store, bytes, at=AT)
    add_webhook(
        store,
        Webhook("wh_1", "A1", "https://a.test/", "", 0, "active", None, "t", AT),
        "whsec_x",
    )
    return "wh_1"


def test_a_webhook_is_claimed_by_one_and_let_go(store):
    name = hook(store)
    assert claim(store, name, now=AT, until=LATER) is not None
    assert claim(store, name, now=AT, until=LATER) is None
    assert claim(store, name, now=LATER, until=LATER) is not None, "whoever held it was killed"
    release(store, name)
    assert claim(store, name, now=AT, until=LATER) is not None


def test_what_is_given_up_stops_it_until_it_is_started_again(store):
    name = hook(store)
    message = Message("msg_1", name, 1, 2, "{}", "pending", 0, AT, AT, None)
    make_message(store, message, webhook_id=name, position=2, area="")
    note_attempt(store, message, state=DEAD, answer="HTTP 500", next_at=LATER)
    assert claim(store, name, now=LATER, until=LATER) is None
    assert webhooks(store)[0].why == "HTTP 500"
    retry_webhook(store, name, now=LATER)
    kept = undelivered(store, name)
    assert kept is not None
    assert (kept.message_id, kept.body, kept.attempts, kept.next_at) == ("msg_1", "{}", 0, LATER)


def test_a_removed_webhook_is_gone_and_its_secret_forgotten(store):
    name = hook(store)
    assert "whsec_x" not in repr(webhooks(store))
    assert webhook_secret(store, name) == "whsec_x"
    remove_webhook(store, name)
    assert webhooks(store) == ()
    with pytest.raises(InputError):
        webhook_secret(store, name)
    with pytest.raises(InputError):
        retry_webhook(store, name, now=AT)


def test_only_an_open_service_account_has_webhooks(store):
    with pytest.raises(InputError):
        add_webhook(
            store,
            Webhook("wh_1", "A9", "https://a.test/", "", 0, "active", None, "t", AT),
            "whsec_x",
        )
