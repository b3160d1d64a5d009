from __future__ import annotations

from typing import Any

import pytest

from household.schema.datasets import DATASETS
from quality.checks import Dimension, Limits, checks_of, name_column
from quality.measures import _OF_COLUMN, _OF_DATASET
from quality.suites import build_suite

ALL = [(d, c) for d in DATASETS.values() for c in checks_of(d)]


def test_every_question_has_a_measure_and_every_measure_a_question() -> None:
    assert {c.question for _, c in ALL if c.column} == set(_OF_COLUMN)
    assert {c.question for _, c in ALL if not c.column} == set(_OF_DATASET)


def test_all_six_dimensions_are_asked_after() -> None:
    assert {c.dimension for _, c in ALL} == set(Dimension)


def test_only_structural_truths_block() -> None:
    assert {c.question for _, c in ALL if c.blocking} == {
        "columns_declared",
        "types_declared",
        "ledger_balances",
        "rows_as_ledgered",
        "key_unique",
        "required_present",
        "money_not_negative",
    }
    assert all(c.at_most == 0 for _, c in ALL if c.blocking)


def test_check_ids_are_unique_within_a_dataset() -> None:
    for dataset in DATASETS.values():
        ids = [c.check_id for c in checks_of(dataset)]
        assert len(ids) == len(set(ids))


def test_every_required_column_and_every_number_is_asked_after() -> None:
    for dataset in DATASETS.values():
        ids = {c.check_id for c in checks_of(dataset)}
        assert {f"required_present.{c.name}" for c in dataset.columns if c.required} <= ids
        assert {f"number_valid.{c.name}" for c in dataset.id_columns} <= ids


@pytest.mark.parametrize(
    ("dataset", "column", "name"),
    [
        ("public_security.vehicle", "owner_id_no", "owner_name"),
        ("civil_affairs.marriage", "id_no_b", "name_b"),
        ("public_security.population", "former_id_no", None),
        ("approval.authorisation", "signed_by", None),
        ("approval.authorisation", "id_no", None),
    ],
)
def test_the_name_beside_a_number(dataset: str, column: str, name: str | None) -> None:
    assert name_column(DATASETS[dataset], column) == name


def test_limits_reach_the_bounds() -> None:
    fresh = {
        c.check_id: c for c in checks_of(DATASETS["tax.income"], limits=Limits(max_age_days=30))
    }
    assert fresh["fresh"].at_most == 30


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=list(DATASETS))
def test_a_suite_carries_every_check_and_explains_itself(dataset: Any) -> None:
    suite = build_suite(dataset)
    assert suite.name == dataset.name
    checks = checks_of(dataset)
    assert len(suite.expectations) == len(checks)
    for expectation, check in zip(suite.expectations, checks, strict=True):
        config = expectation.configuration
        assert config.kwargs["column"] == check.check_id
        assert config.kwargs.get("max_value") == check.at_most
        assert config.kwargs.get("min_value") == check.at_least
        assert config.meta == {
            "check_id": check.check_id,
            "dimension": str(check.dimension),
            "severity": str(check.severity),
            "title_zh": check.title_zh,
        }
