"""A pull end to end: taken once, re-issued as a correction, refused with one line, and nothing of one thing stops another."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from inbox_files import counts, intake, sha, standing, vehicles
from pull_fakes import (
    REGION,
    Site,
    View,
    aged,
    car,
    drop,
    folder_source,
    outcomes,
    plates,
    view_source,
)

from connectors.pulling.landing import land
from connectors.pulling.look import preview, probe_source
from connectors.pulling.pull import pull_from
from connectors.settling.settle import settle
from connectors.transports.folder import FolderTransport
from connectors.transports.opening import open_transport
from household.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


FILE = f"public_security/vehicle_{REGION}_20260508.csv"


def test_a_file_is_taken_once_with_its_provenance(site: Site, tmp_path: Path) -> None:
    source = folder_source(tmp_path / "theirs")
    drop(tmp_path / "theirs", "A1", "A2")
    (event,) = site.pull_folder(source)
    assert (event.outcome, event.file, event.rows, event.message) == ("taken", FILE, None, "")
    assert (event.as_of, event.region, event.by) == (date(2026, 5, 8), REGION, "tests")
    assert event.sha256 == sha(vehicles("A1", "A2"))
    assert set(event.columns) >= {"plate_no", "owner_id_no", "value"}
    manifest = json.loads((site.inbox / (FILE + ".manifest.json")).read_text())
    told = manifest["provenance"]
    assert (told["transport"], told["origin"]) == ("folder", f"vehicle_{REGION}_20260508.csv")
    assert (told["agreement"], told["by"]) == ("协议-1", "tests")
    assert plates(site) == ["A1", "A2"]
    assert outcomes(site.pull_folder(source)) == ["nothing"]
    assert sum(1 for e in site.log(source) if e.outcome == "taken") == 1


def test_a_correction_keeps_its_day_and_replaces(site: Site, tmp_path: Path) -> None:
    source = folder_source(tmp_path / "theirs")
    theirs = drop(tmp_path / "theirs", "A1", "A2")
    site.pull_folder(source)
    intake(site.inbox, site.store)
    site.clock.later(days=3)
    theirs.write_bytes(vehicles("A1", "A3", "A4"))
    aged(theirs, seconds=30)
    (event,) = site.pull_folder(source)
    assert (event.outcome, event.as_of) == ("taken", date(2026, 5, 8))
    assert event.at[:10] == "2026-05-11"  # when we knew, beside when it was true
    assert plates(site) == ["A1", "A3", "A4"]


def test_a_correction_before_any_run_looked_keeps_both_in_the_raw_layer(
    site: Site, tmp_path: Path
) -> None:
    source = folder_source(tmp_path / "theirs")
    theirs = drop(tmp_path / "theirs", "A1")
    with site.store.held():  # a run is under way
        site.pull_folder(source)
        theirs.write_bytes(vehicles("A1", "A2"))
        aged(theirs, seconds=30)
        site.pull_folder(source)
        assert site.files() == {}
        assert land(site.store, site.inbox) == (FILE, FILE)
    assert plates(site) == ["A1", "A2"]
    for extract in (vehicles("A1"), vehicles("A1", "A2")):
        assert site.store.raw(sha(extract), "csv").exists()


def test_what_was_carried_in_under_the_same_name_is_kept_in_the_raw_layer(
    site: Site, tmp_path: Path
) -> None:
    by_hand = vehicles("A7")
    (site.inbox / FILE).parent.mkdir()
    (site.inbox / FILE).write_bytes(by_hand)  # no run has looked yet
    source = folder_source(tmp_path / "theirs")
    drop(tmp_path / "theirs", "A1")
    assert outcomes(site.pull_folder(source)) == ["taken"]
    assert plates(site) == ["A1"]
    assert site.store.raw(sha(by_hand), "csv").read_bytes() == by_hand


def test_a_correction_that_is_taken_back_is_taken_back_here_too(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    source = folder_source(folder, spec={"pattern": "car{any}_{region}_{as_of}.csv"})
    first = drop(folder, "A1", name=f"car_{REGION}_20260508.csv")
    site.pull_folder(source)
    first.rename(tmp_path / "aside")
    second = drop(folder, "A2", name=f"car_corrected_{REGION}_20260508.csv")
    site.pull_folder(source)
    assert plates(site) == ["A2"]
    second.unlink()
    (tmp_path / "aside").rename(first)  # as it was, its time too
    assert outcomes(site.pull_folder(source)) == ["taken"]
    assert plates(site) == ["A1"]
    first.rename(folder / second.name)  # the same content under another name is no news
    assert outcomes(site.pull_folder(source)) == ["unchanged"]


def test_touched_and_not_changed_is_unchanged(site: Site, tmp_path: Path) -> None:
    source = folder_source(tmp_path / "theirs")
    theirs = drop(tmp_path / "theirs", "A1")
    site.pull_folder(source)
    aged(theirs, seconds=20)
    assert outcomes(site.pull_folder(source)) == ["unchanged"]
    assert outcomes(site.pull_folder(source)) == ["nothing"]  # the new time is remembered too


def test_a_whole_read_lands_again_on_a_later_day(site: Site) -> None:
    source, view = view_source(), View([car("A1")])
    assert outcomes(site.pull_view(source, vehicle=view)) == ["taken"]
    assert outcomes(site.pull_view(source, vehicle=view)) == ["unchanged"]
    site.clock.later(days=1)
    assert outcomes(site.pull_view(source, vehicle=view)) == ["taken"]
    taken, store = intake(site.inbox, site.store)
    extracts = settle("public_security.vehicle", taken.arrivals, store).extracts
    assert extracts["as_of"].to_list() == [date(2026, 5, 8), date(2026, 5, 9)]


def test_new_words_for_columns_read_everything_again(site: Site, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    file = drop(theirs, "A1")
    file.write_bytes(vehicles("A1").replace("车辆状态".encode(), "状况".encode()))
    aged(file)
    (event,) = site.pull_folder(folder_source(theirs))
    assert event.outcome == "lied"
    assert "车辆状态" in event.message
    source = folder_source(theirs, spec={"fields": {"状况": "status"}})
    assert outcomes(site.pull_folder(source)) == ["taken"]
    assert plates(site) == ["A1"]
    source = folder_source(
        theirs, spec={"fields": {"状况": "status"}, "codes": {"status": {"正常": "注销"}}}
    )
    assert outcomes(site.pull_folder(source)) == ["taken"]  # the same bytes, to be read otherwise


def test_increments_get_parts_of_which_later_ones_win(site: Site) -> None:
    source = view_source("civil_affairs", "funeral", spec={"changed": "changed"})
    first = {"record_no": "1", "name": "王建国", "died_on": "2026-05-01", "changed": "1"}
    view = View([first], changed=True)
    (one,) = site.pull_view(source, funeral=view)
    view.rows = [{**first, "died_on": "2026-05-02", "changed": "2"}]
    (two,) = site.pull_view(source, funeral=view)
    assert [one.file[-14:], two.file[-14:]] == ["000001.parquet", "000002.parquet"]
    view.rows = []
    assert outcomes(site.pull_view(source, funeral=view)) == ["unchanged"]
    site.clock.later(days=1)
    assert outcomes(site.pull_view(source, funeral=view)) == [
        "taken"
    ]  # nothing new, and still standing


def test_a_column_that_is_declared_absent_may_go(site: Site) -> None:
    view = View([car("A1")])
    site.pull_view(view_source(), vehicle=view)
    view.rows = [{k: v for k, v in car("A1").items() if k != "value"}]
    assert outcomes(site.pull_view(view_source(), vehicle=view)) == ["lied"]
    source = view_source(spec={"absent": ["value"]})
    assert outcomes(site.pull_view(source, vehicle=view)) == ["taken"]


def test_a_snapshot_view_cannot_grow_older_but_an_old_file_may_come_late(
    site: Site, tmp_path: Path
) -> None:
    view = View([car("A1")])
    site.pull_view(view_source(), vehicle=view)
    view.as_of = date(2026, 5, 1)
    (event,) = site.pull_view(view_source(), vehicle=view)
    assert event.outcome == "lied"
    assert "倒退" in event.message
    drop(tmp_path, "A7", day="20260401")
    (late,) = site.pull_folder(folder_source(tmp_path))
    assert late.outcome == "taken"
    assert "较早日期" in late.message
    assert plates(site) == ["A1"]


def test_a_collapse_is_taken_and_remarked_on(site: Site) -> None:
    view = View([car(f"A{i}") for i in range(50)])
    site.pull_view(view_source(), vehicle=view)
    site.clock.later(days=1)
    view.rows = view.rows[:3]
    (event,) = site.pull_view(view_source(), vehicle=view)
    assert event.outcome == "taken"
    assert event.message == "本次 3 行，不足上次 50 行的一半，请与来源单位核实"


def test_a_back_fill_takes_one_day_again_and_not_twice(site: Site, tmp_path: Path) -> None:
    source = folder_source(tmp_path / "theirs")
    for day in ("20260506", "20260507", "20260508"):
        drop(tmp_path / "theirs", f"A{day}", day=day)
    (event,) = site.pull_folder(source, as_of=date(2026, 5, 7))
    assert (event.outcome, event.as_of) == ("taken", date(2026, 5, 7))
    assert outcomes(site.pull_folder(source, as_of=date(2026, 5, 7))) == ["unchanged"]
    (none,) = site.pull_folder(source, as_of=date(2026, 4, 7))
    assert (none.outcome, none.message) == ("nothing", "来源没有 2026-04-07 的数据")
    with pytest.raises(InputError, match="没有数据集 boats"):
        site.pull_folder(source, only="boats")


def test_looking_writes_nothing(site: Site, tmp_path: Path) -> None:
    source = folder_source(tmp_path / "theirs")
    drop(tmp_path / "theirs", "A1")
    out = site.clock.outside
    transport = FolderTransport(source, out, site.caller(source))
    assert probe_source(source, transport, out).server == "folder"
    (would,) = preview(source, transport, site.log(source))
    assert [o.origin for o in would.offers] == [f"vehicle_{REGION}_20260508.csv"]
    assert site.files() == {}
    assert site.log(source) == []
    events = pull_from(source, site.store, site.inbox, out, opening=open_transport)
    assert outcomes(events) == ["taken"]
    (would,) = preview(source, transport, site.log(source))
    assert would.offers == ()
    assert would.trouble == ""


def test_the_intake_counts_what_the_sender_says(site: Site, tmp_path: Path) -> None:
    source = folder_source(tmp_path / "theirs")
    file = drop(tmp_path / "theirs", "A1", "A2")
    beside = file.with_name(file.name + ".manifest.json")
    beside.write_text(json.dumps({"rows": 3}))
    site.pull_folder(source)
    ledger, _ = standing(site.inbox, site.store)
    assert counts(ledger, FILE)[0] == "refused"
    beside.write_text(json.dumps({"rows": 2}))  # only the manifest is put right
    assert outcomes(site.pull_folder(source)) == ["taken"]
    ledger, _ = standing(site.inbox, site.store)
    assert counts(ledger, FILE) == ("done", 2, 2, 0, 0)
