"""Whatever runs come and however its reader stumbles: who applies the feed holds what the newest run shows of his area."""

from __future__ import annotations

import shutil
import threading

import pytest
from feed_histories import HISTORY, SCOPES, Consumer, KeptRuns
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from served_counties import outside

from casework import feed
from casework.feed import newest_walk, read_entries, record_walk
from casework.store import file_address, open_store
from service.access.actor import Scope
from service.feed.differences import verdict_changes
from service.feed.keeper import keep_feed

_SETTINGS = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_SETTINGS
@given(
    history=HISTORY,
    scope=SCOPES,
    pages=st.lists(st.integers(1, 4), min_size=1, max_size=6),
    walked=st.lists(st.booleans(), min_size=5, max_size=5),
    keep=st.integers(1, 3),
)
def test_the_consumer_holds_what_the_newest_run_shows(
    empty_store, tmp_path_factory, history, scope, pages, walked, keep
):
    own = tmp_path_factory.mktemp("h") / "own.sqlite"
    shutil.copyfile(empty_store, own)
    kept, consumer, clock = KeptRuns(keep), Consumer(scope), outside()
    with open_store(file_address(own)) as store:
        for (verdicts, alerts), now in zip(history, walked, strict=False):
            kept.publish(verdicts, alerts)
            if now:  # else the keeper was down, and runs may be gone when it is back
                keep_feed(kept, store, clock)
            consumer.read_page(store, pages[0])
        keep_feed(kept, store, clock)
        assert keep_feed(kept, store, clock) == 0
        turn = 0
        while consumer.read_page(store, pages[turn % len(pages)]):
            turn += 1
        assert (consumer.verdicts, consumer.alerts) == consumer.expected(kept)
        assert consumer.seen == sorted(set(consumer.seen))
        whole = read_entries(store, 0, regions=("*",), programmes=("*",), most=10_000)
        assert [row["seq"] for row in whole.rows] == list(range(1, whole.head + 1))


@pytest.mark.parametrize("transactions", [1, 2, 3, 4])
def test_a_keeper_killed_between_any_two_transactions_leaves_nothing_to_be_seen(
    store, monkeypatch, transactions
):
    monkeypatch.setattr(feed, "PART", 20)
    kept = KeptRuns()
    kept.publish({(f"SQ{n:02d}", "dibao"): ("a", "990101001", True, True) for n in range(50)}, {})
    writing, begun = store.writing, []

    def killed():
        if len(begun) == transactions:
            raise KeyboardInterrupt
        begun.append(1)
        return writing()

    with monkeypatch.context() as patched:
        patched.setattr(store, "writing", killed)
        with pytest.raises(KeyboardInterrupt):
            keep_feed(kept, store, outside())
    assert newest_walk(store) is None
    assert read_entries(store, 0, regions=("*",), programmes=("*",), most=99).rows == []
    assert keep_feed(kept, store, outside()) == 1
    whole = Consumer(Scope(("*",)))
    assert not whole.read_page(store, 99)
    assert whole.verdicts == whole.expected(kept)[0]
    assert len(whole.seen) == 50


def test_a_keeper_that_was_overtaken_writes_nothing(store):
    kept = KeptRuns()
    kept.publish({("SQ1", "dibao"): ("a", "990101001", True, True)}, {})
    keep_feed(kept, store, outside())
    walk = newest_walk(store)
    entries = read_entries(store, 0, regions=("*",), programmes=("*",), most=9)
    late = verdict_changes(*(kept.ask("feed_verdicts", run="R0001"),) * 2, run_region=None)
    assert record_walk(store, late, run=("R0002", 2), at="x", bridged=False, after=None) is None
    assert newest_walk(store) == walk
    assert read_entries(store, 0, regions=("*",), programmes=("*",), most=9) == entries


def test_missing_runs_are_told_as_bridged(store):
    kept = KeptRuns(keep=1)
    kept.publish({("SQ1", "dibao"): ("a", "990101001", True, True)}, {})
    keep_feed(kept, store, outside())
    kept.publish({("SQ1", "dibao"): ("b", "990101001", True, True)}, {})
    kept.publish({("SQ1", "dibao"): ("c", "990101001", True, True)}, {})
    keep_feed(kept, store, outside())
    rows = read_entries(store, 0, regions=("*",), programmes=("*",), most=9).rows
    assert [(r["change"], r["bridged"], r["run_id"]) for r in rows] == [
        ("published", 0, "R0001"),
        ("superseded", 1, "R0003"),
    ]


def test_why_a_verdict_is_recalled(store):
    kept = KeptRuns()
    kept.publish(
        {
            ("SQ1", "dibao"): ("a", "990101001", True, True),
            ("SQ1", "tekun"): ("a", "990101001", True, True),
            ("SQ2", "dibao"): ("a", "990101001", True, True),
            ("SQ3", "dibao"): ("a", "990101001", True, True),
            ("SQ4", "dibao"): ("a", "990101001", True, True),
        },
        {},
    )
    kept.publish(
        {
            ("SQ1", "dibao"): ("a", "990101001", False, True),
            ("SQ3", "dibao"): ("a", "990102001", True, True),
            ("SQ4", "dibao"): ("b", "990101001", True, True),
        },
        {},
    )
    keep_feed(kept, store, outside())
    rows = read_entries(store, 5, regions=("*",), programmes=("*",), most=99).rows
    assert [(r["application_id"], r["programme"], r["change"], r["reason"]) for r in rows] == [
        ("SQ1", "dibao", "withdrawn", "authorisation_lost"),
        ("SQ1", "dibao", "published", None),
        ("SQ1", "tekun", "withdrawn", "programme_not_assessed"),
        ("SQ2", "dibao", "withdrawn", "not_in_run"),
        ("SQ3", "dibao", "withdrawn", "region_changed"),
        ("SQ3", "dibao", "published", None),
        ("SQ4", "dibao", "superseded", None),
    ]


def test_keepers_and_readers_at_the_same_time(store, monkeypatch):
    monkeypatch.setattr(feed, "PART", 3)
    kept = KeptRuns()
    for word in "abcab":
        kept.publish({(f"SQ{n}", "dibao"): (word, "990101001", True, True) for n in range(10)}, {})
    consumer, ended = Consumer(Scope(("*",))), threading.Event()

    def read() -> None:
        while not ended.is_set():
            consumer.read_page(store, 4)

    reader = threading.Thread(target=read)
    keepers = [threading.Thread(target=keep_feed, args=(kept, store, outside())) for _ in range(3)]
    for one in (reader, *keepers):
        one.start()
    for one in keepers:
        one.join()
    ended.set()
    reader.join()
    while consumer.read_page(store, 4):
        pass
    assert consumer.verdicts == consumer.expected(kept)[0]
    assert consumer.seen == sorted(set(consumer.seen))
    assert len(consumer.seen) == 50
