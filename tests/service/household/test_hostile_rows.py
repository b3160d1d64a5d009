"""What a source sends is inert: no markup, no formula, no trick of writing does anything on a page or in a list."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from household.schema.datasets import DATASETS
from pipelines.workplace import store_root
from service.access.roles import Role
from service.reading.evidence.columns import clear_text, masked_columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment

TRICKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE publish.evidence; --",
    "{{ 7 * 7 }}{% raw %}",
    "=cmd|'/C calc'!A0",
    "\u202etxt.exe\u2066",
    "a\u200bb\ufeffc",
)


@pytest.fixture
def spoiled(own_county: CountyFiles) -> str:
    """An application whose published texts are tricks; returns its id."""
    told = "".join(TRICKS)
    with duckdb.connect(own_county.warehouse) as file:
        (application,) = file.execute(
            "SELECT application_id FROM publish.evidence WHERE dataset = 'banking.account' ORDER BY 1"
        ).fetchall()[0]
        for table, columns in {
            "verdict_reason": ("text_zh", "settles_it", "source_document", "unit"),
            "evidence": ("institution", "why_not", "link_note"),
            "coverage": ("institution",),
            "person": ("name_masked", "id_no_masked"),
            "alert": ("text_zh", "settles_it"),
            "deadline": ("text_zh", "step_zh"),
            "flip_fact": ("text_zh",),
        }.items():
            for column in columns:
                file.execute(f"UPDATE publish.{table} SET {column} = $told", {"told": told})
    return str(application)


def test_texts_of_tables_are_inert_on_pages(
    spoiled: str, deployment: Deployment, client_of: Callable[..., TestClient]
):
    client = client_of(Role.ANALYST)
    page = client.get(f"/applications/{spoiled}")
    assert page.status_code == 200
    with deployment.warehouse.borrowed() as tables:
        row = tables.frame("evidence", application_id=spoiled)["evidence_id"][0]
    for text in (page.text, client.get(f"/applications/{spoiled}/evidence/{row}").text):
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "49{%" not in text
        assert html.escape(TRICKS[0]) in text
        assert "{{ 7 * 7 }}" in text


def test_values_of_a_source_row_are_inert_and_unseen_characters_are_told(
    own_county: CountyFiles, deployment: Deployment, client_of: Callable[..., TestClient]
):
    folder = store_root(own_county.warehouse) / "rows" / "public_security.vehicle"
    for file in folder.glob("*.parquet"):
        rows = pl.read_parquet(file).with_columns(model=pl.lit(TRICKS[0] + TRICKS[5] + TRICKS[6]))
        rows.write_parquet(file)
    with deployment.warehouse.borrowed() as tables:
        evidence = tables.frame("evidence")
        row = evidence.filter(pl.col("dataset").cast(pl.String) == "public_security.vehicle").row(
            0, named=True
        )
    path = f"/applications/{row['application_id']}/evidence/{row['evidence_id']}"
    text = client_of(Role.ANALYST).get(path).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text
    assert not any(c in text for c in "\u202e\u2066\u200b\ufeff")


def test_an_unseen_character_is_told_by_its_number():
    (model,) = [
        c
        for c in masked_columns("public_security.vehicle", {"model": "甲\u202e乙\u200b"})
        if c.name == "model"
    ]
    assert model.value == "甲⟨U+202E⟩乙⟨U+200B⟩"


@pytest.fixture
def formulas(own_county: CountyFiles) -> None:
    """Every application id begins like a formula."""
    with duckdb.connect(own_county.warehouse) as file:
        for table in ("household_verdict", "roster_person"):
            file.execute(f"UPDATE publish.{table} SET application_id = '=1+' || application_id")


@pytest.mark.usefixtures("formulas")
def test_a_list_that_is_taken_away_holds_no_formula(client_of: Callable[..., TestClient]):
    answer = client_of(Role.SUPERVISOR).get("/queue.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert len(lines) > 10
    assert all(line.startswith("'=1+SQ") for line in lines[1:])


def test_values_are_told_as_texts():
    member = DATASETS["approval.member"]
    assert clear_text(member["relation"], "self") == "本人"
    assert clear_text(member["seriously_ill"], value=False) == "否"
    assert clear_text(member["declared_wage"], None) is None
