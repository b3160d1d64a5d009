"""Answers on the disk: whole or not at all, and never taken for what they are not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from connectors.shelves.assessed_files import AssessedShelf
from connectors.store import Store, open_store
from household.dependence import Basis
from household.joining import PARTS, TABLES, WATCHED

if TYPE_CHECKING:
    from pathlib import Path

BASIS = Basis("2026-05-20", "program", "key")
NAMES = (PARTS, *TABLES, *WATCHED)
LARGE = 10**30 + 1
"""More than 64 bits hold."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "w.store")


def frame(name: str, amount: int = LARGE) -> pl.DataFrame:
    dtype = pl.Int128 if name in WATCHED else pl.String
    value = amount if name in WATCHED else str(amount)
    columns = {"application_id": [name], "value": [value]}
    return pl.DataFrame(columns, schema={"application_id": pl.String, "value": dtype})


def keep_all(store: Store, amount: int = LARGE, basis: Basis = BASIS) -> None:
    shelf = AssessedShelf(store)
    for name in NAMES:
        shelf.keep(name, frame(name, amount))
    shelf.close(basis)


def files(store: Store) -> list[Path]:
    return sorted(f for f in (store.root / "assessed").iterdir() if f.suffix != ".json")


def test_what_was_kept_is_there_for_the_next_run(store: Store) -> None:
    assert AssessedShelf(store).kept() is None
    keep_all(store)
    kept = AssessedShelf(store).kept()
    assert kept is not None
    assert kept.basis == BASIS
    for name in NAMES:
        assert kept.frame(name).equals(frame(name))
        assert kept.frame(name).schema == frame(name).schema


def test_only_the_newest_is_kept(store: Store) -> None:
    keep_all(store)
    keep_all(store, 5, replace(BASIS, as_of="2026-05-21"))
    kept = AssessedShelf(store).kept()
    assert kept is not None
    assert kept.basis.as_of == "2026-05-21"
    assert kept.frame("judged").equals(frame("judged", 5))
    assert len(files(store)) == len(NAMES)


def test_what_was_not_closed_changes_nothing(store: Store) -> None:
    keep_all(store)
    killed = AssessedShelf(store)
    killed.keep("judged", frame("judged", 7))
    kept = AssessedShelf(store).kept()
    assert kept is not None
    assert kept.frame("judged").equals(frame("judged"))
    keep_all(store)
    assert len(files(store)) == len(NAMES)


def test_a_closed_list_without_a_frame_is_as_good_as_none(store: Store) -> None:
    shelf = AssessedShelf(store)
    for name in NAMES[:-1]:
        shelf.keep(name, frame(name))
    shelf.close(BASIS)
    assert AssessedShelf(store).kept() is None


def shorten(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def turn_a_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def exchange(file: Path) -> None:
    other = next(f for f in file.parent.iterdir() if f.suffix == file.suffix and f != file)
    file.write_bytes(other.read_bytes())


@pytest.mark.parametrize("harm", [shorten, turn_a_bit, exchange, lambda file: file.unlink()])
@pytest.mark.parametrize("which", [0, 3, -1])
def test_a_frame_that_is_not_as_it_was_written_makes_all_of_it_void(
    store: Store, harm: object, which: int
) -> None:
    keep_all(store)
    harm(files(store)[which])  # type: ignore[operator]
    assert AssessedShelf(store).kept() is None
    keep_all(store)
    assert AssessedShelf(store).kept() is not None


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"format": 0, "basis": {}, "frames": {}}',
        b'{"format": 1, "basis": {"as_of": "x"}, "frames": {}}',
        b'{"format": 1, "basis": {"as_of": "x", "program": "p", "key": "k"}, "frames": []}',
        b'{"format": 1, "basis": null, "frames": null}',
    ],
)
def test_a_list_of_another_form_is_as_good_as_none(store: Store, said: bytes) -> None:
    keep_all(store)
    (store.root / "assessed" / "current.json").write_bytes(said)
    assert AssessedShelf(store).kept() is None


def test_the_hand_off_is_the_kept_table_and_outlives_it(store: Store, tmp_path: Path) -> None:
    shelf = AssessedShelf(store)
    for name in NAMES:
        shelf.keep(name, frame(name))
    shelf.close(BASIS)
    target = tmp_path / "run" / "evidence.parquet"
    shelf.hand_over("evidence", target)
    keep_all(store, 5)
    assert pl.read_parquet(target).equals(frame("evidence"))
    again = AssessedShelf(store)
    again.kept()
    again.hand_over("evidence", target)
    assert pl.read_parquet(target).equals(frame("evidence", 5))


def test_nobody_else_can_read_it(store: Store) -> None:
    keep_all(store)
    listed = json.loads((store.root / "assessed" / "current.json").read_bytes())
    assert set(listed["frames"]) == set(NAMES)
    for file in (store.root / "assessed").iterdir():
        assert file.stat().st_mode & 0o077 == 0
    assert (store.root / "assessed").stat().st_mode & 0o077 == 0
