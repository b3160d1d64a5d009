"""What makes a log append-only in the database itself: triggers that refuse to change or delete a row, whoever asks with whatever program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import REGCLASS

if TYPE_CHECKING:
    from collections.abc import Iterable

_FUNCTION = """CREATE OR REPLACE FUNCTION casework_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = 'restrict_violation'; END $$"""


def guard(connection: sa.Connection, names: Iterable[str]) -> None:
    """Guard the tables of these names, which are ours and there. What is guarded already stays so."""
    postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        connection.exec_driver_sql(_FUNCTION)
    for name in names:
        for statement in _postgresql(name) if postgresql else _sqlite(name):
            connection.exec_driver_sql(statement)


def unguarded(connection: sa.Connection, names: Iterable[str]) -> list[str]:
    """Which of these tables somebody has taken a guard from, in the order of the alphabet."""
    there = {tuple(row) for row in connection.execute(_triggers(connection))}
    postgresql = connection.dialect.name == "postgresql"
    endings = ("append_only",) if postgresql else ("no_update", "no_delete")
    return sorted(
        name for name in names if not {(name, f"{name}_{ending}") for ending in endings} <= there
    )


def _triggers(connection: sa.Connection) -> sa.Select[str, str]:
    """Table and name of each trigger that is on."""
    if connection.dialect.name == "postgresql":
        columns = ("tgrelid", "tgname", "tgenabled")
        kept = sa.table("pg_trigger", *(sa.column(name) for name in columns))
        told = sa.cast(sa.cast(kept.c.tgrelid, REGCLASS), sa.Text)
        on = sa.cast(kept.c.tgenabled, sa.Text).in_(["O", "A"])
        return sa.select(told, sa.cast(kept.c.tgname, sa.Text)).where(on)
    master = sa.table("sqlite_master", *(sa.column(name) for name in ("tbl_name", "name", "type")))
    return sa.select(master.c.tbl_name, master.c.name).where(master.c.type == "trigger")


def _sqlite(name: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {name}_no_{change.lower()} BEFORE {change} ON {name}"
        " BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        for change in ("UPDATE", "DELETE")
    ]


def _postgresql(name: str) -> list[str]:
    statement = (
        f"CREATE OR REPLACE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE"
        f" ON {name} FOR EACH STATEMENT EXECUTE FUNCTION casework_append_only()"
    )
    return [statement]
