"""The profile of a dataset: one pass over every standing row, reduced to a few dozen counts that a gate can be held on.

A profile holds counts, dates and region codes, never a value of a row, so it may be logged, kept and shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from quality.deliveries import delivery_facts
from quality.profile_columns import (
    COUNTS,
    column_counts,
    expected_schema,
    key_hash_count,
    named_numbers,
    repeated_keys,
    shared_numbers,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.schema.column import Dataset

COLUMNS_SCHEMA: dict[str, pl.DataType] = {
    "column": pl.String(),
    "title_zh": pl.String(),
    "kind": pl.String(),
    "required": pl.Boolean(),
    "present": pl.Boolean(),
    "typed": pl.Boolean(),
    "rows": pl.Int64(),
    **{count: pl.Int64() for count in COUNTS},
    "previous_filled_share": pl.Float64(),
}

FACTS_SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "as_of": pl.Date(),
    "rows": pl.Int64(),
    "hand_off_missing": pl.Int64(),
    "hand_off_mistyped": pl.Int64(),
    "key_repeats": pl.Int64(),
    "files": pl.Int64(),
    "files_read": pl.Int64(),
    "files_refused": pl.Int64(),
    "files_unbalanced": pl.Int64(),
    "rows_in": pl.Int64(),
    "accepted": pl.Int64(),
    "quarantined": pl.Int64(),
    "superseded": pl.Int64(),
    "quarantined_share": pl.Float64(),
    "newest_as_of": pl.Date(),
    "age_days": pl.Int64(),
    "region_ages": pl.List(pl.Int64()),
    "volume_region": pl.String(),
    "volume_rows": pl.Int64(),
    "volume_previous_rows": pl.Int64(),
    "volume_share": pl.Float64(),
    "noted": pl.Int64(),
    "noted_text": pl.String(),
}

MEASURED_ELSEWHERE = frozenset({"masked_number", "invalid_check_digit", "term_unknown"})
"""Notes of row examination that have a check of their own; counting them as odd writing too would report them twice."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Counts of one dataset: `columns` one row a declared column, `facts` one row."""

    dataset: str
    columns: pl.DataFrame
    facts: pl.DataFrame

    @property
    def fact(self) -> dict[str, Any]:
        """The one row of facts."""
        return self.facts.row(0, named=True)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form, to hand over between steps and to keep for the next run."""
        dates = pl.col(pl.Date).dt.to_string("%Y-%m-%d")
        return {
            "dataset": self.dataset,
            "columns": self.columns.to_dicts(),
            "facts": self.facts.with_columns(dates).row(0, named=True),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Profile:
        """The profile that `to_dict` wrote."""
        facts = dict(data["facts"])
        for name, dtype in FACTS_SCHEMA.items():
            if dtype == pl.Date() and facts[name] is not None:
                facts[name] = date.fromisoformat(facts[name])
        return cls(
            data["dataset"],
            pl.DataFrame(data["columns"], schema=COLUMNS_SCHEMA),
            pl.DataFrame([facts], schema=FACTS_SCHEMA),
        )


def profile(
    dataset: Dataset,
    accepted_core: pl.LazyFrame,
    *,
    ledger: pl.DataFrame,
    as_of: date,
    noted: Mapping[tuple[str, str], int] | None = None,
    previous: Profile | None = None,
) -> Profile:
    """Count a dataset's standing rows and its deliveries.

    Args:
        dataset: the declaration.
        accepted_core: core frame (typed rows with `<id>__key`, `_file`, `_extract_as_of`, `_part`); may lack columns.
        ledger: lines of `intake_ledger` of all datasets.
        as_of: day of the run.
        noted: counts of oddly written cells by (column, note), as row examination found them.
        previous: the profile of the run before, against which fill rates are compared.

    Returns:
        The profile. No personal value is in it.

    """
    present = dict(accepted_core.collect_schema())
    expected = expected_schema(dataset)
    counts = column_counts(dataset, present)
    keyed = all(c.name in present for c in dataset.keys)
    if keyed:
        counts["key_hashes|"] = key_hash_count(dataset)
    pairs = named_numbers(dataset, accepted_core, present)
    totals = accepted_core.select([expr.alias(name) for name, expr in counts.items()])
    first, *named = pl.collect_all([totals, *pairs.values()])
    counted: dict[str, int] = first.row(0, named=True)
    for column, frame in zip(pairs, named, strict=True):
        shared, numbers = shared_numbers(frame)
        counted |= {f"shared_numbers|{column}": shared, f"keyed_numbers|{column}": numbers}
    rows = counted["rows|"]
    repeats: int | None = None
    if keyed:
        # Equal hashes are almost always equal keys, but a gate does not shut on "almost".
        sure = counted["key_hashes|"] == rows
        repeats = 0 if sure else int(repeated_keys(dataset, accepted_core).collect().item())
    declared = set(dataset.polars_schema())
    hand_off = {name: dtype for name, dtype in expected.items() if name not in declared}
    missing = [name for name in hand_off if name not in present]
    facts = {
        "dataset": dataset.name,
        "as_of": as_of,
        "rows": rows,
        "hand_off_missing": len(missing),
        "hand_off_mistyped": sum(present[n] != t for n, t in hand_off.items() if n not in missing),
        "key_repeats": repeats,
        **delivery_facts(dataset.name, ledger, as_of=as_of),
        **_noted(noted or {}),
    }
    facts["quarantined_share"] = (
        facts["quarantined"] / facts["rows_in"] if facts["rows_in"] else None
    )
    return Profile(
        dataset.name,
        _columns_frame(dataset, present, counted, rows=rows, previous=previous),
        pl.DataFrame([facts], schema=FACTS_SCHEMA),
    )


def _columns_frame(
    dataset: Dataset,
    present: Mapping[str, pl.DataType],
    counted: Mapping[str, int],
    *,
    rows: int,
    previous: Profile | None,
) -> pl.DataFrame:
    before = _filled_shares(previous) if previous else {}
    return pl.DataFrame(
        [
            {
                "column": c.name,
                "title_zh": c.title_zh,
                "kind": str(c.kind),
                "required": c.required,
                "present": c.name in present,
                "typed": present.get(c.name) == c.dtype,
                "rows": rows,
                **{count: counted.get(f"{count}|{c.name}") for count in COUNTS},
                "previous_filled_share": before.get(c.name),
            }
            for c in dataset.columns
        ],
        schema=COLUMNS_SCHEMA,
    )


def _filled_shares(profile: Profile) -> dict[str, float]:
    frame = profile.columns.filter((pl.col("rows") > 0) & pl.col("nulls").is_not_null())
    shares = frame.select("column", 1 - pl.col("nulls") / pl.col("rows"))
    return dict(shares.iter_rows())


def _noted(noted: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """Total of oddly written cells, and what they are: `column note count`, the most frequent first."""
    found = sorted(
        (
            (n, column, note)
            for (column, note), n in noted.items()
            if n and note not in MEASURED_ELSEWHERE
        ),
        key=lambda entry: (-entry[0], entry[1:]),
    )
    text = "; ".join(f"{column} {note} {n}" for n, column, note in found)
    return {"noted": sum(n for n, _, _ in found), "noted_text": text or None}
