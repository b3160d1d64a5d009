"""Running the engine on an inbox or a county in memory, and the calculator on the same rows. No test stands here.

What is settled is handed to both sides: intake is compared elsewhere, and a difference found here is one of reckoning.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from oracle.calculate import expected
from oracle.compare import differences
from oracle.load import world_from_frames
from oracle.packs import read_packs as read_plain_packs
from oracle.random_county import write_random_inbox

from connectors.inbox import survey
from connectors.settle import settle
from connectors.settled import core_rows
from connectors.store import open_store
from connectors.taking import take_all
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
    return _both(warehouse, extracts, packs=packs, plain_packs=county.packs)


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
    warehouse: Path, extracts: Extracts, *, packs: Packs, plain_packs: dict[str, Any]
) -> BothSides:
    inputs = Inputs(extracts, packs, b"key")
    identified = identify(inputs)
    tables = tell(inputs, identified, assess(inputs, identified))
    for name in ("intake_ledger", "quarantine", "quality_result", "link_model"):
        tables[name] = PUBLISHED[name].empty()
    facts = RunFacts("R000001", 1, extracts.as_of, None, "x", "y", "0.1", True)
    publish(warehouse, record_run(facts, tables), tables)
    world = world_from_frames(
        {name: extracts.rows(name).collect() for name in DATASETS},
        extracts=[(name, region, day) for name, region, day in extracts.delivered.iter_rows()],
        as_of=extracts.as_of,
        packs=plain_packs,
    )
    return BothSides(expected(world), warehouse, plain_packs)


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
