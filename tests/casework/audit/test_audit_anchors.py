"""When the head is written down outside, where, and what happens when it cannot be."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from audit_logs import MORNING, Clock, filled, look
from servers.waiting import PATIENCE, await_that

from casework.audit.anchors import FILE, Anchor, Anchors, FolderPlace
from casework.audit.errors import AuditUnavailable
from casework.audit.log import AuditLog
from casework.audit.opening import open_log
from casework.audit.segments import segment_file
from casework.audit.store_place import StorePlace
from casework.audit.verify import verify
from casework.errors import RefusedError
from casework.store import address_of, open_store
from casework.tables.audit_anchor import AUDIT_ANCHOR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from casework.store import Address, CaseworkStore


class Kept:
    """A place in memory that may be out of order."""

    name = "试验"

    def __init__(self) -> None:
        self.kept: list[Anchor] = []
        self.broken = False

    def put(self, anchor: Anchor) -> None:
        if self.broken:
            raise OSError(28, "no room")
        self.kept.append(anchor)

    def anchors(self) -> list[Anchor]:
        return self.kept


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audit"


@pytest.fixture
def store(place: Address) -> Iterator[CaseworkStore]:
    with open_store(place, create=True) as opened:
        yield opened


def settle(anchors: Anchors) -> None:
    if anchors._thread is not None:
        anchors._thread.join()


def test_after_so_many_entries(folder: Path):
    place = Kept()
    anchors = Anchors([place], every=10)
    log = AuditLog(folder, now=Clock(), anchors=anchors)
    for number in range(1, 32):
        log.record(look(number))
        settle(anchors)
    assert [anchor.seq for anchor in place.kept] == [11, 21, 31]
    log.record(look(32))
    log.close()
    assert [anchor.seq for anchor in place.kept] == [11, 21, 31, 32]
    assert verify(folder, anchors=place.kept).anchored == place.kept[-1]


def test_after_so_much_time(folder: Path):
    clock, place = Clock(), Kept()
    anchors = Anchors([place], after=timedelta(minutes=5))
    log = AuditLog(folder, now=clock, anchors=anchors)
    log.record(look(1))
    clock.move(minutes=4, seconds=59)
    log.record(look(2))
    settle(anchors)
    assert place.kept == []
    clock.move(seconds=1)
    log.record(look(3))
    settle(anchors)
    assert [(a.seq, a.at) for a in place.kept] == [(3, "2026-05-20T01:35:00+00:00")]


def test_the_last_looks_of_a_day_are_anchored_though_none_comes_after(folder: Path):
    place = Kept()
    log = AuditLog(folder, now=Clock(), anchors=Anchors([place], after=timedelta(seconds=0.2)))
    log.record(look(1))
    log.record(look(2))
    await_that(lambda: place.kept and place.kept[-1].seq == 2, "the last look is anchored")
    kept = list(place.kept)
    log.close()
    assert place.kept == kept


def test_a_look_while_the_one_before_is_being_anchored_is_anchored_too(folder: Path):
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Kept):
        def put(self, anchor: Anchor) -> None:
            begun.set()
            assert go_on.wait(PATIENCE)
            super().put(anchor)

    place = Slow()
    log = AuditLog(folder, now=Clock(), anchors=Anchors([place], after=timedelta(seconds=0.01)))
    log.record(look(1))
    assert begun.wait(PATIENCE)
    log.record(look(2))
    go_on.set()
    await_that(lambda: [anchor.seq for anchor in place.kept] == [1, 2], "the last look is anchored")
    log.close()


def test_where_a_file_ended_is_told_again_after_trouble(folder: Path):
    place = Kept()
    anchors = Anchors([place], every=5)
    log = AuditLog(folder, now=Clock(), anchors=anchors, per_segment=3)
    place.broken = True
    for number in range(4):
        log.record(look(number))
        settle(anchors)
    assert place.kept == []
    place.broken = False
    log.close()
    assert [(a.seq, a.closes) for a in place.kept] == [(3, 1), (4, None)]


def test_closing_twice_anchors_once(folder: Path):
    place = Kept()
    log = AuditLog(folder, now=Clock(), anchors=Anchors([place]))
    log.record(look(1))
    log.close()
    log.close()
    assert [anchor.seq for anchor in place.kept] == [1]


def test_a_place_out_of_order_stops_the_log_after_four_hours_and_heals(folder: Path):
    clock, place = Clock(), Kept()
    anchors = Anchors([place], every=1)
    log = AuditLog(folder, now=clock, anchors=anchors)
    log.record(look(1))
    place.broken = True
    log.record(look(2))
    settle(anchors)
    assert anchors.failing == {"试验": MORNING}
    clock.move(hours=4)
    log.record(look(3))  # to the minute: still within
    settle(anchors)
    clock.move(seconds=1)
    with pytest.raises(AuditUnavailable, match="锚点"):
        log.record(look(4))
    settle(anchors)
    place.broken = False
    with pytest.raises(AuditUnavailable, match="锚点"):
        log.record(look(4))  # tries again beside it
    settle(anchors)
    assert log.record(look(4)) == 4


def test_a_folder_on_another_disk(folder: Path, tmp_path: Path):
    outside = tmp_path / "other"
    with open_log(folder, now=Clock(), anchors=outside) as log:
        log.record(look(1))
    with (outside / FILE).open("ab") as file:
        file.write(b'{"seq":2,"ha')  # a crash while it was written
    (anchor,) = FolderPlace(outside).anchors()
    assert (anchor.seq, anchor.hash) == (log.head.seq, log.head.hash)
    assert verify(folder, anchors=[anchor]).holds


def test_anchors_in_the_casework_store(folder: Path, store: CaseworkStore):
    with open_log(folder, now=Clock(), casework=store) as log:
        for number in range(3):
            log.record(look(number))
    (anchor,) = StorePlace(store).anchors()
    assert (anchor.seq, anchor.hash, anchor.place) == (3, log.head.hash, "工作库")
    assert verify(folder, anchors=[anchor]).anchored == anchor


def test_anchors_of_the_store_cannot_be_taken_back(store: CaseworkStore):
    StorePlace(store).put(Anchor(1, "a" * 64, "2026-05-20T01:30:00+00:00"))
    for change in (sa.delete(AUDIT_ANCHOR), sa.update(AUDIT_ANCHOR).values(seq=9)):
        with pytest.raises(RefusedError), store.writing() as connection:
            connection.execute(change)
    assert len(StorePlace(store).anchors()) == 1


def test_recording_within_a_transaction_of_the_store_waits_for_nobody(folder: Path, tmp_path: Path):
    """A handler may hold the store's only writing transaction while it records: the anchor must not stand in its way."""
    with open_store(address_of(tmp_path), create=True, wait=0.5) as store:
        anchors = Anchors([StorePlace(store)], every=1)
        log = AuditLog(folder, now=Clock(), anchors=anchors)
        with store.writing():
            log.record(look(1))
            log.record(look(2))
        settle(anchors)
        log.record(look(3))
        log.close()
        assert anchors.failing == {}
        assert StorePlace(store).anchors()[-1].seq == 3


