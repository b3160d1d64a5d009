"""Files for intake tests: small made-up tables of vehicles and tax lines. Region 99 does not exist."""

import hashlib
import json
from pathlib import Path

import polars as pl

from connectors.intake.inbox import survey
from connectors.intake.taking import Intake, take_all
from connectors.settling.settle import settle
from connectors.settling.settled import core_rows
from connectors.store import Store, open_store
from household.identity.numbers import number_of_key
from household.schema.datasets import DATASETS
from quality.rows import examine

VEHICLE = DATASETS["public_security.vehicle"]
TITLES = "号牌号码,号牌种类,所有人证件号码,所有人,车辆状态,评估价值"
OWNER = number_of_key(99010119800301101)


def vehicle(plate: str, *, value: str = "1000", owner: str = OWNER) -> str:
    return f"{plate},小型汽车,{owner},王建国,正常,{value}"


def vehicles(*plates: str) -> bytes:
    return "\n".join([TITLES, *(vehicle(p) for p in plates), ""]).encode()


def put(inbox: Path, file: str, data: bytes, **manifest: object) -> Path:
    """Write a file below the inbox, and its manifest when one is given."""
    path = inbox / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if manifest:
        beside = path.with_name(path.name + ".manifest.json")
        beside.write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return path


def put_vehicles(
    inbox: Path, *plates: str, region: str = "990101", day: str = "20260508", part: str = ""
) -> str:
    """Write a vehicle extract and return its path below the inbox."""
    file = f"public_security/vehicle_{region}_{day}{part}.csv"
    put(inbox, file, vehicles(*plates))
    return file


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def intake(inbox: Path, store: Store | None = None) -> tuple[Intake, Store]:
    """Take everything in the inbox in."""
    store = store or open_store(inbox.parent / "w.store")
    return take_all(survey(inbox), store, examine=examine), store


def standing(inbox: Path, store: Store | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ledger of the vehicle files and the plates that stand (plate_no, value, _file, _line), sorted."""
    taken, store = intake(inbox, store)
    settled = settle(VEHICLE.name, taken.arrivals, store)
    rows = core_rows(settled, store, columns=["plate_no", "value", "_file", "_line"])
    return settled.ledger, rows.collect().sort("plate_no", "_file", "_line")


def entry(ledger: pl.DataFrame, file: str) -> dict[str, object]:
    """The newest ledger row of a file."""
    return ledger.filter(pl.col("file") == file).row(-1, named=True)


def counts(ledger: pl.DataFrame, file: str) -> tuple[object, ...]:
    """State, then rows in, accepted, quarantined, superseded."""
    row = entry(ledger, file)
    return (
        row["state"],
        row["rows_in"],
        row["rows_accepted"],
        row["rows_quarantined"],
        row["rows_superseded"],
    )
