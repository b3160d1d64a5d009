"""One corrected row: the household that it concerns is assessed again, and nobody else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl
from driven_counties import run_inbox

from pipelines.workplace import store_root
from warehouse.current import read_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

DATASET = "tax.income"


def correct_one_row(inbox: Path, warehouse: Path) -> str:
    """Send a row of somebody's income again with another amount, in an extract of a later day. Returns the application."""
    counted = read_current(warehouse, "evidence").filter("counted", dataset=DATASET)
    read_from = read_current(warehouse, "evidence_source").select("evidence_id", "file", "line")
    found = counted.join(read_from, on="evidence_id").filter(pl.col("file").str.ends_with(".csv"))
    one = found.sort("evidence_id").row(0, named=True)
    file = inbox / one["file"]
    head, *rows = file.read_bytes().splitlines(keepends=True)
    said, _, amount = rows[one["line"] - 2].rstrip(b"\r\n").rpartition(b",")
    dataset, region, *_ = file.stem.split("_")
    corrected = b"%s,%d.00\n" % (said, float(amount) + 500)
    file.with_name(f"{dataset}_{region}_20260512_1.csv").write_bytes(head + corrected)
    return str(one["application_id"])


def test_only_the_household_of_a_corrected_row_is_assessed_again(
    noisy: RunCounty, tmp_path: Path
) -> None:
    inbox, path = tmp_path / "inbox", tmp_path / "w.duckdb"
    shutil.copytree(noisy.inbox, inbox)
    shutil.copy(noisy.warehouse, path)
    shutil.copytree(store_root(noisy.warehouse), store_root(path))
    concerned = correct_one_row(inbox, path)
    outcome = run_inbox(inbox, path)
    assert outcome.published
    assert outcome.reassessed.applications == noisy.outcome.run.applications
    assert outcome.reassessed.again.rows() == [(concerned, "证据行变化（个人所得税申报收入）")]
    for table in ("evidence", "household_verdict", "income_line"):
        before, after = (read_current(w, table).drop("run_id") for w in (noisy.warehouse, path))
        differ = after.join(before, on=after.columns, how="anti", nulls_equal=True)
        assert set(differ["application_id"]) <= {concerned}
        assert len(differ) or table != "evidence"
