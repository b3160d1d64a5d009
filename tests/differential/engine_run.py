"""Running the engine on an inbox or a county in memory, and the calculator on the same rows. No test stands here.

What is settled is handed to both sides: intake is compared elsewhere, and a difference found here is one of reckoning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl
from oracle.calculate import expected
from oracle.compare import differences
from oracle.load import world_from_frames
from oracle.packs import read_packs as read_plain_packs
from oracle.random_county import write_random_inbox

from connectors.intake.inbox import survey
from connectors.intake.taking import take_all
from connectors.settling.settle import settle
from connectors.settling.settled import core_rows
from connectors.store import open_store
from household.assess import Inputs, assess, identify, tell
from household.extracts import Extracts
from household.rules.packs import Packs, read_packs
from household.schema.datasets import DATASETS
from household.schema.published import PUBLISHED
from quality.rows import examine
from warehouse.publish import publish
from warehouse.record import RunFacts, record_run

if TYPE_CHECKING:
    from datetime import date

    from core_town import County
    from oracle.world import Expected

    from household.assess import Assessed

SHARE = 0.06
"""Of the households of a random county, those who object to a line."""
OWN_PACKS = Path(__file__).parents[2] / "rulepacks"


@dataclass(frozen=True)
class BothSides:
    """What the calculator expects, the warehouse into which the engine published, and the packs in plain form."""

    expected: Expected
    warehouse: Path
    packs: dict[str, Any]

    def differences(self) -> list[str]:
        """Every disagreement in one line each."""
        return differences(self.expected, self.warehouse)


def random_county(folder: Path, *, seed: int, applications: int) -> BothSides:
    """A random county of a seed, through the engine and through the calculator."""
    county = write_random_inbox(
        folder,
        seed,
        applications=applications,
        base_packs=read_plain_packs(*sorted(OWN_PACKS.glob("*/pack.yaml"))),
    )
    warehouse = folder / "w.duckdb"
    extracts = _settled(county.inbox, warehouse, county.as_of)
    packs = read_packs(OWN_PACKS, county.packs_dir)
    return _both(warehouse, extracts, packs=packs, plain_packs=county.packs, objecting=Random(seed))


def county_in_memory(folder: Path, county: County) -> BothSides:
    """A county of a test, through the engine and through the calculator."""
    packs = county.packs()
    plain = {
        name: {
            "regions": list(pack.regions),
            "values": {
                key: [
                    {"value": _plain(e.value), "from": e.valid_from, "to": e.valid_to}
                    for e in entries
                ]
                for key, entries in pack.values.items()
            },
        }
        for name, pack in packs.packs.items()
    }
    return _both(folder / "w.duckdb", county.extracts(), packs=packs, plain_packs=plain)


def _plain(value: Any) -> Any:
    """A value as plain YAML has it."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _both(
    warehouse: Path,
    extracts: Extracts,
    *,
    packs: Packs,
    plain_packs: dict[str, Any],
    objecting: Random | None = None,
) -> BothSides:
    inputs = Inputs(extracts, packs, b"key")
    identified = identify(inputs)
    assessed = assess(inputs, identified)
    evidence: dict[str, tuple[str, str]] = {}
    if objecting is not None:
        extracts, evidence = _objected(extracts, assessed, objecting)
        inputs = replace(inputs, extracts=extracts)
        assessed = assess(inputs, identified)
    tables = tell(inputs, identified, assessed)
    for name in ("intake_ledger", "quarantine", "quality_result", "link_model"):
        tables[name] = PUBLISHED[name].empty()
    facts = RunFacts("R000001", 1, extracts.as_of, None, "x", "y", "0.1", True)
    publish(warehouse, record_run(facts, tables), tables)
    world = world_from_frames(
        {name: extracts.rows(name).collect() for name in DATASETS},
        extracts=[(name, region, day) for name, region, day in extracts.delivered.iter_rows()],
        as_of=extracts.as_of,
        packs=plain_packs,
        evidence=evidence,
    )
    return BothSides(expected(world), warehouse, plain_packs)


def _objected(
    extracts: Extracts, assessed: Assessed, rng: Random
) -> tuple[Extracts, dict[str, tuple[str, str]]]:
    """Some households object to some of their lines, by the ids under which an earlier run published them; and what those ids mean."""
    row = ["application_id", "dataset", "record_key"]
    # The calculator knows rows, not quantities: only lines that are a whole row.
    lines = assessed.named.filter(pl.len().over(row) == 1).sort("evidence_id")
    asked = [app for app in lines["application_id"].unique().sort() if rng.random() < SHARE]
    mine = lines.filter(pl.col("application_id").is_in(asked)).group_by(row[0]).agg(pl.all())
    chosen: list[dict[str, Any]] = []
    for some in mine.sort(row[0]).iter_rows(named=True):
        places = range(len(some["evidence_id"]))
        chosen += [
            {c: some[c][at] for c in ("evidence_id", *row[1:])} | {row[0]: some[row[0]]}
            for at in rng.sample(places, min(len(places), rng.choice([1, 1, 3])))
        ]
    before = extracts.rows("approval.objection").collect()
    more = pl.DataFrame(
        [
            {
                "objection_id": f"OL{at:05d}",
                "application_id": one["application_id"],
                "evidence_id": one["evidence_id"],
                "ground": "other",
                "raised_on": extracts.as_of,
                "_record_key": f"OL{at:05d}",
                "_line": at + 2,
                "_extract_as_of": extracts.as_of,
                "_part": "",
            }
            for at, one in enumerate(chosen)
        ],
        schema_overrides=before.schema,
    )
    raised = pl.concat([before, more], how="diagonal").select(before.columns)

    def rows(name: str) -> pl.LazyFrame:
        return raised.lazy() if name == "approval.objection" else extracts.rows(name)

    meant = {one["evidence_id"]: (one["dataset"], one["record_key"]) for one in chosen}
    return replace(extracts, rows=rows), meant


def _settled(inbox: Path, warehouse: Path, as_of: date) -> Extracts:
    store = open_store(warehouse.with_suffix(".store"))
    intake = take_all(survey(inbox), store, examine=examine)
    settled = {name: settle(name, intake.arrivals, store) for name in DATASETS}
    ledgers = pl.concat([s.ledger for s in settled.values()])
    return Extracts(
        lambda name: core_rows(settled[name], store),
        pl.concat([s.extracts for s in settled.values()]),
        as_of,
        ledgers.select("dataset", "_file", "file", "sha256"),
    )
