"""What is said to PostgreSQL about one published table, made from its declaration. Every name is quoted; every value is bound.

Fixed statements are files in `warehouse/mirror/sql`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from psycopg.sql import SQL, Composed, Identifier, Literal

from household.schema.published import Held
from warehouse.ddl import column_comment, table_comment
from warehouse.mirror.lines import lookups

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from household.schema.published import PublishedTable

INTERNAL, PUBLISH, CURRENT = "hedui_mirror", "publish", "current"
OWN_COLUMNS = (("from_sequence", "bigint"), ("until_sequence", "bigint"), ("row_digest", "uuid"))
TYPES: dict[Held, str] = {
    Held.TEXT: "text",
    Held.TEXTS: "text[]",
    Held.MONEY: "numeric(18,2)",
    Held.EXACT: "numeric(18,6)",
    Held.SCORE: "double precision",
    Held.COUNT: "bigint",
    Held.FLAG: "boolean",
    Held.DATE: "date",
}
RUN = "run"  # its rows are the runs themselves and stand in one run each: no interval


@cache
def fixed(name: str) -> SQL:
    """The statement of `warehouse/mirror/sql/<name>.sql`."""
    text = files("warehouse.mirror").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    return SQL(text)  # a file of ours, as fixed as a literal


def stored_columns(table: PublishedTable) -> list[tuple[str, str]]:
    """Name and type of the columns of the internal table."""
    if table.name == RUN:
        return shown_columns(table)
    return [*OWN_COLUMNS, *shown_columns(table)[1:]]


def shown_columns(table: PublishedTable) -> list[tuple[str, str]]:
    """Name and type of the columns of the two views, as in the warehouse."""
    return [(c.name, TYPES[c.held]) for c in table.all_columns]


def create_table(table: PublishedTable) -> Composed:
    """Make the internal table."""
    key = SQL(", PRIMARY KEY (sequence)") if table.name == RUN else SQL("")
    columns = SQL(", ").join(
        SQL("{} {}").format(Identifier(name), _type(kind)) for name, kind in stored_columns(table)
    )
    return SQL("CREATE TABLE {} ({}{})").format(_stored(table), columns, key)


def add_column(table: PublishedTable, name: str, kind: str) -> Composed:
    """Give the internal table a column that it lacks."""
    return SQL("ALTER TABLE {} ADD COLUMN {} {}").format(
        _stored(table), Identifier(name), _type(kind)
    )


def create_indexes(table: PublishedTable) -> Iterator[Composed]:
    """Make the indexes that are missing; after the first rows are in, which is quicker."""
    for name in () if table.name == RUN else lookups(table):
        yield SQL("CREATE INDEX IF NOT EXISTS {} ON {} ({})").format(
            Identifier(f"{table.name}_{name}"), _stored(table), Identifier(name)
        )


def create_views(table: PublishedTable) -> Iterator[tuple[str, Composed]]:
    """The views by schema: every run that is kept, and the newest."""
    names = SQL(", ").join(SQL("t.{}").format(Identifier(c.name)) for c in table.columns)
    if table.name == RUN:
        every = SQL("SELECT t.run_id, {} FROM {} AS t").format(names, _stored(table))
        newest = SQL("{} WHERE t.sequence = (SELECT max(sequence) FROM {})").format(
            every, _stored(table)
        )
    else:
        every = SQL(
            "SELECT r.run_id, {} FROM {} AS t JOIN hedui_mirror.run AS r ON r.sequence >= t.from_sequence "
            "AND (t.until_sequence IS NULL OR r.sequence < t.until_sequence)"
        ).format(names, _stored(table))
        newest = SQL(
            "SELECT (SELECT run_id FROM hedui_mirror.run ORDER BY sequence DESC LIMIT 1) AS run_id, {} "
            "FROM {} AS t WHERE t.until_sequence IS NULL"
        ).format(names, _stored(table))
    for schema, query in ((PUBLISH, every), (CURRENT, newest)):
        view = Identifier(schema, table.name)
        yield schema, SQL("CREATE OR REPLACE VIEW {} AS {}").format(view, query)


def comments(table: PublishedTable) -> Iterator[Composed]:
    """What the views and their columns mean, as in the warehouse."""
    for schema in (PUBLISH, CURRENT):
        view = Identifier(schema, table.name)
        says = table_comment(table, newest=schema == CURRENT)
        yield SQL("COMMENT ON VIEW {} IS {}").format(view, Literal(says))
        for column in table.all_columns:
            target = Identifier(schema, table.name, column.name)
            text = Literal(column_comment(column))
            yield SQL("COMMENT ON COLUMN {} IS {}").format(target, text)


def drop_view(schema: str, table: PublishedTable) -> Composed:
    """Take a view away whose columns changed; fails where something of theirs hangs on it."""
    return SQL("DROP VIEW {}").format(Identifier(schema, table.name))


def copy_rows(table: PublishedTable) -> Composed:
    """Take lines of `from_sequence, row_digest, columns` in."""
    names = ["from_sequence", "row_digest", *(c.name for c in table.columns)]
    return SQL("COPY {} ({}) FROM STDIN").format(
        _stored(table), SQL(", ").join(map(Identifier, names))
    )


def insert_run(table: PublishedTable) -> Composed:
    """One row of `run`: a value each column."""
    values = SQL(", ").join(SQL("%s") for _ in table.all_columns)
    return SQL("INSERT INTO {} VALUES ({})").format(_stored(table), values)


def close_rows(table: PublishedTable) -> Composed:
    """End the interval of the rows in `closing` at %(sequence)s."""
    return SQL(
        "UPDATE {} AS t SET until_sequence = %(sequence)s FROM closing AS c "
        "WHERE t.until_sequence IS NULL AND t.row_digest = c.row_digest AND t.{} = c.lookup"
    ).format(_stored(table), Identifier(lookups(table)[0]))


def count_standing(table: PublishedTable) -> Composed:
    """How many rows the newest run has."""
    return SQL("SELECT count(*) FROM {} WHERE until_sequence IS NULL").format(_stored(table))


def forget_rows(table: PublishedTable) -> Composed:
    """Delete the rows that ended before the run %(oldest)s, or all of them where that is null."""
    return SQL("DELETE FROM {} WHERE %(oldest)s::bigint IS NULL OR until_sequence <= %(oldest)s").format(
        _stored(table)
    )  # fmt: skip


def analyse(table: PublishedTable) -> Composed:
    """Let the planner know the table."""
    return SQL("ANALYZE {}").format(_stored(table))


def grants(tables: Sequence[PublishedTable], role: str) -> Iterator[Composed]:
    """A role may read the views of both schemas, and nothing else."""
    for schema in (PUBLISH, CURRENT):
        views = SQL(", ").join(Identifier(schema, t.name) for t in tables)
        yield SQL("GRANT USAGE ON SCHEMA {} TO {}").format(Identifier(schema), Identifier(role))
        yield SQL("GRANT SELECT ON TABLE {} TO {}").format(views, Identifier(role))


def grant_view(schema: str, table: PublishedTable, role: str) -> Composed:
    """A role may read one view."""
    view = Identifier(schema, table.name)
    return SQL("GRANT SELECT ON TABLE {} TO {}").format(view, Identifier(role))


def _stored(table: PublishedTable) -> Identifier:
    return Identifier(INTERNAL, table.name)


def _type(kind: str) -> SQL:
    return SQL(kind)  # one of TYPES
