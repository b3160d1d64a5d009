"""What counts as something new."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.intake.arrivals import READ, REFUSED, Arrival
from pipelines.digest import input_digest, number_run
from pipelines.settings import Order

ORDER = Order(Path("in"), Path("w.duckdb"), date(2026, 5, 20))


def arrive(seq: int, file: str, sha256: str = "aa", *, state: str = READ) -> Arrival:
    return Arrival(
        seq=seq,
        file=file,
        sha256=sha256,
        manifest="",
        dataset="tax.income",
        region="990101",
        as_of=date(2026, 5, 8),
        part="",
        rows_name=sha256,
        rows_in=1,
        rows_read=1,
        rows_quarantined=0,
        state=state,
        message="",
    )


def digest(*arrivals: Arrival, order: Order = ORDER, packs: str = "p") -> str:
    return input_digest(arrivals, order, packs=packs)


def test_the_order_of_arrival_is_nothing_new() -> None:
    assert digest(arrive(1, "a"), arrive(2, "b")) == digest(arrive(1, "b"), arrive(2, "a"))


def test_where_inbox_and_warehouse_lie_is_nothing_new() -> None:
    moved = replace(ORDER, inbox=Path("elsewhere"), warehouse=Path("other.duckdb"))
    assert digest(arrive(1, "a"), order=moved) == digest(arrive(1, "a"))


@pytest.mark.parametrize(
    "order",
    [
        replace(ORDER, as_of=date(2026, 5, 21)),
        replace(ORDER, region="990101"),
        replace(ORDER, person_key=SecretStr("own")),
    ],
)
def test_another_order_is_something_new(order: Order) -> None:
    assert digest(arrive(1, "a"), order=order) != digest(arrive(1, "a"))


def test_other_packs_are_something_new() -> None:
    assert digest(arrive(1, "a"), packs="q") != digest(arrive(1, "a"))


def test_other_pinned_models_are_something_new_and_none_are_nothing_new() -> None:
    said = [input_digest([arrive(1, "a")], ORDER, packs="p", models=m) for m in ("", "m", "n")]
    assert said[0] == digest(arrive(1, "a"))
    assert len(set(said)) == 3


def test_other_bytes_at_a_path_are_something_new_and_so_are_the_first_again() -> None:
    first, second = arrive(1, "a", "aa"), arrive(2, "a", "bb")
    third = arrive(3, "a", "aa")
    assert digest(first) != digest(first, second)
    assert digest(first, second) != digest(first, second, third)
    assert digest(first, second, third) == digest(first)


def test_a_refusal_beside_what_stands_is_something_new_once() -> None:
    read, refused = arrive(1, "a"), arrive(2, "a", "cc", state=REFUSED)
    assert digest(read, refused) != digest(read)
    assert digest(read, refused) == digest(read, replace(refused, seq=7))


def test_run_ids_sort_by_sequence() -> None:
    ids = [number_run(n, "2026-05-20", "f" * 64) for n in (2, 10, 100_000)]
    assert ids == sorted(ids)
    assert ids[0] == "R000002-20260520-ffffffff"
