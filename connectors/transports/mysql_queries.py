"""Every statement that MySQL or MariaDB is asked, and its types. Names are checked (`tables.view_names`) and quoted; values are bound by the driver."""

# ruff: noqa: S608 - nothing but checked, quoted names and %s is put together here

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.errors import SourceRefused
from connectors.transports.tables import OVERLAP_NUMBERS, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.transports.tables import Growth, Reading

CLOCK = "SELECT UTC_TIMESTAMP(6)"
GRANTS = "SHOW GRANTS"
BEGIN = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
READ_ONLY = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
SETTINGS = "SET SESSION time_zone = '+08:00', sql_mode = '', lock_wait_timeout = %s"
TIME_BOUNDS = {
    "MariaDB": "SET SESSION max_statement_time = %s",  # seconds
    "MySQL": "SET SESSION max_execution_time = %s",  # milliseconds
}

_WHOLE = ("tinyint", "smallint", "mediumint", "int", "bigint", "year")
_GROWTHS: dict[str, Growth] = {
    "date": "day",
    "datetime": "time",
    "timestamp": "time",
    "decimal": "number",
    **dict.fromkeys(_WHOLE[:-1], "number"),
}
_TEXTS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set")
_UNREADABLE = re.compile(r".*(binary|blob|geometry|point|linestring|polygon|geometrycollection)")
_READING = ("SELECT", "USAGE", "SHOW VIEW", "SHOW DATABASES", "PROCESS")


@dataclass(frozen=True, slots=True)
class Statement:
    """Text with %s where the values go."""

    text: str
    values: tuple[object, ...] = ()


def column_of(name: str, said: str) -> Column:
    """A column from its type as SHOW COLUMNS says it (`varchar(18)`, `bigint(20) unsigned`)."""
    kind = said.lower().split("(")[0].split(" ")[0]
    return Column(name, kind, _GROWTHS.get(kind), readable=_UNREADABLE.fullmatch(kind) is None)


def can_write(grants: Sequence[str]) -> bool:
    """Whether any grant is for more than reading."""
    for grant in grants:
        match = re.match(r"GRANT (.+?) ON ", re.sub(r" ?\([^)]*\)", "", grant))
        if match and not all(p.strip().upper() in _READING for p in match[1].split(",")):
            return True
    return False


def described(view: tuple[str, ...]) -> Statement:
    """Names and types of the columns."""
    return Statement(f"SHOW COLUMNS FROM {_view(view)}")


def counted(reading: Reading) -> Statement:
    """How many rows will come."""
    where = _rows(reading)
    return Statement(f"SELECT COUNT(*) FROM {_view(reading.view)}{_where(where)}", where.values)


def told_apart(reading: Reading, *, exactly: bool) -> Statement:
    """How many rows, and how many keys: by the columns' own collation, or byte by byte. Keys with a null do not count."""
    where = _rows(reading)
    keys = ", ".join(_key(c, exactly=exactly) for c in reading.key)
    return Statement(
        f"SELECT COUNT(*), COUNT(DISTINCT {keys}) FROM {_view(reading.view)}{_where(where)}",
        where.values,
    )


def days(reading: Reading, as_of: Column) -> Statement:
    """Least, greatest, and how many."""
    where, name = _rows(reading), _quoted(as_of.name)
    return Statement(
        f"SELECT MIN({name}), MAX({name}), COUNT({name}) FROM {_view(reading.view)}{_where(where)}",
        where.values,
    )


def newest(reading: Reading, changed: Column) -> Statement:
    """The greatest change. One that lies in the future would stop the mark for ever and is left to be read again each time."""
    name = _quoted(changed.name)
    past = name if changed.growth == "number" else f"CASE WHEN {name} <= NOW(6) THEN {name} END"
    where = _only(reading)
    return Statement(f"SELECT MAX({past}) FROM {_view(reading.view)}{_where(where)}", where.values)


