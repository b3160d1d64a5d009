"""Publishing: whole runs, history, refusals, and a file that nothing can leave half-written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl
import pytest
from warehouse_tables import make_run, make_tables

from household.schema.published import PUBLISHED
from warehouse.current import latest, read_current, reading
from warehouse.db import open_database
from warehouse.digest import digest_current
from warehouse.errors import BusyError, NotOursError, RefusedError
from warehouse.locking import writing
from warehouse.publish import publish

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "w.duckdb"


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def publish_run(path: Path, sequence: int, households: int = 3, **options: object) -> None:
    tables = make_tables(households)
    publish(path, make_run(sequence, tables), tables, **options)  # type: ignore[arg-type]


def test_what_was_handed_over_is_what_is_read(path: Path) -> None:
    tables = make_tables(5)
    run = make_run(1, tables)
    published = publish(path, run, tables)
    assert latest(path) == run
    assert published.rows["evidence"] == 5
    for name, frame in tables.items():
        read = read_current(path, name)
        assert read.columns == [c.name for c in PUBLISHED[name].all_columns]
        assert read.schema == {c.name: c.dtype for c in PUBLISHED[name].all_columns}
        wanted = frame.sort(PUBLISHED[name].sort_by)
        assert read.drop("run_id").equals(wanted, null_equal=True)
        assert set(read["run_id"]) <= {"000001"}
    assert (run.eligible, run.ineligible, run.rows_in, run.evidence_rows) == (2, 1, 6, 5)
    assert not [p.name for p in path.parent.iterdir() if "building" in p.name or ".wal" in p.name]


def test_current_shows_the_newest_run_even_where_it_found_nothing(path: Path) -> None:
    publish_run(path, 1, 4)
    publish_run(path, 2, 0)
    assert read_current(path, "evidence").height == 0
    assert read_current(path, "run")["run_id"].to_list() == ["000002"]
    with open_database(path, read_only=True) as database:
        assert database.run("SELECT run_id, count(*) FROM publish.evidence GROUP BY 1") == [
            ("000001", 4)
        ]


def test_history_lets_the_oldest_runs_go(path: Path) -> None:
    for sequence in range(1, 6):
        publish_run(path, sequence, sequence, keep_runs=2)
    with open_database(path, read_only=True) as database:
        runs = database.run("SELECT run_id FROM publish.run ORDER BY 1")
        rows = database.run("SELECT DISTINCT run_id FROM publish.verdict_reason ORDER BY 1")
    assert runs == rows == [("000004",), ("000005",)]


def test_equal_content_has_equal_digests_in_any_file_and_order(path: Path, tmp_path: Path) -> None:
    publish_run(path, 1, 6)
    other = tmp_path / "other.duckdb"
    publish_run(other, 1, 2)
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=7)
        for name, frame in make_tables(6).items()
    }
    publish(other, make_run(2, shuffled), shuffled)
    assert digest_current(path) == digest_current(other)
    changed = make_tables(6, amount="100.01")
    publish(other, make_run(3, changed), changed)
    before, after = digest_current(path), digest_current(other)
    assert {name for name in before if before[name] != after[name]} == {"household_verdict"}


def test_the_views_and_comments_stand_in_the_file(path: Path) -> None:
    publish_run(path, 1)
    with open_database(path, read_only=True) as database:
        views = database.run(
            "SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'current'"
        )
        comments = database.run(
            "SELECT comment FROM duckdb_columns() WHERE schema_name = 'publish' "
            "AND table_name = 'evidence' AND column_name = 'record_key'"
        )
    assert {name for name, _ in views} == set(PUBLISHED)
    assert dict(views)["alert"].startswith("预警: ")
    assert comments[0][0].startswith("记录键: ")
    assert "personal data" in comments[0][0]


def test_one_household_is_read_without_the_county(path: Path) -> None:
    publish_run(path, 1, households=5)
    whole = read_current(path, "evidence")
    name = whole["application_id"][3]
    with reading(path) as tables:
        one = tables.frame("evidence", application_id=name)
        assert one.equals(whole.filter(application_id=name), null_equal=True)
        assert 0 < one.height < whole.height
        assert tables.frame("evidence", application_id="'; DROP").height == 0
        with pytest.raises(KeyError, match="phone"):
            tables.frame("evidence", phone="1")


def test_a_reader_goes_on_reading_the_old_run(path: Path) -> None:
    publish_run(path, 1, 3)
    with reading(path) as old:
        publish_run(path, 2, 8)
        assert old.run.sequence == 1
        assert old.frame("evidence").height == 3
        assert read_current(path, "evidence").height == 8
        newest = latest(path)
        assert newest is not None
        assert newest.sequence == 2


@pytest.mark.parametrize("sequence", [1, 2])
def test_a_run_must_come_after_the_newest(path: Path, sequence: int) -> None:
    publish_run(path, 2)
    before = fingerprint(path)
    with pytest.raises(RefusedError, match="does not come after 000002"):
        publish_run(path, sequence)
    assert fingerprint(path) == before


def test_a_second_writer_is_refused_in_one_line(path: Path) -> None:
    with writing(path) as lock:
        with pytest.raises(BusyError, match=r"^结果库 w.duckdb 正被另一次运行写入（进程"):
            publish_run(path, 1)
        publish_run(path, 1, lock=lock)
    publish_run(path, 2)
    with writing(path.with_name("x.duckdb")) as strange, pytest.raises(RefusedError):
        publish_run(path, 3, lock=strange)


def test_leftovers_of_a_killed_run_are_swept(path: Path) -> None:
    publish_run(path, 1)
    for left in ("w.duckdb.building", "w.duckdb.building.wal"):
        path.with_name(left).write_bytes(b"half")
    spill = path.with_name("w.duckdb.building.tmp")
    spill.mkdir()
    (spill / "block").write_bytes(b"x")
    publish_run(path, 2)
    assert sorted(p.name for p in path.parent.iterdir()) == ["w.duckdb", "w.duckdb.lock"]


def test_a_strangers_file_is_refused_and_untouched(path: Path) -> None:
    with open_database(path, read_only=False) as database:
        database.run("CREATE TABLE theirs (a INTEGER)")
    before = fingerprint(path)
    with pytest.raises(NotOursError, match="不是核对的结果库"):
        publish_run(path, 1)
    with pytest.raises(NotOursError, match="不是核对的结果库"):
        latest(path)
    assert fingerprint(path) == before


def test_a_file_of_another_version_is_refused(path: Path) -> None:
    publish_run(path, 1)
    with open_database(path, read_only=False) as database:
        database.run('DROP VIEW "current"."alert"')
        database.run("ALTER TABLE publish.alert ADD COLUMN more VARCHAR")
    with pytest.raises(NotOursError, match="表 alert 的列不同"):
        publish_run(path, 2)


def test_a_file_of_an_earlier_version_says_what_it_lacks_and_gets_it_with_the_next_run(
    path: Path,
) -> None:
    publish_run(path, 1)
    with open_database(path, read_only=False) as database:
        database.run('DROP VIEW "current"."flip_fact"')
        database.run("DROP TABLE publish.flip_fact")
    with (
        reading(path) as tables,
        pytest.raises(RefusedError, match="较早的版本写成，没有表 flip_fact"),
    ):
        tables.frame("flip_fact")
    publish_run(path, 2)
    assert read_current(path, "flip_fact").height == 0
    assert read_current(path, "run")["run_id"].to_list() == ["000002"]


@pytest.mark.parametrize("keep", [0.5, 0.98])
def test_a_damaged_file_is_refused_in_one_line(path: Path, keep: float) -> None:
    publish_run(path, 1, 500)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(NotOursError, match="已损坏，或不是 DuckDB 数据库"):
        latest(path)
    with pytest.raises(NotOursError, match="已损坏，或不是 DuckDB 数据库"):
        publish_run(path, 2)
    path.write_text("姓名,金额\n" * 5000, encoding="utf-8")
    with pytest.raises(NotOursError, match="请用备份恢复"):
        publish_run(path, 2)


def test_a_log_left_by_another_program_is_refused(path: Path) -> None:
    publish_run(path, 1)
    path.with_name("w.duckdb.wal").write_bytes(b"theirs")
    with pytest.raises(NotOursError, match=r"留下 w\.duckdb\.wal"):
        publish_run(path, 2)


def test_nothing_there_is_said_plainly(path: Path) -> None:
    assert latest(path) is None
    with pytest.raises(NotOursError, match=r"没有结果库 w\.duckdb"):
        read_current(path, "alert")
    path.touch()
    assert latest(path) is None
    publish_run(path, 1)
    with pytest.raises(RefusedError, match="没有发布的表 phones"):
        read_current(path, "phones")


def test_a_link_to_the_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "deep" / "real.duckdb"
    real.parent.mkdir()
    path.symlink_to(real)
    publish_run(path, 1)
    publish_run(path, 2)
    assert path.is_symlink()
    assert latest(real) == latest(path)


def test_order_in_the_file_is_the_declared_order(path: Path) -> None:
    publish_run(path, 1, 300)
    with open_database(path, read_only=True) as database:
        stored = database.frame("SELECT application_id FROM publish.evidence")
    assert stored["application_id"].is_sorted()
    assert stored.height == 300
    assert isinstance(stored, pl.DataFrame)
