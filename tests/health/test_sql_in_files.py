"""SQL lives in .sql files, one statement each, its values bound; and DuckDB's byte-wise string similarities are not used."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest
from house_tree import files, modules, named, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DECLARED = {
    "casework/guards.py": "triggers of the logs in two databases; identifiers cannot be bound",
    "warehouse/ddl.py": "made from the declarations of the published tables; identifiers cannot be bound",
    "warehouse/mirror/lines.py": "made from the declarations of the published tables; identifiers cannot be bound",
    "warehouse/mirror/statements.py": "made from the declarations of the published tables; identifiers cannot be bound",
    "connectors/transports/mysql_queries.py": "asked of views that source.yaml names; identifiers cannot be bound",
    "connectors/transports/postgresql_queries.py": "asked of views that source.yaml names; identifiers cannot be bound",
}
_STATEMENT = re.compile(
    r"\s*(SELECT|WITH \w+ AS|INSERT INTO|DELETE FROM|UPDATE \w+ SET|MERGE INTO|CREATE|DROP|ALTER|COPY|COMMENT ON|TRUNCATE)\s"
)
# They compare bytes, not characters: 李小明 and 李晓明 are three edits apart there. Names are compared with rapidfuzz.
_BYTEWISE = re.compile(
    r"\b(levenshtein|damerau_levenshtein|editdist3|hamming|mismatches|jaccard|jaro_similarity|jaro_winkler_similarity)\s*\(",
    re.IGNORECASE,
)

_TELLING = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def test_statements_stand_in_sql_files():
    found = {
        f"{named(m)}:{line}"
        for m in modules()
        if named(m) not in DECLARED
        for line, _ in _statements(m)
    }
    assert not found, "move the statement into a .sql file of its package"


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_the_exceptions_are_still_needed(name: str):
    assert [m for m in modules() if named(m) == name and list(_statements(m))]


def test_sql_files_hold_one_statement_and_bind_their_values():
    for path in _sql_files():
        text = "\n".join(
            line.split("--")[0] for line in path.read_text(encoding="utf-8").splitlines()
        )
        statements = [part for part in text.split(";") if part.strip()]
        assert len(statements) == 1, f"{named(path)} holds {len(statements)} statements: one a file"
        assert "{" not in text, f"{named(path)} is a template: bind values with $name"
        assert "%s" not in text, f"{named(path)} is a template: bind values with $name"


def test_no_bytewise_similarity():
    texts = [(path, path.read_text(encoding="utf-8")) for path in _sql_files()]
    texts += [(module, "\n".join(text for _, text in _texts(module))) for module in modules()]
    assert not [named(path) for path, text in texts if _BYTEWISE.search(text)]


def test_there_is_sql_to_look_at():
    assert _sql_files()


def _sql_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".sql"]


def _statements(module: Path) -> Iterator[tuple[int, str]]:
    return ((line, text) for line, text in _texts(module) if _STATEMENT.match(text))


def _texts(module: Path) -> Iterator[tuple[int, str]]:
    """Text constants that are not docstrings."""
    tree = parsed(module)
    told = {
        id(s.value)
        for node in ast.walk(tree)
        if isinstance(node, _TELLING)
        for s in node.body
        if isinstance(s, ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value
