"""Against Debian's MariaDB: exact text, one snapshot, nothing written, keys under any collation, and marks."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from mysql_jg import SETTLEMENT, do, emptied, opener, settled, vehicles
from table_sources import VEHICLE_VIEW, taken

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable
from connectors.transports import mysql_queries as queries
from connectors.transports.mysql import MysqlSnapshot, MysqlTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pymysql
    from servers.mariadb import MariadbServer


@pytest.fixture
def server(mysql_jg: MariadbServer) -> MariadbServer:
    return mysql_jg


@pytest.fixture
def owner(server: MariadbServer) -> Iterator[pymysql.Connection]:
    with emptied(server) as connection:
        yield connection


@pytest.fixture
def open_source(server: MariadbServer) -> Callable[..., MysqlTransport]:
    return opener(server)


def test_a_view_of_a_gbk_database_is_read_whole_in_pages(owner, open_source, tmp_path):
    plates = [*(f"990A{n:04d}" for n in range(6)), "京A0001", "粤B0002"]
    vehicles(owner, *plates)
    offer, fetched, rows = taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")
    assert (offer.subject, offer.region, offer.as_of, offer.part, offer.ext, offer.origin) == (
        "vehicle", "990101", date(2026, 5, 6), "", "parquet", "jg.v_vehicle",
    )  # fmt: skip
    assert (fetched.rows, fetched.said_rows) == (8, 8)
    assert sorted(rows["hphm"]) == sorted(plates)
    assert rows.columns == ["hphm", "hpzl", "sfzmhm", "syr", "zt", "pgjz"]
    assert "extra" in fetched.columns
    assert set(rows["syr"]) == {"张三"}
    assert set(rows["pgjz"]) == {"1450.00"}


def test_every_type_comes_as_exact_text_and_null_is_not_empty(owner, open_source, tmp_path):
    do(owner, "SET SESSION sql_mode = '', time_zone = '+00:00'")
    settled(owner, 450000000000000001, id_no=None, name="", total="1234567890123456789012345678.10",
             basic_paid="0.1", other_paid="0.1", disease_code=1)  # fmt: skip
    settled(owner, 450000000000000002, name='李"四,\n\\N%s', settled_on="0000-00-00", other_paid="16777217",
             care_kind=1, refund_of="2026-05-01 00:00:00")  # fmt: skip
    settled(owner, 450000000000000003, name="𬎆玥\u3000", care_kind=0, basic_paid="1e22")
    rows = taken(open_source("medical_insurance", rows_per_page=1), SETTLEMENT, tmp_path / "a.parquet", subject="settlement")[2]  # fmt: skip
    assert rows["settlement_no"].to_list() == [f"45000000000000000{n}" for n in (1, 2, 3)]
    assert rows["id_no"][0] is None
    assert rows["name"].to_list() == ["", '李"四,\n\\N%s', "𬎆玥\u3000"]
    assert rows["settled_on"].to_list() == ["2026-04-30", "0000-00-00", "2026-04-30"]
    assert rows["total"][0] == "1234567890123456789012345678.10"
    assert rows["basic_paid"].to_list() == ["0.1", "0", "1e22"]
    assert rows["other_paid"].to_list() == ["0.1", "16777216", None]
    assert rows["care_kind"].to_list() == [None, "1", "0"]
    assert rows["disease_code"].to_list() == ["1", None, None]
    assert rows["refund_of"].to_list() == [None, "2026-05-01 08:00:00", None]


def test_the_same_rows_give_the_same_bytes_however_they_were_stored(owner, open_source, tmp_path):
    digests = set()
    for plates in (("b", "a", "c", "d"), ("d", "c", "a", "b")):
        do(owner, "DELETE FROM vehicle")
        vehicles(owner, *plates)
        taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")
        digests.add(hashlib.sha256((tmp_path / "a.parquet").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_an_empty_view_is_an_extract_with_no_rows(owner, open_source, tmp_path):
    _, fetched, rows = taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")
    assert (fetched.rows, rows.height, rows.width) == (0, 0, 6)


def _between_pages(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Do something at their side after the first page has been read."""
    page, done = MysqlSnapshot.page, []

    def paged(self: Any, reading: Any, after: Any, rows: int) -> Any:
        if after is not None and not done:
            done.append(do())
        return page(self, reading, after, rows)

    monkeypatch.setattr(MysqlSnapshot, "page", paged)


