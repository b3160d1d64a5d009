"""What the intake ledger says of one dataset: rows in and out, refused files, age of extracts, volume against the last time.

Only arithmetic over ledger lines; what stands in the rows themselves is `profile_columns.py`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

READ_STATES = ("done", "superseded")
"""Ledger states of files whose rows were read."""

_SMALLEST_COMPARED = 20  # below this, an extract half as long as the last says nothing


def delivery_facts(dataset: str, ledger: pl.DataFrame, *, as_of: date) -> dict[str, Any]:
    """Facts of one dataset's files.

    Args:
        dataset: name as in the catalogue.
        ledger: lines of `intake_ledger` (columns dataset, region_code, as_of Date, rows_in, rows_accepted,
            rows_quarantined, rows_superseded, state); lines of other datasets are ignored.
        as_of: day of the run, which ages are counted to.

    Returns:
        Counts (rows, files), `newest_as_of`, `age_days`, `region_ages` (days since the newest extract of each region or
        of a region around it) and the worst region's volume (`volume_*`, null when no region has an earlier extract of
        at least 20 rows).

    """
    lines = ledger.filter(pl.col("dataset") == dataset)
    read = lines.filter(pl.col("state").is_in(READ_STATES))
    extracts = _standing_paths(read)
    accounted = pl.col("rows_accepted") + pl.col("rows_quarantined") + pl.col("rows_superseded")
    # A file that was not read (refused, duplicate) may have no counts at all; one that was read must have them.
    unbalanced = lines.filter(
        pl.when(pl.col("rows_in").is_null())
        .then(pl.col("state").is_in(READ_STATES))
        .otherwise((pl.col("rows_in") != accounted).fill_null(value=True))
    )
    newest = extracts["as_of"].cast(pl.Date).max() if len(extracts) else None
    assert newest is None or isinstance(newest, date)
    return {
        "files": len(lines),
        "files_read": len(extracts),
        "files_refused": lines.filter(pl.col("state") == "refused").height,
        "files_unbalanced": len(unbalanced),
        "rows_in": _total(read, "rows_in"),
        "accepted": _total(read, "rows_accepted"),
        "quarantined": _total(read, "rows_quarantined"),
        "superseded": _total(read, "rows_superseded"),
        "newest_as_of": newest,
        "age_days": None if newest is None else (as_of - newest).days,
        "region_ages": _region_ages(extracts, as_of=as_of),
        **_volume(extracts),
    }


def _total(lines: pl.DataFrame, column: str) -> int:
    return int(lines[column].sum())


def _standing_paths(read: pl.DataFrame) -> pl.DataFrame:
    """The files that count as extracts: one line a path, for a corrected file that replaces its older bytes is one file.

    A line superseded with no rows may be a refusal that was sent again; nothing was ever read from that.
    """
    return (
        read.filter((pl.col("state") == "done") | (pl.col("rows_in") > 0))
        .sort(pl.col("state") == "done", maintain_order=True)
        .unique("file", keep="last", maintain_order=True)
    )


def _region_ages(read: pl.DataFrame, *, as_of: date) -> list[int]:
    """Days since each region was last answered for, an extract of a surrounding region included."""
    newest = {
        str(region): day
        for region, day in read.group_by("region_code")
        .agg(pl.col("as_of").cast(pl.Date).max())
        .sort("region_code")
        .iter_rows()
    }
    return [
        (as_of - max(day for around, day in newest.items() if region.startswith(around))).days
        for region in newest
    ]


def _volume(read: pl.DataFrame) -> dict[str, Any]:
    """The region whose newest extract shrank most against the one before it."""
    worst: dict[str, Any] = {
        "volume_region": None,
        "volume_rows": None,
        "volume_previous_rows": None,
        "volume_share": None,
    }
    extracts = (
        read.group_by("region_code", pl.col("as_of").cast(pl.Date))
        .agg(pl.col("rows_in").sum())
        .sort("region_code", "as_of")
    )
    for (region,), lines in extracts.group_by("region_code", maintain_order=True):
        if len(lines) < 2:
            continue
        before, now = lines["rows_in"].to_list()[-2:]
        if before < _SMALLEST_COMPARED:
            continue
        if worst["volume_share"] is None or now / before < worst["volume_share"]:
            worst = {
                "volume_region": str(region),
                "volume_rows": int(now),
                "volume_previous_rows": int(before),
                "volume_share": now / before,
            }
    return worst
