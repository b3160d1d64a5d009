"""A log of judgements in few words, for tests. No test stands here."""

from __future__ import annotations

import polars as pl

from household.linkage.judgements import JUDGEMENT_SCHEMA


def log(*said: tuple[str, ...]) -> pl.DataFrame:
    """dataset, record_key, person_ref, answer, clerk in the order of entry."""
    rows = [
        (n, *one, "理由", "2026-05-20T09:00:00", "review", None)
        for n, one in enumerate(said, start=1)
    ]
    return pl.DataFrame(rows, schema=JUDGEMENT_SCHEMA, orient="row")
