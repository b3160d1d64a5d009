"""One small county with noise and one without, each run once; tests that change an inbox copy it first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from driven_counties import run_inbox

from synthetic.county import write_county
from synthetic.rates import NoiseRates

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.outcome import Outcome


@dataclass(frozen=True)
class RunCounty:
    """An inbox, the warehouse it was run into, and the outcome."""

    inbox: Path
    warehouse: Path
    outcome: Outcome


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INBOX", "WAREHOUSE", "AS_OF", "PACKS", "REGION", "PERSON_KEY", "CASEWORK"):
        monkeypatch.delenv(f"HEDUI_{name}", raising=False)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


@pytest.fixture(scope="session")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> RunCounty:
    folder = tmp_path_factory.mktemp("noisy")
    county = write_county(folder, households=25, seed=11)
    return RunCounty(
        county.inbox, folder / "w.duckdb", run_inbox(county.inbox, folder / "w.duckdb")
    )


@pytest.fixture(scope="session")
def silent(tmp_path_factory: pytest.TempPathFactory) -> RunCounty:
    folder = tmp_path_factory.mktemp("silent")
    county = write_county(folder, households=25, seed=5, rates=NoiseRates().silent())
    return RunCounty(
        county.inbox, folder / "w.duckdb", run_inbox(county.inbox, folder / "w.duckdb")
    )
