"""What is told: evidence, reasons, digests, and that no personal value is in any of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from core_rule_cases import rule_county
from core_town import County, D
from rule_county_run import rule_county_told

from household.schema.published import PUBLISHED

if TYPE_CHECKING:
    from core_told import Told


@pytest.fixture(scope="module")
def county() -> County:
    return rule_county()


@pytest.fixture(scope="module")
def told() -> Told:
    return rule_county_told()


def test_tables_are_as_declared(told: Told) -> None:
    for name, frame in told.tables.items():
        declared = dict(PUBLISHED[name].polars_schema())
        assert {c: t for c, t in frame.schema.items() if c in declared} == {
            c: declared[c] for c in frame.columns
        }


def test_every_line_counted_or_says_why_not(told: Told) -> None:
    evidence = told.tables["evidence"]
    assert len(evidence) > 100
    assert not len(evidence.filter(pl.col("counted") == pl.col("why_not").is_not_null()))
    assert not len(evidence.filter(~pl.col("counted") & pl.col("counted_amount").is_not_null()))


def test_evidence_ids_are_names(told: Told) -> None:
    evidence = told.tables["evidence"]
    assert evidence["evidence_id"].is_unique().all()
    cited = told.tables["verdict_reason"]["evidence_ids"].explode().drop_nulls()
    assert len(cited)
    assert cited.is_in(evidence["evidence_id"].implode()).all()


def test_every_unknown_says_what_would_settle_it(told: Told) -> None:
    reasons = told.tables["verdict_reason"]
    unknown = reasons.filter(outcome="unknown")
    assert len(unknown) > 100
    assert unknown["settles_it"].is_not_null().all()
    assert not unknown["certain"].any()
    failed = reasons.filter(
        (pl.col("outcome") == "fail")
        & pl.col("measured").is_not_null()
        & pl.col("limit_value").is_not_null()
        & (pl.col("unit") != "比例")
    )
    assert len(failed)
    assert failed["settles_it"].is_not_null().all()


def test_every_reason_has_words_and_a_source(told: Told) -> None:
    reasons = told.tables["verdict_reason"]
    assert reasons["text_zh"].str.len_chars().min() >= 5  # type: ignore[operator]
    assert reasons["source_document"].is_not_null().all()
    cited = reasons.filter(pl.col("rule_id") == "dibao.income")
    # Where the standard is in force the pack and its document are named, else the law alone.
    assert set(cited["source_document"]) == {"示范文件", "社会救助暂行办法 第九条"}


def test_reasons_show_what_was_compared(told: Told) -> None:
    reason = told.reasons("at_the_standard")["dibao.income"]
    assert (reason["measured"], reason["limit_value"]) == (D("700.000000"), D("700.000000"))
    assert reason["unit"] == "元/人月"
    assert "700" in reason["text_zh"]


def personal_values(county: County) -> list[str]:
    values = []
    for rows in county.rows.values():
        for row in rows:
            values += [str(v) for k, v in row.items() if v and k.endswith("id_no")]
            values += [str(v) for k, v in row.items() if v and k in ("name", "owner_name")]
            values += [str(row["account_no"])] if row.get("account_no") else []
    return values


def test_no_personal_value_is_told(told: Told, county: County) -> None:
    values = sorted(set(personal_values(county)))
    assert len(values) > 100
    for name, frame in told.tables.items():
        open_columns = [
            column
            for column, dtype in frame.schema.items()
            if dtype in (pl.String(), pl.List(pl.String())) and column != "record_key"
        ]
        for column in open_columns:
            texts = frame[column]
            if texts.dtype == pl.List(pl.String()):
                texts = texts.explode()
            joined = "\n".join(texts.drop_nulls().unique().to_list())
            assert not [v for v in values if v in joined], f"{name}.{column}"


def test_the_same_inputs_give_the_same_bytes(told: Told) -> None:
    again = rule_county().run()
    for name, frame in told.tables.items():
        assert frame.equals(again.tables[name]), name
    assert told.tables["household_verdict"]["digest"].is_unique().all()


def test_a_changed_figure_changes_the_digest_of_its_verdicts_only() -> None:
    def run(amount: str) -> Told:
        county = County()
        for name in ("changed", "left_alone"):
            home = county.household(name, members=0)
            home.monthly(home.join(), amount if name == "changed" else "5")
        return county.run()

    before, after = run("5"), run("6")
    for programme in ("dibao", "rigid"):
        assert (
            before.verdict("changed", programme)["digest"]
            != after.verdict("changed", programme)["digest"]
        )
    assert before.verdict("left_alone") == after.verdict("left_alone")


def test_per_capita_is_rounded_once_half_up() -> None:
    county = County()
    home = county.household("third", members=0)
    people = [home.join() for _ in range(3)]
    home.monthly(people[0], "100.00")
    verdict = county.run().verdict("third")
    assert verdict["income_per_capita_month"] == D("33.333333")
    assert verdict["income_window"] == D("1200.00")
