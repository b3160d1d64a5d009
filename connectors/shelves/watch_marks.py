"""What the last look at recipients told, kept beside the warehouse until the next: one Parquet file, whole or not at all. No meaning lives here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connectors.errors import ConnectorError
from connectors.store import Store, write_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

FOLDER = "watch"
_LOOK: dict[str, pl.DataType] = {
    "run_id": pl.String(),
    "as_of": pl.Date(),
    "key_digest": pl.String(),
}
_PART = "part"


@dataclass(frozen=True)
class Mark:
    """A look that was told to its end.

    Attributes:
        run_id, as_of: the run that was looked at. key_digest: of the key of its person references.
        frames: what was told, by name; the caller knows their columns.
    """

    run_id: str
    as_of: date
    key_digest: str
    frames: Mapping[str, pl.DataFrame]


def mark_path(store: Store, region: str | None) -> Path:
    """Where the mark of a region (None: of everything) is kept: looks at different regions know nothing of each other."""
    return store.root / FOLDER / (f"mark_{region}.parquet" if region else "mark.parquet")


def read_mark(
    store: Store, region: str | None, schemas: Mapping[str, Mapping[str, pl.DataType]]
) -> Mark | None:
    """The mark of the last look; None before the first.

    Args:
        store: the working store. region: as `mark_path`.
        schemas: name and columns of each frame.

    Raises:
        ConnectorError: the file is damaged, or was written by another version.
    """
    path = mark_path(store, region)
    if not path.exists():
        return None
    try:
        rows = pl.read_parquet(path)
        look = rows.filter(pl.col(_PART) == "look").select(_cast(_LOOK)).row(0, named=True)
        frames = {
            name: rows.filter(pl.col(_PART) == name).select(_cast(schema))
            for name, schema in schemas.items()
        }
    except (OSError, pl.exceptions.PolarsError):
        raise ConnectorError(
            f"上次观察的记录 {FOLDER}/{path.name} 无法读取",
            "请从备份恢复，或将它移走：下一次观察会把全部预警当作新的告知",
        ) from None
    return Mark(look["run_id"], look["as_of"], look["key_digest"], frames)


def write_mark(store: Store, region: str | None, mark: Mark) -> None:
    """Replace the mark. Raises ConnectorError: the old one stands."""
    look = pl.DataFrame(
        {"run_id": [mark.run_id], "as_of": [mark.as_of], "key_digest": [mark.key_digest]},
        schema=_LOOK,
    )
    parts = {"look": look, **mark.frames}
    rows = [frame.with_columns(pl.lit(name).alias(_PART)) for name, frame in parts.items()]
    write_rows(pl.concat(rows, how="diagonal"), mark_path(store, region))


def _cast(schema: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    return [pl.col(name).cast(dtype) for name, dtype in schema.items()]
