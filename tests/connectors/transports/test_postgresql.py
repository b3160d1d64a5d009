"""Against Debian's PostgreSQL: exact text, one snapshot, nothing written, keys that tell rows apart, and marks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from file_sources import NOW, outside
from inbox_files import intake
from postgresql_jg import SETTLEMENT, emptied, opener, settled, vehicles
from servers.postgresql import OWNER
from table_sources import PASSWORD, VEHICLE_VIEW, login, source_of, taken, transport_of

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable
from connectors.pulling.pull import pull_from
from connectors.sources.declaration import Postgresql
from connectors.store import open_store
from connectors.transports.opening import open_transport
from connectors.transports.postgresql import PostgresqlSnapshot, PostgresqlTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from servers.postgresql import PostgresqlServer


@pytest.fixture
def server(postgresql_jg: PostgresqlServer) -> PostgresqlServer:
    return postgresql_jg


@pytest.fixture
def owner(server: PostgresqlServer) -> Iterator[psycopg.Connection]:
    with emptied(server) as connection:
        yield connection


@pytest.fixture
def open_source(server: PostgresqlServer) -> Callable[..., PostgresqlTransport]:
    return opener(server)


def test_a_view_is_read_whole_in_pages_and_only_what_the_catalogue_asks_for(
    owner, open_source, tmp_path
):
    vehicles(owner, *(f"990A{n:04d}" for n in range(8)))
    offer, fetched, rows = taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")
    assert (offer.subject, offer.region, offer.as_of, offer.part, offer.ext, offer.origin) == (
        "vehicle", "990101", date(2026, 5, 6), "", "parquet", "jg.v_vehicle",
    )  # fmt: skip
    assert (fetched.rows, fetched.said_rows, rows.height) == (8, 8, 8)
    assert rows["hphm"].to_list() == [f"990A{n:04d}" for n in range(8)]
    assert rows.columns == ["hphm", "hpzl", "sfzmhm", "syr", "zt", "pgjz"]
    assert "extra" in fetched.columns
    assert rows["pgjz"].unique().to_list() == ["1450.00"]


def test_every_type_comes_as_exact_text_and_null_is_not_empty(owner, open_source, tmp_path):
    settled(owner, "000000000000000001", id_no=None, name="", total="1450.10", basic_paid="0.1", other_paid="0.1")  # fmt: skip
    settled(owner, "999999999999999999", name='李"四,\n\\N', total=None, basic_paid="1e22", other_paid=None,
             care_kind="true", disease_code="2026-05-01 00:00:00+00")  # fmt: skip
    settled(
        owner, "a", name="𬎆玥\u3000", basic_paid="NaN", care_kind="false", settled_on="0044-03-15"
    )
    owner.execute("ALTER DATABASE jg SET datestyle = 'German'")
    owner.execute("ALTER DATABASE jg SET timezone = 'America/New_York'")
    try:
        came = taken(open_source("medical_insurance"), SETTLEMENT, tmp_path / "a.parquet", subject="settlement")  # fmt: skip
    finally:
        owner.execute("ALTER DATABASE jg RESET datestyle")
        owner.execute("ALTER DATABASE jg RESET timezone")
    rows = came[2]
    assert rows["settlement_no"].to_list() == ["000000000000000001", "999999999999999999", "a"]
    assert rows["id_no"][0] is None
    assert rows["name"].to_list() == ["", '李"四,\n\\N', "𬎆玥\u3000"]
    assert rows["settled_on"].to_list() == ["2026-04-30", "2026-04-30", "0044-03-15"]
    assert rows["total"].to_list() == ["1450.10", None, "1.00"]
    assert rows["basic_paid"].to_list() == ["0.1", "1e+22", "NaN"]
    assert rows["other_paid"].to_list() == ["0.1", None, None]
    assert rows["care_kind"].to_list() == [None, "true", "false"]
    assert rows["disease_code"][1] == "2026-05-01 08:00:00+08"


def test_the_same_rows_give_the_same_bytes_however_they_are_stored(owner, open_source, tmp_path):
    digests = set()
    for plates in (("b", "a", "c", "d"), ("d", "c", "a", "b")):
        owner.execute("TRUNCATE jg.vehicle")
        vehicles(owner, *plates)
        taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")
        digests.add(hashlib.sha256((tmp_path / "a.parquet").read_bytes()).hexdigest())
    assert len(digests) == 1


def test_an_empty_view_is_an_extract_with_no_rows(owner, open_source, tmp_path):
    _, fetched, rows = taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")
    assert (fetched.rows, rows.height, rows.width) == (0, 0, 6)


def _between_pages(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Do something at their side after the first page has been read."""
    page, done = PostgresqlSnapshot.page, []

    def paged(self: Any, reading: Any, after: Any, rows: int) -> Any:
        if after is not None and not done:
            done.append(do())
        return page(self, reading, after, rows)

    monkeypatch.setattr(PostgresqlSnapshot, "page", paged)


