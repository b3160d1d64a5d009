"""Law as data: every dated value names its document, only the fictional county may do without, and no two values hold on one day."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from house_tree import ROOT

from household.rules.packs import Entry, Packs, read_packs
from household.rules.parameters import PARAMETERS, Meaning

if TYPE_CHECKING:
    from collections.abc import Iterator

FICTIONAL = "990101"


@pytest.fixture(scope="module")
def packs() -> Packs:
    return read_packs(ROOT / "rulepacks")


def _entries(packs: Packs) -> Iterator[tuple[str, str, Entry]]:
    for pack in packs.packs.values():
        for key, entries in pack.values.items():
            for entry in entries:
                yield pack.pack_id, key, entry


def test_every_value_names_its_document(packs: Packs):
    silent = [
        (pack_id, key)
        for pack_id, key, entry in _entries(packs)
        if pack_id != FICTIONAL and not entry.source.strip()
    ]
    assert not silent, "add `source: <document and article>`"


def test_the_fictional_county_says_that_it_is(packs: Packs):
    assert "虚构" in packs.packs[FICTIONAL].title


def test_periods_do_not_overlap_nor_end_before_they_begin(packs: Packs):
    for pack in packs.packs.values():
        for key, entries in pack.values.items():
            spans = sorted((e.valid_from or date.min, e.valid_to or date.max) for e in entries)
            assert all(start <= end for start, end in spans), (pack.pack_id, key)
            assert all(end < start for (_, end), (start, _) in pairwise(spans)), (pack.pack_id, key)


def test_a_pack_lies_in_the_folder_of_its_name(packs: Packs):
    folders = {path.parent.name for path in (ROOT / "rulepacks").glob("*/*.yaml")}
    assert folders == set(packs.packs)


def test_money_in_packs_is_whole_fen(packs: Packs):
    money = [
        (p, key, e.value)
        for p, key, e in _entries(packs)
        if key in PARAMETERS and PARAMETERS[key].meaning is Meaning.MONEY
    ]
    assert money
    assert not [(p, key) for p, key, value in money if value * 100 != int(value * 100)]
