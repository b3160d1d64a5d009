"""Frames are held against their declarations: what does not fit is refused, and no value is quoted."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from warehouse_tables import make_tables

from household.schema.published import PUBLISHED
from warehouse.conform import check_tables, conform
from warehouse.errors import RefusedError

EVIDENCE = PUBLISHED["evidence"]


def evidence() -> pl.DataFrame:
    return make_tables(4)["evidence"]


def rows_of(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    read = pl.from_arrow(conform(PUBLISHED[name], frame).stream().read_all())
    assert isinstance(read, pl.DataFrame)
    return read


def test_rows_come_in_declared_order_whatever_the_order_of_columns_and_rows() -> None:
    frame = evidence()
    turned = frame.select(reversed(frame.columns)).sample(fraction=1.0, shuffle=True, seed=3)
    assert rows_of("evidence", turned).equals(frame.sort("evidence_id"), null_equal=True)


def test_a_table_in_several_pieces_loses_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.conform.SLICE_ROWS", 3)
    frame = make_tables(10)["verdict_reason"]
    assert rows_of("verdict_reason", frame).equals(frame.sort("verdict_id"), null_equal=True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (pl.lit(1).alias("run_id"), "has undeclared run_id"),
        (pl.lit(1.5).alias("amount"), r"amount is Float64 and must be Decimal\(.*18.*2\)"),
        (pl.lit("12.00").alias("amount"), "amount is String and must be"),
        (
            pl.lit(Decimal("1.0001")).cast(pl.Decimal(18, 4)).alias("amount"),
            "amount is Decimal",
        ),
        (pl.lit(20260520).alias("as_of"), "as_of is Int32 and must be Date"),
        (pl.lit(None).alias("application_id"), r"application_id is empty in 4 row\(s\)"),
        (pl.lit("secret").alias("link_tier"), r"link_tier: 4 row\(s\) outside the closed list"),
        (pl.lit("E1").alias("evidence_id"), r"3 row\(s\) repeat the key evidence_id"),
        (pl.lit(float("nan")).alias("link_score"), "link_score holds a number that is not finite"),
        (
            pl.lit(10**30).cast(pl.Decimal(38, 0)).alias("amount"),
            "amount: a value does not fit",
        ),
    ],
)
def test_what_does_not_fit_is_refused(change: pl.Expr, says: str) -> None:
    with pytest.raises(RefusedError, match=says) as caught:
        conform(EVIDENCE, evidence().with_columns(change))
    assert "secret" not in str(caught.value)
    assert "9901" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(RefusedError, match="table evidence lacks why_not"):
        conform(EVIDENCE, evidence().drop("why_not"))


def test_what_loses_nothing_is_cast() -> None:
    frame = evidence().with_columns(
        pl.col("dataset").cast(pl.Categorical),
        pl.lit(7, dtype=pl.Int32).alias("amount"),
        pl.lit(Decimal("1.5")).cast(pl.Decimal(38, 1)).alias("counted_amount"),
        pl.lit(None).alias("why_not"),
        pl.lit(0.5, dtype=pl.Float32).alias("link_score"),
    )
    rows = rows_of("evidence", frame)
    assert rows.schema == EVIDENCE.polars_schema()
    assert rows["amount"].to_list() == [Decimal("7.00")] * 4
    assert rows["counted_amount"].to_list() == [Decimal("1.50")] * 4


def test_a_key_of_several_columns_counts_null_as_a_value() -> None:
    coverage = PUBLISHED["coverage"]
    row = {"application_id": "A", "person_ref": "P", "source": "banking", "state": "none"}
    one = pl.DataFrame([row, row | {"institution": "甲"}], schema=coverage.polars_schema())
    assert conform(coverage, one).height == 2
    with pytest.raises(RefusedError, match=r"1 row\(s\) repeat the key application_id"):
        conform(coverage, pl.concat([one, one.head(1)]))


def test_rows_without_a_key_may_repeat() -> None:
    row = {"file": "f", "line": 2, "column": "c", "reason_code": "r", "reason_zh": "因"}
    twice = pl.DataFrame([row, row], schema=PUBLISHED["quarantine"].polars_schema())
    assert conform(PUBLISHED["quarantine"], twice).height == 2


def test_every_table_must_be_handed_over_and_none_besides() -> None:
    tables = make_tables(1)
    check_tables(tables)
    with pytest.raises(RefusedError, match=r"without table\(s\) alert\W"):
        check_tables({k: v for k, v in tables.items() if k != "alert"})
    with pytest.raises(RefusedError, match=r"undeclared table\(s\) phones\W"):
        check_tables(tables | {"phones": pl.DataFrame()})