def test_what_others_change_between_pages_is_not_seen(owner, open_source, tmp_path, monkeypatch):
    vehicles(owner, *"abcdefgh")

    def change() -> None:
        owner.execute("DELETE FROM jg.vehicle WHERE hphm IN ('a', 'f')")
        vehicles(owner, "bb", "x")

    _between_pages(monkeypatch, change)
    _, _, rows = taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")
    assert rows["hphm"].to_list() == list("abcdefgh")
    monkeypatch.undo()
    _, _, rows = taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")
    assert rows["hphm"].to_list() == ["b", "bb", "c", "d", "e", "g", "h", "x"]


def _end_backend(owner: psycopg.Connection) -> None:
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hedui'"
    )


def test_a_connection_lost_between_pages_leaves_nothing_and_the_next_try_is_whole(
    owner, open_source, tmp_path, monkeypatch
):
    vehicles(owner, *"abcdefgh")
    target = tmp_path / "a.parquet"
    _between_pages(monkeypatch, lambda: _end_backend(owner))
    with pytest.raises(SourceUnreachable, match=r"jg\.v_vehicle 读取"):
        taken(open_source(), VEHICLE_VIEW, target)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    _between_pages(monkeypatch, lambda: _end_backend(owner))
    _, _, rows = taken(open_source(attempts=2), VEHICLE_VIEW, target)
    assert rows["hphm"].to_list() == list("abcdefgh")


def _run(transport: PostgresqlTransport, *statements: str) -> None:
    with transport._snapshot() as snapshot:
        for statement in statements:
            snapshot._connection.execute(statement)


def test_the_session_cannot_write_even_with_an_account_that_could(owner, open_source):
    vehicles(owner, "a")
    transport = open_source(user="writer")
    for statement in ("DELETE FROM jg.vehicle", "INSERT INTO jg.vehicle VALUES ('x', 'x', 'x')", "SET TRANSACTION READ WRITE"):  # fmt: skip
        with pytest.raises(SourceRefused, match="SQLSTATE 25"):
            _run(transport, "SELECT 1", statement)
    with transport._snapshot() as snapshot:
        connection = snapshot._connection
        connection.rollback()
        connection.read_only = None
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("DELETE FROM jg.vehicle")
    assert owner.execute("SELECT count(*) FROM jg.vehicle").fetchone() == (1,)


@pytest.mark.parametrize("plates", [("a", "a"), ("a", "b", "c", "c"), ("a", None)])
def test_a_key_that_is_none_is_named_whether_or_not_a_page_ends_there(
    owner, open_source, tmp_path, plates
):
    owner.execute("CREATE TABLE jg.loose AS SELECT * FROM jg.vehicle LIMIT 0")
    owner.execute("GRANT SELECT ON jg.loose TO reader")
    try:
        for plate in plates:
            owner.execute("INSERT INTO jg.loose VALUES (%s, 'x', 'x', 'x', 'x', 1)", [plate])
        spec = VEHICLE_VIEW.model_copy(update={"view": "jg.loose"})
        for rows_per_page in (1, 3, 100):
            with pytest.raises(SourceLied, match="键"):
                taken(open_source(rows_per_page=rows_per_page), spec, tmp_path / "a.parquet")
            assert list(tmp_path.iterdir()) == []
    finally:
        owner.execute("DROP TABLE jg.loose")


