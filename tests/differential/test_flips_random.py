"""Flip facts on random counties: the net that is cast for them lets nothing through that striking out every line would find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from oracle.packs import read_packs as read_plain_packs
from oracle.random_county import write_random_inbox

from household.assess import Inputs, assess, identify
from household.flips import facts
from household.rules.packs import read_packs

from .engine_run import OWN_PACKS, _settled

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", [24, 27])
def test_the_net_misses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    county = write_random_inbox(
        tmp_path,
        seed,
        applications=300,
        base_packs=read_plain_packs(*sorted(OWN_PACKS.glob("*/pack.yaml"))),
    )
    extracts = _settled(county.inbox, tmp_path / "w.duckdb", county.as_of)
    inputs = Inputs(extracts, read_packs(OWN_PACKS, county.packs_dir), b"key")
    who = identify(inputs)
    assessed = assess(inputs, who)
    everything = assessed.case.lines.all().select("app", "line").sort("app", "line")
    monkeypatch.setattr(facts, "lines_that_may_decide", lambda *_: everything)
    assert assess(inputs, who).flips.equals(assessed.flips)
    assert len(assessed.flips) > 300
