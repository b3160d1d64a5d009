"""A what-if against the truth: a real run with the changed packs. And everything in which a what-if must leave the world as it was."""

from __future__ import annotations

import hashlib
import shutil
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from driven_counties import run_inbox
from pydantic import SecretStr
from whatif_packs import COUNTY, MIXED, RAISED, by_key, write_pack, write_whole

from casework.judgements import add_judgements
from household.comparison import totals
from household.errors import InputError, PackError
from household.linkage.judgements import Judgement
from household.rules.answers import ANSWERS_SCHEMA, answers_told
from household.rules.packs import read_packs
from household.schema.compared import GAIN, KEY, LOSS, OTHER, SAME
from pipelines import gating, rerun
from pipelines.rerun import MODELS, open_newest, people_of
from pipelines.whatif import REASONS, WhatIf, try_packs
from pipelines.workplace import casework_of, store_root
from quality.gate import hold_gate
from warehouse.current import read_current
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

    from household.schema.column import Dataset
    from quality.checks import Limits
    from quality.gate import GateResult

FLOORS = {"dibao_edge.income_floor", "rigid.not_covered", "rigid.income_floor"}


@pytest.fixture(scope="module")
def raised_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_whole(tmp_path_factory.mktemp("raised"), RAISED)


@pytest.fixture(scope="module")
def raised(noisy: RunCounty, raised_pack: Path) -> WhatIf:
    return try_packs(noisy.warehouse, raised_pack)


