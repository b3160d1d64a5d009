"""Facts of many households for `bench-rules`: one made county as linked lines, laid on disk again and again under new numbers.

    base county -> settle, link, open (the product's own) -> copies with applications, persons, lines and keys of their own -> Parquet

Every copy is a folder with one Parquet file a frame. Amounts are whole 10⁻⁸ yuan; Parquet has no Int128, so that they lie there as Int64.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from differential.engine_run import OWN_PACKS, _settled

from household.assess import Inputs, identify
from household.case import CaseFile, open_cases
from household.delivery import delivery_states
from household.extracts import Extracts
from household.lines import Lines
from household.rules.packs import Packs, read_packs
from household.rules.terms import terms_of
from synthetic.county import write_county

if TYPE_CHECKING:
    from collections.abc import Mapping

AS_OF = date(2026, 5, 20)
BASE = 5000
COUNTIES = ("990101", "990102", "990103", "500112", "500101", "500103")
COUNTIES += ("653130", "653101", "650102", "150102", "150202", "520102")
"""Places with whole packs, with half a pack, and with the national one alone; each has twenty townships."""
REGIONS = tuple(f"{county}{town:03d}" for county in COUNTIES for town in range(1, 21))
OBJECTED = 997
"""Every so many-th line is under objection."""


@dataclass(frozen=True)
class Stock:
    """Where the copies lie, how many, and what all of them share."""

    folder: Path
    copies: int
    households: int
    lines: int
    delivered: pl.DataFrame
    packs: Packs


def lay_down(folder: Path, households: int) -> Stock:
    """Make the base county and as many copies of it as the households ask for."""
    with tempfile.TemporaryDirectory() as made:
        case, delivered, persons, packs = _base(Path(made))
    frames = _frames(case, persons)
    schema = {name: {c: str(t) for c, t in f.schema.items()} for name, f in frames.items()}
    (folder / "schema.json").write_text(json.dumps(schema), encoding="utf-8")
    per_copy = len(case.applications)
    copies = -(-households // per_copy)
    steps = {
        "app": per_copy,
        "person": int(persons["person"].max() or 0) + 1,  # type: ignore[arg-type]
        "line": sum(len(frame) for frame in case.lines.groups.values()),
    }
    for copy in range(copies):
        target = folder / f"{copy:04d}"
        target.mkdir()
        for name, frame in frames.items():
            _renumbered(frame, copy, steps).write_parquet(target / f"{name}.parquet")
    return Stock(folder, copies, per_copy, steps["line"], delivered, packs)


def read_frames(stock: Stock, copies: range) -> dict[str, pl.DataFrame]:
    """The frames of some copies, as they lie on disk."""
    names = json.loads((stock.folder / "schema.json").read_text(encoding="utf-8"))
    return {
        name: pl.read_parquet([stock.folder / f"{copy:04d}" / f"{name}.parquet" for copy in copies])
        for name in names
    }


def case_of(stock: Stock, frames: Mapping[str, pl.DataFrame]) -> CaseFile:
    """A case file from the frames: amounts wide again, parameters looked up, deliveries judged."""
    schema = json.loads((stock.folder / "schema.json").read_text(encoding="utf-8"))
    wide = {
        name: frame.with_columns(
            pl.col(c).cast(pl.Int128) for c, kind in schema[name].items() if kind == "Int128"
        )
        for name, frame in frames.items()
    }
    applications = wide["applications"]
    terms = terms_of(stock.packs, applications)
    extracts = Extracts(_no_rows, stock.delivered, AS_OF)
    return CaseFile(
        applications,
        wide["seats"],
        Lines({name[5:]: frame for name, frame in wide.items() if name.startswith("line.")}),
        wide["unread"],
        delivery_states(extracts, terms.values, applications),
        wide["receipts"],
        terms,
        AS_OF,
    )


def _no_rows(_: str) -> pl.LazyFrame:
    """Deliveries are looked at, rows are not: they are lines already."""
    return pl.LazyFrame()


def _base(folder: Path) -> tuple[CaseFile, pl.DataFrame, pl.DataFrame, Packs]:
    """A county of the product's own making, linked, its applications spread over the regions."""
    write_county(folder, households=BASE, people=5 * BASE, seed=7, as_of=AS_OF)
    extracts = _settled(folder / "inbox", folder / "w.duckdb", AS_OF)
    packs = read_packs(OWN_PACKS)
    who = identify(Inputs(extracts, packs, b"bench"))
    regions = pl.Series(REGIONS)
    spread = who.roster.applications.with_columns(
        regions.gather(pl.int_range(len(who.roster.applications), eager=True) % len(regions)).alias(
            "region_code"
        )
    )
    delivered = pl.concat(
        [
            extracts.delivered.with_columns(pl.lit(county).alias("region_code"))
            for county in COUNTIES
        ]
    ).unique()
    moved = Extracts(extracts.rows, delivered, AS_OF, extracts.files)
    roster = type(who.roster)(spread, who.roster.members, who.roster.persons)
    case = open_cases(
        moved,
        packs,
        roster=roster,
        granted=who.granted,
        former_names=who.former_names,
        linked=who.linked,
    )
    return case, delivered, who.roster.persons, packs


def _frames(case: CaseFile, persons: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What is stored: the case file's frames but terms and deliveries, which are looked up anew."""
    return {
        "applications": case.applications,
        "seats": case.seats,
        "unread": case.unread_absences,
        "receipts": case.receipts,
        "persons": persons,
        **{f"line.{name}": frame for name, frame in case.lines.groups.items()},
    }


def _renumbered(frame: pl.DataFrame, copy: int, steps: Mapping[str, int]) -> pl.DataFrame:
    """One copy's numbers and keys, amounts as Int64."""
    keys = [c for c in ("application_id", "person_ref", "record_key") if c in frame.columns]
    return frame.with_columns(
        *(
            (pl.col(c) + copy * step).cast(frame.schema[c])
            for c, step in steps.items()
            if c in frame.columns
        ),
        *(pl.concat_str(pl.lit(f"{copy}:"), c).alias(c) for c in keys),
        *(pl.col(c).cast(pl.Int64) for c, kind in frame.schema.items() if kind == pl.Int128),
    )
