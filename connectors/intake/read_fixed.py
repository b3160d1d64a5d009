"""Fixed-width text: cut by bytes, as the mainframe wrote it, before anything is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from connectors.intake.encoding import UTF8_MARK, find_encoding
from connectors.intake.titles import BROKEN, PLAIN, TextTable, Wording, arrange, match_titles

if TYPE_CHECKING:
    from connectors.intake.manifest import Slot
    from household.schema.column import Dataset


def read_fixed(
    data: bytes,
    dataset: Dataset,
    *,
    layout: tuple[Slot, ...],
    declared: str | None = None,
    wording: Wording = PLAIN,
) -> TextTable:
    """Read fixed-width lines by the manifest's layout. There is no title row: the first physical line is line 1.

    Blank lines are counted and left out. A line in which a slot cuts a character in two is marked broken.

    Raises:
        FileRefused: the encoding cannot be read, or the layout names no required column, or one column twice.

    """
    codec = find_encoding(data, declared)
    titles = match_titles(dataset, [slot.name for slot in layout], wording=wording)
    kept: list[bytes] = []
    numbers: list[int] = []
    # a lone carriage return is no line end here: in a mainframe's file it is a byte like any other
    for number, line in enumerate(data.removeprefix(UTF8_MARK).split(b"\n"), start=1):
        bare = line.rstrip(b"\r")
        if bare.strip():
            kept.append(bare)
            numbers.append(number)
    broken: list[str | None] = ["nul_byte" if b"\0" in line else None for line in kept]
    cells: dict[str, pl.Series] = {}
    for name, index in titles.position.items():
        slot = layout[index]
        pieces = [line[slot.start : slot.start + slot.width] for line in kept]
        cells[name] = pl.Series(name, _decode(pieces, codec, broken), dtype=pl.String)
    if any(broken):
        cells[BROKEN] = pl.Series(BROKEN, broken, dtype=pl.String)
    return TextTable(arrange(dataset, cells, pl.Series(numbers, dtype=pl.Int32)), titles.unknown)


def _decode(pieces: list[bytes], codec: str, broken: list[str | None]) -> list[str | None]:
    """Text of each piece without its padding; marks in `broken` the rows whose piece is no text."""
    texts: list[str | None] = []
    for row, piece in enumerate(pieces):
        try:
            text = piece.decode(codec)
        except UnicodeDecodeError:
            broken[row] = broken[row] or "cut_character"
            texts.append(None)
        else:
            texts.append(text.strip(" \t\u3000") or None)
    return texts
