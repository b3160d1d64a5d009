"""The record of a run: what it was made from, and what came of it, counted from the tables themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import polars as pl

from household.schema.published import PUBLISHED
from household.schema.published.verdicts import SUGGESTIONS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One row of `publish.run`, with its columns. Counts of suggestions are of the programmes asked for."""

    run_id: str
    sequence: int
    as_of: dt.date
    region_code: str | None
    input_digest: str
    packs_digest: str
    program_version: str
    person_key_is_default: bool
    applications: int
    files: int
    rows_in: int
    rows_accepted: int
    rows_quarantined: int
    rows_superseded: int
    persons: int
    verdicts: int
    evidence_rows: int
    alerts_open: int
    eligible: int
    ineligible: int
    needs_review: int
    data_incomplete: int
    parameter_missing: int
    not_authorised: int


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What only the caller knows of a run. `run_id` must sort after every earlier one, and so must `sequence`."""

    run_id: str
    sequence: int
    as_of: dt.date
    region_code: str | None
    input_digest: str
    packs_digest: str
    program_version: str
    person_key_is_default: bool


def record_run(facts: RunFacts, tables: Mapping[str, pl.DataFrame]) -> RunRecord:
    """The facts completed with counts from the tables that are to be published (keyed as in `PUBLISHED`)."""
    verdicts, ledger = tables["household_verdict"], tables["intake_ledger"]
    asked = verdicts.filter(pl.col("requested"))["suggestion"].cast(pl.String)
    suggested: dict[str, Any] = {name: int((asked == name).sum()) for name in SUGGESTIONS}
    return RunRecord(
        **asdict(facts),
        applications=verdicts["application_id"].n_unique(),
        files=ledger.height,
        # A file that could not be opened has no row count: sum() passes over it, it does not count as zero rows.
        rows_in=int(ledger["rows_in"].sum()),
        rows_accepted=int(ledger["rows_accepted"].sum()),
        rows_quarantined=int(ledger["rows_quarantined"].sum()),
        rows_superseded=int(ledger["rows_superseded"].sum()),
        persons=tables["person"].height,
        verdicts=verdicts.height,
        evidence_rows=tables["evidence"].height,
        alerts_open=int((tables["alert"]["state"].cast(pl.String) == "open").sum()),
        **suggested,
    )


def run_frame(run: RunRecord) -> pl.DataFrame:
    """The record as the one row of table `run`, without run_id."""
    row = asdict(run)
    return pl.DataFrame(
        [{name: row[name] for name in PUBLISHED["run"].polars_schema()}],
        schema=PUBLISHED["run"].polars_schema(),
    )


def run_of(rows: pl.DataFrame) -> RunRecord:
    """The record in the first row of a frame with the columns of `publish.run`."""
    row = rows.row(0, named=True)
    return RunRecord(**{field.name: row[field.name] for field in fields(RunRecord)})
