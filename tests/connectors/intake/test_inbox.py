"""What the inbox says before anything is read: names, folders, manifests."""

import os
from datetime import date
from pathlib import Path

import pytest
from inbox_files import put, put_vehicles, vehicles

from connectors.errors import FileRefused
from connectors.intake.inbox import survey
from connectors.intake.naming import arrival_order, parse_name
from household.errors import InputError


def test_name_gives_its_parts():
    name = parse_name("real_estate_990101001002_20260508_12.parquet")
    assert (name.subject, name.region, name.as_of, name.part, name.ext) == (
        "real_estate",
        "990101001002",
        date(2026, 5, 8),
        "12",
        "parquet",
    )


@pytest.mark.parametrize(
    "name",
    [
        "vehicle_990101_2026-05-08.csv",
        "vehicle_9901011_20260508.csv",
        "vehicle_20260508.csv",
        "vehicle_990101_20260508.CSV",
        "vehicle_990101_20260508.xls",
        "vehicle_990101_20260508.csv.bak",
        "说明.txt",
    ],
)
def test_bad_name_is_refused(name):
    with pytest.raises(FileRefused, match="命名"):
        parse_name(name)


def test_impossible_day_in_a_name_is_refused():
    with pytest.raises(FileRefused, match="20260230"):
        parse_name("vehicle_990101_20260230.csv")


def test_parts_are_ordered_by_number():
    day = date(2026, 5, 8)
    parts = ["10", "2", "", "1"]
    assert sorted(parts, key=lambda p: arrival_order(day, p, "f")) == ["", "1", "2", "10"]


def test_survey_names_every_entry_once_and_in_order(tmp_path):
    put_vehicles(tmp_path, "A1", part="_2")
    put_vehicles(tmp_path, "A1", part="_1")
    found = survey(tmp_path)
    assert [f.file for f in found] == [
        "public_security/vehicle_990101_20260508_1.csv",
        "public_security/vehicle_990101_20260508_2.csv",
    ]
    assert [(f.dataset, f.region, f.part, f.refusal) for f in found] == [
        ("public_security.vehicle", "990101", "1", None),
        ("public_security.vehicle", "990101", "2", None),
    ]


def _only_refusal(inbox):
    (found,) = survey(inbox)
    assert found.refusal is not None
    assert "；" in found.refusal, "a refusal says what to do"
    return found.refusal


def test_unknown_dataset(tmp_path):
    put(tmp_path, "tax/vehicle_990101_20260508.csv", vehicles("A1"))
    assert "tax.vehicle" in _only_refusal(tmp_path)


def test_empty_file(tmp_path):
    put(tmp_path, "public_security/vehicle_990101_20260508.csv", b"")
    assert "0 字节" in _only_refusal(tmp_path)


def test_directory_in_place_of_a_file(tmp_path):
    (tmp_path / "public_security" / "vehicle_990101_20260508.csv").mkdir(parents=True)
    assert "目录" in _only_refusal(tmp_path)


def test_broken_link(tmp_path):
    (tmp_path / "public_security").mkdir()
    (tmp_path / "public_security" / "vehicle_990101_20260508.csv").symlink_to(tmp_path / "gone")
    assert "链接" in _only_refusal(tmp_path)


def test_manifest_without_its_file(tmp_path):
    put(tmp_path, "public_security/vehicle_990101_20260508.csv.manifest.json", b"{}")
    assert "没有送到" in _only_refusal(tmp_path)


def test_fixed_width_needs_a_layout(tmp_path):
    put(tmp_path, "public_security/vehicle_990101_20260508.txt", b"x", rows=1)
    assert "layout" in _only_refusal(tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dataset", "tax.income"),
        ("region", "990102"),
        ("as_of", "2026-05-09"),
        ("as_of", "2026-02-30"),
        ("as_of", "昨天"),
        ("rows", "很多"),
        ("rows", -1),
        ("rows", True),
        ("encoding", "ebcdic"),
        ("layout", "0-10"),
        ("layout", [{"name": "plate_no", "start": 0}]),
    ],
)
def test_manifest_that_contradicts_or_cannot_be_read(tmp_path, key, value):
    put(tmp_path, "public_security/vehicle_990101_20260508.csv", vehicles("A1"), **{key: value})
    assert key in _only_refusal(tmp_path)


@pytest.mark.parametrize("said", [b"{", b"[1]", b"\xff\xfe{}", b"[" * 100_000])
def test_manifest_that_is_no_object(tmp_path, said):
    path = put(tmp_path, "public_security/vehicle_990101_20260508.csv", vehicles("A1"))
    path.with_name(path.name + ".manifest.json").write_bytes(said)
    assert "清单" in _only_refusal(tmp_path)


def test_manifest_that_agrees_is_kept(tmp_path):
    file = "public_security/vehicle_990101_20260508.csv"
    put(tmp_path, file, vehicles("A1"), as_of="20260508", region="990101", rows="1", encoding="GBK")
    (found,) = survey(tmp_path)
    assert found.refusal is None
    assert found.manifest is not None
    assert (found.manifest.rows, found.manifest.encoding) == (1, "gb18030")


def test_inbox_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="收件目录"):
        survey(tmp_path / "none")


def test_names_that_are_no_text_are_refused_in_a_loggable_form(tmp_path):
    folder = tmp_path / "public_security"
    folder.mkdir()
    gbk = os.fsencode(folder) + b"/" + "车辆_990101_20260508.csv".encode("gbk")
    Path(os.fsdecode(gbk)).write_bytes(b"x")
    (folder / "vehicle_990101_20260508_a\nb.csv").write_bytes(b"x")
    for found in survey(tmp_path):
        assert found.refusal is not None
        assert found.file.encode("utf-8").isascii()
        assert "\n" not in found.file
