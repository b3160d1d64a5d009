"""Writing one run into the mirror, inside a transaction: what vanished is ended, what is new is copied in, what was let go is deleted.

Rows flow from DuckDB to COPY as they are rendered; no table is ever held whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from household.schema.published import PUBLISHED
from warehouse.mirror import lines, statements
from warehouse.mirror.errors import MirrorRefusedError
from warehouse.mirror.statements import RUN, fixed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import psycopg
    from psycopg.abc import Query

    from household.schema.published import PublishedTable
    from warehouse.db import Database

BATCH_ROWS = 20_000
TABLES = tuple(table for table in PUBLISHED.values() if table.name != RUN)


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run of the warehouse: its whole row of `publish.run`, by column."""

    row: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """Which run."""
        return str(self.row["run_id"])

    @property
    def sequence(self) -> int:
        """Its number."""
        return int(self.row["sequence"])

    @property
    def identity(self) -> tuple[int, str, str, str]:
        """What tells it from a run of another warehouse."""
        row = self.row
        return (self.sequence, self.run_id, row["input_digest"], row["packs_digest"])


@dataclass(frozen=True, slots=True)
class Written:
    """What writing one run did: rows by table, tables without any left out."""

    run_id: str
    sequence: int
    added: dict[str, int]
    ended: dict[str, int]


def write_run(
    connection: psycopg.Connection,
    database: Database,
    run: KeptRun,
    *,
    before: KeptRun | None,
    held: frozenset[str],
) -> Written:
    """Bring the mirror from the state of the run `before` (None: empty) to that of `run`.

    `held`: the tables that the warehouse has; the others have no rows.

    Raises:
        MirrorRefusedError: the mirror does not hold what was written into it.
        WarehouseError: DuckDB failed. psycopg.Error: PostgreSQL did.

    """
    added, ended = {}, {}
    connection.execute(fixed("closing_table"))
    ids = {"run": run.run_id, "other": before.run_id if before else None}
    for name, now, then in database.run(lines.counts(t for t in TABLES if t.name in held), ids):
        table = PUBLISHED[name]
        if then:
            ended[name] = _end_vanished(connection, database, table, run=run, ids=ids)
        if now:
            asked = ids if then else {"run": run.run_id}
            fresh = lines.added(table) if then else lines.every(table)
            rows = database.batches(fresh, asked | {"sequence": run.sequence}, rows=BATCH_ROWS)
            added[name] = _copy(connection, statements.copy_rows(table), rows)
        if connection.execute(statements.count_standing(table)).fetchone() != (now,):
            raise _changed(table)
    values = [run.row[c.name] for c in PUBLISHED[RUN].all_columns]
    connection.execute(statements.insert_run(PUBLISHED[RUN]), values)
    connection.execute(fixed("closing_drop"))
    return Written(run.run_id, run.sequence, _without_none(added), _without_none(ended))


def forget_runs(connection: psycopg.Connection, oldest: int | None) -> tuple[str, ...]:
    """Let go of the runs before the number `oldest` with the rows that stand in no later one; None: of everything."""
    asked = {"oldest": oldest}
    gone = tuple(str(r[0]) for r in connection.execute(fixed("runs_forget"), asked))
    if gone or oldest is None:
        for table in TABLES:
            connection.execute(statements.forget_rows(table), asked)
    return gone


def _end_vanished(
    connection: psycopg.Connection,
    database: Database,
    table: PublishedTable,
    *,
    run: KeptRun,
    ids: Mapping[str, str | None],
) -> int:
    turned = {"run": ids["other"], "other": ids["run"]}
    gone = database.batches(lines.vanished(table), turned, rows=BATCH_ROWS)
    connection.execute(fixed("closing_empty"))
    copied = _copy(connection, fixed("closing_copy"), gone)
    if copied:
        connection.execute(fixed("closing_analyse"))
        asked = {"sequence": run.sequence}
        ended = connection.execute(statements.close_rows(table), asked).rowcount
        if ended != copied:
            raise _changed(table)
    return copied


def _changed(table: PublishedTable) -> MirrorRefusedError:
    return MirrorRefusedError(
        f"镜像的表 {table.name} 与上次发布的内容不同（被人改动过），未作任何改动",
        "请用 --anew 整体重新发布",
    )


def _copy(connection: psycopg.Connection, statement: Query, rows: Iterator[pa.RecordBatch]) -> int:
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for batch in rows:
                if batch.num_rows:
                    copy.write(_joined(batch.column(0)))
        return cursor.rowcount


def _joined(texts: pa.Array) -> memoryview:
    """The bytes of a column of texts one after another, which is how Arrow keeps them."""
    assert texts.type == pa.string()
    assert texts.null_count == 0
    _, offsets, data = texts.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int32)
    first, last = bounds[texts.offset], bounds[texts.offset + len(texts)]
    return memoryview(data)[first:last]


def _without_none(rows: dict[str, int]) -> dict[str, int]:
    return {name: n for name, n in rows.items() if n}
