"""The outcome of settling one dataset: which rows of which files stand, and the ledger of every file. Data and its keeping."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from connectors.errors import ConnectorError
from connectors.store import Store, failure, write_rows, write_whole
from household.delivery import RECEIPT_OF
from household.extracts import RECEIPTS_SCHEMA
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LEDGER_SCHEMA: dict[str, pl.DataType] = {
    "_file": pl.UInt32(),
    "file": pl.String(),
    "sha256": pl.String(),
    "dataset": pl.String(),
    "region_code": pl.String(),
    "as_of": pl.Date(),
    "rows_in": pl.Int64(),
    "rows_accepted": pl.Int64(),
    "rows_quarantined": pl.Int64(),
    "rows_superseded": pl.Int64(),
    "state": pl.String(),
    "message": pl.String(),
}
EXTRACTS_SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "region_code": pl.String(),
    "as_of": pl.Date(),
}
DROPPED_SCHEMA: dict[str, pl.DataType] = {"_file": pl.UInt32(), "_line": pl.Int32()}
QUARANTINE_COLUMNS = ("file", "line", "column", "reason_code", "reason_zh", "value_masked")


@dataclass(frozen=True, slots=True)
class Piece:
    """A file whose rows stand, less the dropped lines. `file_index` is the arrival's number, `_file` in ledger and core rows."""

    rows_name: str
    file_index: int
    as_of: date
    part: str


@dataclass(frozen=True, slots=True)
class Held:
    """A file whose quarantined rows are published."""

    file: str
    rows_name: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What stands of one dataset.

    pieces: files with rows that stand, in the order in which later ones win. dropped: `_file`, `_line` of rows in pieces that a
    later file replaced. ledger: LEDGER_SCHEMA, one row a file that arrived, the newest of a path last; rows_in is always
    accepted + quarantined + superseded. extracts: dataset, region_code, as_of of every file that counts as delivered.
    """

    dataset: str
    pieces: tuple[Piece, ...]
    held: tuple[Held, ...]
    dropped: pl.DataFrame
    ledger: pl.DataFrame
    extracts: pl.DataFrame


def core_schema(dataset: str) -> dict[str, pl.DataType]:
    """Column name to type of the core frame of a dataset, in its order."""
    declared = DATASETS[dataset]
    keys = {f"{c.name}__key": pl.Int64() for c in declared.id_columns}
    rows = {"_line": pl.Int32(), "_record_key": pl.String()}
    origin = {"_file": pl.UInt32(), "_extract_as_of": pl.Date(), "_part": pl.String()}
    return declared.polars_schema() | keys | rows | origin


def core_rows(settled: Settled, store: Store, *, columns: list[str] | None = None) -> pl.LazyFrame:
    """The rows of a dataset that stand, lazily, in file order.

    Args:
        settled: the outcome of settling.
        store: the working store that holds the rows.
        columns: names of core columns to keep, in that order; None keeps all.

    Returns:
        LazyFrame of typed rows + `_file` UInt32, `_extract_as_of` Date, `_part` String.

    """
    schema = core_schema(settled.dataset)
    parts = []
    for piece in settled.pieces:
        rows = pl.scan_parquet(store.rows(settled.dataset, piece.rows_name))
        lines = settled.dropped.filter(pl.col("_file") == piece.file_index)["_line"]
        if len(lines):
            rows = rows.filter(~pl.col("_line").is_in(lines.implode()))
        parts.append(
            rows.with_columns(
                pl.lit(piece.file_index, dtype=pl.UInt32).alias("_file"),
                pl.lit(piece.as_of, dtype=pl.Date).alias("_extract_as_of"),
                pl.lit(piece.part, dtype=pl.String).alias("_part"),
            )
        )
    whole = pl.concat(parts) if parts else pl.LazyFrame(schema=schema)
    return whole.select(columns or list(schema))


def quarantine_rows(settled: Settled, store: Store) -> pl.DataFrame:
    """Quarantined rows of a dataset: file, line, column, reason_code, reason_zh, value_masked, by file and line."""
    parts = [
        pl.read_parquet(store.quarantine(settled.dataset, held.rows_name)).select(
            pl.lit(held.file).alias("file"), pl.all()
        )
        for held in settled.held
    ]
    empty = pl.DataFrame(
        schema={name: pl.Int32 if name == "line" else pl.String for name in QUARANTINE_COLUMNS}
    )
    return pl.concat([empty, *parts])


def save_settled(settled: Settled, store: Store) -> None:
    """Keep an outcome for the other steps of this run. Raises ConnectorError."""
    folder = store.run / "settled" / settled.dataset
    said = {
        "dataset": settled.dataset,
        "pieces": [
            [p.rows_name, p.file_index, p.as_of.isoformat(), p.part] for p in settled.pieces
        ],
        "held": [[h.file, h.rows_name] for h in settled.held],
    }
    write_rows(settled.dropped, folder / "dropped.parquet")
    write_rows(settled.ledger, folder / "ledger.parquet")
    write_rows(settled.extracts, folder / "extracts.parquet")
    text = json.dumps(said, ensure_ascii=False)
    write_whole(folder / "settled.json", lambda path: _write_text(path, text))


def load_settled(dataset: str, store: Store) -> Settled:
    """Fetch the outcome that an earlier step of this run kept.

    Raises:
        ConnectorError: there is none.

    """
    folder = store.run / "settled" / dataset
    try:
        said = json.loads((folder / "settled.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConnectorError(
            f"本次运行没有 {dataset} 的结算结果", "请先运行收件与结算步骤"
        ) from None
    except OSError as error:
        raise failure("结算结果", error) from error
    return Settled(
        dataset=said["dataset"],
        pieces=tuple(Piece(n, i, date.fromisoformat(d), p) for n, i, d, p in said["pieces"]),
        held=tuple(Held(file, name) for file, name in said["held"]),
        dropped=pl.read_parquet(folder / "dropped.parquet"),
        ledger=pl.read_parquet(folder / "ledger.parquet"),
        extracts=pl.read_parquet(folder / "extracts.parquet"),
    )


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def receipt_places(settled: Mapping[str, Settled]) -> pl.DataFrame:
    """Where receipts beyond the catalogue arrived, whatever became of them (`extracts.RECEIPTS_SCHEMA`). `settled`: every dataset."""
    places = [
        settled[name].ledger.select(list(RECEIPTS_SCHEMA))
        for name in RECEIPT_OF.values()
        if DATASETS[name].beyond
    ]
    return pl.concat(places).drop_nulls().unique().sort("dataset", "region_code")
