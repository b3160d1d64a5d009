"""The working store and the log: whole files or none, torn lines, a full disk."""

import errno
import json

import polars as pl
import pytest
from inbox_files import intake, put_vehicles, vehicles

from connectors import store as store_module
from connectors.errors import ConnectorError
from connectors.intake.arrivals import Arrival, append_arrivals, read_arrivals
from connectors.intake.inbox import survey
from connectors.intake.taking import take
from connectors.store import failure, keep_raw, open_store, write_whole
from quality.rows import examine


def files(root):
    return sorted(p.name for p in root.rglob("*") if p.is_file())


def test_raw_bytes_are_kept_under_their_digest(tmp_path):
    source = tmp_path / "x.csv"
    source.write_bytes(b"abc")
    store = open_store(tmp_path / "w.store")
    digest = keep_raw(source, store, ext="csv")
    kept = store.raw(digest, "csv")
    assert digest.startswith("ba7816bf")
    assert kept.parent.name == "ba"
    assert kept.read_bytes() == b"abc"
    assert keep_raw(source, store, ext="csv") == digest


def test_leftovers_of_a_killed_run_are_cleared(tmp_path):
    store = open_store(tmp_path / "w.store")
    left = store.root / "rows" / "tax.income" / "abc.parquet.tmp"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    open_store(store.root)
    assert not left.exists()


def _full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("when", ["writing", "syncing"])
def test_full_disk_leaves_nothing(tmp_path, monkeypatch, when):
    target = tmp_path / "a" / "rows.parquet"

    def write(path):
        path.write_bytes(b"half")
        if when == "writing":
            _full()

    if when == "syncing":
        monkeypatch.setattr(store_module.os, "fsync", _full)
    with pytest.raises(ConnectorError, match="No space left on device"):
        write_whole(target, write)
    assert files(tmp_path) == []


def test_full_disk_as_polars_tells_it():
    with pytest.raises(pl.exceptions.PolarsError) as caught:
        pl.DataFrame({"a": range(100_000)}).write_parquet("/dev/full")
    assert "No space left on device" in str(failure("工作库文件", caught.value))


def test_full_disk_while_rows_are_written_leaves_no_event(tmp_path, monkeypatch):
    inbox = tmp_path / "inbox"
    put_vehicles(inbox, "A1")
    store = open_store(tmp_path / "w.store")
    (found,) = survey(inbox)
    monkeypatch.setattr("polars.DataFrame.write_parquet", _full)
    with pytest.raises(ConnectorError, match="剩余空间"):
        take(found, store, examine=examine)
    assert read_arrivals(store) == []
    assert [name for name in files(store.root) if name.endswith((".tmp", ".parquet"))] == []
    monkeypatch.undo()
    assert take(found, store, examine=examine).state == "read"


def test_full_disk_while_the_log_is_written_keeps_the_log(tmp_path, monkeypatch):
    inbox = tmp_path / "inbox"
    put_vehicles(inbox, "A1", part="_1")
    _, store = intake(inbox)
    before = store.arrivals.read_bytes()
    put_vehicles(inbox, "A2", part="_2")
    found = survey(inbox)[1]
    real = store_module.os.fsync
    monkeypatch.setattr("connectors.event_log.os.fsync", _full)
    with pytest.raises(ConnectorError):
        append_arrivals(store, read_arrivals(store))
    monkeypatch.setattr("connectors.event_log.os.fsync", real)
    assert store.arrivals.read_bytes() == before
    assert take(found, store, examine=examine).seq == 2


def test_killed_between_raw_copy_and_log(tmp_path):
    inbox = tmp_path / "inbox"
    file = put_vehicles(inbox, "A1")
    store = open_store(tmp_path / "w.store")
    keep_raw(inbox / file, store, ext="csv")
    taken, _ = intake(inbox, store)
    assert [(a.file, a.state, a.rows_read) for a in taken.fresh] == [(file, "read", 1)]


def test_torn_last_line_never_happened(tmp_path):
    inbox = tmp_path / "inbox"
    put_vehicles(inbox, "A1", part="_1")
    taken, store = intake(inbox)
    with store.arrivals.open("ab") as log:
        log.write(b'{"seq": 2, "file": "public_sec')
    assert read_arrivals(store) == list(taken.arrivals)
    put_vehicles(inbox, "A2", part="_2")
    again, _ = intake(inbox, store)
    assert [a.seq for a in again.arrivals] == [1, 2]
    assert all(json.loads(line) for line in store.arrivals.read_text("utf-8").splitlines())


def test_damage_inside_the_log_is_an_error(tmp_path):
    inbox = tmp_path / "inbox"
    put_vehicles(inbox, "A1")
    _, store = intake(inbox)
    store.arrivals.write_bytes(b"{}\n" + store.arrivals.read_bytes())
    with pytest.raises(ConnectorError, match="第 1 行"):
        read_arrivals(store)


def test_event_comes_back_as_it_went(tmp_path):
    inbox = tmp_path / "inbox"
    put_vehicles(inbox, "A1")
    taken, store = intake(inbox)
    (event,) = read_arrivals(store)
    assert isinstance(event, Arrival)
    assert event == taken.arrivals[0]


def test_log_names_no_person(tmp_path):
    inbox = tmp_path / "inbox"
    put_vehicles(inbox, "A1")
    _, store = intake(inbox)
    text = store.arrivals.read_text("utf-8")
    assert "王建国" not in text
    assert "99010119800301101" not in text


def test_file_rewritten_while_it_is_copied(tmp_path, monkeypatch):
    source = tmp_path / "x.csv"
    source.write_bytes(vehicles("A1"))
    store = open_store(tmp_path / "w.store")
    monkeypatch.setattr(store_module, "digest_of", lambda _: "0" * 64)
    with pytest.raises(ConnectorError, match="改写"):
        keep_raw(source, store, ext="csv")
    assert files(store.root) == []


def test_store_is_held_by_one(tmp_path):
    store = open_store(tmp_path / "w.store")
    with store.held(), pytest.raises(ConnectorError, match="另一个进程"), store.held():
        pass
    with store.held():
        pass
