"""Rows of the warehouse as lines of COPY, rendered by DuckDB: their texts, their digests, and what differs between two runs.

A line is a row's values in the text format of COPY, which is unambiguous; its MD5 names the row (against mistakes, not
against malice). The statements are made from the declarations of the published tables.
"""
# ruff: noqa: S608 - a table cannot be bound; every name here is quoted and comes from a declaration

from __future__ import annotations

from typing import TYPE_CHECKING

from household.schema.published import Held
from warehouse.ddl import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from household.schema.published import PublishedColumn, PublishedTable

LOOKED_UP = (
    "application_id",
    "verdict_id",
    "evidence_id",
    "person_ref",
    "alert_id",
    "benefit_id",
    "subject_id",
    "request_id",
)
"""Columns by which a reader asks for one household, person or line. The mirror has an index on each."""


def lookups(table: PublishedTable) -> tuple[str, ...]:
    """The columns of a table that are indexed, the one that narrows most in front; never null, so rows are found by it again."""
    found = [c.name for c in table.columns if c.name in LOOKED_UP and c.required]
    in_key = [name for name in found if name in table.key]
    return (*in_key, *(n for n in found if n not in in_key)) or (table.sort_by[0],)


def counts(tables: Iterable[PublishedTable]) -> str:
    """Name, rows that $run published, rows that $other did, of each table."""
    return " UNION ALL ".join(
        f"SELECT '{table.name}', count(*) FILTER (run_id = $run), "
        f"count(*) FILTER (run_id = $other) FROM publish.{quote_name(table.name)}"
        for table in tables
    )


def every(table: PublishedTable) -> str:
    """Lines `from_sequence, row_digest, columns` of the rows of $run."""
    return _with_sequence(_rendered(table, _of_run(table, "$run")))


def added(table: PublishedTable) -> str:
    """The same of the rows of $run that $other lacks."""
    return _with_sequence(_differing(table))


def vanished(table: PublishedTable) -> str:
    """Lines `row_digest, lookup` of the rows of $run that $other lacks."""
    return f"SELECT digest || chr(9) || lookup || chr(10) FROM ({_differing(table)})"


def _with_sequence(rendered: str) -> str:
    return (
        "SELECT $sequence::VARCHAR || chr(9) || digest || chr(9) || line || chr(10) "
        f"FROM ({rendered})"
    )


def _differing(table: PublishedTable) -> str:
    here, there = _of_run(table, "$run"), _of_run(table, "$other")
    if not table.key:
        rendered, others = _rendered(table, here), _rendered(table, there)
        return f"SELECT * FROM ({rendered}) ANTI JOIN ({others}) AS others USING (digest)"
    # Rendering is dear and hashing cheap, so only what differs by hash is rendered. A row whose change leaves its 64-bit hash
    # as it was would be missed: less likely than a fault of the memory that it is held in.
    found = quote_name(lookups(table)[0])
    hashed = ", ".join(_hashed(column) for column in table.columns)
    rows = f"SELECT *, hash({hashed}) AS row_hash FROM {here}"
    others = f"SELECT {found}, hash({hashed}) AS row_hash FROM {there}"
    return _rendered(table, f"({rows}) ANTI JOIN ({others}) AS others USING ({found}, row_hash)")


def _of_run(table: PublishedTable, run: str) -> str:
    return f"(SELECT * FROM publish.{quote_name(table.name)} WHERE run_id = {run})"


def _rendered(table: PublishedTable, rows: str) -> str:
    line = " || chr(9) || ".join(_value(column) for column in table.columns)
    lookup = _escaped(quote_name(lookups(table)[0]))
    lines = f"SELECT {line} AS line, {lookup} AS lookup FROM {rows}"
    if table.key:
        return f"SELECT md5(line) AS digest, line, lookup FROM ({lines})"
    # Without a key rows may repeat: the copies are numbered, so that each has a digest of its own.
    copy = "row_number() OVER (PARTITION BY line)"
    return f"SELECT md5(line || chr(9) || {copy}) AS digest, line, lookup FROM ({lines})"


def _hashed(column: PublishedColumn) -> str:
    name = quote_name(column.name)
    return f"{name}::VARCHAR" if column.held is Held.SCORE else name  # 0.0 and -0.0 hash alike


def _value(column: PublishedColumn) -> str:
    name = quote_name(column.name)
    if column.held is Held.TEXT:
        text = _escaped(name)
    elif column.held is Held.TEXTS:
        text = _escaped(_array(name))
    else:
        text = f"{name}::VARCHAR"
    return rf"coalesce({text}, '\N')"


def _array(name: str) -> str:
    member = r"""replace(replace(e, '\', '\\'), '"', '\"')"""
    members = f"""list_transform({name}, lambda e: coalesce('"' || {member} || '"', 'NULL'))"""
    return f"'{{' || array_to_string({members}, ',') || '}}'"


def _escaped(text: str) -> str:
    # PostgreSQL keeps no NUL in a text; the sign for what cannot be shown stands for it.
    return (
        rf"replace(replace(replace(replace(replace({text}, chr(0), chr(65533)), '\', '\\'), "
        r"chr(9), '\t'), chr(10), '\n'), chr(13), '\r')"
    )
