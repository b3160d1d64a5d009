"""The register of printed reports, the same in both databases: each copy once, nothing changed, found by number and code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from casework.errors import RefusedError, TakenError
from casework.reports import (
    Printing,
    add_printings,
    count_printings,
    find_printings,
    printings_of,
)
from casework.store import open_store
from casework.tables.reports import REPORT_PRINTING

if TYPE_CHECKING:
    from casework.store import Address

FIRST = Printing(
    "HD20260520-0123456789AB",
    0,
    "AAAA-BBBB-CCCC-DDDD",
    "SQ2026000001",
    "R000001-20260520-1ffc0d0d",
    "a" * 64,
    "b" * 64,
    "A1",
    "2026-05-20T01:00:00+00:00",
)
COPY = replace(FIRST, ordinal=1, file_sha256="c" * 64)
OTHER = replace(FIRST, report_no="HD20260520-F", application_id="SQ2", check_code="X")


def test_printings_are_found_in_the_order_of_entry(place: Address) -> None:
    add_printings(place, [FIRST, OTHER])
    add_printings(place, [COPY])
    assert find_printings(place, number=FIRST.report_no) == (FIRST, COPY)
    assert find_printings(place, code=FIRST.check_code) == (FIRST, COPY)
    assert find_printings(place, number=OTHER.report_no, code=FIRST.check_code) == ()
    assert printings_of(place, "SQ2") == (OTHER,)
    assert count_printings(place, [FIRST.report_no, OTHER.report_no, "none"]) == {
        FIRST.report_no: 2,
        OTHER.report_no: 1,
    }
    assert count_printings(place, [f"n{n}" for n in range(1200)]) == {}


def test_the_same_copy_is_entered_once_and_a_batch_whole_or_not(place: Address) -> None:
    add_printings(place, [FIRST])
    with pytest.raises(TakenError):
        add_printings(place, [OTHER, FIRST])
    assert printings_of(place, "SQ2") == ()


def test_an_entry_is_neither_changed_nor_deleted(place: Address) -> None:
    add_printings(place, [FIRST])
    for statement in (
        REPORT_PRINTING.update().values(made_by="somebody"),
        REPORT_PRINTING.delete(),
    ):
        with open_store(place) as store, pytest.raises(RefusedError), store.writing() as connection:
            connection.execute(statement)
    assert find_printings(place, number=FIRST.report_no) == (FIRST,)


def test_before_anything_is_printed_there_is_no_store(file: Address) -> None:
    assert find_printings(file, number="HD") == ()
    assert count_printings(file, ["HD"]) == {}
    assert file.file is not None
    assert not file.file.exists()
