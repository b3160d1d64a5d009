"""A few rows read quickly are the rows that a frame has: of one run, of several, of a file that was stored otherwise."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from warehouse_tables import make_run, make_tables

from household.schema.published import PUBLISHED
from warehouse.current import reading
from warehouse.ddl import quote_name
from warehouse.errors import RefusedError
from warehouse.live import LiveWarehouse
from warehouse.publish import publish

if TYPE_CHECKING:
    from pathlib import Path

ABOUT_ONE = [
    name
    for name, table in PUBLISHED.items()
    if table.beside or any(c.name == "application_id" for c in table.columns)
]


def scattered(households: int, *, amount: str = "100.00") -> dict[str, pl.DataFrame]:
    """Tables whose verdict ids are digests, two reasons each, and a deciding row for every third."""
    tables = make_tables(households, amount=amount)

    def digested(column: str) -> pl.Expr:
        return pl.col(column).map_elements(
            lambda text: "V" + hashlib.sha256(text.encode()).hexdigest()[:20], pl.String
        )

    verdicts = tables["household_verdict"].with_columns(digested("verdict_id"))
    first = tables["verdict_reason"].with_columns(digested("verdict_id"))
    second = first.with_columns(
        pl.lit(2, pl.Int64).alias("seq"), pl.lit("dibao.assets").alias("rule_id")
    )
    every_third = verdicts.filter(pl.int_range(pl.len()) % 3 == 0)
    flips = every_third.select(
        "verdict_id",
        pl.lit("E1").alias("evidence_id"),
        pl.lit("ineligible").alias("otherwise"),
        pl.lit(value=True).alias("certain"),
        pl.lit("没有此行则另有建议").alias("text_zh"),
        pl.lit(["dibao.income"], pl.List(pl.String)).alias("rule_ids"),
    )
    declared = PUBLISHED["flip_fact"].polars_schema()
    lacking = {name: kind for name, kind in declared.items() if name not in flips.columns}
    flips = flips.with_columns(pl.lit(None, kind).alias(n) for n, kind in lacking.items())
    return tables | {
        "household_verdict": verdicts,
        "verdict_reason": pl.concat([second, first]),
        "flip_fact": flips.select(pl.col(n).cast(kind) for n, kind in declared.items()),
    }


def published(path: Path, *runs: dict[str, pl.DataFrame]) -> Path:
    for number, tables in enumerate(runs, start=1):
        publish(path, make_run(number, tables), tables, keep_runs=12)
    return path


def same_rows(path: Path) -> int:
    """Every household's rows by `rows` are those of the whole frame; how many there were."""
    seen = 0
    with reading(path) as tables:
        verdicts = tables.frame("household_verdict")
        of = dict(verdicts.select("verdict_id", "application_id").iter_rows())
        for name in ABOUT_ONE:
            whole = tables.frame(name).to_dicts()
            for application in sorted({*of.values(), "A0000000", "Z"}):
                wanted = [
                    row for row in whole
                    if (row.get("application_id") or of.get(row.get("verdict_id"))) == application
                ]  # fmt: skip
                assert tables.rows(name, application_id=application) == wanted
                seen += len(wanted)
    return seen


def test_rows_of_a_file_with_one_run(tmp_path: Path):
    assert same_rows(published(tmp_path / "w.duckdb", scattered(12))) == 12 * 4 + 4


def test_rows_of_the_newest_of_several_runs(tmp_path: Path):
    path = published(tmp_path / "w.duckdb", scattered(9), scattered(12, amount="120.00"))
    assert same_rows(path) == 12 * 4 + 4
    with reading(path) as tables:
        (row,) = tables.rows("household_verdict", application_id="A0000003")
        assert str(row["amount"]) == "120.00"


def test_rows_where_runs_stand_among_one_another(tmp_path: Path):
    path = published(tmp_path / "w.duckdb", scattered(9), scattered(12))
    with duckdb.connect(str(path)) as connection:
        for name in ABOUT_ONE:
            own = f"publish.{quote_name(name)}"
            connection.execute(
                f"CREATE TEMP TABLE kept AS SELECT * FROM {own} ORDER BY hash({own})"
            )
            connection.execute(f"DELETE FROM {own}")
            connection.execute(f"INSERT INTO {own} SELECT * FROM kept")
            connection.execute("DROP TABLE kept")
    assert same_rows(path) == 12 * 4 + 4


def test_reasons_stand_in_the_order_of_their_applications(tmp_path: Path):
    path = published(tmp_path / "w.duckdb", scattered(30))
    with duckdb.connect(str(path), read_only=True) as connection:
        told = connection.execute(
            "SELECT v.application_id, r.seq FROM publish.verdict_reason r JOIN publish.household_verdict v "
            "USING (run_id, verdict_id) ORDER BY r.rowid"
        ).fetchall()
    assert told == [(f"A{n:07d}", seq) for n in range(1, 31) for seq in (1, 2)]


def test_only_the_columns_wanted_and_those_of_the_order(tmp_path: Path):
    path = published(tmp_path / "w.duckdb", scattered(3))
    with reading(path) as tables:
        (row,) = tables.rows("evidence", columns=["quantity"], application_id="A0000002")
        assert set(row) == {"quantity", *PUBLISHED["evidence"].sort_by}
        with pytest.raises(RefusedError, match="nothing"):
            tables.rows("nothing", application_id="A0000002")


def test_rows_by_another_column_are_not_taken_for_applications(tmp_path: Path):
    path = published(tmp_path / "w.duckdb", scattered(5))
    with reading(path) as tables:
        verdict = tables.rows("household_verdict", application_id="A0000004")[0]["verdict_id"]
        rows = tables.rows("verdict_reason", verdict_id=verdict)
        assert [(row["verdict_id"], row["seq"]) for row in rows] == [(verdict, 1), (verdict, 2)]
        assert tables.rows("verdict_reason", verdict_id="A0000004") == []


def test_positions_follow_the_file_that_takes_its_place(tmp_path: Path):
    path = published(tmp_path / "w.duckdb", scattered(9))
    live = LiveWarehouse(path)

    def reasons() -> int:
        with live.borrowed() as tables:
            return sum(
                len(tables.rows("verdict_reason", application_id=f"A{n:07d}")) for n in range(1, 21)
            )

    assert reasons() == 18
    tables = scattered(20)
    publish(path, make_run(2, tables), tables, keep_runs=1)
    found: list[int] = []
    readers = [threading.Thread(target=lambda: found.append(reasons())) for _ in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    live.close()
    assert found == [40] * 8
