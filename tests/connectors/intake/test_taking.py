"""Taking in: manifests that lie, files that come again, files that were refused and corrected."""

from pathlib import Path

import pytest
from inbox_files import (
    TITLES,
    counts,
    entry,
    intake,
    put,
    put_vehicles,
    sha,
    standing,
    vehicle,
    vehicles,
)

from connectors.intake import taking
from connectors.settling.settle import settle_strays

FILE = "public_security/vehicle_990101_20260508.csv"


def test_second_run_takes_nothing(tmp_path):
    inbox = tmp_path / "inbox"
    put_vehicles(inbox, "A1")
    put(inbox, "notes.doc", b"x")
    first, store = intake(inbox)
    log = store.arrivals.read_bytes()
    again, _ = intake(inbox, store)
    assert len(first.fresh) == 2
    assert again.fresh == ()
    assert again.arrivals == first.arrivals
    assert store.arrivals.read_bytes() == log


def test_known_content_is_not_read_again(tmp_path, monkeypatch):
    inbox = tmp_path / "inbox"
    put_vehicles(inbox, "A1", "A2", part="_1")
    _, store = intake(inbox)
    put_vehicles(inbox, "A1", "A2", part="_2")
    monkeypatch.setattr(taking, "read_table", None)
    again, _ = intake(inbox, store)
    assert [(a.file[-5], a.rows_in, a.rows_read) for a in again.fresh] == [("2", 2, 2)]


def test_rows_that_were_cleared_are_read_again(tmp_path):
    inbox = tmp_path / "inbox"
    put_vehicles(inbox, "A1")
    first, store = intake(inbox)
    store.rows("public_security.vehicle", first.arrivals[0].rows_name).unlink()
    _, rows = standing(inbox, store)
    assert rows["plate_no"].to_list() == ["A1"]


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ({"rows": 3}, "3 行，实际 2 行"),
        ({"sha256": "0" * 64}, "SHA-256"),
        ({"region": "990102"}, "region"),
    ],
)
def test_lying_manifest_refuses_the_file(tmp_path, manifest, says):
    inbox = tmp_path / "inbox"
    put(inbox, FILE, vehicles("A1", "A2"), **manifest)
    ledger, rows = standing(inbox)
    assert counts(ledger, FILE) == ("refused", 0, 0, 0, 0)
    assert says in str(entry(ledger, FILE)["message"])
    assert rows.is_empty()


def test_true_manifest_counts_bad_rows_too(tmp_path):
    inbox = tmp_path / "inbox"
    data = f"{TITLES}\n{vehicle('A1')}\n\n{vehicle('A2', value='-1')}\n".encode()
    put(inbox, FILE, data, rows=2, sha256=sha(data).upper())
    ledger, _ = standing(inbox)
    assert counts(ledger, FILE) == ("done", 2, 1, 1, 0)


def test_corrected_manifest_lets_the_same_bytes_in(tmp_path):
    inbox = tmp_path / "inbox"
    put(inbox, FILE, vehicles("A1"), rows=9)
    _, store = intake(inbox)
    put(inbox, FILE, vehicles("A1"), rows=1)
    ledger, rows = standing(inbox, store)
    assert counts(ledger, FILE) == ("done", 1, 1, 0, 0)
    assert rows["plate_no"].to_list() == ["A1"]


def test_refused_file_corrected_under_the_same_name(tmp_path):
    inbox = tmp_path / "inbox"
    put(inbox, FILE, "号牌号码\nA1\n".encode())
    ledger, store = standing(inbox)[0], intake(inbox)[1]
    assert entry(ledger, FILE)["state"] == "refused"
    put(inbox, FILE, vehicles("A1"))
    ledger, rows = standing(inbox, store)
    assert ledger["state"].to_list() == ["superseded", "done"]
    assert counts(ledger, FILE) == ("done", 1, 1, 0, 0)
    assert rows["plate_no"].to_list() == ["A1"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("vehicle_990101_20260508.xlsx", b"PK\x03\x04 broken"),
        ("vehicle_990101_20260508.parquet", b"PAR1 broken"),
        ("vehicle_990101_20260508.csv", b"\xff\xfe\x00\x01"),
        ("vehicle_990101_20260508.csv", b""),
        ("vehicle_990101_20260508.csv", "号牌号码,号牌种类\nA1,小型汽车\n".encode()),
    ],
)
def test_unreadable_file_is_refused_in_one_line_and_the_rest_goes_on(tmp_path, name, data):
    inbox = tmp_path / "inbox"
    put(inbox, f"public_security/{name}", data)
    other = put_vehicles(inbox, "A1", region="990102")
    ledger, rows = standing(inbox)
    refused = entry(ledger, f"public_security/{name}")
    assert refused["state"] == "refused"
    assert "\n" not in str(refused["message"])
    assert entry(ledger, other)["state"] == "done"
    assert rows["plate_no"].to_list() == ["A1"]


def test_header_only_is_taken_with_no_rows(tmp_path):
    inbox = tmp_path / "inbox"
    put(inbox, FILE, TITLES.encode())
    ledger, rows = standing(inbox)
    assert counts(ledger, FILE) == ("done", 0, 0, 0, 0)
    assert rows.is_empty()


def test_entries_of_no_dataset_are_in_the_ledger(tmp_path):
    inbox = tmp_path / "inbox"
    put(inbox, "public_security/cars.csv", b"x")
    put(inbox, "public_security/vehicle_990101_20260508.csv.manifest.json", b"{}")
    (inbox / "tax" / "income_990101_20260508.csv").mkdir(parents=True)
    taken, store = intake(inbox)
    strays = settle_strays(taken.arrivals)
    assert strays["state"].unique().to_list() == ["refused"]
    assert strays.height == 3
    put_vehicles(inbox, "A1")
    taken, _ = intake(inbox, store)
    assert "manifest" not in "".join(settle_strays(taken.arrivals)["file"])


def test_unknown_columns_are_counted_not_shown(tmp_path):
    inbox = tmp_path / "inbox"
    put(inbox, FILE, f"{TITLES},某甲\n{vehicle('A1')},x\n".encode())
    ledger, _ = standing(inbox)
    message = str(entry(ledger, FILE)["message"])
    assert "1 列不在目录内" in message
    assert "某甲" not in message


def test_file_that_cannot_be_opened_is_refused_alone(tmp_path, monkeypatch):
    inbox = tmp_path / "inbox"
    shut = put_vehicles(inbox, "A1")
    put_vehicles(inbox, "A2", region="990102")
    real = Path.open

    def no_entry(path, *args, **kwargs):
        if path == inbox / shut:
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", no_entry)
    ledger, rows = standing(inbox)
    assert "Permission denied" in str(entry(ledger, shut)["message"])
    assert rows["plate_no"].to_list() == ["A2"]
