from __future__ import annotations

from datetime import date
from typing import Any

from core_frames import AS_OF, ledger, line

from household.schema.datasets import DATASETS
from quality.deliveries import delivery_facts

VEHICLE = DATASETS["public_security.vehicle"]


def facts(*lines: dict[str, Any]) -> dict[str, Any]:
    """Facts of these lines, each of a file of its own unless it names one."""
    named = [
        row if row["file"].startswith("sent/") else row | {"file": f"{n}.csv"}
        for n, row in enumerate(lines)
    ]
    return delivery_facts(VEHICLE.name, ledger(*named), as_of=AS_OF)


def test_sums_only_files_of_the_dataset_that_were_read() -> None:
    found = facts(
        line(VEHICLE, 10, rows_accepted=7, rows_quarantined=2, rows_superseded=1),
        line(VEHICLE, rows_in=None, rows_accepted=0, state="refused"),
        line(DATASETS["tax.income"], 1000),
    )
    assert (found["rows_in"], found["accepted"], found["quarantined"], found["superseded"]) == (
        10,
        7,
        2,
        1,
    )
    assert (found["files"], found["files_read"], found["files_refused"]) == (2, 1, 1)
    assert found["files_unbalanced"] == 0


def test_a_line_that_does_not_add_up_is_counted() -> None:
    assert facts(line(VEHICLE, 10, rows_accepted=8, rows_quarantined=1))["files_unbalanced"] == 1


def test_a_read_file_without_a_row_count_does_not_add_up() -> None:
    assert facts(line(VEHICLE, rows_in=None))["files_unbalanced"] == 1


def test_a_duplicate_without_counts_is_no_imbalance() -> None:
    again = line(VEHICLE, rows_in=None, rows_accepted=0, state="duplicate")
    assert facts(line(VEHICLE), again)["files_unbalanced"] == 0


def test_nothing_delivered_has_no_age() -> None:
    found = facts()
    assert found["newest_as_of"] is None
    assert found["age_days"] is None
    assert found["region_ages"] == []


def test_a_region_is_as_fresh_as_the_newest_extract_around_it() -> None:
    found = facts(
        line(VEHICLE, region_code="990101003", as_of=date(2026, 1, 20)),
        line(VEHICLE, region_code="990101", as_of=date(2026, 5, 10)),
        line(VEHICLE, region_code="990102", as_of=date(2026, 2, 9)),
    )
    assert found["region_ages"] == [10, 10, 100]
    assert found["age_days"] == 10


def test_volume_compares_the_newest_extract_with_the_one_before_in_the_worst_region() -> None:
    found = facts(
        line(VEHICLE, 100, as_of=date(2026, 2, 1)),
        line(VEHICLE, 60, as_of=date(2026, 3, 1)),
        line(VEHICLE, 40, as_of=date(2026, 3, 1)),  # the second part of the same extract
        line(VEHICLE, 30, as_of=date(2026, 4, 1)),
        line(VEHICLE, 50, region_code="990102", as_of=date(2026, 3, 1)),
        line(VEHICLE, 50, region_code="990102", as_of=date(2026, 4, 1)),
    )
    assert (found["volume_region"], found["volume_previous_rows"], found["volume_rows"]) == (
        "990101",
        100,
        30,
    )
    assert found["volume_share"] == 0.3


def test_tiny_extracts_are_not_compared() -> None:
    found = facts(
        line(VEHICLE, 19, as_of=date(2026, 3, 1)), line(VEHICLE, 1, as_of=date(2026, 4, 1))
    )
    assert found["volume_share"] is None


def test_a_corrected_file_is_one_extract_and_its_older_bytes_are_no_volume() -> None:
    again: dict[str, Any] = {"file": "sent/vehicle.csv", "as_of": date(2026, 4, 1)}
    found = facts(
        line(VEHICLE, 40, **again, rows_accepted=0, rows_superseded=40, state="superseded"),
        line(VEHICLE, 40, **again),
        line(VEHICLE, 40, as_of=date(2026, 5, 1)),
    )
    assert (found["files_read"], found["volume_previous_rows"]) == (2, 40)
    assert found["rows_in"] == 120


def test_a_refusal_sent_again_and_refused_again_was_never_delivered() -> None:
    again: dict[str, Any] = {"file": "sent/vehicle.csv", "rows_accepted": 0}
    found = facts(
        line(VEHICLE, 0, **again, state="superseded"), line(VEHICLE, 0, **again, state="refused")
    )
    assert (found["files_read"], found["newest_as_of"]) == (0, None)


def test_a_refused_correction_leaves_the_read_file_standing() -> None:
    again: dict[str, Any] = {"file": "sent/vehicle.csv"}
    found = facts(
        line(VEHICLE, **again), line(VEHICLE, 0, **again, rows_accepted=0, state="refused")
    )
    assert (found["files_read"], found["files_refused"]) == (1, 1)
