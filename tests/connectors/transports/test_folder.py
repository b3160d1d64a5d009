"""The watched folder: names to offers, files that still grow, ready signs, links that lead out, and handing files over."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable
from connectors.outside import Outside
from connectors.sources.declaration import FileDataset, Source
from connectors.transports.folder import FolderTransport
from connectors.transports.remote_files import Listed, fetched_of, match_name, offers_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connectors.transports.transport import Offer

NOW = datetime(2026, 5, 8, 4, 0, tzinfo=UTC)


class Straight:
    """A caller that just calls."""

    def call(self, what: Callable[[], Any]) -> Any:
        return what()


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    (tmp_path / "theirs" / "out").mkdir(parents=True)
    return tmp_path / "theirs"


def transport(folder: Path) -> FolderTransport:
    source = Source.model_validate(
        {
            "name": "housing",
            "title": "住建局",
            "region": "990101",
            "agreement": {"no": "1", "purpose": "核对", "valid_from": "2026-01-01"},
            "cadence": {"cron": "0 3 * * *", "overdue_hours": 26},
            "transport": {"kind": "folder", "path": str(folder)},
        }
    )
    outside = Outside(now=lambda: NOW, sleep=lambda _: None, chance=lambda: 0.5, by="tests")
    return FolderTransport(source, outside, Straight())


def put(folder: Path, name: str, content: bytes = b"x", *, age: float = 60) -> Path:
    path = folder / name
    path.write_bytes(content)
    stamp = NOW.timestamp() - age
    os.utime(path, (stamp, stamp))
    return path


def offered(where: Path, **spec: Any) -> list[Offer]:
    return list(transport(where).offers("real_estate", FileDataset(**spec), {}))


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        (None, "real_estate_990101_20260507.csv", ("990101", date(2026, 5, 7), "", "csv")),
        (None, "real_estate_990101_20260507_二.xlsx", ("990101", date(2026, 5, 7), "二", "xlsx")),
        (None, "real_estate_990101_20260507.CSV", ("990101", date(2026, 5, 7), "", "csv")),
        (None, "vehicle_990101_20260507.csv", None),
        (None, "real_estate_990101_20260507.csv.part", None),
        (None, ".real_estate_990101_20260507.csv", None),
        (None, "real_estate_990101_20260507.csv.manifest.json", None),
        (None, "real_estate_990101_20260507_a\udcff.csv", None),
        ("不动产{as_of}.{ext}", "不动产20260507.csv", ("990100", date(2026, 5, 7), "", "csv")),
        (
            "FC_{region}_{any}_{as_of}.dat",
            "FC_990101_x.y_20260507.dat",
            ("990101", date(2026, 5, 7), "", "csv"),
        ),
        ("FC{part}.csv", "FC03.csv", ("990100", None, "03", "csv")),
        ("a+{as_of}.csv", "aa20260507.csv", None),
        ("{as_of}/x.csv", "20260507/x.csv", ("990100", date(2026, 5, 7), "", "csv")),
    ],
)
def test_names(pattern: str | None, name: str, expected: tuple[object, ...] | None) -> None:
    parts = match_name(FileDataset(pattern=pattern), "real_estate", name, "990100")
    found = (parts.region, parts.as_of, parts.part, parts.ext) if parts else None
    assert found == expected


def test_a_fixed_width_file_is_one_whatever_it_is_called() -> None:
    spec = FileDataset.model_validate(
        {"pattern": "FC{as_of}.dat", "layout": [{"name": "title_no", "start": 0, "width": 9}]}
    )
    parts = match_name(spec, "real_estate", "FC20260507.dat", "990101")
    assert parts is not None
    assert parts.ext == "txt"


def test_a_place_that_nobody_knows_is_named() -> None:
    with pytest.raises(SourceRefused, match="month"):
        match_name(FileDataset(pattern="{month}.csv"), "real_estate", "5.csv", "990101")


def test_oldest_first_and_only_what_is_new(theirs: Path) -> None:
    for name in ("real_estate_990101_20260508.csv", "real_estate_990101_20260401.csv", "note.txt"):
        put(theirs, name)
    old, new = offered(theirs)
    assert [old.as_of, new.as_of] == [date(2026, 4, 1), date(2026, 5, 8)]
    again = transport(theirs).offers("real_estate", FileDataset(), {old.origin: old.mark})
    assert list(again) == [new]
    put(theirs, "real_estate_990101_20260401.csv.manifest.json", b"{}")
    again = transport(theirs).offers("real_estate", FileDataset(), {old.origin: old.mark})
    assert [o.origin for o in again] == [
        old.origin,
        new.origin,
    ]  # a manifest that comes late is news


def test_a_file_that_may_grow_waits(theirs: Path) -> None:
    name = "real_estate_990101_20260508.csv"
    put(theirs, name, age=1)
    assert offered(theirs) == []
    put(theirs, name, age=-40 * 24 * 3600)  # by a wrong clock: it would wait for a month
    assert len(offered(theirs)) == 1
    put(theirs, name, age=1)
    assert offered(theirs, ready=".ok") == []
    put(theirs, name + ".ok")
    assert len(offered(theirs, ready=".ok")) == 1


def test_two_files_for_one_name_and_a_day_that_is_none_are_named_after_the_good_ones() -> None:
    listing = [
        Listed(path, 1, "1", NOW)
        for path in (
            "FC_a_20260507.csv",
            "FC_b_20260507.csv",
            "FC_a_20260231.csv",
            "FC_a_20260508.csv",
        )
    ]
    spec = FileDataset(pattern="FC_{any}_{as_of}.csv")
    found = offers_of(listing, spec, "real_estate", region="990101", taken={})
    assert next(found).origin == "FC_a_20260508.csv"
    with pytest.raises(SourceLied, match="20260231"):
        next(found)
    found = offers_of(listing[:2], spec, "real_estate", region="990101", taken={})
    with pytest.raises(SourceLied, match="2 个文件"):
        next(found)


def test_fetching_copies_bytes_and_manifest(theirs: Path, tmp_path: Path) -> None:
    name = "real_estate_990101_20260508.csv"
    put(theirs / "out", name, b"abc")
    put(theirs / "out", name + ".manifest.json", json.dumps({"rows": 3, "sha256": "AB"}).encode())
    (offer,) = offered(theirs, folder="out")
    assert offer.origin == f"out/{name}"
    fetched = transport(theirs).fetch(offer, FileDataset(folder="out"), tmp_path / "t")
    assert (tmp_path / "t").read_bytes() == b"abc"
    assert (fetched.said_rows, fetched.said_sha256, fetched.as_of) == (3, "ab", date(2026, 5, 8))


def test_a_file_that_changed_since_it_was_listed_is_not_taken(theirs: Path, tmp_path: Path) -> None:
    path = put(theirs, "real_estate_990101_20260508.csv", b"abc")
    (offer,) = offered(theirs)
    put(theirs, path.name, b"abcd")
    with pytest.raises(SourceUnreachable, match="仍在写入或已被替换"):
        transport(theirs).fetch(offer, FileDataset(), tmp_path / "t")
    path.unlink()
    with pytest.raises(SourceUnreachable, match="不存在"):
        transport(theirs).fetch(offer, FileDataset(), tmp_path / "t")


def test_links_and_paths_lead_nowhere_else(theirs: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "real_estate_990101_20260508.csv", b"secret")
    (theirs / secret.name).symlink_to(secret)
    (theirs / "link").symlink_to(tmp_path)
    assert offered(theirs) == []
    box = transport(theirs)
    for path in (
        secret.name,
        f"link/{secret.name}",
        f"../{secret.name}",
        f"out/../../{secret.name}",
    ):
        with pytest.raises(SourceRefused):
            box.get(path, at_most=99)
    with pytest.raises(SourceRefused, match="约定目录之外"):
        box.put(b"x", "link/new.csv")
    assert not (tmp_path / "new.csv").exists()


def test_no_folder_and_no_right(theirs: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceUnreachable, match="不存在"):
        transport(tmp_path / "nowhere").probe()
    with pytest.raises(SourceLied, match="JSON"):
        fetched_of(offered_one(theirs), b"<html>")


def offered_one(theirs: Path) -> Offer:
    put(theirs, "real_estate_990101_20260508.csv")
    return offered(theirs)[0]


def test_handing_over_is_whole_and_the_same_again_is_nothing(theirs: Path) -> None:
    box = transport(theirs)
    box.put(b"one", "in/request_1.csv")
    first = (theirs / "in" / "request_1.csv").stat()
    box.put(b"one", "in/request_1.csv")
    assert (theirs / "in" / "request_1.csv").stat().st_mtime_ns == first.st_mtime_ns
    box.put(b"two", "in/request_1.csv")
    assert box.get("in/request_1.csv", at_most=3) == b"two"
    put(theirs / "in", ".request_2.csv.part")
    assert box.names("in") == ["request_1.csv"]
    with pytest.raises(SourceLied, match="2 字节"):
        box.get("in/request_1.csv", at_most=2)


def test_a_file_without_a_day_is_of_the_day_it_was_written_in_shanghai(theirs: Path) -> None:
    put(theirs, "house.csv", age=timedelta(hours=13).total_seconds())  # 15:00 UTC of the 7th
    (offer,) = offered(theirs, pattern="house.csv")
    assert offer.as_of == date(2026, 5, 7)
    put(theirs, "house.csv", age=timedelta(hours=11).total_seconds())  # 17:00 UTC of the 7th
    (offer,) = offered(theirs, pattern="house.csv")
    assert offer.as_of == date(2026, 5, 8)