def page(reading: Reading, after: tuple[str, ...] | None, rows: int, *, exactly: bool) -> Statement:
    """Rows after a key. The comparison is spelt out: the optimiser does not use an index for a comparison of rows."""
    where = _rows(reading)
    keys = [_key(c, exactly=exactly) for c in reading.key]
    if after is not None:
        where = _both(where, _after(reading, keys, after, exactly=exactly))
    listed = ", ".join(_text(c) for c in reading.read)
    return Statement(
        f"SELECT {listed} FROM {_view(reading.view)}{_where(where)} ORDER BY {', '.join(keys)} LIMIT %s",
        (*where.values, rows),
    )


def _after(
    reading: Reading, keys: list[str], after: tuple[str, ...], *, exactly: bool
) -> Statement:
    """`a >= x AND (a > x OR (a = x AND (b > y)))`: rows after a key, the first column leading an index."""
    sign = "CAST(%s AS BINARY)"
    places = [sign if exactly and c.kind in _TEXTS else "%s" for c in reading.key]
    bound = [_value(c, text) for c, text in zip(reading.key, after, strict=True)]
    text, values = f"{keys[-1]} > {places[-1]}", [bound[-1]]
    for key, place, value in list(zip(keys, places, bound, strict=True))[-2::-1]:
        text = f"({key} > {place} OR ({key} = {place} AND {text}))"
        values = [value, value, *values]
    if len(keys) > 1:
        text, values = f"{keys[0]} >= {places[0]} AND {text}", [bound[0], *values]
    return Statement(text, tuple(values))


def _value(column: Column, text: str) -> object:
    """A key's text as the value that the column is compared with: a number in quotes would be compared as a float."""
    if column.kind in (*_WHOLE, "bit"):
        return int(text)
    if column.kind == "decimal":
        return Decimal(text)
    return float(text) if column.kind in ("float", "double") else text


def _rows(reading: Reading) -> Statement:
    """Which rows are read."""
    only, since = _only(reading), _since(reading)
    return _both(only, since) if since.text else only


def _only(reading: Reading) -> Statement:
    """The rows that are ours."""
    found = Statement("")
    for column, text in reading.only:
        found = _both(found, Statement(f"{_quoted(column.name)} = %s", (_said(column, text),)))
    return found


def _said(column: Column, text: str) -> object:
    """What source.yaml says of a column, as its value. Raises SourceRefused where that is no number and the column is one."""
    try:
        return _value(column, text)
    except (ValueError, ArithmeticError):
        raise SourceRefused(
            f"列 {column.name} 是数字，only 所写的不是", "请更正 source.yaml 中的 only"
        ) from None


def _since(reading: Reading) -> Statement:
    """The rows of an incremental read: from a while before the mark, and those that say no time of change."""
    changed, since = reading.changed, reading.since
    if changed is None or since is None:
        return Statement("")
    name = _quoted(changed.name)
    match changed.growth:
        case "number":
            return Statement(
                f"({name} >= %s OR {name} IS NULL)", (Decimal(since) - OVERLAP_NUMBERS,)
            )
        case "day":
            start = "CAST(%s AS DATE) - INTERVAL 1 DAY"
        case _:
            start = "CAST(%s AS DATETIME(6)) - INTERVAL 1 HOUR"
    return Statement(f"({name} >= {start} OR {name} IS NULL)", (since,))


def _both(one: Statement, other: Statement) -> Statement:
    if not one.text:
        return other
    return Statement(f"{one.text} AND {other.text}", (*one.values, *other.values))


def _where(condition: Statement) -> str:
    return f" WHERE {condition.text}" if condition.text else ""


def _key(column: Column, *, exactly: bool) -> str:
    """What pages are ordered by: the column, or its UTF-8 bytes where its collation takes different keys for one."""
    name = _quoted(column.name)
    if exactly and column.kind in _TEXTS:
        return f"CAST(CONVERT({name} USING utf8mb4) AS BINARY)"
    return name


def _text(column: Column) -> str:
    """The server writes every type exactly but these: six digits of a FLOAT, raw bytes of a BIT."""
    name = _quoted(column.name)
    return {"float": f"({name} + 0e0)", "bit": f"({name} + 0)"}.get(column.kind, name)


def _view(names: tuple[str, ...]) -> str:
    return ".".join(_quoted(name) for name in names)


def _quoted(name: str) -> str:
    """A name as MySQL quotes it. `%` is doubled for the driver."""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"
