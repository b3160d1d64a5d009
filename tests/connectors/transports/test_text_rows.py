"""Rows into one file: bytes that depend on the rows alone, columns that come late, nothing left of what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.errors import ConnectorError
from connectors.transports import text_rows
from connectors.transports.text_rows import TextRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_rows, "GROUP", 10)


def written(target: Path, pages: Iterable[dict[str, list[str | None]]]) -> bytes:
    with TextRows(target) as rows:
        for page in pages:
            rows.add(pa.table({k: pa.array(v, pa.string()) for k, v in page.items()}))
    return target.read_bytes()


def cut(values: list[str | None], size: int) -> list[dict[str, list[str | None]]]:
    return [{"a": values[i : i + size]} for i in range(0, len(values), size)]


def test_bytes_do_not_depend_on_pages(tmp_path: Path) -> None:
    values: list[str | None] = [None if i % 7 == 0 else f"值{i}" for i in range(37)]
    made = {written(tmp_path / f"{n}.parquet", cut(values, n)) for n in (1, 3, 10, 36, 37)}
    assert len(made) == 1
    frame = pl.read_parquet(tmp_path / "3.parquet")
    assert frame["a"].to_list() == values
    assert pq.ParquetFile(tmp_path / "3.parquet").num_row_groups == 4


def test_a_column_may_come_late(tmp_path: Path) -> None:
    late = [*cut(["x"] * 25, 5), {"b": ["1"], "a": ["y"]}, {"a": ["z"]}]
    data = written(tmp_path / "late.parquet", late)
    frame = pl.read_parquet(tmp_path / "late.parquet")
    assert frame.columns == ["a", "b"]
    assert frame["b"].to_list() == [None] * 25 + ["1", None]
    whole = [{"a": ["x"] * 25 + ["y", "z"], "b": [None] * 25 + ["1", None]}]
    assert written(tmp_path / "whole.parquet", whole) == data
    assert sorted(p.name for p in tmp_path.iterdir()) == ["late.parquet", "whole.parquet"]


def test_no_rows_are_a_file_with_columns(tmp_path: Path) -> None:
    with TextRows(tmp_path / "none.parquet", ["a"]) as rows:
        rows.need(["b", "a"])
    frame = pl.read_parquet(tmp_path / "none.parquet")
    assert (frame.height, frame.columns, frame.dtypes) == (0, ["a", "b"], [pl.String] * 2)


def test_nothing_is_left_of_what_failed(tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    target.write_bytes(b"before")

    def pages() -> Iterator[dict[str, list[str | None]]]:
        yield {"a": ["1"] * 25}
        raise KeyError

    with pytest.raises(KeyError):
        written(target, pages())
    assert target.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_disk_that_refuses_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="取数暂存文件"):
        written(tmp_path / "missing" / "x.parquet", cut(["1"], 1))