@pytest.fixture(scope="module")
def real(noisy: RunCounty, raised_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same inbox really run with the raised standard."""
    warehouse = tmp_path_factory.mktemp("real") / "w.duckdb"
    run_inbox(noisy.inbox, warehouse, packs=raised_pack)
    return warehouse


def copied(county: RunCounty, to: Path) -> Path:
    """Warehouse and store of a county, to be changed."""
    warehouse = to / county.warehouse.name
    shutil.copy(county.warehouse, warehouse)
    shutil.copytree(store_root(county.warehouse), store_root(warehouse))
    return warehouse


def test_what_would_be_is_what_a_real_run_publishes(
    noisy: RunCounty, raised: WhatIf, real: Path
) -> None:
    before = by_key(read_current(noisy.warehouse, "household_verdict"))
    after = by_key(read_current(real, "household_verdict"))
    told = {
        (row["application_id"], row["programme"]): (
            row["after"],
            row["certain"],
            row["amount_after"],
        )
        for row in raised.changes.iter_rows(named=True)
    }
    truly = {
        key for key in before if (before[key][0], before[key][2]) != (after[key][0], after[key][2])
    }
    assert raised.reproduced
    assert set(told) == truly
    assert told == {key: after[key] for key in truly}


@pytest.mark.parametrize("asked", [True, False])
def test_the_cost_is_the_plain_sum_of_both_runs(
    noisy: RunCounty, raised: WhatIf, real: Path, *, asked: bool
) -> None:
    def plain(warehouse: Path, *programmes: str) -> Decimal:
        rows = read_current(warehouse, "household_verdict").iter_rows(named=True)
        chosen = [r for r in rows if r["programme"] in programmes and r["requested"] == asked]
        return sum((r["amount"] for r in chosen if r["amount"] is not None), Decimal(0))

    whole = totals(raised.summary.filter(requested=asked)).row(0, named=True)
    for how, programmes in (
        ("month", ("dibao", "rigid")),
        ("once", ("temp_expenditure", "temp_emergency")),
    ):
        before, after = plain(noisy.warehouse, *programmes), plain(real, *programmes)
        assert (whole[f"{how}_before"], whole[f"{how}_after"]) == (before, after)
        assert whole[f"{how}_change"] == after - before
        assert asked or after > before


def test_a_higher_standard_takes_nobodys_dibao(raised: WhatIf) -> None:
    dibao = raised.changes.filter(programme="dibao")
    assert set(dibao["direction"]) >= {GAIN}
    assert LOSS not in set(dibao["direction"])
    # who was between two lines may now be below the lower one, and out of what lies above it
    assert set(raised.changes.filter(direction=LOSS)["rule_id"]) <= FLOORS


def test_back_to_the_old_standard_is_the_mirror(
    raised: WhatIf, real: Path, raised_pack: Path, tmp_path: Path
) -> None:
    back = try_packs(real, write_whole(tmp_path, {}), beside=raised_pack)
    assert back.reproduced
    mirror = {GAIN: LOSS, LOSS: GAIN, OTHER: OTHER}
    key = ("application_id", "programme")
    there = {
        tuple(row[k] for k in key): (
            mirror[row["direction"]],
            row["after"],
            row["before"],
            row["rule_id"],
        )
        for row in raised.changes.iter_rows(named=True)
    }
    assert there == {
        tuple(row[k] for k in key): (row["direction"], row["before"], row["after"], row["rule_id"])
        for row in back.changes.iter_rows(named=True)
    }


def test_one_up_one_down_goes_both_ways(noisy: RunCounty, tmp_path: Path) -> None:
    found = try_packs(noisy.warehouse, write_pack(tmp_path, MIXED), merge=True)
    dibao = found.changes.filter(programme="dibao")
    assert {GAIN, LOSS} <= set(dibao["direction"])
    assert not found.dropped
    rows = found.summary.filter(programme="dibao")
    assert rows["applications"].sum() == noisy.outcome.run.applications


def test_the_rule_that_turned_lies_on_both_sides_of_its_limit(raised: WhatIf) -> None:
    turned = raised.changes.filter(rule_id="dibao.income")
    assert len(turned)
    assert (turned["limit_after"] > turned["limit_before"]).all()
    assert set(turned["outcome_before"]) | set(turned["outcome_after"]) <= {
        "pass",
        "fail",
        "unknown",
    }
    assert (turned["measured_before"] == turned["measured_after"]).all()
    assert raised.changes.filter(direction=SAME).is_empty()


def test_rules_answer_as_they_are_published(noisy: RunCounty) -> None:
    """Both sides of a change are told alike: one from what is published, the other from what was judged."""
    newest = open_newest(noisy.warehouse, (REASONS, MODELS))
    order = newest.order_again(noisy.warehouse, None, None)
    packs = read_packs(*order.pack_folders)
    judged = people_of(newest, order, packs).judged(packs)
    told = answers_told(judged.worlds, judged.verdicts).join(
        judged.verdicts.select(*KEY, "verdict_id"), on=KEY
    )
    published = newest.tables[REASONS]
    wanted = [name for name in ANSWERS_SCHEMA if name not in KEY]
    assert (
        told.sort("verdict_id", "seq")
        .select("verdict_id", *wanted)
        .equals(
            published.sort("verdict_id", "seq").select(
                "verdict_id", *(pl.col(name).cast(ANSWERS_SCHEMA[name]) for name in wanted)
            )
        )
    )


def test_merged_single_values_say_the_same_as_the_whole_pack(
    noisy: RunCounty, raised: WhatIf, tmp_path: Path
) -> None:
    merged = try_packs(noisy.warehouse, write_pack(tmp_path, RAISED), merge=True)
    assert merged.changes.equals(raised.changes)
    assert merged.summary.equals(raised.summary)


def test_without_merge_a_pack_of_two_values_drops_the_others(
    noisy: RunCounty, tmp_path: Path
) -> None:
    found = try_packs(noisy.warehouse, write_pack(tmp_path, RAISED))
    assert found.dropped.keys() == {COUNTY}
    assert found.dropped[COUNTY] > 10
    assert "parameter_missing" in set(found.changes["after"])


def test_nothing_is_written(noisy: RunCounty, tmp_path: Path) -> None:
    def digests() -> dict[str, str]:
        files = [noisy.warehouse, *sorted(store_root(noisy.warehouse).rglob("*"))]
        return {str(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in files if f.is_file()}

    before = digests()
    try_packs(noisy.warehouse, write_pack(tmp_path, RAISED), merge=True)
    assert digests() == before


def test_without_the_hand_off_the_people_are_found_again(
    noisy: RunCounty, raised: WhatIf, raised_pack: Path, tmp_path: Path
) -> None:
    warehouse = copied(noisy, tmp_path)
    shutil.rmtree(store_root(warehouse) / "run")
    again = try_packs(warehouse, raised_pack)
    assert again.reproduced
    assert again.changes.equals(raised.changes)
    with pytest.raises(InputError, match="HEDUI_PERSON_KEY"):
        try_packs(warehouse, raised_pack, person_key=SecretStr("another"))
    judge_a_link(warehouse)
    with pytest.raises(InputError, match="新的人工判定"):
        try_packs(warehouse, raised_pack)


def judge_a_link(warehouse: Path) -> None:
    links = read_current(warehouse, "person_link").with_columns(
        pl.col("dataset", "tier", "decided_by").cast(pl.String)
    )
    link = links.filter(dataset="tax.income", tier="A").sort("record_key").row(0, named=True)
    said = Judgement(
        dataset=link["dataset"],
        record_key=link["record_key"],
        person_ref=link["person_ref"],
        answer="not_same",
        clerk="核对员",
        reason="同名",
        decided_at="2026-05-21T09:00",
    )
    add_judgements(casework_of(warehouse), [said])


def shut_a_gate(monkeypatch: pytest.MonkeyPatch, dataset: str) -> None:
    """A profile that cannot be taken shuts the gate: nothing of the dataset counts as delivered."""

    def held(declared: Dataset, count: object, *, limits: Limits) -> GateResult:
        broken = None if declared.name == dataset else count
        return hold_gate(declared, broken, limits=limits)  # type: ignore[arg-type]

    monkeypatch.setattr(gating, "hold_gate", held)


def test_judgements_and_shut_gates_of_the_run_hold_with_and_without_its_hand_off(
    noisy: RunCounty, raised_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = copied(noisy, tmp_path)
    judge_a_link(warehouse)
    shut_a_gate(monkeypatch, "housing.provident_fund")
    assert set(run_inbox(noisy.inbox, warehouse).shut) == {"housing.provident_fund"}
    handed = try_packs(warehouse, raised_pack)
    shutil.rmtree(store_root(warehouse) / "run")
    again = try_packs(warehouse, raised_pack)
    assert handed.reproduced
    assert again.changes.equals(handed.changes)


def test_packs_that_the_run_had_beside_ours_are_to_be_named(
    real: Path, raised_pack: Path, tmp_path: Path
) -> None:
    higher = write_pack(tmp_path, {"standard.urban": 1000})
    with_them = try_packs(real, higher, beside=raised_pack, merge=True)
    without = try_packs(real, higher, merge=True)
    assert (with_them.reproduced, without.reproduced) == (True, False)


def test_another_program_has_to_run_first(
    noisy: RunCounty, raised_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rerun, "PROGRAM_VERSION", "9.9")
    with pytest.raises(InputError, match=r"9\.9；请先运行 hedui run"):
        try_packs(noisy.warehouse, raised_pack)


def test_a_pack_that_reaches_nobody_is_refused(noisy: RunCounty, tmp_path: Path) -> None:
    elsewhere = write_pack(tmp_path, RAISED, "990102")
    with pytest.raises(
        InputError, match="规则包 990102 所适用的区划没有申请；本结果库的申请在 990101"
    ):
        try_packs(noisy.warehouse, elsewhere)


def test_the_same_packs_change_nothing(noisy: RunCounty, tmp_path: Path) -> None:
    found = try_packs(noisy.warehouse, write_whole(tmp_path, {}))
    assert (found.parameters, found.changes.height) == ([], 0)
    assert found.summary["direction"].unique().to_list() == [SAME]


def test_bad_input_is_refused_in_one_line(noisy: RunCounty, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="没有规则包"):
        try_packs(noisy.warehouse, tmp_path / "none")
    with pytest.raises(PackError, match=r"pack\.yaml 第"):
        try_packs(noisy.warehouse, write_pack(tmp_path / "p", {"standard.urbn": 700}), merge=True)
    with pytest.raises(WarehouseError, match=r"没有结果库 none\.duckdb"):
        try_packs(tmp_path / "none.duckdb", tmp_path)
    alone = shutil.copy(noisy.warehouse, tmp_path / "alone.duckdb")
    with pytest.raises(InputError, match=r"没有工作目录 alone\.store"):
        try_packs(alone, write_pack(tmp_path / "q", RAISED))