def test_what_others_change_between_pages_is_not_seen(owner, open_source, tmp_path, monkeypatch):
    vehicles(owner, *"abcdefgh")

    def change() -> None:
        do(owner, "DELETE FROM vehicle WHERE hphm IN ('a', 'f')")
        vehicles(owner, "bb", "x")

    _between_pages(monkeypatch, change)
    rows = taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")[2]
    assert rows["hphm"].to_list() == list("abcdefgh")
    monkeypatch.undo()
    rows = taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")[2]
    assert rows["hphm"].to_list() == ["b", "bb", "c", "d", "e", "g", "h", "x"]


def _kill_readers(owner: pymysql.Connection) -> None:
    with owner.cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE user = 'reader'")
        for (number,) in cursor.fetchall():
            cursor.execute(f"KILL {number}")


def test_a_connection_lost_between_pages_leaves_nothing_and_the_next_try_is_whole(
    owner, open_source, tmp_path, monkeypatch
):
    vehicles(owner, *"abcdefgh")
    target = tmp_path / "a.parquet"
    _between_pages(monkeypatch, lambda: _kill_readers(owner))
    with pytest.raises(SourceUnreachable, match=r"jg\.v_vehicle 读取"):
        taken(open_source(), VEHICLE_VIEW, target)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    _between_pages(monkeypatch, lambda: _kill_readers(owner))
    rows = taken(open_source(attempts=2), VEHICLE_VIEW, target)[2]
    assert rows["hphm"].to_list() == list("abcdefgh")


def _run(transport: MysqlTransport, *statements: str) -> None:
    with transport._snapshot() as snapshot:
        for statement in statements:
            snapshot._rows(queries.Statement(statement))


def test_the_session_cannot_write_even_with_an_account_that_could(owner, open_source):
    vehicles(owner, "a")
    transport = open_source(user="writer")
    for first in ("COMMIT", "SELECT 1"):
        with pytest.raises(SourceRefused, match="错误号 1792"):
            _run(transport, first, "DELETE FROM vehicle")
    with owner.cursor() as cursor:
        assert cursor.execute("SELECT * FROM vehicle") == 1


