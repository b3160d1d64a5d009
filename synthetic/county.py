"""A synthetic county: an inbox in the form of the contract, and the truth beside it.

Fictitious people, regions and banks.

`write_county` is the only way in. The world is drawn first, then every dataset is given identities,
noise and form, file by file, from one seeded generator: the same arguments make the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from household.schema.datasets import CATALOGUED
from synthetic import truth
from synthetic.arrivals import Parcel, parcels_of
from synthetic.authorisations import delivered_authorisations
from synthetic.benefits import DRAWING
from synthetic.identities import blur_identities, identify_rows
from synthetic.local_rules import write_local_rules
from synthetic.rates import NoiseRates
from synthetic.spelling import column_titles, spell_rows, type_rows
from synthetic.spoiling import Notes, repeat_rows, spoil_texts, spoil_values
from synthetic.truth_wrongs import find_wrongs, with_unsigned
from synthetic.world import World, draw_world
from synthetic.writing import (
    csv_bytes,
    fixed_width_bytes,
    parquet_bytes,
    write_manifest,
    xlsx_bytes,
)

if TYPE_CHECKING:
    from pathlib import Path

    from household.schema.column import Dataset
    from synthetic.draws import Array

PEOPLE_PER_APPLICATION = 20


@dataclass(frozen=True, slots=True)
class CountyTruth:
    """Where a county was written, and how large it is.

    `rows` counts what lies in the inbox, repeated files included.
    """

    inbox: Path
    truth: Path
    packs: Path
    applications: int
    people: int
    files: int
    rows: int
    wrongs: int
    noise: int


def write_county(
    out: Path,
    *,
    households: int = 400,
    people: int | None = None,
    seed: int = 1,
    as_of: date = date(2026, 5, 20),
    rates: NoiseRates | None = None,
    drawing: float = DRAWING,
) -> CountyTruth:
    """Write `out`/inbox, `out`/truth, and the county's own rule pack in `out`/packs.

    Args:
        out: Folder for both; made where missing, its files of the same names overwritten.
        households: Number of applications.
        people: Size of the population, 20 for each application when not given.
        seed: The same seed and arguments make the same bytes.
        as_of: The date of the county; extracts are twelve days older.
        drawing: Share of households that draw dibao without applying for anything.
        rates: Noise; the defaults of NoiseRates when not given, `NoiseRates().silent()` for none.

    Returns:
        Folders and counts.

    Raises:
        ValueError: the population is too small for the applications.

    """
    rng = np.random.default_rng(seed)
    population = people or PEOPLE_PER_APPLICATION * households
    world = draw_world(
        rng, applications=households, population=population, as_of=as_of, drawing=drawing
    )
    writer = _Writer(rng, world, out / "inbox", rates or NoiseRates())
    for name, dataset in sorted(_datasets().items()):
        rows = _sent_rows(world, name)
        for parcel in parcels_of(rng, name, rows=identify_rows(rows, name, people=world.people)):
            writer.write_parcel(parcel, dataset)
    noise, row_person = pl.concat(writer.noise), pl.concat(writer.row_person)
    wrongs = with_unsigned(find_wrongs(world), noise, row_person)
    files = pl.DataFrame(writer.files, schema=truth.FILE, orient="row")
    members = world.tables["approval.member"]
    truth.write_truth(
        out / "truth",
        {
            "person": truth.person_table(world.people, world.roster, members=members),
            "row_person": row_person,
            "noise": noise,
            "wrong": wrongs,
            "file": files,
        },
    )
    return CountyTruth(
        inbox=out / "inbox",
        truth=out / "truth",
        packs=write_local_rules(out / "packs"),
        applications=households,
        people=len(world.people),
        files=len(files),
        rows=int(files["rows"].sum()),
        wrongs=len(wrongs),
        noise=len(noise),
    )


def _datasets() -> dict[str, Dataset]:
    found = CATALOGUED.values() if isinstance(CATALOGUED, dict) else CATALOGUED
    return {dataset.name: dataset for dataset in found}


def _sent_rows(world: World, name: str) -> pl.DataFrame:
    """The rows of a dataset that departments hold.

    Nothing of the unregistered but the roster, no missing paper.
    """
    rows = world.tables[name]
    if name == "approval.authorisation":
        return delivered_authorisations(rows)
    if "_p" not in rows.columns or name == "approval.member":
        return rows
    unregistered = np.isin(rows["_p"].to_numpy(), world.roster.unregistered)
    return rows.filter(pl.Series(~unregistered))


class _Writer:
    """Writes parcel after parcel and keeps what the truth needs."""

    def __init__(
        self, rng: np.random.Generator, world: World, inbox: Path, rates: NoiseRates
    ) -> None:
        self.rng, self.world, self.inbox, self.rates = rng, world, inbox, rates
        self.clean = world.clean
        self.row_person = [pl.DataFrame(schema=truth.ROW_PERSON)]
        self.noise = [pl.DataFrame(schema=truth.NOISE)]
        self.files: list[tuple[Any, ...]] = []

    def write_parcel(self, parcel: Parcel, dataset: Dataset) -> None:
        """One file, its manifest, its repetition where it is sent twice, and its truth."""
        rates = self.rates if parcel.noisy else self.rates.silent()
        rows, notes = repeat_rows(
            self.rng, parcel.rows, clean=self._clean_rows(parcel.rows), rates=rates
        )
        people = self.world.people
        rows = spoil_values(self.rng, rows, dataset=dataset, rates=rates, notes=notes)
        rows = blur_identities(
            self.rng, rows, dataset=dataset.name, people=people, rates=rates, notes=notes
        )
        content, layout = self._form(rows, parcel, dataset=dataset, rates=rates, notes=notes)
        file = self._save(parcel, dataset, content=content, part=parcel.delivery.part)
        self._keep_file(parcel, file, rows=len(rows), state=parcel.state)
        if parcel.delivery.manifest:
            self._save_manifest(parcel, file, content=content, rows=len(rows), layout=layout)
        # a fixed-width file has no title row
        first_line = 1 if parcel.delivery.ext == "txt" else 2
        if parcel.state != "refused":
            self.row_person.append(
                truth.row_persons(parcel, file, rows=rows, first_line=first_line)
            )
            self.noise.append(truth.noise_lines(parcel, file, notes=notes, first_line=first_line))
        if parcel.repeat:
            again = self._save(parcel, dataset, content=content, part="2")
            self._keep_file(parcel, again, rows=len(rows), state="duplicate")

    def _clean_rows(self, rows: pl.DataFrame) -> Array:
        if "_p" not in rows.columns:
            return self._clean_applications(rows)
        clean: Array = self.clean[rows["_p"].to_numpy()]
        if "_p_b" in rows.columns:
            clean = clean | self.clean[rows["_p_b"].to_numpy()]
        return clean

    def _clean_applications(self, rows: pl.DataFrame) -> Array:
        """Rows of applications on whose roster a wrong hangs: without the application nobody could find it."""
        if "application_id" not in rows.columns:
            return np.zeros(len(rows), dtype=bool)
        roster = self.world.roster
        concerned = np.unique(roster.line_application[self.clean[roster.line_person]])
        named = roster.application_id.gather(concerned).implode()
        clean: Array = rows["application_id"].is_in(named).to_numpy()
        return clean

    def _form(
        self,
        rows: pl.DataFrame,
        parcel: Parcel,
        *,
        dataset: Dataset,
        rates: NoiseRates,
        notes: Notes,
    ) -> tuple[bytes, list[dict[str, Any]] | None]:
        """The file's bytes, and its layout where it is of fixed width."""
        delivery = parcel.delivery
        titles = column_titles(dataset, delivery.style)
        if delivery.typed:
            typed = type_rows(rows, dataset)
            typed.columns = titles
            if delivery.ext == "parquet":
                return parquet_bytes(typed), None
            return xlsx_bytes(typed, self._as_of(parcel)), None
        texts = spell_rows(rows, dataset, style=delivery.style)
        texts = spoil_texts(self.rng, texts, dataset=dataset, rates=rates, notes=notes)
        if delivery.ext == "txt":
            return fixed_width_bytes(texts, delivery.encoding)
        texts.columns = titles
        if delivery.extra_column:
            texts = texts.with_columns(pl.lit("无").alias(delivery.extra_column))
        if delivery.ext == "parquet":
            return parquet_bytes(texts), None
        if delivery.ext == "xlsx":
            return xlsx_bytes(texts, self._as_of(parcel)), None
        return csv_bytes(texts, delivery), None

    def _as_of(self, parcel: Parcel) -> date:
        return self.world.as_of - timedelta(days=parcel.delivery.days_ago)

    def _save(self, parcel: Parcel, dataset: Dataset, *, content: bytes, part: str) -> str:
        """Write the bytes; returns the path below the inbox."""
        delivery = parcel.delivery
        suffix = f"_{part}" if part else ""
        name = f"{dataset.subject}_{delivery.region}_{self._as_of(parcel):%Y%m%d}{suffix}"
        path = self.inbox / dataset.source / f"{name}.{delivery.ext}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return f"{dataset.source}/{path.name}"

    def _save_manifest(
        self,
        parcel: Parcel,
        file: str,
        *,
        content: bytes,
        rows: int,
        layout: list[dict[str, Any]] | None,
    ) -> None:
        """The manifest beside a file; that of a refused one counts ten times the rows."""
        as_of = self._as_of(parcel)
        facts: dict[str, Any] = {
            "dataset": parcel.dataset,
            "region": parcel.delivery.region,
            "as_of": as_of.isoformat(),
            "period_from": (as_of - timedelta(days=480)).isoformat(),
            "period_to": as_of.isoformat(),
            "rows": rows * 10 if parcel.state == "refused" else rows,
            "encoding": parcel.delivery.encoding.removesuffix("-sig"),
            "institution": "示范单位",
            "produced_on": as_of.isoformat(),
        }
        if layout is not None:
            facts["layout"] = layout
        write_manifest(self.inbox / file, content, facts=facts)

    def _keep_file(self, parcel: Parcel, file: str, *, rows: int, state: str) -> None:
        delivery = parcel.delivery
        separator = delivery.separator if delivery.ext == "csv" else ""
        self.files.append(
            (
                file,
                parcel.dataset,
                delivery.region,
                self._as_of(parcel),
                delivery.ext,
                delivery.encoding if delivery.ext in {"csv", "txt"} else "",
                separator,
                rows,
                state,
            )
        )
