"""A pull in trouble: one line that names it, nothing half-taken, nothing of one thing stops another, and rest where it is due."""

from __future__ import annotations

import json
import threading
import traceback
from datetime import date, timedelta
from typing import TYPE_CHECKING, NoReturn

import polars as pl
import pytest
from inbox_files import vehicles
from pull_fakes import (
    NOON,
    REGION,
    Site,
    View,
    ViewTransport,
    aged,
    car,
    declared,
    drop,
    folder_source,
    outcomes,
    plates,
    view_source,
)
from servers.waiting import PATIENCE

from connectors.errors import ConnectorError, SourceRefused, SourceUnreachable
from connectors.pulling.pull import pull, pull_from
from connectors.pulling.pull_log import exchange_folder

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.transports.transport import Fetched

FILE = f"public_security/vehicle_{REGION}_20260508.csv"


@pytest.mark.parametrize("lie", ["rows", "clock", "future", "column", "manifest", "digest"])
def test_a_lie_is_named_and_nothing_is_taken(site: Site, tmp_path: Path, lie: str) -> None:
    source, view = view_source(), View([car("A1")])
    site.pull_view(source, vehicle=view)
    before = site.files()
    if lie == "rows":
        view.said_rows = 7
    elif lie == "clock":
        view.clock = NOON + timedelta(hours=2)
    elif lie == "future":
        view.as_of = date(2026, 6, 1)
    elif lie == "column":
        view.rows = [{k if k != "value" else "worth": v for k, v in car("A1").items()}]
    if lie in ("manifest", "digest"):
        source = folder_source(tmp_path / "theirs")
        file = drop(tmp_path / "theirs", "A9", day="20260507")
        said = {"sha256": "0" * 64} if lie == "digest" else {"region": "990102"}
        file.with_name(file.name + ".manifest.json").write_text(json.dumps(said))
        (event,) = site.pull_folder(source)
    else:
        (event,) = site.pull_view(source, vehicle=view)
    expected = {
        "rows": "来源写明 7 行，实际取到 1 行",
        "clock": "来源时钟比本机快 7200 秒",
        "future": "来源数据日期 2026-06-01 晚于今天 2026-05-08",
        "column": "评估价值”（value） 本次没有，新出现 1 个目录外的列",
        "manifest": "来源清单的 region 与文件名不一致",
        "digest": "SHA-256 与来源清单不符",
    }
    assert event.outcome == "lied"
    assert expected[lie] in event.message
    assert "\n" not in event.message
    assert site.files() == before
    if lie == "column":  # not remembered: the next pull is right
        view.rows = [car("A1"), car("A2")]
        assert outcomes(site.pull_view(source, vehicle=view)) == ["taken"]


def test_one_bad_file_stops_no_other(site: Site, tmp_path: Path) -> None:
    source = folder_source(tmp_path / "theirs")
    theirs = tmp_path / "theirs"
    drop(theirs, "A1", day="20260501")
    for name, content in (
        ("vehicle_990101_20260502.csv", b"<!DOCTYPE html><p>login</p>"),
        ("vehicle_990101_20260503.parquet", b"PAR1 and nothing more"),
        ("vehicle_990101_20260504.xlsx", b"PK\x03\x04 cut"),
        ("vehicle_990101_20260505.csv", vehicles("A1")[:60] + b"\0" * 8),
    ):
        (theirs / name).write_bytes(content)
        aged(theirs / name)
    drop(theirs, "A2", day="20260506")
    events = site.pull_folder(source)
    assert outcomes(events) == ["taken", "lied", "lied", "lied", "lied", "taken"]
    assert [e.message.partition("；")[0] for e in events if e.outcome == "lied"] == [
        "来源给出的是网页而不是数据文件",
        "来源文件不完整或已损坏（Parquet 尾部缺失）",
        "来源文件不完整或已损坏（不是 xlsx 或尾部缺失）",
        "来源文件不完整或已损坏（末尾为空字节）",
    ]
    assert plates(site) == ["A2"]


def test_an_unforeseen_error_is_told_by_its_kind_alone(site: Site) -> None:
    view = View([], trouble=lambda: ValueError("secret 99010119800301101X"))
    (event,) = site.pull_view(view_source(), vehicle=view)
    assert event.outcome == "failed"
    assert "ValueError" in event.message
    assert "secret" not in event.message


def test_a_panic_of_a_library_is_a_trouble_of_one_thing_too(site: Site) -> None:
    def panics() -> Exception:
        raise pl.exceptions.PanicException("secret")

    (event,) = site.pull_view(view_source(), vehicle=View([], trouble=panics))
    assert event.outcome == "failed"
    assert "PanicException" in event.message
    assert "secret" not in event.message