def test_no_store_is_made_for_anchors(folder: Path, tmp_path: Path):
    address = address_of(tmp_path)
    with open_log(folder, now=Clock(), casework=address) as log:
        log.record(look(1))
    assert StorePlace(address).anchors() == []
    assert address.file is not None
    assert not address.file.exists()


def test_anchors_of_several_processes_agree(folder: Path):
    place = Kept()
    filled(folder, 3)
    for number in range(3):
        with AuditLog(folder, now=Clock(), anchors=Anchors([place])) as log:
            log.record(look(number))
    assert [anchor.seq for anchor in place.kept] == [4, 5, 6]
    assert verify(folder, anchors=place.kept).holds


def test_the_end_of_a_file_is_anchored_so_that_it_can_be_archived(folder: Path, tmp_path: Path):
    place = Kept()
    anchors = Anchors([place])
    with AuditLog(folder, now=Clock(), anchors=anchors, per_segment=10) as log:
        for number in range(25):
            log.record(look(number))
            settle(anchors)
    assert {10, 20, 25} <= {anchor.seq for anchor in place.kept}
    segment_file(folder, 1).rename(tmp_path / "archived")
    segment_file(folder, 2).rename(tmp_path / "archived2")
    assert verify(folder, anchors=place.kept, starts_at=3).holds
    whole = segment_file(folder, 3).read_bytes()
    segment_file(folder, 3).write_bytes(whole.split(b"\n", 1)[1])
    assert [f.kind for f in verify(folder, anchors=place.kept, starts_at=3).findings] == ["start"]
