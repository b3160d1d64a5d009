"""Which files a run knows to be incomplete."""

from __future__ import annotations

from datetime import date

import polars as pl

from connectors.settling.settled import LEDGER_SCHEMA
from household.extracts import REFUSED_SCHEMA
from pipelines.assessing import refused_files


def test_files_with_refused_rows_and_files_refused_whole_unless_sent_again() -> None:
    files = [
        ("clean.csv", "done", 0),
        ("some rows.csv", "done", 2),
        ("whole.csv", "refused", 0),
        ("sent again.csv", "refused", 0),
        ("sent again.csv", "done", 0),
        ("twin.csv", "duplicate", 2),
    ]
    rows = [
        (n, name, "", "civil_affairs.payment", "990101", date(2026, 5, 8), 9, 9, bad, 0, state, "")
        for n, (name, state, bad) in enumerate(files)
    ]
    found = refused_files(pl.DataFrame(rows, schema=LEDGER_SCHEMA, orient="row"))
    assert found.schema == REFUSED_SCHEMA
    assert found.select("_file", "whole").rows() == [(1, False), (2, True)]
