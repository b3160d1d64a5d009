"""From an inbox folder, or from frames of the working store, to a `World`."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from household.schema.datasets import CATALOGUED

from .reading import UnreadableError, read_file
from .world import Row, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import polars as pl

FILE_NAME = re.compile(
    r"(?P<subject>[a-z_]+?)_(?P<region>\d{6,12})_(?P<day>\d{8})(?:_(?P<part>[^.]+))?\.(csv|xlsx|parquet|txt)"
)
Order = tuple[date, tuple[int, str], tuple[int, str], int]


def order_of(row: Row) -> Order:
    """Which of two rows is the later: extract date, then part, then file and line."""
    part = str(row.get("_part") or "")
    place = (int(part), "") if part.isdigit() else (0, part)
    # A file is named by its path, or by its index in the ledger of a run.
    file = row["_file"]
    return (row["_as_of"], place, (file, "") if isinstance(file, int) else (0, file), row["_line"])


def world_from_inbox(inbox: Path, *, as_of: date, packs: dict[str, Any]) -> World:
    """Read every file of an inbox and settle what stands (outputs.md section 1). A refused file leaves no trace here."""
    taken: dict[str, list[tuple[str, date, list[Row]]]] = {name: [] for name in CATALOGUED}
    deliveries: set[tuple[str, str, date, str]] = set()
    for path in sorted(inbox.rglob("*")):
        match = FILE_NAME.fullmatch(path.name)
        name = f"{path.parent.name}.{match['subject']}" if match else ""
        if match is None or name not in CATALOGUED:
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        day = date(int(match["day"][:4]), int(match["day"][4:6]), int(match["day"][6:]))
        # The same bytes again for the same place and day change nothing; for another day they are news.
        delivery = (name, match["region"], day, digest)
        if delivery in deliveries:
            continue
        try:
            rows = read_file(path, CATALOGUED[name])
        except (UnreadableError, UnicodeDecodeError):
            continue
        deliveries.add(delivery)
        file = path.relative_to(inbox).as_posix()
        stamp = {"_file": file, "_as_of": day, "_part": match["part"] or ""}
        taken[name].append((match["region"], day, [row | stamp for row in rows]))
    extracts = [(name, region, day) for name, files in taken.items() for region, day, _ in files]
    standing = {name: settle(name, files) for name, files in taken.items()}
    return World(rows=standing, extracts=extracts, as_of=as_of, packs=packs)


def settle(name: str, files: Iterable[tuple[str, date, list[Row]]]) -> list[Row]:
    """The rows of a dataset that stand: a snapshot's newest extract a region, and of one key the later row."""
    files = list(files)
    dataset = CATALOGUED[name]
    if dataset.keep == "snapshot":
        newest: dict[str, date] = {}
        for region, day, _ in files:
            newest[region] = max(newest.get(region, day), day)
        files = [f for f in files if f[1] == newest[f[0]]]
    by_key: dict[tuple[Any, ...], Row] = {}
    for _, _, rows in files:
        for row in rows:
            key = tuple(row[column.name] for column in dataset.keys)
            if key not in by_key or order_of(row) > order_of(by_key[key]):
                by_key[key] = row
    return sorted(by_key.values(), key=order_of)


def world_from_frames(
    frames: Mapping[str, pl.DataFrame],
    *,
    extracts: list[tuple[str, str, date]],
    as_of: date,
    packs: dict[str, Any],
    evidence: dict[str, tuple[str, str]] | None = None,
) -> World:
    """A world from settled core frames: typed rows with `_record_key`, `_line`, `_file`, `_extract_as_of`, `_part`."""
    rows = {
        name: [_plain_row(r) for r in frame.iter_rows(named=True)] for name, frame in frames.items()
    }
    for name in CATALOGUED:
        rows.setdefault(name, [])
    return World(rows=rows, extracts=extracts, as_of=as_of, packs=packs, evidence=evidence or {})


def _plain_row(row: Row) -> Row:
    plain = {
        k: Fraction(v) if isinstance(v, Decimal) else v
        for k, v in row.items()
        if not k.endswith("__key")
    }
    plain["_as_of"] = plain.pop("_extract_as_of")
    return plain
