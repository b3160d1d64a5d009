"""What must not matter: irrelevant rows, the order of rows and files, sending again. What must not help: silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from driven_counties import copy_inbox, household_digests, run_inbox, shuffle_lines

from household.schema.datasets import DATASETS
from warehouse.current import read_current
from warehouse.digest import digest_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

STRANGER = "990101196002290018"


def with_check_digit(number: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(d) * w for d, w in zip(number[:17], weights, strict=True)) % 11
    return number[:17] + "10X98765432"[rest]


@pytest.mark.parametrize("seed", [1])  # more seeds: tests/household/test_core_properties.py
def test_the_order_of_rows_changes_nothing(silent: RunCounty, tmp_path: Path, seed: int) -> None:
    inbox = copy_inbox(silent.inbox, tmp_path / "inbox")
    assert shuffle_lines(inbox, seed=seed) > 10
    run_inbox(inbox, tmp_path / "w.duckdb")
    assert household_digests(tmp_path / "w.duckdb") == household_digests(silent.warehouse)


def test_the_order_of_arrival_changes_nothing(noisy: RunCounty, tmp_path: Path) -> None:
    inbox, path = tmp_path / "inbox", tmp_path / "w.duckdb"
    files = sorted(f for f in noisy.inbox.rglob("*") if f.is_file())
    for file in reversed(files):
        if file.name.endswith(".manifest.json"):
            continue  # goes with its file
        target = inbox / file.relative_to(noisy.inbox)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
        manifest = file.with_name(file.name + ".manifest.json")
        if manifest.exists():
            target.with_name(manifest.name).write_bytes(manifest.read_bytes())
        if file in files[:: len(files) // 3]:
            run_inbox(inbox, path)
    run_inbox(inbox, path)
    once, parts = digest_current(noisy.warehouse), digest_current(path)
    for about in (
        "alert",
        "alert_life",
        "alert_change",
        "quality_result",
    ):  # these remember the runs before, and may
        once.pop(about), parts.pop(about)
    assert parts == once


def test_sending_again_changes_nothing(noisy: RunCounty, tmp_path: Path) -> None:
    inbox = copy_inbox(noisy.inbox, tmp_path / "inbox")
    again = sorted(inbox.glob("banking/account_*.csv"))[0]
    again.with_name(again.stem + "_again.csv").write_bytes(again.read_bytes())
    outcome = run_inbox(inbox, tmp_path / "w.duckdb")
    assert outcome.files["duplicate"] == noisy.outcome.files.get("duplicate", 0) + 1
    assert household_digests(tmp_path / "w.duckdb") == household_digests(noisy.warehouse)


STRANGERS_ROWS = {
    "public_security.vehicle": {
        "plate_no": "990Z99999",
        "plate_type": "小型汽车",
        "owner_id_no": with_check_digit(STRANGER),
        "owner_name": "诸葛无关",
        "status": "正常",
        "first_registered_on": "2020-01-01",
    },
    "banking.account": {
        "institution_code": "99",
        "institution": "无关银行",
        "id_no": with_check_digit(STRANGER),
        "name": "诸葛无关",
        "account_no": "9900000000000000001",
        "product": "活期",
        "balance": "1234567.89",
        "as_of": "2026-05-08",
    },
}


def test_a_strangers_rows_change_nothing(silent: RunCounty, tmp_path: Path) -> None:
    inbox = copy_inbox(silent.inbox, tmp_path / "inbox")
    for dataset, values in STRANGERS_ROWS.items():
        # one more part of an extract that came anyway: the row is new, the delivery is not
        came = max(inbox.glob(dataset.replace(".", "/") + "_*_20260508*.csv"))
        file = came.with_name("_".join(came.stem.split("_")[:3]) + "_zz.csv")
        names = [c.name for c in DATASETS[dataset].columns]
        row = [values.get(name, "") for name in names]
        file.write_text(",".join(names) + "\n" + ",".join(row) + "\n", "utf-8")
    outcome = run_inbox(inbox, tmp_path / "w.duckdb")
    ledger = read_current(tmp_path / "w.duckdb", "intake_ledger")
    lines = ledger.filter(pl.col("file").str.ends_with("_zz.csv"))
    assert sorted(lines["dataset"]) == sorted(STRANGERS_ROWS)
    assert lines["rows_accepted"].to_list() == [1, 1], lines["message"].to_list()
    assert outcome.published
    assert household_digests(tmp_path / "w.duckdb") == household_digests(silent.warehouse)


# one that answers person by person, one that is a snapshot; every department: tests/household/test_core_properties.py
@pytest.mark.parametrize("source", ["banking", "public_security/vehicle"])
def test_silence_never_helps(noisy: RunCounty, tmp_path: Path, source: str) -> None:
    inbox = copy_inbox(noisy.inbox, tmp_path / "inbox")
    folder, _, subject = source.partition("/")
    silenced = [f for f in (inbox / folder).iterdir() if f.name.startswith(subject)]
    assert silenced
    for file in silenced:
        file.unlink()
    run_inbox(inbox, tmp_path / "w.duckdb")
    key = ["application_id", "programme"]
    told = [
        read_current(path, "household_verdict").select(
            *key, pl.col("suggestion").cast(pl.String), "amount"
        )
        for path in (noisy.warehouse, tmp_path / "w.duckdb")
    ]
    both = told[0].join(told[1], on=key, how="inner", suffix="_after", validate="1:1")
    assert both.height == told[0].height
    helped = both.filter(
        (pl.col("suggestion") == "ineligible") & (pl.col("suggestion_after") == "eligible")
    )
    assert helped.height == 0
    assert both.filter(pl.col("amount_after") < pl.col("amount")).height == 0
    changed = both.filter(pl.col("suggestion") != pl.col("suggestion_after"))
    assert changed.height > 0, "a source that nobody misses proves nothing"
