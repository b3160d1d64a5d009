"""The last step of each table: from frames in units and row numbers to the declared columns of what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.coverage import coverage
from household.income.months import income_months
from household.lines import Lines
from household.linkage.links import STANDS
from household.money import AMOUNT, yuan
from household.schema.published import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.case import CaseFile
    from household.measure import Measured


_INCOME = ("wage", "receipt")
"""Groups of lines that income is made of."""


def as_declared(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The declared columns of a table in their types and order."""
    declared = PUBLISHED[table]
    return frame.select(
        pl.col(name).cast(dtype) for name, dtype in declared.polars_schema().items()
    ).sort(declared.sort_by)


def income_rows(
    case: CaseFile, measured: Measured, verdicts: pl.DataFrame, persons: pl.DataFrame
) -> pl.DataFrame:
    """Table `income_line`: of applications whose figures are published at all."""
    return _told_of(case, measured.income, verdicts, persons).select(
        "application_id",
        "person_ref",
        "kind",
        *(yuan(pl.col(name)).alias(name) for name in ("declared", "verified", "adopted")),
    )


def income_month_rows(
    case: CaseFile,
    measured: Measured,
    verdicts: pl.DataFrame,
    persons: pl.DataFrame,
    *,
    named: pl.DataFrame,
) -> pl.DataFrame:
    """Table `income_month`: of the applications of `income_line`. `named`: see `evidence.name_lines`."""
    mine = measured.counted.select("app", "person")
    stand = case.lines.where(STANDS)
    own = Lines(
        {name: stand[name].join(mine, on=["app", "person"], how="semi") for name in _INCOME}
    )
    months = income_months(
        own, named.select("line", "evidence_id"), measured.income, case.applications
    )
    money = [name for name, dtype in months.schema.items() if dtype == AMOUNT]
    return _told_of(case, months, verdicts, persons).with_columns(
        yuan(pl.col(name)).alias(name) for name in money
    )


def _told_of(
    case: CaseFile, frame: pl.DataFrame, verdicts: pl.DataFrame, persons: pl.DataFrame
) -> pl.DataFrame:
    """Rows by app and person, under their published names, of applications whose figures are published at all."""
    readable = verdicts.filter(pl.col("income_window").is_not_null()).select("app").unique()
    return (
        frame.join(readable, on="app", how="semi")
        .join(case.applications.select("app", "application_id"), on="app")
        .join(persons.select("person", "person_ref"), on="person")
    )


def evidence_rows(evidence: pl.DataFrame) -> pl.DataFrame:
    """Table `evidence`."""
    return evidence.select(
        "evidence_id",
        "application_id",
        "person_ref",
        "dataset",
        "institution",
        "record_key",
        "as_of",
        "quantity",
        yuan(pl.col("amount")).alias("amount"),
        yuan(pl.col("counted_amount")).alias("counted_amount"),
        "counted",
        "why_not",
        pl.col("tier").alias("link_tier"),
        pl.col("score").alias("link_score"),
        pl.col("note").alias("link_note"),
    )


def evidence_sources(evidence: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """Table `evidence_source`: the line of the file that each piece of evidence was read from."""
    return evidence.join(files, on=["dataset", "_file"], how="inner").select(
        "evidence_id", "file", pl.col("_line").cast(pl.Int64).alias("line"), "sha256"
    )


def coverage_rows(
    case: CaseFile, readable: Mapping[str, pl.DataFrame], persons: pl.DataFrame
) -> pl.DataFrame:
    """Table `coverage`."""
    found = pl.concat(
        [
            rows.filter(pl.col("tier") != "D").select("person", pl.lit(dataset).alias("dataset"))
            for dataset, rows in readable.items()
        ]
    ).unique()
    seen = case.seats.select("app", "person").join(found, on="person")
    lines = coverage(case.seats, case.states, case.receipts, seen)
    return lines.join(case.applications.select("app", "application_id"), on="app").join(
        persons.select("person", "person_ref"), on="person"
    )
