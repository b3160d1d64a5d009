"""From persons and source rows to what is published of them: person references and evidence ids."""

from __future__ import annotations

import polars as pl

from household.alerts.life.history import NAME


def cite(
    raised: pl.DataFrame,
    persons: pl.DataFrame,
    applications: pl.DataFrame,
    evidence: pl.DataFrame | None,
) -> pl.DataFrame:
    """person_refs and evidence_ids of raised alerts.

    A row that is nobody's evidence (of a recipient who applies for nothing) has no id to cite. An alert about an application cites that
    application's evidence only.

    Args:
        raised: see `raised.RAISED`.
        persons: person, person_ref.
        applications: app, application_id.
        evidence: app, dataset, record_key, evidence_id; None cites nothing.

    Returns:
        code, subject_kind, subject_id, person_refs, evidence_ids: sorted lists, empty where there is nothing.

    """
    named = (
        raised.select(*NAME, pl.col("persons").alias("person"))
        .explode("person")
        .join(persons.select("person", "person_ref"), on="person")
        .group_by(NAME)
        .agg(pl.col("person_ref").unique().sort().alias("person_refs"))
    )
    cited = raised.select(*NAME, "rests_on").explode("rests_on").drop_nulls("rests_on")
    known = pl.DataFrame(
        schema={
            "application_id": pl.String,
            "dataset": pl.String,
            "record_key": pl.String,
            "evidence_id": pl.String,
        }
    )
    if evidence is not None:
        known = evidence.join(applications.select("app", "application_id"), on="app").select(
            known.columns
        )
    own = (pl.col("subject_kind") != "application") | (
        pl.col("application_id") == pl.col("subject_id")
    )
    ids = (
        cited.unnest("rests_on")
        .join(known, on=["dataset", "record_key"])
        .filter(own)
        .group_by(NAME)
        .agg(pl.col("evidence_id").unique().sort().alias("evidence_ids"))
    )
    return (
        raised.select(NAME)
        .join(named, on=NAME, how="left")
        .join(ids, on=NAME, how="left")
        .with_columns(pl.col("person_refs", "evidence_ids").fill_null([]))
    )
