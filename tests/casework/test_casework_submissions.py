"""Batches, uploads and ordered runs in both databases: kept whole or not at all, told again as they were."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from casework.runs import (
    FAILED,
    PUBLISHED,
    Ending,
    RunOrder,
    RunStep,
    add_order,
    add_step,
    end_order,
    newest_orders,
    read_order,
    steps_of,
    usual_times,
)
from casework.store import open_store
from casework.submissions import (
    Batch,
    BatchRow,
    Fault,
    HandedFile,
    Key,
    Landed,
    Repeated,
    areas_of,
    batch_faults,
    batch_files,
    batch_rows,
    keep_batch,
    landed_applications,
    newest_batches,
    newest_digests,
    read_batch,
    repeated,
    same_content,
)
from casework.uploads import (
    Upload,
    add_upload,
    end_upload,
    end_uploads_before,
    newest_open,
    read_upload,
    upload_of_batch,
)

AT = "2026-05-20T01:00:00.000000+00:00"
BATCH = Batch("B1", "applications", "api", "A1", AT, "2026-05-20", "c1", 2, 1, 1, 0)
ROWS = [
    BatchRow("approval.application", 2, "a[0]", "T-1", "", "990101001", "dibao", "accepted", "k.v"),
    BatchRow("approval.member", 2, "a[0].m[0]", "T-1", "1", "", "", "refused", ""),
]
FAULTS = [Fault("approval.member", 2, "name", "required")]
KEY = Key("A1", "applications", "kd", "bd")


@pytest.fixture
def store(place):
    with open_store(place, create=True) as opened:
        yield opened


def files(number):
    return [HandedFile("approval.application", f"approval/a_s{number}.parquet", 1, "d")]


def keep(store, batch=BATCH, **more):
    return keep_batch(store, batch, ROWS, FAULTS, name=files, **more)


def test_a_batch_is_told_as_it_was_kept(store):
    number = keep(store)
    assert read_batch(store, "B1") == replace(BATCH, batch_no=number)
    assert batch_rows(store, "B1") == ROWS
    assert batch_faults(store, "B1") == FAULTS
    assert batch_files(store, "B1") == files(number)
    assert same_content(store, "c1").batch_id == "B1"
    assert areas_of(store, ["B1", "B9"]) == {"B1": {("990101001", "dibao")}}
    assert landed_applications(store, ["T-1", "T-9"]) == {"T-1": Landed("990101001", "dibao")}
    assert newest_digests(store, ["T-1"]) == {"k": ("v", "2026-05-20")}
    assert read_batch(store, "B9") is None


def test_numbers_grow_and_what_fails_is_not_kept(store):
    first = keep(store)

    def fails(_number):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        keep_batch(store, replace(BATCH, batch_id="B2"), ROWS, FAULTS, name=fails)
    assert read_batch(store, "B2") is None
    third = keep(store, replace(BATCH, batch_id="B3"))
    assert third > first
    assert [b.batch_id for b in newest_batches(store)] == ["B3", "B1"]
    assert [b.batch_id for b in newest_batches(store, before=third)] == ["B1"]


def test_a_key_is_answered_once_until_it_is_forgotten(store):
    assert repeated(store, KEY, since="") is None
    keep(store, key=KEY)
    assert repeated(store, KEY, since="") == Repeated("B1", same=True)
    assert repeated(store, replace(KEY, body_digest="x"), since="") == Repeated("B1", same=False)
    assert repeated(store, replace(KEY, account_id="A2"), since="") is None
    second = replace(BATCH, batch_id="B2")
    assert keep(store, second, key=KEY) == Repeated("B1", same=True)
    later = "2026-06-30T00:00:00.000000+00:00"
    third = replace(BATCH, batch_id="B3", received_at=later)
    assert isinstance(keep(store, third, key=KEY, since="2026-06-01"), int)
    assert repeated(store, KEY, since="2026-06-01") == Repeated("B3", same=True)


def test_one_of_many_with_a_key_is_kept(store):
    def one(at):
        return keep(store, replace(BATCH, batch_id=f"B{at}"), key=KEY)

    with ThreadPoolExecutor(6) as pool:
        kept = list(pool.map(one, range(6)))
    assert sum(isinstance(one, int) for one in kept) == 1
    assert len(newest_batches(store)) == 1


def test_uploads_end(store):
    add_upload(store, Upload("U1", "A1", AT, "c", "{}"))
    add_upload(store, Upload("U2", "A1", AT, "c", "{}"))
    assert [u.upload_id for u in newest_open(store, "A1")] == ["U2"]
    end_upload(store, "U2", AT, batch_id="B1")
    assert upload_of_batch(store, "B1").upload_id == "U2"
    assert newest_open(store, "A1") == []
    assert sorted(end_uploads_before(store, "2026-05-21", at=AT)) == ["U1", "U2"]
    assert read_upload(store, "U9") is None


def test_one_run_goes_on_at_a_time(store):
    first = RunOrder("R1", "process", "2026-05-20", "A1", AT)
    assert add_order(store, first, goes_on=lambda _: True) is None
    second = replace(first, order_id="R2")
    assert add_order(store, second, goes_on=lambda _: True).order_id == "R1"
    assert add_order(store, second, goes_on=lambda _: False) is None
    assert [o.order_id for o in newest_orders(store)] == ["R2", "R1"]
    assert read_order(store, "R1").outcome == "died"


def test_what_was_noted_first_about_an_end_stays(store):
    add_order(store, RunOrder("R1", "process", "2026-05-20", "A1", AT), goes_on=lambda _: True)
    end_order(store, "R1", Ending(PUBLISHED, AT, "R000001"))
    end_order(store, "R1", Ending(FAILED, AT))
    assert read_order(store, "R1").run_id == "R000001"


def test_usual_times_are_medians_of_runs_that_published(store):
    for at, (outcome, milliseconds) in enumerate(
        ((PUBLISHED, 100), (PUBLISHED, 900), (PUBLISHED, 300), (FAILED, 5))
    ):
        order = RunOrder(f"R{at}", "process", "2026-05-20", "A1", AT)
        add_order(store, order, goes_on=lambda _: False)
        add_step(store, f"R{at}", RunStep("link", "", {"persons": 3}, milliseconds, AT))
        end_order(store, f"R{at}", Ending(outcome, AT))
    assert usual_times(store) == {("link", ""): 300}
    assert steps_of(store, "R3") == [RunStep("link", "", {"persons": 3}, 5, AT)]
