"""Row rules: every row of an arriving table read to its types, or held back with one reason. Derived from the declarations.

Only the order of things is decided here: columns in catalogue order, the first bad one is the row's reason, repeated keys
last. How a cell is read is in `rows_values`, how a column is in `rows_columns`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from household.identity.numbers import number_keys
from quality.reasons import DUPLICATE_KEY, NOTES, reason_sentence
from quality.rows_columns import ColumnReading, read_column
from quality.rows_masks import mask_value
from quality.rows_notes import note_values

if TYPE_CHECKING:
    from household.schema.column import Dataset

QUARANTINE_SCHEMA = {
    "line": pl.Int32,
    "column": pl.String,
    "reason_code": pl.String,
    "reason_zh": pl.String,
    "value_masked": pl.String,
}
REFUNDABLE = ("total", "basic_paid", "critical_paid", "assistance_paid", "other_paid")


@dataclass(frozen=True, slots=True)
class Examined:
    """The outcome of row rules.

    accepted: typed rows: catalogue columns, `<id column>__key` Int64, `_line` Int32, `_record_key` String.
    quarantined: line, column, reason_code, reason_zh, value_masked; one row a bad row, by line.
    noted: (column, note) to the number of rows.
    """

    accepted: pl.DataFrame
    quarantined: pl.DataFrame
    noted: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def remark(self) -> str:
        """What was noted, as one Chinese line for the ledger; counts only."""
        counts: Counter[str] = Counter()
        for (_, note), count in self.noted.items():
            counts[note] += count
        return "、".join(f"{NOTES[note]} {count} 处" for note, count in sorted(counts.items()))


def typed_schema(dataset: Dataset) -> dict[str, pl.DataType]:
    """Column name to type of a typed rows frame, in its order."""
    keys = {f"{c.name}__key": pl.Int64() for c in dataset.id_columns}
    return dataset.polars_schema() | keys | {"_line": pl.Int32(), "_record_key": pl.String()}


def examine(dataset: Dataset, frame: pl.DataFrame) -> Examined:
    """Read the texts of one file to types and hold back the rows that cannot stand.

    Args:
        dataset: the declaration.
        frame: catalogue columns as String as sent, `_line` Int32; optional `_broken` String (why a row could not be cut) and
            `_dated_<column>` Boolean (the cell came as a date value).

    Returns:
        Examined; accepted and quarantined rows together are all rows of the frame.

    """
    readings = {c.name: _read(dataset, c.name, frame) for c in dataset.columns}
    reasons = _first_reasons(frame, readings)
    noted: Counter[tuple[str, str]] = Counter()
    for name, reading in readings.items():
        for note, count in reading.noted.items():
            noted[name, note] += count
    typed = pl.DataFrame([reading.values for reading in readings.values()]).with_columns(
        frame["_line"], _record_keys(dataset, frame)
    )
    if reasons is not None:
        good = reasons["reason"].is_null()
        typed = typed.filter(good)
    repeated = _repeated_keys(dataset, typed)
    held = []
    if reasons is not None:
        held.append(_hold_back(dataset, frame, reasons))
    if repeated is not None:
        held.append(_hold_repeated(dataset, frame, typed.filter(repeated)["_line"]))
        typed = typed.filter(~repeated)
    accepted = typed.with_columns(
        number_keys(typed[c.name]).alias(f"{c.name}__key") for c in dataset.id_columns
    ).select(list(typed_schema(dataset)))
    noted.update(note_values(dataset, accepted))
    quarantined = pl.concat([pl.DataFrame(schema=QUARANTINE_SCHEMA), *held]).sort("line")
    return Examined(accepted, quarantined, dict(sorted(noted.items())))


def _read(dataset: Dataset, name: str, frame: pl.DataFrame) -> ColumnReading:
    dated = f"_dated_{name}"
    return read_column(
        dataset[name],
        frame[name],
        dated=frame[dated] if dated in frame.columns else None,
        negative_allowed=_negative_allowed(dataset, name, frame),
    )


def _negative_allowed(dataset: Dataset, name: str, frame: pl.DataFrame) -> pl.Series | None:
    """Rows in which a negative number is right: a refund that names what it reverses, and net business income (catalogue)."""
    if dataset.name == "medical_insurance.settlement" and name in REFUNDABLE:
        named = pl.col("refund_of").str.strip_chars() != ""
    elif dataset.name == "tax.income" and name == "amount":
        named = pl.col("item").str.strip_chars() == "经营所得"
    else:
        return None
    return frame.select(named.fill_null(value=False).alias("allowed"))["allowed"]


def _record_keys(dataset: Dataset, frame: pl.DataFrame) -> pl.Series:
    """Key values as sent, joined by a bar; an empty cell is an empty piece."""
    pieces = [pl.col(c.name).fill_null("") for c in dataset.keys]  # text of a key, not a fact
    return frame.select(pl.concat_str(pieces, separator="|").alias("_record_key"))["_record_key"]


def _first_reasons(frame: pl.DataFrame, readings: dict[str, ColumnReading]) -> pl.DataFrame | None:
    """Column and reason of each row's first bad column, null where there is none; None when every row stands."""
    reasons = {n: r.reasons for n, r in readings.items() if r.reasons is not None}
    if "_broken" in frame.columns:
        # no cell of such a row means anything: this comes before every column
        reasons = {"": frame["_broken"]} | reasons
    if not reasons:
        return None
    found = pl.DataFrame([s.alias(f"r{i}") for i, s in enumerate(reasons.values())])
    columns = [
        pl.when(pl.col(f"r{i}").is_not_null()).then(pl.lit(name)) for i, name in enumerate(reasons)
    ]
    return found.select(
        pl.coalesce(columns).alias("column"),
        pl.coalesce([f"r{i}" for i in range(len(reasons))]).alias("reason"),
    )


