"""Revisions: migrated is the same as declared, a file of before loses nothing, and what is of a later version is not touched."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from test_caselog_store import ROWS
from test_judgement_store import SAID, a_batch

from casework.engine import make_engine
from casework.errors import NotOursError
from casework.guards import unguarded
from casework.judgements import add_batch, add_judgements, read_batches, read_judgements
from casework.logs import add_log_rows, read_casework
from casework.opening import VERSION
from casework.revisions import HEAD, REVISIONS, TABLE
from casework.store import Address, open_store
from casework.tables.all_tables import METADATA
from casework.tables.metadata import APPEND_ONLY
from casework.upkeep import check_store, upgrade
from household.linkage.judgements import log_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

OLD = (Path(__file__).parent / "version_2.txt").read_text(encoding="utf-8")
ADDED_IN_2 = ("alert_event", "alert_sample", "alert_sample_answer", "consent", "inspection_draw")


def an_old_file(address: Address, version: int) -> sqlite3.Connection:
    assert address.file is not None
    address.file.parent.mkdir(parents=True)
    old = sqlite3.connect(address.file, isolation_level=None)
    old.executescript(OLD)
    if version == 1:
        for name in ADDED_IN_2:
            old.execute(f"DROP TABLE {name}")
        old.execute("PRAGMA user_version = 1")
    return old


def insert(connection: sqlite3.Connection, name: str, row: dict[str, object]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", list(row.values())
    )


@pytest.fixture
def changed(own_place: Address) -> Iterator[sa.Connection]:
    """A connection to a store that a stranger opens."""
    add_log_rows(own_place, "consent", [ROWS["consent"]])
    engine = make_engine(own_place, 1)
    with engine.connect() as connection:
        yield connection.execution_options(hedui_writing=True)
    engine.dispose()


def test_migrated_is_declared(changed: sa.Connection) -> None:
    context = MigrationContext.configure(
        changed,
        opts={"version_table": TABLE, "compare_type": True, "compare_server_default": True},
    )
    assert compare_metadata(context, METADATA) == []
    logs = [table.name for table in METADATA.sorted_tables if table.info.get(APPEND_ONLY)]
    assert unguarded(changed, logs) == []
    assert len(logs) >= 7


def test_the_checks_and_kinds_of_tables_are_the_declared_ones(file: Address) -> None:
    """What Alembic does not compare: SQLite tells the statements by which tables were made."""
    with open_store(file, create=True) as store, store.reading() as connection:
        migrated = statements(connection)
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        METADATA.create_all(connection)
        declared = statements(connection)
    assert migrated == declared


def statements(connection: sa.Connection) -> dict[str, list[str]]:
    """By table, the lines of its statement, without order: a check may stand before or after another."""
    rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    return {
        name: sorted(line.strip().rstrip(",") for line in sql.splitlines())
        for name, sql in rows
        if name in METADATA.tables
    }


def test_the_known_revisions_are_those_of_the_steps() -> None:
    config = Config()
    config.set_main_option("script_location", "casework:migrations")
    steps = ScriptDirectory.from_config(config)
    assert tuple(step.revision for step in steps.walk_revisions())[::-1] == REVISIONS
    assert steps.get_heads() == [HEAD]


@pytest.mark.parametrize("version", [1, 2])
def test_a_file_of_before_keeps_everything(file: Address, version: int) -> None:
    old = an_old_file(file, version)
    pairs = a_batch().reverse().to_dicts()
    for row in pairs:
        insert(old, "review_pair", row)
    for _ in range(2):
        insert(old, "judgement", {k: v for k, v in vars_of(SAID).items() if v is not None})
    if version == 2:
        for name, row in ROWS.items():
            insert(old, name, row)
        insert(old, "alert_sample", ROWS["alert_sample"] | {"batch": "R"})
    old.close()
    assert log_digest(read_judgements(file)) == (
        "00b3292080982f9fd0daf0344e5cc786323d3d0aed63519b218554311839f45d"
    )
    assert read_batches(file).to_dicts() == pairs  # in the order of entry, not of the key
    assert read_casework(file).alert_sample["batch"].to_list() == (["S1", "R"] * (version - 1))
    assert check_store(file).troubles == ()
    add_judgements(file, [SAID])
    add_batch(file, a_batch())
    assert read_judgements(file)["judgement_id"].to_list() == [1, 2, 3]
    assert len(read_batches(file)) == 2


def vars_of(said: object) -> dict[str, object]:
    return {name: getattr(said, name) for name in said.__slots__}  # type: ignore[attr-defined]


def test_the_digest_of_a_file_of_before_stays(file: Address) -> None:
    old = an_old_file(file, 2)
    for name, row in ROWS.items():
        insert(old, name, row)
    old.close()
    assert read_casework(file).digest() == (
        "38cf6ce8022a37172e12efbe16ed7121239142a29808b8b275c0230701770e81"
    )


def test_a_step_that_fails_leaves_the_file_as_it_was(file: Address) -> None:
    old = an_old_file(file, 2)
    insert(old, "consent", ROWS["consent"])
    old.execute("CREATE TABLE before_revisions_judgement (in_the_way)")
    before = "\n".join(old.iterdump())
    with pytest.raises(Exception, match="无法读写"):
        read_casework(file)
    assert "\n".join(old.iterdump()) == before
    old.close()


def test_a_later_version_is_refused_and_left(changed: sa.Connection, own_place: Address) -> None:
    with changed.begin():
        changed.execute(sa.text(f"UPDATE {TABLE} SET version_num = '9999'"))
    for call in (read_casework, check_store, upgrade):
        with pytest.raises(NotOursError, match="另一版本"):
            call(own_place)


def test_a_file_of_a_later_kind_is_refused(file: Address) -> None:
    an_old_file(file, 2).execute(f"PRAGMA user_version = {VERSION + 1}").connection.close()
    for call in (read_casework, check_store, upgrade):
        with pytest.raises(NotOursError, match="另一版本"):
            call(file)


def test_upgrading_again_changes_nothing(place: Address) -> None:
    add_log_rows(place, "consent", [ROWS["consent"]])
    assert upgrade(place) == (HEAD, HEAD)
    assert check_store(place).rows["consent"] == 1


def test_a_guard_that_was_taken_away_is_told(changed: sa.Connection, own_place: Address) -> None:
    with changed.begin():
        if own_place.file is None:
            changed.execute(sa.text("ALTER TABLE consent DISABLE TRIGGER consent_append_only"))
        else:
            changed.execute(sa.text("DROP TRIGGER consent_no_delete"))
    assert check_store(own_place).troubles == ("consent 的只增不改保护已被去除",)


def test_a_row_that_was_taken_away_is_told(file: Address) -> None:
    add_log_rows(file, "consent", [ROWS["consent"]] * 3)
    stranger = sqlite3.connect(str(file.file))
    stranger.execute("DROP TRIGGER consent_no_delete")
    stranger.execute("DELETE FROM consent WHERE consent_id = 2")
    stranger.commit()
    stranger.close()
    assert "consent 缺 1 行：有人绕过程序删除了记录" in check_store(file).troubles


OPENING = """
import sys
from casework.store import Address, open_store
with open_store(Address(sys.argv[1]), wait=60) as store, store.reading():
    print(*sorted(name for name in sys.modules if name.split(".")[0] == "alembic"))
"""


def test_opening_a_store_of_today_loads_nothing_of_alembic(place: Address) -> None:
    add_log_rows(place, "consent", [ROWS["consent"]])
    told = subprocess.run(
        [sys.executable, "-c", OPENING, place.url], capture_output=True, check=True, text=True
    )
    assert told.stdout == "\n"


def test_many_open_an_old_file_at_once(file: Address) -> None:
    old = an_old_file(file, 2)
    insert(old, "consent", ROWS["consent"])
    old.close()
    both = [
        subprocess.Popen([sys.executable, "-c", OPENING, file.url], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    assert [one.wait() for one in both] == [0, 0]
    for one in both:
        one.communicate()
    assert check_store(file).rows["consent"] == 1
