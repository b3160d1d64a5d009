"""What every list is made of: one row a ground and subject, and how people or households become such rows."""

from __future__ import annotations

import polars as pl

LINE: dict[str, pl.DataType] = {
    "ground": pl.String(),
    "subject_kind": pl.String(),
    "subject_id": pl.String(),
    "person": pl.UInt32(),
    "application_id": pl.String(),
    "of_region": pl.String(),
    "programme": pl.String(),
    "standing": pl.String(),
    "dataset": pl.String(),
    "record_key": pl.String(),
    "detail": pl.String(),
}
"""A proposed referral. `person` is a row number of the run: whom the list names. `detail` is a phrase for the reader, or null."""

_TEXT = pl.lit(None, dtype=pl.String)


def of_people(
    code: str,
    people: pl.DataFrame,
    refs: pl.DataFrame,
    *,
    dataset: str | None = None,
    record_key: pl.Expr = _TEXT,
    detail: pl.Expr = _TEXT,
) -> pl.DataFrame:
    """One line a person (LINE).

    Args:
        code: a key of GROUNDS. people: rows with the columns of `supported.Supported.people`; a person's first row is told.
        refs: person, person_ref. dataset, record_key, detail: what the line follows from.

    """
    first = people.unique("person", keep="first", maintain_order=True).join(refs, on="person")
    return _lines(
        first.with_columns(
            pl.lit(dataset, dtype=pl.String).alias("dataset"),
            record_key.alias("record_key"),
            detail.alias("detail"),
        ),
        code,
        kind=pl.lit("person"),
        subject=pl.col("person_ref"),
    )


def of_units(
    code: str,
    members: pl.DataFrame,
    refs: pl.DataFrame,
    *,
    dataset: str,
    keys: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One line a household (LINE): of its application, else of the first person of the household number.

    Args:
        code: a key of GROUNDS. members: everybody of the households meant (`supported.Supported.everybody`). refs: person, person_ref.
        dataset: what it follows from. keys: unit, record_key, or None where it follows from having no row.

    """
    head = members.sort(
        "unit",
        pl.col("standing").is_null(),
        pl.col("first").not_(),
        "member_no",
        "person",
        nulls_last=True,
    ).unique("unit", keep="first", maintain_order=True)
    known = pl.DataFrame(schema={"unit": pl.String(), "record_key": pl.String()})
    rows = head.join(known if keys is None else keys, on="unit", how="left").join(refs, on="person")
    on_roster = pl.col("application_id").is_not_null()
    kind = pl.when(on_roster).then(pl.lit("application")).otherwise(pl.lit("person"))
    return _lines(
        rows.with_columns(pl.lit(dataset).alias("dataset"), _TEXT.alias("detail")),
        code,
        kind=kind,
        subject=pl.coalesce("application_id", "person_ref"),
    )


def _lines(rows: pl.DataFrame, code: str, *, kind: pl.Expr, subject: pl.Expr) -> pl.DataFrame:
    told = rows.with_columns(
        pl.lit(code).alias("ground"), kind.alias("subject_kind"), subject.alias("subject_id")
    )
    return told.select(pl.col(name).cast(dtype) for name, dtype in LINE.items())