def _hold_back(dataset: Dataset, frame: pl.DataFrame, reasons: pl.DataFrame) -> pl.DataFrame:
    """Quarantine rows of cells that could not be read."""
    bad = frame.with_columns(reasons["column"].alias("_c"), reasons["reason"].alias("_r")).filter(
        pl.col("_r").is_not_null()
    )
    parts = []
    for (name, code), rows in bad.group_by(["_c", "_r"], maintain_order=True):
        column = dataset[str(name)] if name else None
        title = column.title_zh if column else ""
        shown = [mask_value(column, text) for text in rows[str(name)]] if column else None
        parts.append(_held(rows["_line"], str(name), code=str(code), title=title, shown=shown))
    return pl.concat(parts)


def _hold_repeated(dataset: Dataset, frame: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    """Quarantine rows whose key an earlier row of the file has."""
    first = dataset.keys[0]
    titles = "、".join(c.title_zh for c in dataset.keys)
    texts = frame.filter(pl.col("_line").is_in(lines.implode()))[first.name]
    shown = [mask_value(first, text) for text in texts]
    return _held(lines, first.name, code=DUPLICATE_KEY, title=titles, shown=shown)


def _held(
    lines: pl.Series, column: str, *, code: str, title: str, shown: list[str | None] | None
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "line": lines,
            "column": column,
            "reason_code": code,
            "reason_zh": reason_sentence(code, title),
            "value_masked": pl.Series(shown or [None] * len(lines), dtype=pl.String),
        },
        schema=QUARANTINE_SCHEMA,
    )


def _repeated_keys(dataset: Dataset, typed: pl.DataFrame) -> pl.Series | None:
    """Rows whose typed key stands in an earlier row, nulls being equal; None when there is none."""
    keys = [c.name for c in dataset.keys]
    # hashes first: a file without repeats, the usual case, is never compared by its texts
    hashed = typed.select(keys).hash_rows()
    suspects = hashed.is_duplicated()
    if not suspects.any():
        return None
    numbered = typed.select(keys).with_row_index("_row").filter(suspects)
    firsts = numbered.unique(subset=keys, keep="first")["_row"]
    repeated = numbered.filter(~pl.col("_row").is_in(firsts.implode()))["_row"]
    if not len(repeated):
        return None
    rows = pl.int_range(0, typed.height, dtype=pl.UInt32, eager=True)
    return rows.is_in(repeated.implode())