@pytest.mark.parametrize("plates", [("a", "a"), ("a", "b", "c", "c"), ("a", None)])
def test_a_key_that_is_none_is_named_before_a_row_is_read(owner, open_source, tmp_path, plates):
    vehicles(owner, *plates, table="loose")
    spec = VEHICLE_VIEW.model_copy(update={"view": "jg.loose"})
    with pytest.raises(SourceLied, match="重复或空值"):
        taken(open_source(rows_per_page=1), spec, tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_keys_that_a_collation_takes_for_one_are_told_apart_by_their_bytes(
    owner, open_source, tmp_path
):
    plates = {"a", "A", "b", "B", "á", "京A1", "京a1", "-", " a", "a ", "10", "9", "%s", "𬎆"}
    vehicles(owner, *plates, table="loose")
    spec = VEHICLE_VIEW.model_copy(update={"view": "jg.loose"})
    rows = taken(open_source(rows_per_page=1), spec, tmp_path / "a.parquet")[2]
    assert sorted(rows["hphm"]) == sorted(plates)


def test_pages_by_several_columns_skip_and_repeat_nothing(owner, open_source, tmp_path):
    rows = [(a, b, c) for a in "ab" for b in "xy" for c in ("990101198003011234", "990101198003011235")]  # fmt: skip
    with owner.cursor() as cursor:
        cursor.executemany("INSERT INTO vehicle VALUES (%s, %s, %s, 'x', 'x', 1, NULL)", rows)
    for size in (1, 2, 3):
        came = taken(open_source(rows_per_page=size), VEHICLE_VIEW, tmp_path / "a.parquet")[2]
        assert came.select("hphm", "hpzl", "sfzmhm").rows() == rows


def test_more_rows_than_the_limit_are_not_begun(owner, open_source, tmp_path):
    vehicles(owner, *"abcd")
    with pytest.raises(SourceRefused, match="有 4 行，超过限额 3 行"):
        taken(open_source(rows_most=3), VEHICLE_VIEW, tmp_path / "a.parquet")


def test_the_day_of_the_rows_is_taken_from_them_and_must_be_one(owner, open_source, tmp_path):
    dated = SETTLEMENT.model_copy(update={"as_of": "tjr"})

    def take() -> Any:
        return taken(open_source("medical_insurance"), dated, tmp_path / "a.parquet", subject="settlement")  # fmt: skip

    settled(owner, 1, tjr="20260430")
    offer, fetched, _ = take()
    assert offer.as_of == fetched.as_of == date(2026, 4, 30)
    settled(owner, 2, tjr="20260501")
    with pytest.raises(SourceLied, match="截止日列 tjr"):
        take()
    do(owner, "UPDATE mz_js SET tjr = '四月底'")
    with pytest.raises(SourceLied, match="不是日期"):
        take()


def _changes(open_source: Any, target: Path, column: str, mark: Any) -> Any:
    """A read since a mark: the numbers that came and the new mark, or None."""
    spec = SETTLEMENT.model_copy(update={"changed": column})
    came = taken(open_source("medical_insurance"), spec, target, subject="settlement",
                 before={"jg.mz_js": mark} if mark else None)  # fmt: skip
    if came is None:
        return None, mark
    return [int(n) for n in came[2]["settlement_no"]], came[1].mark


def test_only_what_changed_since_comes_and_late_commits_are_not_lost(owner, open_source, tmp_path):
    target = tmp_path / "a.parquet"
    settled(owner, 1, gxsj="2026-05-01 08:00:00")
    settled(owner, 2, gxsj="2026-05-05 08:00:00.000001")
    settled(owner, 3, gxsj=None)
    settled(owner, 4, gxsj="2999-01-01")
    first, mark = _changes(open_source, target, "gxsj", None)
    assert first == [1, 2, 3, 4]
    assert mark["changed"] == "2026-05-05 08:00:00.000001"
    assert _changes(open_source, target, "gxsj", mark) == (None, mark)
    settled(owner, 5, gxsj="2026-05-05 07:00:00.000001")
    late, mark = _changes(open_source, target, "gxsj", mark)
    assert late == [2, 3, 4, 5]
    settled(owner, 6, gxsj="2026-05-05 08:00:00.000001")
    settled(owner, 7, gxsj="2026-05-05 06:59:59")
    tied, mark = _changes(open_source, target, "gxsj", mark)
    assert tied == [2, 3, 4, 5, 6], "7 is more than an hour before the mark"
    assert _changes(open_source, target, "gxsj", mark) == (None, mark)


@pytest.mark.parametrize(
    ("column", "first", "new", "old"),
    [
        ("gxrq", "2026-05-05", "2026-05-04", "2026-05-03"),
        ("xh", "18446744073709551615", "18446744073709541615", "18446744073709541614"),
        ("xh", "1", "0", None),
        ("refund_of", "2026-05-05 08:00", "2026-05-05 07:00", "2026-05-05 06:59:59"),
    ],
)
def test_the_overlap_is_a_day_ten_thousand_numbers_or_an_hour(
    owner, open_source, tmp_path, column, first, new, old
):
    target = tmp_path / "a.parquet"
    settled(owner, 1, **{column: first})
    _, mark = _changes(open_source, target, column, None)
    if old is not None:
        settled(owner, 2, **{column: old})
        assert _changes(open_source, target, column, mark)[0] is None
    settled(owner, 3, **{column: new})
    assert _changes(open_source, target, column, mark)[0] == [1, 3]
