"""SQL made from the declarations of the published tables: tables, views, comments, and the few statements on one table.

Every identifier comes from a declaration and is quoted; every value is bound by the caller. Fixed statements are files in
`warehouse/sql`.
"""
# ruff: noqa: S608 - a table cannot be bound; every name here is quoted and comes from a declaration

from __future__ import annotations

from typing import TYPE_CHECKING

from household.schema.published import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from household.schema.published import PublishedColumn, PublishedTable

SCHEMAS = ("publish", "current")
ALL_ROWS, RUN_ROWS, SPAN_ROWS = "true", "run_id = $run", "rowid BETWEEN $first AND $last"
"""Which rows of a table are a run's: all where it has no other's; the run's own; or those of a stretch that is the run's alone."""


def quote_name(name: str) -> str:
    """An SQL identifier; `column` and `current` are words of the language."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """An SQL text literal; for comments, where nothing can be bound."""
    return "'" + text.replace("'", "''") + "'"


def define_warehouse() -> Iterator[str]:
    """The statements that make whatever is missing of an empty or older warehouse; all may be run again."""
    for schema in SCHEMAS:
        yield f"CREATE SCHEMA IF NOT EXISTS {quote_name(schema)}"
    for table in PUBLISHED.values():
        yield _create_table(table)
        yield from _comment(table)
    for table in PUBLISHED.values():
        yield _create_view(table)
        yield f"COMMENT ON VIEW {_current(table)} IS {quote_text(table_comment(table, newest=True))}"


def insert_rows(table: PublishedTable) -> str:
    """Append the frame `incoming` under `$run_id`."""
    names = ", ".join(quote_name(c.name) for c in table.columns)
    return f"INSERT INTO {_publish(table)} (run_id, {names}) SELECT $run_id, {names} FROM incoming"


def count_rows(table: PublishedTable) -> str:
    """Rows of `$run_id` in the table, and rows that the `current` view shows."""
    return (
        f"SELECT (SELECT count(*) FROM {_publish(table)} WHERE run_id = $run_id), "
        f"(SELECT count(*) FROM {_current(table)})"
    )


def drop_rows(table: PublishedTable) -> str:
    """Delete the rows of the runs in the list `$runs`."""
    return f"DELETE FROM {_publish(table)} WHERE run_id IN (SELECT unnest($runs))"


def read_current_rows(
    table: PublishedTable, column: str | None = None, *, chosen: Sequence[str] | None = None
) -> str:
    """The rows of $run, in their stored order made explicit; those whose column equals $value where one is named.

    `chosen`: these columns only; all where None. The view of the newest run would be joined at every question, which costs a look-up
    half as much again.
    """
    order = ", ".join(f"{quote_name(name)} NULLS FIRST" for name in table.sort_by)
    which = f" AND {quote_name(column)} = $value" if column else ""
    what = "*" if chosen is None else ", ".join(quote_name(name) for name in chosen)
    return f"SELECT {what} FROM {_publish(table)} WHERE run_id = $run{which} ORDER BY {order}"


def read_run_rows(table: PublishedTable) -> str:
    """The rows that the run $run published, in their stored order."""
    order = ", ".join(f"{quote_name(name)} NULLS FIRST" for name in table.sort_by)
    return f"SELECT * FROM {_publish(table)} WHERE run_id = $run ORDER BY {order}"


def spans_of_runs(table: PublishedTable) -> str:
    """Between which row ids the rows of each run stand."""
    return f"SELECT run_id, min(rowid), max(rowid) FROM {_publish(table)} GROUP BY run_id"


def places_beside(table: PublishedTable) -> str:
    """Between which row ids the rows of each application of $run stand, in a table that is stored beside one with applications."""
    key = quote_name(table.key[0])
    return (
        "SELECT application_id AS about, min(s.rowid) AS first, max(s.rowid) AS last, count(*) AS rows "
        f"FROM {_publish(table)} AS s JOIN {_publish(PUBLISHED[table.beside])} USING (run_id, {key}) "
        "WHERE run_id = $run GROUP BY application_id ORDER BY application_id"
    )


def applications_in(table: PublishedTable, within: str) -> str:
    """The applications that have a row, in order."""
    return (
        f"SELECT DISTINCT application_id FROM {_publish(table)} "
        f"WHERE {within} AND application_id IS NOT NULL ORDER BY application_id"
    )


def read_rows_of(table: PublishedTable, column: str, *, chosen: Sequence[str], within: str) -> str:
    """The rows whose column equals $value and that are `within` (RUN_ROWS, SPAN_ROWS or ALL_ROWS), in no order."""
    what = ", ".join(quote_name(name) for name in chosen)
    return f"SELECT {what} FROM {_publish(table)} WHERE {within} AND {quote_name(column)} = $value"


def read_rows_between(table: PublishedTable) -> str:
    """The rows between the row ids $first and $last, in no order."""
    return f"SELECT * FROM {_publish(table)} WHERE {SPAN_ROWS}"


def read_rows_beside(table: PublishedTable) -> str:
    """The rows of $run that belong to the application $value, in a table that is stored beside one with applications; in no order."""
    key = quote_name(table.key[0])
    return (
        f"SELECT * FROM {_publish(table)} WHERE {RUN_ROWS} AND {key} IN (SELECT {key} FROM "
        f"{_publish(PUBLISHED[table.beside])} WHERE {RUN_ROWS} AND application_id = $value)"
    )


def table_comment(table: PublishedTable, *, newest: bool = False) -> str:
    """What a table holds, for its comment; `newest`: what its view of the newest run shows."""
    return f"{table.title_zh}: {table.note}" + (" (newest run)" if newest else "")


def column_comment(column: PublishedColumn) -> str:
    """What a column means, for its comment: title, note, closed values, and whether it is personal data."""
    parts = [column.note, " | ".join(column.values), "personal data" if column.personal else ""]
    return ": ".join([column.title_zh, "; ".join(p for p in parts if p)]).removesuffix(": ")


def _publish(table: PublishedTable) -> str:
    return f"publish.{quote_name(table.name)}"


def _current(table: PublishedTable) -> str:
    return f'"current".{quote_name(table.name)}'


def _create_table(table: PublishedTable) -> str:
    columns = ", ".join(
        f"{quote_name(c.name)} {c.sql_type}" + (" NOT NULL" if c.required else "")
        for c in table.all_columns
    )
    return f"CREATE TABLE IF NOT EXISTS {_publish(table)} ({columns})"


def _create_view(table: PublishedTable) -> str:
    columns = ", ".join(quote_name(c.name) for c in table.all_columns)
    # The newest run of the warehouse, not of the table: a run that found nothing shows nothing.
    return (
        f"CREATE OR REPLACE VIEW {_current(table)} AS SELECT {columns} FROM {_publish(table)} "
        "WHERE run_id = (SELECT max(run_id) FROM publish.run)"
    )


def _comment(table: PublishedTable) -> Iterator[str]:
    yield f"COMMENT ON TABLE {_publish(table)} IS {quote_text(table_comment(table))}"
    for column in table.all_columns:
        target = f"{_publish(table)}.{quote_name(column.name)}"
        yield f"COMMENT ON COLUMN {target} IS {quote_text(column_comment(column))}"