def test_pages_follow_the_order_of_the_column_whatever_its_collation(owner, open_source, tmp_path):
    plates = {"a", "A", "b", "B", "á", "京A1", "京a1", "-", " a", "a ", "10", "9"}
    owner.execute("CREATE COLLATION jg.loose (provider = icu, locale = 'und')")
    owner.execute("CREATE TABLE jg.sorted AS SELECT hphm COLLATE jg.loose AS hphm, hpzl, sfzmhm, syr, zt, pgjz FROM jg.vehicle")  # fmt: skip
    owner.execute("GRANT SELECT ON jg.sorted TO reader")
    for plate in plates:
        owner.execute("INSERT INTO jg.sorted VALUES (%s, 'x', 'x', 'x', 'x', 1)", [plate])
    table = VEHICLE_VIEW.model_copy(update={"view": "jg.sorted"})
    _, _, rows = taken(open_source(rows_per_page=1), table, tmp_path / "a.parquet")
    assert set(rows["hphm"]) == plates
    assert rows.height == len(plates)


def test_more_rows_than_the_limit_are_not_begun(owner, open_source, tmp_path):
    vehicles(owner, *"abcd")
    with pytest.raises(SourceRefused, match="有 4 行，超过限额 3 行"):
        taken(open_source(rows_most=3), VEHICLE_VIEW, tmp_path / "a.parquet")


def test_the_day_of_the_rows_is_taken_from_them_and_must_be_one(owner, open_source, tmp_path):
    dated = SETTLEMENT.model_copy(update={"as_of": "tjr"})

    def take() -> Any:
        return taken(open_source("medical_insurance"), dated, tmp_path / "a.parquet", subject="settlement")  # fmt: skip

    settled(owner, "1", tjr="2026-04-30")
    offer, fetched, _ = take()
    assert offer.as_of == fetched.as_of == date(2026, 4, 30)
    settled(owner, "2", tjr="2026-05-01")
    with pytest.raises(SourceLied, match="截止日列 tjr"):
        take()
    owner.execute("UPDATE jg.mz_js SET tjr = NULL WHERE settlement_no = '2'")
    with pytest.raises(SourceLied, match="空值"):
        take()


def _changes(open_source: Any, target: Path, column: str, mark: Any) -> Any:
    """A read since a mark: the numbers that came and the new mark, or None."""
    spec = SETTLEMENT.model_copy(update={"changed": column})
    came = taken(open_source("medical_insurance"), spec, target, subject="settlement",
                 before={"jg.mz_js": mark} if mark else None)  # fmt: skip
    if came is None:
        return None, mark
    return came[2]["settlement_no"].to_list(), came[1].mark


def test_only_what_changed_since_comes_and_late_commits_are_not_lost(owner, open_source, tmp_path):
    target = tmp_path / "a.parquet"
    settled(owner, "1", gxsj="2026-05-01 08:00:00")
    settled(owner, "2", gxsj="2026-05-05 08:00:00.000001")
    settled(owner, "3", gxsj=None)
    settled(owner, "4", gxsj="2999-01-01")
    first, mark = _changes(open_source, target, "gxsj", None)
    assert first == ["1", "2", "3", "4"]
    assert mark["changed"] == "2026-05-05 08:00:00.000001"
    assert _changes(open_source, target, "gxsj", mark) == (None, mark)
    # committed late, just before the mark; and one of the very same moment
    settled(owner, "5", gxsj="2026-05-05 07:00:00.000001")
    late, mark = _changes(open_source, target, "gxsj", mark)
    assert late == ["2", "3", "4", "5"]
    settled(owner, "6", gxsj="2026-05-05 08:00:00.000001")
    tied, mark = _changes(open_source, target, "gxsj", mark)
    assert tied == ["2", "3", "4", "5", "6"]
    owner.execute(
        "UPDATE jg.mz_js SET gxsj = '2026-05-05 12:00', name = '改' WHERE settlement_no = '1'"
    )
    settled(owner, "7", gxsj="2026-05-05 06:59:59")
    changed, mark = _changes(open_source, target, "gxsj", mark)
    assert changed == ["1", "2", "3", "4", "5", "6"], "7 is more than an hour before the mark"
    assert _changes(open_source, target, "gxsj", mark) == (None, mark)