def test_an_event_that_cannot_be_written_carries_no_drivers_words(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise ConnectorError("取数日志无法写入磁盘", "请检查剩余空间")

    class Broken(ViewTransport):
        def offers(self, *_: object) -> NoReturn:
            raise ValueError("secret")

    source, out = view_source(), site.clock.outside
    transport = Broken(source, out, site.caller(source), {})
    monkeypatch.setattr("connectors.pulling.pull.append_pulls", full)
    with pytest.raises(ConnectorError) as told:
        pull(source, transport, site.store, site.inbox, out)
    # Dagster keeps the whole chain of an error that it tries again
    assert "secret" not in "".join(traceback.format_exception(told.value))


def test_datasets_that_fail_every_time_keep_no_other_from_its_turn(site: Site) -> None:
    view = {"view": "share.v", "key": ["k"]}
    source = declared(
        "public_security",
        {"kind": "postgresql", "host": "127.0.0.1", "database": "d", "user": "u"},
        {"population": view, "household_registration": view, "vehicle": view},
        limits={"breaker_failures": 2, "attempts": 1},
    )
    broken = View([], trouble=lambda: SourceRefused("视图没有这一列", "请核对"))
    views = {"population": broken, "household_registration": broken, "vehicle": View([car("A1")])}
    assert outcomes(site.pull_view(source, **views)) == ["refused", "refused", "resting"]
    site.clock.later(minutes=31)
    assert outcomes(site.pull_view(source, **views)) == ["taken", "refused", "refused"]


def test_the_days_calls_do_not_always_go_to_the_same_dataset(site: Site) -> None:
    view = {"view": "share.v", "key": ["k"]}
    source = declared(
        "public_security",
        {"kind": "postgresql", "host": "127.0.0.1", "database": "d", "user": "u"},
        {"population": view, "vehicle": view},
        calls_per_day=1,
    )
    views = {"population": View([], as_of=NOON.date()), "vehicle": View([car("A1")])}
    views["population"].trouble = lambda: SourceRefused("视图没有这一列", "请核对")
    assert outcomes(site.pull_view(source, **views)) == ["refused", "spent"]
    site.clock.later(days=1)
    assert outcomes(site.pull_view(source, **views)) == ["taken", "spent"]


def test_no_agreement_no_call(site: Site) -> None:
    view = View([car("A1")])
    source = view_source(valid_to="2026-05-07")
    (event,) = site.pull_view(source, vehicle=view)
    assert (event.outcome, view.reads) == ("refused", 0)
    assert "已经到期" in event.message


def test_a_secret_that_is_not_there_is_an_event_too(site: Site) -> None:
    def opening(*_: object) -> NoReturn:
        raise SourceRefused("环境变量 HOUSING_PASSWORD 未设置", "请设置后重试")

    (event,) = pull_from(view_source(), site.store, site.inbox, site.clock.outside, opening=opening)
    assert (event.outcome, event.calls) == ("refused", 0)
    assert "HOUSING_PASSWORD" in event.message


def test_the_breaker_rests_tells_once_and_tries_again(site: Site) -> None:
    source = view_source(limits={"breaker_failures": 2, "attempts": 1})
    view = View([car("A1")], trouble=lambda: SourceUnreachable("没有应答", "请稍后"))
    for _ in range(2):
        assert outcomes(site.pull_view(source, vehicle=view)) == ["failed"]
    for _ in range(3):
        (event,) = site.pull_view(source, vehicle=view)
        assert event.outcome == "resting"
        assert "05-08 12:30" in event.message
    assert view.reads == 2
    assert [e.outcome for e in site.log(source)] == ["failed", "failed", "resting"]
    rest = "2026-05-08T12:30:00+08:00"
    assert [e.until for e in site.log(source)] == ["", rest, rest]
    site.clock.later(minutes=31)
    assert outcomes(site.pull_view(source, vehicle=view)) == ["failed"]  # half open: one try
    assert outcomes(site.pull_view(source, vehicle=view)) == ["resting"]
    site.clock.later(minutes=31)
    view.trouble = None
    (taken,) = site.pull_view(source, vehicle=view)
    assert (taken.outcome, taken.until) == ("taken", "")
    assert outcomes(site.pull_view(source, vehicle=view)) == ["unchanged"]


def test_a_source_that_asks_for_patience_gets_it_from_the_next_pull_too(site: Site) -> None:
    source = view_source()
    view = View([car("A1")], trouble=lambda: SourceUnreachable("过于频繁", "稍后", wait=7200))
    (event,) = site.pull_view(source, vehicle=view)
    assert (event.outcome, event.calls, event.until) == ("failed", 1, "2026-05-08T14:00:00+08:00")
    view.trouble = None
    (event,) = site.pull_view(source, vehicle=view)
    assert event.message.startswith("来源要求暂缓，05-08 14:00 前不再调用来源")
    assert view.reads == 1
    site.clock.later(hours=2)
    assert outcomes(site.pull_view(source, vehicle=view)) == ["taken"]


def test_the_days_calls_are_spent_across_pulls_and_come_back(site: Site) -> None:
    source, view = view_source(calls_per_day=2), View([car("A1")])
    assert outcomes(site.pull_view(source, vehicle=view)) == ["taken"]
    assert outcomes(site.pull_view(source, vehicle=view)) == ["unchanged"]
    for _ in range(3):
        (event,) = site.pull_view(source, vehicle=view)
        assert event.outcome == "spent"
        assert "2 次" in event.message
    assert [e.outcome for e in site.log(source)] == ["taken", "unchanged", "spent"]
    site.clock.later(days=1)
    assert outcomes(site.pull_view(source, vehicle=view)) == ["taken"]


def test_a_slow_source_holds_neither_another_nor_a_run(site: Site, tmp_path: Path) -> None:
    slow = view_source("civil_affairs", "funeral")
    quick = folder_source(tmp_path / "theirs")
    drop(tmp_path / "theirs", "A1")
    begun, go_on = threading.Event(), threading.Event()

    class Slow(ViewTransport):
        def fetch(self, *_: object) -> Fetched:
            begun.set()
            go_on.wait(10 * PATIENCE)
            raise SourceRefused("不让进", "请换口令")

    out = site.clock.outside
    transport = Slow(slow, out, site.caller(slow), {"funeral": View([])})
    thread = threading.Thread(target=pull, args=(slow, transport, site.store, site.inbox, out))
    thread.start()
    try:
        assert begun.wait(PATIENCE)
        with pytest.raises(ConnectorError, match="正由另一个进程取数"):
            site.pull_view(slow, funeral=View([]))
        assert outcomes(site.pull_folder(quick)) == ["taken"]
        with site.store.held():  # a run can begin
            assert plates(site) == ["A1"]
    finally:
        go_on.set()
        thread.join()
    assert [e.outcome for e in site.log(slow)] == ["refused"]


def test_what_waits_of_one_source_and_cannot_land_stops_no_other(
    site: Site, tmp_path: Path
) -> None:
    stuck, other = folder_source(tmp_path / "theirs"), view_source("public_security-b")
    drop(tmp_path / "theirs", "A1")
    with site.store.held():
        assert outcomes(site.pull_folder(stuck)) == ["taken"]
    (site.inbox / FILE).mkdir(parents=True)  # somebody's mistake
    assert outcomes(site.pull_view(other, vehicle=View([car("A2")]))) == ["taken"]
    assert (site.inbox / FILE).with_suffix(".parquet").is_file()
    with pytest.raises(ConnectorError, match="无法放入收件目录"):
        site.pull_folder(stuck)
    (site.inbox / FILE).rmdir()
    assert outcomes(site.pull_folder(stuck)) == ["nothing"]
    assert (site.inbox / FILE).is_file()


def test_what_was_half_fetched_is_gone_when_its_origin_changed(site: Site, tmp_path: Path) -> None:
    source = folder_source(tmp_path / "theirs", limits={"attempts": 1})
    left = exchange_folder(site.store, source.name) / "fetching" / "vehicle-0011223344556677"
    left.mkdir(parents=True)
    site.pull_folder(source)
    assert not left.exists()


def test_an_extract_of_somebody_elses_region_is_not_taken(site: Site, tmp_path: Path) -> None:
    """It would replace that region's own; a part of our region is ours."""
    source = folder_source(tmp_path / "theirs")
    drop(tmp_path / "theirs", "A1", name="vehicle_990102_20260508.csv")
    drop(tmp_path / "theirs", "A2", name="vehicle_990101105_20260508.csv")
    outcomes = {event.region: event for event in site.pull_folder(source)}
    assert outcomes["990101105"].outcome == "taken"
    assert outcomes["990102"].outcome == "lied"
    assert "990102" in outcomes["990102"].message
    assert [name for name in site.files() if "990102" in name] == []
