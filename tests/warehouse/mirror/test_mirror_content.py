"""The mirror holds what the warehouse holds, value for value, and writes what differs and nothing else."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from household.schema.published import PUBLISHED
from warehouse.current import latest
from warehouse.mirror.mirroring import mirror

if TYPE_CHECKING:
    from conftest import Database, Warehouse

SCHEMAS = ("publish", "current")


def rows_of(answer: Any) -> list[tuple[Any, ...]]:
    return sorted(answer.fetchall(), key=repr)


def compare(warehouse: Warehouse, database: Database) -> int:
    """Every row of every view against the warehouse's; how many there were."""
    seen = 0
    ours = duckdb.connect(str(warehouse.path), read_only=True)
    with database.connect() as theirs, ours:
        for schema in SCHEMAS:
            for table in PUBLISHED:
                answer = theirs.execute(f'SELECT * FROM "{schema}"."{table}"')  # type: ignore[arg-type]
                names = [column.name for column in answer.description or []]
                there = ours.execute(f'SELECT * FROM "{schema}"."{table}"')
                assert names == [column[0] for column in there.description]
                rows = rows_of(answer)
                assert rows == rows_of(there), f"{schema}.{table}"
                seen += len(rows)
    return seen


def test_every_run_that_is_kept_is_there(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1, 5)
    warehouse.run(2, 5, amount="120.00")
    first = mirror(warehouse.path, database.address)
    assert [w.run_id for w in first.written] == ["000001", "000002"]
    compare(warehouse, database)
    warehouse.run(3, 7, amount="120.00")
    second = mirror(warehouse.path, database.address)
    assert [w.run_id for w in second.written] == ["000003"]
    assert compare(warehouse, database) > 100


def test_a_second_run_writes_what_differs(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1, 40)
    mirror(warehouse.path, database.address)
    versions = {
        table: dict(database.rows(f'SELECT row_digest, xmin::text FROM hedui_mirror."{table}"'))
        for table in PUBLISHED
        if table != "run"
    }

    def change(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        is_third = pl.col("verdict_id") == "V0000003"
        amount = pl.when(is_third).then(pl.lit(Decimal("7.00"))).otherwise("amount")
        verdict = tables["household_verdict"].with_columns(amount=amount.cast(pl.Decimal(18, 2)))
        return tables | {"household_verdict": verdict}

    warehouse.run(2, 40, change=change)
    (written,) = mirror(warehouse.path, database.address).written
    assert written.added == written.ended == {"household_verdict": 1}
    for table, before in versions.items():
        after = dict(database.rows(f'SELECT row_digest, xmin::text FROM hedui_mirror."{table}"'))
        touched = {digest for digest in after if after[digest] != before.get(digest)}
        assert len(touched) == (2 if table == "household_verdict" else 0)
    assert database.rows("SELECT amount FROM current.household_verdict WHERE verdict_id = 'V0000003'") == [(Decimal("7.00"),)]  # fmt: skip


def test_the_same_run_again_writes_nothing(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1)
    mirror(warehouse.path, database.address)
    counters = "SELECT pg_current_xact_id_if_assigned() IS NULL, pg_snapshot_xmax(pg_current_snapshot())::text"
    before = database.rows(counters)
    again = mirror(warehouse.path, database.address)
    assert (again.newest, again.written, again.forgotten) == ("000001", (), ())
    assert database.rows(counters) == before  # no transaction took a number, so none wrote


def test_a_row_that_comes_back_stands_twice(warehouse: Warehouse, database: Database) -> None:
    for sequence, households in enumerate((3, 2, 3), 1):
        warehouse.run(sequence, households)
        mirror(warehouse.path, database.address)
    intervals = "SELECT from_sequence, until_sequence FROM hedui_mirror.person WHERE person_ref = 'P0000003' ORDER BY 1"
    assert database.rows(intervals) == [(1, 2), (3, None)]
    compare(warehouse, database)


def quarantined(times: int) -> pl.DataFrame:
    row = {"file": "tax/income.csv", "line": 7, "reason_code": "r", "reason_zh": "重复"}
    schema = PUBLISHED["quarantine"].polars_schema()
    return pl.DataFrame([row] * times, schema=schema)


def test_rows_that_repeat_keep_their_number(warehouse: Warehouse, database: Database) -> None:
    for sequence, times in enumerate((3, 1, 2), 1):
        warehouse.run(sequence, change=lambda t, n=times: t | {"quarantine": quarantined(n)})
        mirror(warehouse.path, database.address)
        assert database.rows('SELECT count(*) FROM "current".quarantine') == [(times,)]
    compare(warehouse, database)


def test_runs_that_were_let_go_are_let_go(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1, 4)
    mirror(warehouse.path, database.address)
    for sequence in (2, 3, 4):
        warehouse.run(sequence, 5 - sequence + 1, keep=2)
        done = mirror(warehouse.path, database.address)
    assert done.forgotten == ("000002",)
    compare(warehouse, database)
    assert database.rows("SELECT count(*) FROM hedui_mirror.person WHERE until_sequence <= 3") == [(0,)]  # fmt: skip


HOSTILE = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["\\N", "\\.", "\\", "{}", '{"a"}', "a\tb\nc\rd", "'; DROP TABLE x; --", "\u202e王", "", "NULL", "𠮷\U0010ffff"]
)  # fmt: skip


ROWS = 80


@settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(HOSTILE, min_size=ROWS, max_size=ROWS),
    lists=st.lists(st.lists(HOSTILE, max_size=3), min_size=ROWS, max_size=ROWS),
    scores=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=ROWS, max_size=ROWS),
)
def test_values_come_through_unchanged(
    warehouse: Warehouse,
    database: Database,
    texts: list[str],
    lists: list[list[str]],
    scores: list[float],
) -> None:
    """One warehouse for all examples: each is a further run."""

    def change(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        reason = tables["verdict_reason"].with_columns(
            text_zh=pl.Series(texts), evidence_ids=pl.Series(lists, dtype=pl.List(pl.String))
        )
        evidence = tables["evidence"].with_columns(link_score=pl.Series(scores, dtype=pl.Float64))
        return tables | {"verdict_reason": reason, "evidence": evidence}

    last = latest(warehouse.path)
    warehouse.run(last.sequence + 1 if last else 1, ROWS, change=change)
    mirror(warehouse.path, database.address)
    query = 'SELECT text_zh, evidence_ids FROM "current".verdict_reason ORDER BY verdict_id DESC'
    shown = [
        (text.replace("\0", "\ufffd"), [member.replace("\0", "\ufffd") for member in members])
        for text, members in zip(texts, lists, strict=True)
    ]
    assert database.rows(query) == shown
    found = database.rows('SELECT link_score FROM "current".evidence ORDER BY evidence_id DESC')
    assert [math.copysign(1, s) for (s,) in found] == [math.copysign(1, s) for s in scores]
    assert [s for (s,) in found] == scores


def test_views_say_what_they_hold(warehouse: Warehouse, database: Database) -> None:
    warehouse.run(1)
    mirror(warehouse.path, database.address)
    query = """SELECT obj_description('publish.alert'::regclass), col_description('"current".alert'::regclass, 2)"""
    said = duckdb.connect(str(warehouse.path), read_only=True).execute(
        "SELECT (SELECT comment FROM duckdb_tables() WHERE table_name = 'alert'), "
        "(SELECT comment FROM duckdb_columns() WHERE table_name = 'alert' AND schema_name = 'publish' AND column_index = 2)"
    )  # fmt: skip
    assert database.rows(query) == said.fetchall()