@pytest.mark.parametrize(
    ("column", "first", "new", "old"),
    [
        ("gxrq", "2026-05-05", "2026-05-04", "2026-05-03"),
        ("xh", "100000", "90000", "89999"),
        ("disease_code", "2026-05-05 08:00+08", "2026-05-04 23:00+00", "2026-05-04 22:59+00"),
    ],
)
def test_the_overlap_is_a_day_ten_thousand_numbers_or_an_hour(
    owner, open_source, tmp_path, column, first, new, old
):
    settled(owner, "first", **{column: first})
    _, mark = _changes(open_source, tmp_path / "a.parquet", column, None)
    settled(owner, "old", **{column: old})
    assert _changes(open_source, tmp_path / "a.parquet", column, mark)[0] is None
    settled(owner, "new", **{column: new})
    assert _changes(open_source, tmp_path / "a.parquet", column, mark)[0] == ["first", "new"]


def test_bytes_that_are_no_text_are_named_and_not_guessed(server, tmp_path):
    with server.connect() as owner:
        owner.execute("CREATE DATABASE old ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")  # fmt: skip
    with server.connect("old") as owner:
        owner.execute("SET client_encoding = 'SQL_ASCII'")
        owner.execute("CREATE TABLE cars (hphm text, hpzl text, sfzmhm text, syr text, zt text, pgjz text)")  # fmt: skip
        owner.execute(b"INSERT INTO cars VALUES ('a', 'x', 'x', '\xd5\xc5\xc8\xfd', 'x', '1')")
    spec = Postgresql(kind="postgresql", **login(port=server.port, host=str(server.folder), database="old", user=OWNER))  # fmt: skip
    view = VEHICLE_VIEW.model_copy(update={"view": "cars"})
    with pytest.raises(SourceLied, match=r"不是 UTF-8 文本|不能转成 UTF-8"):
        taken(transport_of(PostgresqlTransport, spec), view, tmp_path / "a.parquet")


def test_the_clock_of_the_outside_is_the_only_one_of_ours(owner, open_source, tmp_path):
    offer, _, _ = taken(open_source(), VEHICLE_VIEW, tmp_path / "a.parquet")
    assert offer.as_of == NOW.date()


def test_a_pull_brings_the_rows_through_the_ordinary_intake(server, owner, tmp_path):
    vehicles(owner, "990A0001", "990A0002", "990A0003", "990A0004")
    spec = Postgresql(kind="postgresql", **login(port=server.port))
    source = source_of(spec, "public_security")
    source = source.model_copy(update={"datasets": {"vehicle": VEHICLE_VIEW}})
    inbox, store = tmp_path / "inbox", open_store(tmp_path / "store")
    now = replace(outside(PW=PASSWORD), now=lambda: datetime.now(UTC))

    def pulled() -> tuple[str, ...]:
        events = pull_from(source, store, inbox, now, opening=open_transport)
        return tuple(e.outcome + e.message for e in events)

    assert pulled() == ("taken",)
    assert pulled() == ("unchanged",)
    (arrival,) = intake(inbox, store)[0].arrivals
    assert (arrival.dataset, arrival.region, arrival.as_of) == (
        "public_security.vehicle", "990101", now.today,
    )  # fmt: skip
    assert (arrival.state, arrival.rows_in, arrival.rows_quarantined) == ("read", 4, 0)
