"""Every statement that PostgreSQL is asked, and its types. Names of views and columns are quoted by the driver; values are quoted or bound by it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from connectors.transports.tables import OVERLAP_NUMBERS, Column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connectors.transports.tables import Growth, Reading

SETTINGS = SQL("SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) AS s(name, value)")  # fmt: skip
CLOCK = SQL("SELECT clock_timestamp()")
WRITABLE = SQL("""SELECT rolsuper OR rolcreatedb OR rolcreaterole OR EXISTS (
    SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
      AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
    FROM pg_catalog.pg_roles WHERE rolname = current_user""")

_GROWTHS: dict[int, tuple[str, Growth]] = {
    1082: ("date", "day"),
    1114: ("timestamp", "time"),
    1184: ("timestamptz", "time"),
    20: ("int8", "number"),
    21: ("int2", "number"),
    23: ("int4", "number"),
    1700: ("numeric", "number"),
}
_BOOL, _BYTEA, _MONEY = 16, 17, 790


def column_of(name: str, oid: int) -> Column:
    """A column from the number of its type."""
    if oid in _GROWTHS:
        kind, growth = _GROWTHS[oid]
        return Column(name, kind, growth)
    kind = {_BOOL: "bool", _MONEY: "money"}.get(oid, "")
    return Column(name, kind, readable=oid != _BYTEA)


def described(view: tuple[str, ...]) -> Composed:
    """No rows, all columns."""
    return SQL("SELECT * FROM {} LIMIT 0").format(Identifier(*view))


def counted(reading: Reading) -> Composed:
    """How many rows will come."""
    return SQL("SELECT count(*) FROM {}{}").format(Identifier(*reading.view), _where(_rows(reading)))  # fmt: skip


def days(reading: Reading, as_of: Column) -> Composed:
    """Least, greatest, and how many."""
    return SQL("SELECT CAST(min({0}) AS text), CAST(max({0}) AS text), count({0}) FROM {1}{2}").format(
        Identifier(as_of.name), Identifier(*reading.view), _where(_rows(reading))
    )  # fmt: skip


def newest(reading: Reading, changed: Column) -> Composed:
    """The greatest change. One that lies in the future would stop the mark for ever and is left to be read again each time."""
    past = SQL("") if changed.growth == "number" else SQL(" FILTER (WHERE {} <= now())")
    return SQL("SELECT CAST(max({0}){1} AS text) FROM {2}{3}").format(
        Identifier(changed.name), past.format(Identifier(changed.name)) if changed.growth != "number" else past,
        Identifier(*reading.view), _where(_only(reading)),
    )  # fmt: skip


def page(reading: Reading, after: tuple[str, ...] | None, rows: int) -> Composed:
    """Rows after a key as CSV, the fastest text that PostgreSQL gives: nulls are bare, empty texts quoted."""
    key = _listed(Identifier(c.name) for c in reading.key)
    conditions = _rows(reading)
    if after is not None:
        # untyped literals take the type of the column they are compared with
        conditions.append(SQL("({}) > ({})").format(key, _listed(Literal(v) for v in after)))
    return SQL(
        "COPY (SELECT {} FROM {}{} ORDER BY {} LIMIT {}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')"
    ).format(
        _listed(_text(c) for c in reading.read),
        Identifier(*reading.view),
        _where(conditions),
        key,
        Literal(rows),
    )


def _text(column: Column) -> Composable:
    """COPY writes every type exactly but these: `t` for true, and money by the server's locale."""
    name = Identifier(column.name)
    if column.kind == "bool":
        return SQL("CAST({} AS text)").format(name)
    if column.kind == "money":
        return SQL("CAST({} AS numeric)").format(name)
    return name


def _rows(reading: Reading) -> list[Composable]:
    """Which rows are read."""
    return _only(reading) + _since(reading)


def _only(reading: Reading) -> list[Composable]:
    """The rows that are ours. An untyped literal takes the type of its column."""
    return [
        SQL("{} = {}").format(Identifier(column.name), Literal(value))
        for column, value in reading.only
    ]


def _since(reading: Reading) -> list[Composable]:
    """The rows of an incremental read: from a while before the mark, and those that say no time of change."""
    changed, since = reading.changed, reading.since
    if changed is None or since is None:
        return []
    match changed.growth:
        case "number":
            start: Composable = Literal(str(Decimal(since) - OVERLAP_NUMBERS))
        case "day":
            start = SQL("CAST({} AS date) - 1").format(Literal(since))
        case _:
            start = SQL("CAST({} AS {}) - INTERVAL '1 hour'").format(
                Literal(since), SQL("timestamptz" if changed.kind == "timestamptz" else "timestamp")
            )
    name = Identifier(changed.name)
    return [SQL("({0} >= {1} OR {0} IS NULL)").format(name, start)]


def _where(conditions: list[Composable]) -> Composable:
    return SQL(" WHERE ") + SQL(" AND ").join(conditions) if conditions else SQL("")


def _listed(parts: Iterable[Composable]) -> Composable:
    return SQL(", ").join(parts)
