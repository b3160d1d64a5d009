"""What holds of every code: the table of codes, one alert a subject, no name and no figure in a sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
from alert_town import Town

from household.alerts.alerts import raise_alerts
from household.alerts.codes import CODES
from household.alerts.raised import RAISED, fold, hits_of
from household.schema.published.alerts import SEVERITIES, SUBJECT_KINDS

SUBJECTS = {
    "person": "D01 D03 U01 U02 U03 U04 U05 U06 U08 U09 P01 P02 P05 P06 P07 P08 H02 A05 A07",
    "benefit": "D02 A04",
    "household": "T01 A01 A02",
    "application": "T03 P03 P04 H01 O01 O02",
}
"""Assessment §10, column subject."""

BEYOND = {
    "person": "D04 D05 U07 U12 P09 P10 H03 H04 H05 H06 O05",
    "benefit": "U13 O04",
    "household": "T02 T04 T05",
    "application": "A06 O03",
}
"""What the handbook (§4) and the work with ledgers add to it."""


def test_the_table_is_the_contracts() -> None:
    tables = (*SUBJECTS.items(), *BEYOND.items())
    told = {code: kind for kind, codes in tables for code in codes.split()}
    assert {code: row.subject_kind for code, row in CODES.items()} == told
    assert set(SUBJECTS) == set(SUBJECT_KINDS)
    assert {row.severity for row in CODES.values()} == set(SEVERITIES)


def test_sentences_hold_no_figure() -> None:
    for row in CODES.values():
        assert not re.search(r"[0-9]", row.text_zh + row.settles_it), row.code


def test_the_page_about_alerts_has_every_code_with_its_severity_and_subject() -> None:
    page = (Path(__file__).parents[3] / "docs" / "alert-codes.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| ([A-Z]\d\d) \| ([BRI]) \| (\w+) \|", page, flags=re.MULTILINE)
    assert told == [(row.code, row.severity, row.subject_kind) for row in CODES.values()]


def _hits() -> pl.DataFrame:
    rows = pl.DataFrame(
        {
            "subject": ["S2", "S1", "S1", None],
            "person": [4, 3, 2, 1],
            "of_region": ["990101", "990102", "990101", "990101"],
            "fact": ["x", "b", "a", "z"],
            "told": [None, "乙", "甲", "丙"],
            "dataset": ["d"] * 4,
            "record_key": ["4", "3", "2", "1"],
        }
    )
    return hits_of(rows, subject="subject", fact=pl.col("fact"), detail=pl.col("told"))


def test_hits_fold_to_one_row_a_subject_whatever_their_order() -> None:
    hits = _hits()
    folded = fold("D01", hits)
    assert folded.equals(fold("D01", hits.reverse(), hits))
    assert folded.schema == RAISED
    first = folded.row(0, named=True)
    assert (first["subject_id"], first["persons"], first["facts"]) == ("S1", [2, 3], "a;b")
    assert [row["record_key"] for row in first["rests_on"]] == ["2", "3"]
    assert first["text_zh"].endswith("（乙，甲）") or first["text_zh"].endswith("（甲，乙）")
    assert folded["subject_id"].to_list() == ["S1", "S2"]


def test_an_empty_town_raises_nothing_in_the_declared_shape() -> None:
    alerts = Town().alerts()
    assert len(alerts.frame) == 0
    assert list(alerts.frame.schema)[: len(RAISED)] == list(RAISED)


def test_evidence_is_cited_by_row_and_for_an_application_its_own_only() -> None:
    town = Town()
    someone = town.person()
    town.apply("X1", someone)
    town.apply("X2", someone)
    for use in ("住宅", "住宅"):
        town.add("housing.real_estate", someone, use=use)
    town.add("finance.payroll", someone)
    watch = town.watch()
    raised = raise_alerts(watch)
    assert raised["evidence_ids"].list.len().sum() == 0
    lines = watch.case.lines.all().select("app", "person", "dataset", "record_key")
    ids = pl.format("E{}/{}/{}", "app", "dataset", "record_key").alias("evidence_id")
    cited = raise_alerts(replace(watch, evidence=lines.with_columns(ids)))
    homes = cited.filter(code="P04", subject_id="X2")["evidence_ids"].item().to_list()
    assert len(homes) == 2
    assert all(e.startswith("E1/housing.real_estate/") for e in homes)
    assert len(cited.filter(code="P01")["evidence_ids"].item()) == 2  # seen from both applications
    assert cited.drop("evidence_ids").equals(raised.drop("evidence_ids"))
    assert cited.select("code", "subject_kind", "subject_id").is_unique().all()
