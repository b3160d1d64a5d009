"""A gate that shuts over night closes no alert: what stood on its rows stays, with the rows, and says that nobody could look."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
from driven_counties import AS_OF, run_inbox

from household.alerts.life.unheard import SAID
from pipelines import gating
from pipelines.workplace import store_root
from warehouse.current import read_current

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from conftest import RunCounty

CUSTODY = "justice.custody"


def test_a_gate_that_shuts_closes_nothing(
    noisy: RunCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = tmp_path / "w.duckdb"
    shutil.copy(noisy.warehouse, warehouse)
    shutil.copytree(store_root(noisy.warehouse), store_root(warehouse))
    before = read_current(warehouse, "alert").filter(pl.col("code") == "D03").drop("run_id")
    rows = read_current(warehouse, "alert_evidence").drop("run_id")
    rows = rows.join(before, on="alert_id", how="semi")
    assert before["state"].unique().to_list() == ["open"]
    real = gating.profile

    def crash(declared: object, *given: object, **named: object) -> object:
        if getattr(declared, "name", "") == CUSTODY:
            raise RuntimeError("no value of the row")
        return real(declared, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(gating, "profile", crash)
    outcome = run_inbox(noisy.inbox, warehouse, as_of=AS_OF + timedelta(days=1))
    assert outcome.shut == {CUSTODY: ["gate_ran"]}
    now = read_current(warehouse, "alert").filter(pl.col("code") == "D03").drop("run_id")
    assert now.drop("text_zh").equals(before.drop("text_zh"))
    assert now["text_zh"].to_list() == [text + SAID for text in before["text_zh"]]
    kept = read_current(warehouse, "alert_evidence").drop("run_id")
    assert kept.join(before, on="alert_id", how="semi").equals(rows)
    changed = read_current(warehouse, "alert_change")
    assert changed.filter(pl.col("code") == "D03").is_empty()
