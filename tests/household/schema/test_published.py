"""The declared published tables equal the agreed ones, of which `published_tables.md` is a copy."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from household.schema.datasets import DATASETS
from household.schema.published import PUBLISHED, Held, PublishedColumn, PublishedTable
from household.schema.published.column import POLARS, SQL

TEXT = (Path(__file__).parent / "published_tables.md").read_text(encoding="utf-8")
OURS = {"run", "evidence_source", "link_model", "flip_fact", "income_month", "deadline"}
OURS |= {"review_calendar", "current_benefit", "screening"}  # the watch
OURS |= {"alert_life", "alert_change"}  # what became of an alert
OURS |= {"alert_evidence", "alert_month"}  # what an alert stands on
OURS |= {"referral", "statistic"}  # what is handed over and counted
OURS |= {"alert_precision", "miss_rate", "screened_person"}  # how good the alerts are
OURS |= {"pull", "source_status", "inquiry", "turnaround"}  # the exchange


def agreed_tables() -> dict[str, list[tuple[str, str]]]:
    """Table to its (column, what the agreement says in brackets), read from the prose of the agreement."""
    prose = re.sub(r"\n  (?=\S)", " ", TEXT)
    lines = re.findall(r"^([a-z_]+): (.+)$", prose, flags=re.M)
    lines += re.findall(r"in `(roster_person)`: (.+?)\.$", prose, flags=re.M)
    tables: dict[str, list[tuple[str, str]]] = {}
    for name, columns in lines:
        parts = re.findall(r"([a-z_0-9]+)(?: \(([^)]*)\))?(?:, |$)", columns.split("scope: ")[-1])
        tables[name] = [(column, said) for column, said in parts]
    return tables


AGREED = agreed_tables()


def test_the_agreement_was_read_whole() -> None:
    assert len(AGREED) == 12
    assert sum(len(columns) for columns in AGREED.values()) == 120
    assert AGREED["household_verdict"][2:4] == [("programme", ""), ("requested", "bool")]


def test_every_agreed_table_is_declared_and_only_ours_are_added() -> None:
    assert set(PUBLISHED) - set(AGREED) == OURS
    assert [name for name in PUBLISHED if name not in OURS] == list(AGREED)


@pytest.mark.parametrize("name", AGREED)
def test_columns_are_the_agreed_ones_in_their_order(name: str) -> None:
    table = PUBLISHED[name]
    assert [c.name for c in table.columns] == [column for column, _ in AGREED[name]]
    assert table.all_columns[0].name == "run_id"
    for column, said in AGREED[name]:
        declared = table[column]
        if said == "list":
            assert declared.held is Held.TEXTS
        elif said == "bool":
            assert declared.held is Held.FLAG
        elif said == "decimal 18,2":
            assert declared.sql_type == "DECIMAL(18,2)"
        elif said == "decimal 18,6":
            assert declared.sql_type == "DECIMAL(18,6)"
        elif "|" in said:
            assert list(declared.values) == [value.strip() for value in said.split("|")]


def test_money_is_exact_and_only_a_score_is_a_float() -> None:
    floats = {
        f"{t.name}.{c.name}"
        for t in PUBLISHED.values()
        for c in t.columns
        if c.sql_type == "DOUBLE" or c.dtype == pl.Float64
    }
    scores = {"evidence.link_score", "person_link.score", "alert_evidence.link_score"}
    assert floats == scores | {f"link_model.{name}" for name in ("accept", "review", "matched")}
    assert set(POLARS) == set(SQL) == set(Held)


def test_values_and_keys_are_sound() -> None:
    for table in PUBLISHED.values():
        assert table.sort_by, table.name
        assert table.note
        for column in table.all_columns:
            assert column.title_zh
            assert len(set(column.values)) == len(column.values)
    assert PUBLISHED["evidence"]["dataset"].values == tuple(DATASETS)


def test_an_empty_table_has_the_declared_types() -> None:
    empty = PUBLISHED["alert"].empty()
    assert empty.height == 0
    assert empty.schema["person_refs"] == pl.List(pl.String)


def test_a_table_refuses_a_key_without_column() -> None:
    column = PublishedColumn("a", "甲", Held.TEXT)
    with pytest.raises(ValueError, match="without column"):
        PublishedTable("t", "表", "note", (column,), key=("b",))
    with pytest.raises(ValueError, match="repeated column"):
        PublishedTable("t", "表", "note", (column, column))
    with pytest.raises(KeyError, match="declares no column"):
        PUBLISHED["alert"]["phone"]
