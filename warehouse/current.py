"""Reading what is published: the newest run, its tables, and whether a file is a warehouse of ours at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from household.schema.published import PUBLISHED
from warehouse import ddl
from warehouse.db import DEFAULT_LIMITS, Database, Limits, open_database, statement
from warehouse.errors import NotOursError, RefusedError, damaged
from warehouse.positions import RARE, Positions
from warehouse.record import RunRecord, run_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import polars as pl

    from household.schema.published import PublishedTable


def latest(path: Path) -> RunRecord | None:
    """The newest run of a warehouse file; None where there is no file yet.

    Raises:
        NotOursError: the file is damaged or a stranger's. BusyError: another program has it open for writing.

    """
    if not path.exists() or path.stat().st_size == 0:
        return None
    with open_database(path, read_only=True) as database:
        check_ours(database, path)
        return newest_run(database)


def read_current(path: Path, table: str, *, limits: Limits = DEFAULT_LIMITS) -> pl.DataFrame:
    """The newest run's rows of one table, run_id in front, in declared types and stored order.

    Raises:
        RefusedError: no such table. NotOursError: no warehouse of ours. BusyError: another program has it open for writing.

    """
    with reading(path, limits=limits) as tables:
        return tables.frame(table)


class CurrentTables:
    """The newest run of an open warehouse: every frame of one `reading` block is of the same run."""

    def __init__(
        self,
        database: Database,
        run: RunRecord,
        held: frozenset[str],
        *,
        positions: Positions | None = None,
    ) -> None:
        self._database = database
        self._held = held
        self._positions = positions or Positions()
        self.run = run

    def holds(self, name: str) -> bool:
        """Whether the file has this table: one of an earlier version may lack it."""
        return name in self._held

    def frame(
        self, name: str, *, columns: Sequence[str] | None = None, **where: str
    ) -> pl.DataFrame:
        """One table's rows, run_id in front, in declared types and stored order.

        `columns`: only these, so that a list of the county reads no more than it shows.
        `where`: at most one column and the value it must have, so that one household is read without the county.

        Raises:
            RefusedError: no such table, or none yet in a file of an earlier version.

        """
        table = self._table(name)
        column, value = next(iter(where.items()), (None, None))
        bound = {"run": self.run.run_id} | ({"value": value} if column else {})
        chosen = [c for c in table.all_columns if columns is None or c.name in columns]
        sql = ddl.read_current_rows(
            table,
            table[column].name if column else None,
            chosen=None if columns is None else [c.name for c in chosen],
        )
        rows = self._database.frame(sql, bound)
        if rows.dtypes == [c.dtype for c in chosen]:  # casting to itself takes a while
            return rows
        return rows.cast({c.name: c.dtype for c in chosen})

    def rows(
        self, name: str, *, columns: Sequence[str] | None = None, **where: str
    ) -> list[dict[str, Any]]:
        """A few rows of one table by column name, in stored order: a quicker `frame` for what is about one household.

        `columns`: only these and those that the table is sorted by; all, with run_id, where None.
        `where`: exactly one column and its value. A table stored beside another (`PublishedTable.beside`) is read whole, by
        `application_id`.

        Raises:
            RefusedError: no such table, or none yet in a file of an earlier version.

        """
        table = self._table(name)
        ((column, value),) = where.items()
        by_application = column == "application_id"
        if table.beside and by_application:
            found = self._rows_beside(table, value)
        else:
            wanted = None if columns is None else {*columns, *table.sort_by}
            chosen = [c.name for c in table.all_columns if wanted is None or c.name in wanted]
            own = {"run_id": self.run.run_id, "application": value}
            if (
                by_application
                and name in RARE
                and self._positions.lacks(self._database, table, **own)
            ):
                return []
            within = self._positions.within(self._database, table, self.run.run_id)
            sql = ddl.read_rows_of(
                table, table[column].name, chosen=chosen, within=within.condition
            )
            found = self._database.rows(sql, within.values | {"value": value})
        return sorted(found, key=lambda row: [(row[c] is not None, row[c]) for c in table.sort_by])

    def ask_rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        """The same as `ask` for a few rows, by column name."""
        return self._database.rows(statement(name), values)

    def ask(self, name: str, **values: object) -> pl.DataFrame:
        """The answer to one of the fixed statements of `warehouse/sql`, its values bound: what `frame` cannot be asked."""
        return self._database.frame(statement(name), values or None)

    def alerts_about(self, about: Iterable[str]) -> pl.DataFrame:
        """The alerts about any of these: subjects (applications, benefits) or persons. In the order of alert_id."""
        rows = self._positions.alerts.rows(self._database, about)
        return self.ask("alerts_at_places", rows=rows)

    def _table(self, name: str) -> PublishedTable:
        if name not in PUBLISHED:
            raise RefusedError(f"没有发布的表 {name}", f"可用的有 {'、'.join(PUBLISHED)}")
        if name not in self._held:
            raise RefusedError(
                f"结果库由较早的版本写成，没有表 {name}",
                "请用本版本再运行一次，即会补上",
            )
        return PUBLISHED[name]

    def _rows_beside(self, table: PublishedTable, application: str) -> list[dict[str, Any]]:
        run_id = self.run.run_id
        place = self._positions.beside(
            self._database, table, run_id=run_id, application=application
        )
        if place is None:
            return self._database.rows(
                ddl.read_rows_beside(table), {"run": run_id, "value": application}
            )
        first, last = place
        if last < first:
            return []
        return self._database.rows(ddl.read_rows_between(table), {"first": first, "last": last})

    def alert_rows_about(self, about: Iterable[str]) -> list[dict[str, Any]]:
        """The same as `alerts_about`, by column name."""
        rows = self._positions.alerts.rows(self._database, about)
        if len(rows) != 1:
            return self.ask_rows("alerts_at_places", rows=rows) if rows else []
        place = {"first": rows[0], "last": rows[0]}
        return self._database.rows(ddl.read_rows_between(PUBLISHED["alert"]), place)

    def people_masked(self, people: Iterable[str]) -> list[dict[str, str | None]]:
        """Columns person_ref, name_masked, id_no_masked of those of the people whom the run knows."""
        return self._positions.people(self._database, people, self.run.run_id)

    def history(self, name: str, *, run_id: str) -> pl.DataFrame:
        """The rows of one table as another run, still kept, published them; none where it is not kept. Raises as `frame`."""
        if name not in self._held:
            return self.frame(name)  # which refuses
        rows = self._database.frame(ddl.read_run_rows(PUBLISHED[name]), {"run": run_id})
        return rows.cast({c.name: c.dtype for c in PUBLISHED[name].all_columns})

    @property
    def runs(self) -> tuple[RunRecord, ...]:
        """Every run that is kept, the oldest first; the last one is `run`."""
        rows = self._database.frame(statement("runs_kept"))
        return tuple(run_of(rows[at]) for at in range(rows.height))


@contextmanager
def reading(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[CurrentTables]:
    """Open the newest run for reading several of its tables.

    Raises:
        NotOursError: no file, a damaged one, a stranger's, or one without a run. BusyError: open for writing elsewhere.

    """
    if not path.exists():
        raise NotOursError(f"没有结果库 {path.name}", "请先运行 hedui run，或换一个文件")
    with open_database(path, read_only=True, limits=limits) as database:
        held = check_ours(database, path)
        run = newest_run(database)
        if run is None:
            raise NotOursError(
                f"结果库 {path.name} 中还没有运行", "请先运行 hedui run，或换一个文件"
            )
        yield CurrentTables(database, run, held)


def newest_run(database: Database) -> RunRecord | None:
    """The newest run of an open warehouse, or None before the first."""
    rows = database.frame(statement("newest_run"))
    return run_of(rows) if rows.height else None


def check_ours(
    database: Database, path: Path, *, file: Path | None = None, empty_is_ours: bool = False
) -> frozenset[str]:
    """Tell a warehouse of this program and version from a stranger's file.

    `path` is what errors name; `file` is the file that is open, where that is a copy aside.

    Returns:
        The tables that it holds: one of an earlier version may lack some.

    Raises:
        NotOursError: the file is cut off, has other tables, or published tables with other columns or types than are declared.

    """
    _check_length(database, path, file or path)
    found: dict[str, list[tuple[str, str]]] = {}
    strange = False
    for schema, table, column, sql_type in database.run(statement("columns_present")):
        if schema == "publish":
            found.setdefault(table, []).append((column, sql_type))
        strange = strange or schema not in ddl.SCHEMAS
    if not found and not strange and empty_is_ours:
        return frozenset()
    if "run" not in found:
        raise NotOursError(f"{path.name} 是数据库，但不是核对的结果库", "请换一个文件")
    for name, columns in found.items():
        if name in PUBLISHED:
            declared = [(c.name, c.sql_type) for c in PUBLISHED[name].all_columns]
            if columns != declared:
                raise NotOursError(
                    f"结果库 {path.name} 由另一版本写成：表 {name} 的列不同",
                    "请发布到新的文件",
                )
    return frozenset(found)


def _check_length(database: Database, path: Path, file: Path) -> None:
    # DuckDB reads blocks when they are asked for: a file cut off at the end opens without complaint.
    least = database.run(statement("least_size"))
    if least and file.exists() and file.stat().st_size < least[0][0]:
        raise damaged(path)
