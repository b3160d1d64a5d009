"""Random counties: every reason has a way out, its rooms are those of the verdict, and months add up to what was verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from oracle.packs import read_packs as read_plain_packs
from oracle.random_county import write_random_inbox
from told_checks import assert_every_reason_is_whole, assert_months_add_up, assert_rooms_are_right

from household.assess import Inputs, assess, identify, tell
from household.rules.packs import read_packs

from .engine_run import OWN_PACKS, _settled

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_told_of_a_random_county(tmp_path: Path) -> None:
    county = write_random_inbox(
        tmp_path,
        8,
        applications=120,
        base_packs=read_plain_packs(*sorted(OWN_PACKS.glob("*/pack.yaml"))),
    )
    extracts = _settled(county.inbox, tmp_path / "w.duckdb", county.as_of)
    inputs = Inputs(extracts, read_packs(OWN_PACKS, county.packs_dir), b"key")
    who = identify(inputs)
    tables = tell(inputs, who, assess(inputs, who))
    reasons = tables["verdict_reason"]
    assert_every_reason_is_whole(reasons)
    assert_months_add_up(tables)
    assert assert_rooms_are_right(tables) > 300
    # The county must have had something to say.
    words = "|".join(reasons["settles_it"].drop_nulls().unique())
    for said in ("缺少参数", "待补充或答复", "C级匹配行", "异议", "补齐授权书", "经核实有误"):
        assert said in words
    assert len(reasons.filter(pl.col("settles_it").is_not_null())) > len(reasons) // 5
