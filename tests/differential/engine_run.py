"""Running the engine on an inbox, step by step and without the pipeline around it. No test stands here.

What is settled is handed to both sides: intake is compared elsewhere, and a difference found here is one of reckoning.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from oracle.calculate import expected
from oracle.load import world_from_frames
from oracle.packs import read_packs as read_plain_packs
from oracle.random_county import write_random_inbox

from connectors.inbox import survey
from connectors.settle import settle, settle_strays
from connectors.settled import core_rows
from connectors.store import open_store
from connectors.taking import take_all
from household.assess import Inputs, assess, identify, tell
from household.extracts import Extracts
from household.rules.packs import read_packs
from household.schema.datasets import DATASETS
from household.schema.published import PUBLISHED
from quality.rows import examine
from warehouse.publish import publish
from warehouse.record import RunFacts, record_run

if TYPE_CHECKING:
    from datetime import date

    from oracle.world import Expected

OWN_PACKS = Path(__file__).parents[2] / "rulepacks"


@dataclass(frozen=True)
class BothSides:
    """What the calculator expects, and the warehouse into which the engine published."""

    expected: Expected
    warehouse: Path


def settled_inbox(inbox: Path, warehouse: Path, as_of: date) -> tuple[Extracts, pl.DataFrame]:
    """Everything of an inbox, taken in and settled: the extracts, and the ledger of files."""
    store = open_store(warehouse.with_suffix(".store"))
    intake = take_all(survey(inbox), store, examine=examine)
    settled = {name: settle(name, intake.arrivals, store) for name in DATASETS}
    ledgers = pl.concat([s.ledger for s in settled.values()])
    extracts = Extracts(
        lambda name: core_rows(settled[name], store),
        pl.concat([s.extracts for s in settled.values()]),
        as_of,
        ledgers.select("dataset", "_file", "file", "sha256"),
    )
    return extracts, pl.concat([ledgers, settle_strays(intake.arrivals)])


def run_both(folder: Path, *, seed: int, applications: int) -> BothSides:
    """A random county of a seed, through the engine and through the calculator."""
    county = write_random_inbox(
        folder,
        seed,
        applications=applications,
        base_packs=read_plain_packs(*sorted(OWN_PACKS.glob("*/pack.yaml"))),
    )
    warehouse = folder / "w.duckdb"
    extracts, ledger = settled_inbox(county.inbox, warehouse, county.as_of)
    inputs = Inputs(extracts, read_packs(OWN_PACKS, county.packs_dir), b"key")
    identified = identify(inputs)
    tables = tell(inputs, identified, assess(inputs, identified))
    tables["intake_ledger"] = ledger.select(list(PUBLISHED["intake_ledger"].polars_schema()))
    for name in ("quarantine", "quality_result"):
        tables[name] = PUBLISHED[name].empty()
    facts = RunFacts("R000001", 1, county.as_of, None, "x", "y", "0.1", True)
    publish(warehouse, record_run(facts, tables), tables)
    world = world_from_frames(
        {name: extracts.rows(name).collect() for name in DATASETS},
        extracts=[(name, region, day) for name, region, day in extracts.delivered.iter_rows()],
        as_of=county.as_of,
        packs=county.packs,
    )
    return BothSides(expected(world), warehouse)
