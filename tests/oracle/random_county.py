"""Small random inboxes that press on the limits of every rule; the same seed writes the same bytes.

Only the frame is here: regions, files and applications. People are in `random_people`, the rows of a household in
`random_rows`, a pack of its own in `random_packs`.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import yaml

from household.schema.datasets import CATALOGUED

from .packs import read_packs
from .random_packs import OWN_REGIONS, UNBOUND_REGION, own_packs
from .random_people import People
from .random_rows import HouseholdRows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AS_OF = date(2026, 5, 20)
OTHER_REGIONS = ("653130", "150102", "500101", "520102")
FRESH = AS_OF - timedelta(days=10)
STALE = AS_OF - timedelta(days=63)
JUST_FRESH = AS_OF - timedelta(days=62)
EARLIER = AS_OF - timedelta(days=40)


@dataclass(frozen=True)
class RandomInbox:
    """Where it was written, for which day, and with which packs on top of the product's own."""

    inbox: Path
    packs_dir: Path
    as_of: date
    packs: dict[str, Any]


class Tables:
    """Rows waiting to be written, by dataset, region and delivery (`now`, or `before` to be superseded)."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str], list[dict[str, Any]]] = {}

    def add(self, dataset: str, region: str, row: Mapping[str, Any], delivery: str = "now") -> None:
        """One row; columns that are not given stay empty."""
        unknown = set(row) - {column.name for column in CATALOGUED[dataset].columns}
        if unknown:
            raise KeyError(f"{dataset} declares no column {sorted(unknown)}")
        self.rows.setdefault((dataset, region[:6], delivery), []).append(dict(row))


def write_random_inbox(
    path: Path, seed: int, *, applications: int, base_packs: Mapping[str, Any]
) -> RandomInbox:
    """Write `path/inbox` and `path/packs` for one seed.

    `base_packs`: the packs that the product ships, in the form of parameters.yaml; they tell where the limits are.
    """
    rng = Random(seed)
    packs_dir = path / "packs"
    packs_dir.mkdir(parents=True, exist_ok=True)
    document = own_packs(rng, base_packs)
    regions = ("990101", "500112", rng.choice(OWN_REGIONS), rng.choice(OWN_REGIONS))
    regions += (rng.choice((*OTHER_REGIONS, UNBOUND_REGION, UNBOUND_REGION)),)
    own = packs_dir / "own.yaml"
    own.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=True), encoding="utf-8")
    packs = {**base_packs, **read_packs(own)}
    people, tables = People(rng), Tables()
    earlier: list[HouseholdRows] = []
    for index in range(applications):
        region = rng.choice(regions) + f"{rng.randrange(1, 4):03d}"
        household = HouseholdRows(
            rng,
            people,
            tables,
            packs=packs,
            region=region,
            application_id=f"X{index:04d}",
            as_of=AS_OF,
        )
        household.write(borrow=rng.choice(earlier) if earlier and rng.random() < 0.05 else None)
        earlier.append(household)
    inbox = path / "inbox"
    for region in dict.fromkeys(regions):
        _write_region(inbox, rng, tables, region)
    return RandomInbox(inbox, packs_dir, AS_OF, packs)


def _write_region(inbox: Path, rng: Random, tables: Tables, region: str) -> None:
    silent = rng.sample(sorted(set(CATALOGUED)), rng.choice([0, 0, 1, 2, 3]))
    for name in CATALOGUED:
        rows = tables.rows.get((name, region, "now"), [])
        before = tables.rows.get((name, region, "before"), [])
        if name in silent and not name.startswith("approval.") and name != "banking.receipt":
            if rng.random() < 0.4:
                continue
            _write_file(inbox, name, f"{region}_{rng.choice([STALE, JUST_FRESH]):%Y%m%d}", rows)
            continue
        if before or rng.random() < 0.1:
            # An older delivery: rows that a later one changes, and in a snapshot replaces whole.
            _write_file(inbox, name, f"{region}_{EARLIER:%Y%m%d}", before)
        if len(rows) > 3 and rng.random() < 0.3 and not name.startswith("approval.member"):
            half = len(rows) // 2
            _write_file(inbox, name, f"{region}_{FRESH:%Y%m%d}_1", rows[:half])
            _write_file(inbox, name, f"{region}_{FRESH:%Y%m%d}_2", rows[half:])
        else:
            _write_file(inbox, name, f"{region}_{FRESH:%Y%m%d}", rows)


def _write_file(inbox: Path, name: str, suffix: str, rows: list[dict[str, Any]]) -> None:
    dataset = CATALOGUED[name]
    target = inbox / dataset.source / f"{dataset.subject}_{suffix}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    # A column that the catalogue does not know keeps two empty extracts from being one identical file.
    writer.writerow([*(column.title_zh for column in dataset.columns), f"批次{suffix}"])
    for row in rows:
        writer.writerow([*(_cell(row.get(column.name)) for column in dataset.columns), ""])
    target.write_bytes(text.getvalue().encode())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else str(value)
