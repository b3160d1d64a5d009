"""Files for their owner's eyes only, written whole or not at all, and texts that no spreadsheet program takes for a formula."""

from __future__ import annotations

import csv
import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_private(path: Path, data: bytes) -> None:
    """Write a file in the place of a former one. Raises OSError, and then the former one stands."""
    building = path.with_name(f".{path.name}.building")
    try:
        handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        building.replace(path)
    finally:
        building.unlink(missing_ok=True)


def delimited(lines: Iterable[Sequence[object]]) -> bytes:
    """Lines as CSV that spreadsheet programs open as texts; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for line in lines:
        told = ["" if cell is None else str(cell) for cell in line]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in told])
    return text.getvalue().encode("utf-8-sig")
