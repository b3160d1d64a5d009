"""Opening: a file is private, a damaged one or a stranger's is told and left as it is, a database is what its owner made of it."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from test_caselog_store import ROWS

from casework.errors import CaseworkError, NotOursError, UnreachableError
from casework.logs import add_log_rows, read_casework
from casework.store import Address, address_of, open_store
from casework.tables.logs import CONSENT
from casework.upkeep import check_store, upgrade
from household.errors import InputError, OutsideError

if TYPE_CHECKING:
    from servers.postgresql import PostgresqlServer

CONSENTED = ROWS["consent"]
NOISE = b"not a database" * 100


def of(address: Address) -> Path:
    assert address.file is not None
    return address.file


def test_the_file_is_for_its_owner_only(file: Address) -> None:
    add_log_rows(file, "consent", [CONSENTED])
    assert stat.S_IMODE(of(file).stat().st_mode) == 0o600
    assert stat.S_IMODE(of(file).parent.stat().st_mode) == 0o700


def test_a_damaged_store_is_told_and_left_as_it_is(file: Address) -> None:
    of(file).parent.mkdir()
    of(file).write_bytes(NOISE)
    with pytest.raises(NotOursError, match="已损坏"):
        read_casework(file)
    with pytest.raises(NotOursError, match="已损坏"):
        add_log_rows(file, "consent", [CONSENTED])
    with pytest.raises(NotOursError, match="已损坏"):
        check_store(file)
    assert of(file).read_bytes() == NOISE


def test_a_page_that_was_overwritten_is_found_when_the_file_is_opened(file: Address) -> None:
    add_log_rows(file, "consent", [CONSENTED] * 200)
    with of(file).open("r+b") as content:
        for page in range(1, of(file).stat().st_size // 4096):
            content.seek(page * 4096)
            content.write(b"\xff" * 100)
    with pytest.raises(NotOursError, match="已损坏"):
        read_casework(file)


def test_a_stranger_s_file_is_refused(file: Address) -> None:
    of(file).parent.mkdir()
    stranger = sqlite3.connect(of(file))
    stranger.execute("CREATE TABLE theirs (x)")
    stranger.close()
    with pytest.raises(NotOursError, match="不是本程序的文件"):
        add_log_rows(file, "consent", [CONSENTED])


def test_an_empty_file_is_made_ours(file: Address) -> None:
    of(file).parent.mkdir()
    of(file).touch()
    assert read_casework(file).digest() == ""
    assert check_store(file).troubles == ()


@pytest.mark.parametrize(
    ("pragma", "told"),
    [("query_only = ON", "无法读写（SQLITE_READONLY"), ("max_page_count = 1", "磁盘已满")],
)
def test_a_disk_that_is_read_only_or_full_is_told(file: Address, pragma: str, told: str) -> None:
    """The pragma makes SQLite answer as such a disk does."""
    add_log_rows(file, "consent", [CONSENTED])
    many = [CONSENTED | {"paper_no": "9" * 4000}] * 20

    def write(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.execute(sa.insert(CONSENT), many)

    with (
        open_store(file) as store,
        pytest.raises(CaseworkError, match=told) as refusal,
        store.writing() as connection,
    ):
        write(connection)
    assert "9999" not in str(refusal.value)
    assert len(read_casework(file).consent) == 1


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    with pytest.raises(CaseworkError, match=r"casework\.sqlite 无法读写（Not a directory）"):
        add_log_rows(address_of(tmp_path / "a file" / "county.store"), "consent", [CONSENTED])


LOCKING = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)  # where SQLite marks who is in the file
"""


def test_opening_it_again_leaves_the_locks_of_who_is_in_it(file: Address) -> None:
    """A process that opens and closes the file by itself would lose them, and another one could then take the log of writes away."""

    def is_held() -> bool:
        command = [sys.executable, "-c", LOCKING, str(file.file)]
        return subprocess.run(command, capture_output=True, check=False).returncode != 0

    with open_store(file, create=True) as store, store.reading() as connection:
        connection.execute(sa.select(CONSENT)).all()
        assert is_held()
        add_log_rows(file, "consent", [CONSENTED])
        assert is_held()
    assert not is_held()


def test_opening_what_is_not_there_makes_nothing(file: Address) -> None:
    with pytest.raises(CaseworkError, match="没有人工判定库"), open_store(file):
        pytest.fail("it was opened")
    with pytest.raises(CaseworkError, match="没有人工判定库"):
        check_store(file)
    assert not of(file).parent.exists()


def test_a_database_that_was_not_made_ready_is_refused_and_left_empty(bare: Address) -> None:
    for call in (lambda: read_casework(bare), lambda: add_log_rows(bare, "consent", [CONSENTED])):
        with pytest.raises(NotOursError, match="hedui casework upgrade"):
            call()
    assert check_store(bare).rows == {}


def test_a_database_of_somebody_else_is_not_touched(bare: Address) -> None:
    engine = sa.create_engine(bare.url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE consent (theirs text)"))
        connection.execute(sa.text("CREATE SCHEMA hedui"))
    with pytest.raises(NotOursError, match="同名的表"):
        upgrade(bare)
    engine.dispose()
    assert set(check_store(bare).rows) == {"consent"}
    upgrade(elsewhere := address_of(Path(), bare.url + "&options=-csearch_path%3Dhedui"))
    assert check_store(elsewhere).troubles == ()


@pytest.mark.parametrize(
    ("change", "state"),
    [({"database": "nowhere"}, "没有应答"), ({"host": "127.0.0.1", "port": 1}, "没有应答")],
)
def test_a_server_that_does_not_answer_is_told_without_its_address(
    postgresql: PostgresqlServer, change: dict[str, object], state: str
) -> None:
    url = sa.make_url(f"postgresql://clerk:geheim@127.0.0.1:{postgresql.port}/ready")
    address = address_of(Path(), url.set(**change).render_as_string(hide_password=False))
    with pytest.raises(UnreachableError, match=state) as refusal:
        read_casework(address)
    assert isinstance(refusal.value, OutsideError)
    for word in ("geheim", "clerk", "127.0.0.1", "nowhere"):
        assert word not in f"{refusal.value} {address!r} {refusal.value.__cause__}"


@pytest.mark.parametrize(
    "wrong", ["mysql://a:geheim@h/d", "no url", "postgresql://host-without-database", "sqlite://"]
)
def test_an_address_of_another_kind_is_refused_and_not_quoted(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InputError, match="HEDUI_CASEWORK") as refusal:
        address_of(tmp_path, wrong)
    assert "geheim" not in str(refusal.value)


def test_an_address_knows_where_it_leads(tmp_path: Path) -> None:
    named = address_of(tmp_path / "县 %20?.store")
    assert named.file == tmp_path / "县 %20?.store" / "casework.sqlite"
    add_log_rows(named, "consent", [CONSENTED])
    assert named.file.exists()
    other = address_of(tmp_path, f"sqlite:///{tmp_path}/elsewhere.sqlite")
    assert other.file == tmp_path / "elsewhere.sqlite"
    assert address_of(tmp_path, "postgres://h/d").url == "postgresql+psycopg://h/d"
    assert (named.name, address_of(tmp_path, "postgres://h/d").name) == (
        "casework.sqlite",
        "PostgreSQL",
    )
