"""Writes a corpus: the roster, the registers, and the truth about their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.linkage.fields import (
    sent_addresses,
    sent_births,
    sent_counties,
    sent_former_names,
    sent_phones,
    sent_sexes,
)
from synthetic.linkage.misnaming import sent_names
from synthetic.linkage.numbering import sent_numbers
from synthetic.linkage.pools import PEOPLES
from synthetic.linkage.population import Population, draw_population
from synthetic.linkage.rates import REGISTERS, ROSTER, Rates
from synthetic.linkage.registers import (
    FIELDS,
    ROSTER_FIELDS,
    draw_roster,
    draw_rows,
    population_size,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from synthetic.draws import Array
    from synthetic.linkage.channels import Channels

    Sent = Callable[..., tuple[pl.Series, Channels]]

SOURCES = tuple(FIELDS)
_SENT: dict[str, tuple[str, Sent]] = {
    "id_no": ("number_noise", sent_numbers),
    "name": ("name_noise", sent_names),
    "birth_date": ("birth_noise", sent_births),
    "sex": ("sex_noise", sent_sexes),
    "phone": ("phone_noise", sent_phones),
    "address": ("address_noise", sent_addresses),
    "county": ("county_noise", sent_counties),
}
FORMER_KNOWN = {"roster": 0.4, "hukou": 0.75}
"""Share of the former names that the register tells."""


def write_corpus(
    out: Path,
    *,
    people: int,
    rows: int,
    seed: int,
    errors: float = 1.0,
    sources: Sequence[str] = SOURCES,
) -> None:
    """Write `out`/roster.parquet, `out`/SOURCE.parquet and `out`/truth/.

    Args:
        out: Folder; made where missing, files of the same names overwritten.
        people: People on the roster, numbered from 0.
        rows: Rows of every register.
        seed: The same arguments make the same bytes; a register's do not depend on `sources`.
        errors: Every chance of noise is multiplied by it; 0 makes a corpus without noise.
        sources: Registers to write, of SOURCES.

    Truth of a register: row, person (null where the row is of nobody on the roster), and per noisy
    field the channel that hit it, "" for none. Truth of the roster: person, people (`han`,
    `uyghur` ...), true_id_no, true_name, and its own channels.

    Raises:
        ValueError: a size below 1, a negative `errors`, or an unknown source.

    """
    unknown = set(sources) - set(SOURCES)
    if unknown or people < 1 or rows < 1 or errors < 0:
        raise ValueError(f"people and rows must be positive, sources of {SOURCES}: {unknown or ''}")
    (out / "truth").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, 0])
    population = draw_population(rng, population_size(people, rows))
    roster = draw_roster(rng, population, people=people)
    _write_roster(out, rng, population, roster=roster, rates=ROSTER.scaled(errors))
    place = np.full(len(population), -1, dtype=np.int64)
    place[roster] = np.arange(len(roster))
    for source in sources:
        own = np.random.default_rng([seed, 1 + SOURCES.index(source)])
        rates = REGISTERS[source].scaled(errors)
        person = draw_rows(own, population, source=source, roster=roster, rows=rows, rates=rates)
        texts, noise = _sent(own, population, person, fields=FIELDS[source], rates=rates, of=source)
        row = pl.int_range(len(person), dtype=pl.UInt32, eager=True).alias("row")
        at = pl.Series("person", place[person])
        known = pl.select(pl.when(at >= 0).then(at).cast(pl.UInt32).alias("person"))["person"]
        _save(pl.DataFrame([row, *texts]), out / f"{source}.parquet")
        _save(pl.DataFrame([row, known, *noise]), out / "truth" / f"{source}.parquet")


def _write_roster(
    out: Path, rng: np.random.Generator, population: Population, *, roster: Array, rates: Rates
) -> None:
    """The roster's file, and the truth about it."""
    person = pl.int_range(len(roster), dtype=pl.UInt32, eager=True).alias("person")
    texts, noise = _sent(rng, population, roster, fields=ROSTER_FIELDS, rates=rates, of="roster")
    homes = population.household[roster]
    fresh = np.r_[True, homes[1:] != homes[:-1]]
    household = pl.Series("household", (np.cumsum(fresh) - 1).astype(np.uint32))
    _save(pl.DataFrame([person, *texts, household]), out / "roster.parquet")
    truth = [
        person,
        pl.Series(PEOPLES).gather(population.names.people[roster]).alias("people"),
        population.number.gather(roster).alias("true_id_no"),
        population.names.text.gather(roster).alias("true_name"),
        *noise,
    ]
    _save(pl.DataFrame(truth), out / "truth" / "roster.parquet")


def _sent(
    rng: np.random.Generator,
    population: Population,
    person: Array,
    *,
    fields: Sequence[str],
    rates: Rates,
    of: str,
) -> tuple[list[pl.Series], list[pl.Series]]:
    """The fields' texts, and the channels that hit them."""
    texts, noise = [], []
    for field in fields:
        if field == "former_name":
            former = sent_former_names(rng, population, person, share=FORMER_KNOWN[of])
            texts.append(former.alias(field))
            continue
        name, send = _SENT[field]
        column, channels = send(rng, population, person, rates=rates)
        texts.append(column.alias(field))
        noise.append(channels.texts().alias(name))
    return texts, noise


def _save(table: pl.DataFrame, path: Path) -> None:
    table.write_parquet(path, compression="zstd", statistics=False, row_group_size=262_144)
