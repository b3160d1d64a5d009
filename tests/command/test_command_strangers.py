"""A bank that answers for somebody who was not asked: one clear line, nothing of that person is kept, and the corrected file is taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from asked_county import ANSWERED, ASKED, AskedCounty, deploy
from click.testing import CliRunner

from command.main import hedui
from connectors.store import Store
from household.pull_checks import trouble_rows
from pipelines.exchange import read_exchange
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

STRANGER, NAME, ACCOUNT = "990101197007077117", "欧阳甲乙", "canary-account"


@pytest.fixture
def asked(
    tmp_path: Path, silent: RunCounty, monkeypatch: pytest.MonkeyPatch
) -> dict[str, AskedCounty]:
    """Twice the same county, whose banks were asked and have answered; at the one, the first bank tells of a stranger too."""
    monkeypatch.delenv("HEDUI_PERSON_KEY", raising=False)
    made = {}
    for name in ("clean", "told"):
        place = made[name] = deploy(tmp_path / name, silent.inbox, silent.warehouse)
        place.on(ASKED, monkeypatch)
        assert place.hedui("ask", "banking", deployed=True).exit_code == 0
        place.on(ANSWERED, monkeypatch)
        place.answer()
    return made


def entered(place: AskedCounty) -> dict[str, Any]:
    """What stands of the asked banks in the inbox in the end, by who and where: of several files the last holds."""
    told = {}
    for subject, within in (("receipt", ["id_no"]), ("account", ["id_no", "account_no"])):
        files = sorted((place.inbox / "banking").glob(f"{subject}_*.parquet.manifest.json"))
        ours = [f for f in files if "provenance" in f.read_text(encoding="utf-8")]
        rows = pl.concat([pl.read_parquet(f.with_name(f.name[:-14])) for f in ours])
        keys = ["institution_code", *within]
        told[subject] = rows.unique(keys, keep="last").sort(keys).rows()
    return told


def kept(place: AskedCounty) -> str:
    """Everything that the store and the inbox hold, packed or not."""
    files = [
        p
        for top in (place.inbox, store_root(place.warehouse))
        for p in top.rglob("*")
        if p.is_file()
    ]
    packed = [p for p in files if p.suffix == ".parquet"]
    texts = [p.read_bytes().decode("utf-8", "replace") for p in files if p not in packed]
    return "".join([*texts, *(pl.read_parquet(p).write_ndjson() for p in packed)])


def test_nothing_is_kept_of_somebody_who_was_not_asked(asked: dict[str, AskedCounty]) -> None:
    place, clean = asked["told"], asked["clean"]
    (answer,) = (place.banks / "J1/in").iterdir()
    right = answer.read_text(encoding="utf-8")
    line = f"R99,0,{STRANGER},{NAME},{ACCOUNT},S,9.00,2026-05-21\r\n"
    answer.write_text(right + line, encoding="utf-8")

    told = place.hedui("ask", "banking", "--json", deployed=True)

    (said,) = told.stderr.splitlines()
    assert told.exit_code == 1
    assert said.startswith("hedui: 示范银行：")
    assert f"第 {right.count(chr(10)) + 1} 行" in said
    assert "请向该机构核实" in said.partition("；")[2]
    assert json.loads(told.stdout)["unasked_lines"] == 1
    everything = kept(place) + told.output
    assert not [c for c in (STRANGER, NAME, ACCOUNT, "R99") if c in everything]
    found = trouble_rows(read_exchange(Store(store_root(place.warehouse))), ANSWERED)
    honest = found.filter(pl.col("check_id") == "pull_honest", pl.col("passed").not_())
    assert "示范银行" in "".join(honest["observed"])
    listed = CliRunner().invoke(
        hedui,
        [
            "source",
            "list",
            "--sources",
            str(place.root / "sources"),
            "--warehouse",
            str(place.warehouse),
        ],
    )
    assert "示范银行" in listed.stdout

    answer.write_text(right, encoding="utf-8")
    assert place.hedui("ask", "banking", deployed=True).exit_code == 0
    assert clean.hedui("ask", "banking", deployed=True).exit_code == 0
    assert entered(place) == entered(clean)
    assert len(entered(clean)["receipt"]) > 3
