"""Every query that a document shows runs on a warehouse of today's declarations."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import duckdb
import pytest
from house_tree import documents, named

from warehouse.ddl import define_warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = re.compile(r"```(sql|python)\n(.*?)```", re.DOTALL)


def _queries(page: Path) -> Iterator[str]:
    for language, code in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "sql":
            yield from (part for part in code.split(";") if part.strip())
            continue
        for node in ast.walk(ast.parse(code)):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr="sql"), args=[ast.Constant(value=str(query))]
                ):
                    yield query


ASKED = [(page, query) for page in documents() for query in _queries(page)]


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    for statement in define_warehouse():
        connection.execute(statement)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("page", "query"), ASKED, ids=[f"{named(p)}-{n}" for n, (p, _) in enumerate(ASKED)]
)
def test_query_runs(warehouse: duckdb.DuckDBPyConnection, page: Path, query: str):
    values = dict.fromkeys(re.findall(r"\$(\w+)", query), "x")
    assert warehouse.execute(query, values or None).fetchall() == [], named(page)


def test_there_are_queries_to_run():
    assert len(ASKED) > 10
