"""The hand-off of step link: who is who, as Parquet in the working store. Writing it and reading it again, nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

import polars as pl

from connectors.store import write_rows
from household.assess import Identified
from household.roster import Roster

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from connectors.store import Store

ROOM = 1 << 30
"""Bytes of linked rows that stay in memory between two who ask for them."""


def save_identified(who: Identified, store: Store) -> None:
    """Hand over who is who, in place of what another run left. Raises ConnectorError."""
    folder = _folder(store)
    shutil.rmtree(folder, ignore_errors=True)
    for name, frame in (*_frames_of(who.roster), *_frames_of(who)):
        write_rows(frame, folder / f"{name}.parquet")
    for dataset, rows in who.linked.items():
        write_rows(rows, folder / "linked" / f"{dataset}.parquet")


def load_identified(store: Store) -> Identified:
    """Who is who as it was handed over; whether it belongs to the run at hand is for the caller to ask first."""
    frames = {file.stem: pl.read_parquet(file) for file in _folder(store).glob("*.parquet")}
    roster = Roster(**{f.name: frames.pop(f.name) for f in fields(Roster)})
    return Identified(roster=roster, linked=LinkedFiles(linked_files(store)), **frames)


class LinkedFiles(Mapping[str, pl.DataFrame]):
    """Linked rows by dataset, read when they are asked for. What fits into `room` bytes is kept for the next who asks.

    A county's watch looks at tens of millions of rows, a dataset at a time; all of them at once would not fit into a small machine.
    """

    def __init__(self, files: Iterable[Path], *, room: int = ROOM) -> None:
        self._files = {file.stem: file for file in files}
        self._kept: dict[str, pl.DataFrame] = {}
        self._room = room

    def __getitem__(self, dataset: str) -> pl.DataFrame:
        if dataset in self._kept:
            return self._kept[dataset]
        rows = pl.read_parquet(self._files[dataset])
        size = int(rows.estimated_size())
        if size <= self._room:
            self._room -= size
            self._kept[dataset] = rows
        return rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def linked_files(store: Store) -> list[Path]:
    """The files of linked rows, one a dataset, by name."""
    return sorted((_folder(store) / "linked").glob("*.parquet"))


def _frames_of(held: Roster | Identified) -> Iterator[tuple[str, pl.DataFrame]]:
    """The frames that a value holds itself, by field."""
    for field in fields(held):
        value = getattr(held, field.name)
        if isinstance(value, pl.DataFrame):
            yield field.name, value


def _folder(store: Store) -> Path:
    return store.run / "identities"
