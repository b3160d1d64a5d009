"""Transactions, in both databases: who reads sees one state and waits for nobody, who writes is alone, and a killed writer leaves nothing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from test_caselog_store import ROWS

from casework.errors import BusyError, CaseworkError, RefusedError, TakenError
from casework.logs import add_log_rows, read_casework
from casework.store import open_store
from casework.tables.logs import CONSENT, INSPECTION_DRAW
from household.errors import OutsideError

if TYPE_CHECKING:
    from casework.store import Address, CaseworkStore

CONSENTED = ROWS["consent"]


def consents(store: CaseworkStore) -> int:
    with store.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(CONSENT)).scalar_one())


def test_who_reads_sees_one_state_and_does_not_wait(place: Address) -> None:
    with open_store(place, create=True) as store:
        with store.reading() as reading:
            counting = sa.select(sa.func.count()).select_from(CONSENT)
            assert reading.execute(counting).scalar_one() == 0
            with store.writing() as writing:
                writing.execute(sa.insert(CONSENT), [CONSENTED])
                assert consents(store) == 0  # not committed yet
            assert consents(store) == 1
            assert reading.execute(counting).scalar_one() == 0
        with pytest.raises(CaseworkError, match="无法读写"), store.reading() as reading:
            reading.execute(sa.insert(CONSENT), [CONSENTED])
        assert consents(store) == 1


def test_a_body_that_fails_leaves_nothing(place: Address) -> None:
    with open_store(place, create=True) as store:
        with pytest.raises(KeyError), store.writing() as connection:
            {}[connection.execute(sa.insert(CONSENT), [CONSENTED])]
        assert consents(store) == 0


def test_a_second_writer_is_refused_in_one_line(place: Address) -> None:
    with (
        open_store(place, create=True) as store,
        open_store(place, wait=0.05) as other,
        store.writing() as connection,
    ):
        connection.execute(sa.insert(CONSENT), [CONSENTED])
        with pytest.raises(BusyError, match="正被另一个程序写入") as refusal, other.writing():
            pytest.fail("two writers at once")
        assert isinstance(refusal.value, OutsideError)
        assert "\n" not in str(refusal.value)


def test_forty_threads_read_and_write_and_no_look_before_a_leap_is_wrong(place: Address) -> None:
    """Each writer gives a row the number of rows that it saw: alone, it never gives one twice."""
    gate = Barrier(40)
    counting = sa.select(sa.func.count()).select_from(INSPECTION_DRAW)

    def write(store: CaseworkStore) -> None:
        gate.wait()
        for _ in range(3):
            with store.writing() as connection:
                seen = connection.execute(counting).scalar_one()
                row = ROWS["inspection_draw"] | {"household_no": f"H{seen}"}
                connection.execute(sa.insert(INSPECTION_DRAW), [row])

    def read(store: CaseworkStore) -> None:
        gate.wait()
        for _ in range(3):
            with store.reading() as connection:
                assert (
                    connection.execute(counting).scalar_one()
                    == connection.execute(counting).scalar_one()
                )

    with open_store(place, create=True, wait=120) as store, ThreadPoolExecutor(40) as pool:
        told = [pool.submit(write if n % 2 else read, store) for n in range(40)]
        for one in told:
            one.result()
    drawn = read_casework(place).inspection_draw
    assert drawn["household_no"].to_list() == [f"H{n}" for n in range(60)]


def test_numbers_grow_in_the_order_in_which_rows_become_visible(place: Address) -> None:
    """A later number is never seen before an earlier one, so that whoever reads from a number on misses nothing."""
    done, seen = Event(), []

    def watch(store: CaseworkStore) -> None:
        while not done.is_set():
            with store.reading() as connection:
                ids = connection.execute(sa.select(CONSENT.c.consent_id)).scalars().all()
            seen.append((len(ids), max(ids, default=0)))

    def write(store: CaseworkStore) -> None:
        for _ in range(5):
            with store.writing() as connection:
                connection.execute(sa.insert(CONSENT), [CONSENTED] * 2)

    with open_store(place, create=True, wait=120) as store, ThreadPoolExecutor(5) as pool:
        watcher = pool.submit(watch, store)
        for writer in [pool.submit(write, store) for _ in range(4)]:
            writer.result()
        done.set()
        watcher.result()
    assert consents_numbered(place) == list(range(1, 41))
    assert all(count == newest for count, newest in seen)


def consents_numbered(place: Address) -> list[int]:
    return read_casework(place).consent["consent_id"].to_list()


WRITER = """
import sys
import sqlalchemy as sa
from casework.store import Address, open_store
from casework.tables.logs import CONSENT
with open_store(Address(sys.argv[1]), create=True) as store, store.writing() as connection:
    connection.execute(sa.insert(CONSENT), [dict(person_ref="P9", purpose="charity", given=1, paper_no="99-9", clerk="王某", decided_at="2026-05-20T09:30:00")])
    print("written", flush=True)
    sys.stdin.read()
"""


def test_a_killed_writer_leaves_nothing_and_holds_nobody_up(place: Address) -> None:
    add_log_rows(place, "consent", [CONSENTED])
    command = [sys.executable, "-c", WRITER, place.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        writer.kill()
    with open_store(place, wait=60) as store:  # what is held up is refused
        add_log_rows(store, "consent", [CONSENTED])
    assert read_casework(place).consent["person_ref"].to_list() == ["P1", "P1"]


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"given": 2}, RefusedError),
        ({"paper_no": None}, RefusedError),
        ({"paper_no": "\ud800"}, RefusedError),
        ({"consent_id": 1}, TakenError),
    ],
)
def test_a_refusal_says_nothing_of_the_row(
    place: Address, wrong: dict[str, object], kind: type[RefusedError]
) -> None:
    add_log_rows(place, "consent", [CONSENTED])
    with pytest.raises(kind) as refusal:
        add_log_rows(place, "consent", [CONSENTED | {"person_ref": "P99"} | wrong])
    told = f"{refusal.value!r} {refusal.value} {refusal.value.__cause__}"
    assert "P99" not in told
    assert "王某" not in told
    assert len(read_casework(place).consent) == 1


def test_hostile_text_is_kept_as_it_is(place: Address) -> None:
    nasty = "'); DROP TABLE consent; -- %s :x {y} \u202e<script>\\ 𠀀"
    add_log_rows(place, "consent", [CONSENTED | {"paper_no": nasty}])
    assert read_casework(place).consent["paper_no"].to_list() == [nasty]
