"""The declarations of incoming data equal the agreed catalogue, of which `catalogue.yaml` is a copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from household.schema.codes import CODE_LISTS
from household.schema.column import DTYPE, Kind
from household.schema.datasets import CATALOGUED, DATASETS, SOURCE_TITLES

HERE = Path(__file__).parent
AGREEMENT = HERE.parents[3] / "shared" / "contract"
CATALOGUE: dict[str, Any] = yaml.safe_load((HERE / "catalogue.yaml").read_text(encoding="utf-8"))


BEYOND = ("securities.receipt", "insurance.receipt")
"""Ours, for where institutions answer person by person; nothing else stands beside the catalogue."""


def test_the_same_datasets_in_the_same_order() -> None:
    assert list(CATALOGUED) == list(CATALOGUE["datasets"])
    assert len(CATALOGUED) == 29
    assert list(DATASETS) == [*CATALOGUED, *BEYOND]


@pytest.mark.parametrize("name", BEYOND)
def test_a_receipt_beyond_the_catalogue_is_as_that_of_a_bank(name: str) -> None:
    ours, bank = DATASETS[name], DATASETS["banking.receipt"]
    assert ours.beyond
    assert (ours.mode, ours.keep, ours.columns) == (bank.mode, bank.keep, bank.columns)
    assert not bank.beyond


@pytest.mark.parametrize("name", CATALOGUE["datasets"])
def test_dataset_equals_the_catalogue(name: str) -> None:
    agreed, declared = CATALOGUE["datasets"][name], DATASETS[name]
    assert (declared.name, declared.title_zh) == (name, agreed["title"])
    assert (declared.source, declared.mode, declared.keep) == (
        agreed["source"],
        agreed["mode"],
        agreed["keep"],
    )
    assert [[c.name, c.title_zh, str(c.kind), c.note] for c in declared.columns] == [
        [field, title, kind, note] for field, title, kind, _, note in agreed["fields"]
    ]
    assert [set(c.flags) for c in declared.columns] == [set(f[3]) for f in agreed["fields"]]


def test_code_lists_equal_the_catalogue() -> None:
    agreed = CATALOGUE["code_lists"]
    assert {name: CODE_LISTS[name].titles for name in agreed} == agreed
    assert {name: list(CODE_LISTS[name].titles) for name in agreed} == {
        name: list(codes) for name, codes in agreed.items()
    }


# Closed lists that the catalogue gives in a column's note instead of under code_lists.
def test_lists_beyond_the_catalogue_stand_in_its_notes() -> None:
    beyond = {name: CODE_LISTS[name] for name in CODE_LISTS if name not in CATALOGUE["code_lists"]}
    columns = [c for d in DATASETS.values() for c in d.columns]
    assert beyond
    for codes in beyond.values():
        words = {word for pair in codes.titles.items() for word in pair}
        assert any(all(word in c.note for word in words) for c in columns), codes.name


def test_every_code_column_is_closed_and_every_kind_has_a_type() -> None:
    assert set(DTYPE) == set(Kind)
    for dataset in DATASETS.values():
        assert dataset.source in SOURCE_TITLES
        for column in dataset.columns:
            assert column.kind is not Kind.CODE or column.codes is not None, column.name


def test_every_term_stands_in_the_note_that_lists_it() -> None:
    with_terms = [c for d in DATASETS.values() for c in d.columns if c.terms]
    assert with_terms
    for column in with_terms:
        assert [term for term in column.terms if term not in column.note] == []


@pytest.mark.skipif(not AGREEMENT.exists(), reason="the agreement is not at hand")
def test_the_copy_is_the_agreement() -> None:
    assert (HERE / "catalogue.yaml").read_bytes() == (AGREEMENT / "catalogue.yaml").read_bytes()
    outputs = (AGREEMENT / "outputs.md").read_text(encoding="utf-8")
    assert outputs.endswith((HERE / "published_tables.md").read_text(encoding="utf-8"))
