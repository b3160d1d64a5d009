"""What the mirror refuses, in one line and without having written; and how it is brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from pydantic import SecretStr

from household.errors import HouseholdError
from household.schema.published import PUBLISHED
from warehouse.errors import NotOursError
from warehouse.mirror.errors import MirrorBusyError, MirrorRefusedError
from warehouse.mirror.mirroring import mirror

if TYPE_CHECKING:
    from conftest import Database, Warehouse

VERDICTS = "SELECT run_id, count(*) FROM publish.household_verdict GROUP BY 1 ORDER BY 1"


def refused(
    kind: type[HouseholdError], warehouse: Warehouse, address: SecretStr, **more: object
) -> str:
    with pytest.raises(kind) as told:
        mirror(warehouse.path, address, **more)  # type: ignore[arg-type]
    line = str(told.value)
    assert "\n" not in line
    return line


def test_a_mirror_of_another_warehouse_is_left_alone(
    warehouse: Warehouse, database: Database
) -> None:
    for sequence in (1, 2):
        warehouse.run(sequence, 3)
    mirror(warehouse.path, database.address)
    other = type(warehouse)(warehouse.path.with_name("other.duckdb"))
    other.run(1, 5)
    assert "比结果库" in refused(MirrorRefusedError, other, database.address)
    with database.connect() as owner:
        owner.execute("UPDATE hedui_mirror.run SET input_digest = 'another' WHERE sequence = 2")
    assert "另一个结果库" in refused(MirrorRefusedError, warehouse, database.address)
    assert database.rows(VERDICTS) == [("000001", 3), ("000002", 3)]
    anew = mirror(other.path, database.address, anew=True)
    assert anew.forgotten == ("000001", "000002")
    assert database.rows(VERDICTS) == [("000001", 5)]


def test_a_mirror_left_too_far_behind_says_so(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1)
    mirror(warehouse.path, database.address)
    for sequence in (2, 3):
        warehouse.run(sequence, keep=1)
    assert "--anew" in refused(MirrorRefusedError, warehouse, database.address)
    mirror(warehouse.path, database.address, anew=True)
    assert database.rows(VERDICTS) == [("000003", 3)]


@pytest.mark.parametrize(
    "meddling",
    [
        "DELETE FROM hedui_mirror.person WHERE person_ref = 'P0000001'",
        "UPDATE hedui_mirror.intake_ledger SET row_digest = gen_random_uuid()",
    ],
)
def test_a_mirror_that_was_edited_is_found_out(
    warehouse: Warehouse, database: Database, meddling: str
) -> None:
    warehouse.run(1, 4)
    mirror(warehouse.path, database.address)
    with database.connect() as owner:
        owner.execute(meddling)  # type: ignore[arg-type]
    warehouse.run(2, 5)
    assert "被人改动过" in refused(MirrorRefusedError, warehouse, database.address)
    assert database.rows("SELECT count(*) FROM publish.run") == [(1,)]


def test_objects_of_others_are_never_replaced(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1)
    with database.connect() as owner:
        owner.execute("CREATE SCHEMA publish CREATE TABLE alert (theirs int)")
    assert "publish.alert" in refused(MirrorRefusedError, warehouse, database.address)
    assert database.rows("SELECT count(*) FROM publish.alert") == [(0,)]


def test_an_older_mirror_gains_what_it_lacks(warehouse: Warehouse, database: Database) -> None:
    """Views that lose a column in the middle are made anew, and whoever could read them still can."""
    warehouse.run(1)
    with database.connect() as owner:
        owner.execute("CREATE ROLE reads_on")
    mirror(warehouse.path, database.address, readers=["reads_on"])
    before = database.rows("SELECT * FROM hedui_mirror.mirror")
    with database.connect() as owner:
        owner.execute("DROP TABLE hedui_mirror.turnaround CASCADE")
        owner.execute("ALTER TABLE hedui_mirror.alert DROP COLUMN severity CASCADE")
        owner.execute("CREATE VIEW publish.alert AS SELECT ''::text AS run_id, alert_id, code, subject_kind FROM hedui_mirror.alert")  # fmt: skip
        owner.execute("GRANT SELECT ON publish.alert TO reads_on")
        owner.execute("UPDATE hedui_mirror.mirror SET shape = 'older'")
    warehouse.run(2)
    mirror(warehouse.path, database.address)
    assert database.rows("SELECT * FROM hedui_mirror.mirror") == before
    for table in ("alert", "turnaround"):
        with database.connect() as owner:
            shown = owner.execute(f"SELECT * FROM publish.{table}").description or []  # type: ignore[arg-type]
        assert [c.name for c in shown] == [c.name for c in PUBLISHED[table].all_columns]
    assert database.rows("SELECT has_table_privilege('reads_on', 'publish.alert', 'SELECT')") == [(True,)]  # fmt: skip


def test_a_mirror_of_a_newer_program_is_left_alone(
    warehouse: Warehouse, database: Database
) -> None:
    warehouse.run(1)
    mirror(warehouse.path, database.address)
    with database.connect() as owner:
        owner.execute("UPDATE hedui_mirror.mirror SET version = 2")
    assert "更新版本" in refused(MirrorRefusedError, warehouse, database.address)
    with database.connect() as owner:
        owner.execute("UPDATE hedui_mirror.mirror SET version = 1, shape = ''")
        owner.execute("ALTER TABLE hedui_mirror.alert ADD COLUMN of_tomorrow text")
    assert "更新版本" in refused(MirrorRefusedError, warehouse, database.address)


def test_who_may_read_reads_the_views_and_nothing_else(
    warehouse: Warehouse, database: Database
) -> None:
    warehouse.run(1)
    assert "没有角色 nobody" in refused(MirrorRefusedError, warehouse, database.address, readers=["nobody"])  # fmt: skip
    assert database.rows("SELECT count(*) FROM pg_namespace WHERE nspname = 'publish'") == [(0,)]
    with database.connect() as owner:
        owner.execute("""CREATE ROLE "reader of 民政" LOGIN""")
        owner.execute("CREATE ROLE stranger LOGIN")
    mirror(warehouse.path, database.address)
    mirror(warehouse.path, database.address, readers=["reader of 民政"])
    with database.connect("reader of 民政") as reading:
        for table in PUBLISHED:
            for schema in ("publish", "current"):
                reading.execute(f'SELECT * FROM "{schema}"."{table}"')  # type: ignore[arg-type]
        for forbidden in (
            "SELECT * FROM hedui_mirror.person",
            "DELETE FROM publish.run",
            "CREATE TABLE publish.mine ()",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reading.execute(forbidden)  # type: ignore[arg-type]
    with (
        database.connect("stranger") as stranger,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        stranger.execute("SELECT * FROM publish.run")
    line = refused(MirrorRefusedError, warehouse, database.of("stranger"))
    assert "权限" in line


def test_addresses_are_never_told(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1)
    secret = "hunter2"
    port = database.server.port
    for address in (
        f"postgresql://x:{secret}@127.0.0.1:{port}/{database.name}",
        f"host=127.0.0.1 port={port} user=nobody_there password={secret} dbname=postgres",
        f"host=127.0.0.1 port=1 password={secret}",
        f"password={secret} nonsense",
        f"postgresql://x:{secret}@[::1/",
        f"service=none password={secret}",
    ):
        line = refused(HouseholdError, warehouse, SecretStr(address))
        assert secret not in line
        assert "nobody_there" not in line


def test_without_a_run_there_is_nothing_to_mirror(warehouse: Warehouse, database: Database) -> None:
    refused(NotOursError, warehouse, database.address)
    warehouse.path.write_bytes(b"no database")
    refused(NotOursError, warehouse, database.address)


def test_one_publisher_at_a_time(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1)
    with database.connect() as other, other.transaction():
        other.execute("SELECT pg_advisory_xact_lock(448310441321)")
        assert "另一个程序" in refused(MirrorBusyError, warehouse, database.address)
    assert mirror(warehouse.path, database.address).written
