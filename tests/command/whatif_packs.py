"""Changed packs of the invented county, and what a what-if over them is compared with. No test stands here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

import rulepacks

if TYPE_CHECKING:
    import polars as pl

COUNTY = "990101"
RAISED = {"standard.urban": 1100, "standard.rural": 1000}
MIXED = {"standard.urban": 900, "standard.rural": 450}


def write_pack(folder: Path, values: dict[str, object], pack: str = COUNTY) -> Path:
    """A pack that holds these values alone, at every date."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {key: [{"value": value}] for key, value in values.items()}
    body = {"packs": {pack: {"values": told}}}
    (folder / "pack.yaml").write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    return folder


def write_whole(folder: Path, values: dict[str, object]) -> Path:
    """The county's own pack with these values in place of its own: what `hedui run --packs` takes."""
    own = Path(rulepacks.__file__).parent / COUNTY / "pack.yaml"
    body = yaml.safe_load(own.read_text(encoding="utf-8"))
    for key, value in values.items():
        body["packs"][COUNTY]["values"][key] = [{"value": value}]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    return folder


def by_key(verdicts: pl.DataFrame) -> dict[tuple[str, str], tuple[object, ...]]:
    """Application and programme -> suggestion, certain, amount."""
    told = verdicts.select("application_id", "programme", "suggestion", "certain", "amount")
    return {(row[0], str(row[1])): (str(row[2]), *row[3:]) for row in told.iter_rows()}
