"""What arrives in the inbox.

The parcels of each dataset, with late, stale, repeated and refused ones among them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from synthetic.deliveries import DELIVERIES, EXTRACT_DAYS, Delivery
from synthetic.draws import codes, sample
from synthetic.households import TOWNS

STALE_TOWN = 7  # its vehicles come from an extract of long ago
LATE_TOWN = 5  # an older extract of its vehicles lies in the inbox too
EXTRA_COLUMN_TOWN = 3
STALE_DAYS = 90
LATE_DAYS = 45
EARLIER_APPLICATIONS_DAYS = 32


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file to be: its rows (values with identities), its form, and how intake should end.

    `state` is that of the intake ledger: done, superseded, refused (its manifest lies), duplicate.
    A `repeat` is sent a second time under a further part, byte for byte. `noisy` parcels get the
    noise of their rows.
    """

    dataset: str
    delivery: Delivery
    rows: pl.DataFrame
    state: str = "done"
    noisy: bool = True
    repeat: bool = False


def parcels_of(rng: np.random.Generator, dataset: str, *, rows: pl.DataFrame) -> list[Parcel]:
    """The parcels of a dataset, rows in random order as departments send them."""
    rows = rows[rng.permutation(len(rows))]
    if dataset == "public_security.vehicle":
        return _by_town(rng, dataset, rows=rows)
    deliveries = DELIVERIES[dataset]
    edges = np.linspace(0, len(rows), len(deliveries) + 1).astype(np.int64)
    parcels = [
        Parcel(dataset, delivery, rows[int(start) : int(end)])
        for delivery, start, end in zip(deliveries, edges[:-1], edges[1:], strict=True)
    ]
    if dataset == "justice.custody":
        return [replace(parcels[0], repeat=True)]
    return [*parcels, *_further(rng, dataset, rows=rows, parcels=parcels)]


def _by_town(rng: np.random.Generator, dataset: str, *, rows: pl.DataFrame) -> list[Parcel]:
    """A file a township.

    One stale, one with a column that nobody declared, one with an older extract beside it.
    """
    parcels = []
    forms = DELIVERIES[dataset]
    regions = codes("990101", 100 + np.arange(TOWNS), width=3).to_list()
    for town in range(TOWNS):
        of_town = rows.filter(pl.col("_town") == town)
        delivery = replace(
            forms[town % len(forms)],
            region=regions[town],
            extra_column="备注" if town == EXTRA_COLUMN_TOWN else "",
            days_ago=STALE_DAYS if town == STALE_TOWN else EXTRACT_DAYS,
        )
        parcels.append(Parcel(dataset, delivery, of_town))
        if town == LATE_TOWN:
            older = _some(rng, of_town, share=0.8).with_columns(status=pl.lit("正常"))
            late = delivery.resent(days_ago=LATE_DAYS)
            parcels.append(Parcel(dataset, late, older, state="superseded", noisy=False))
    return parcels


def _further(
    rng: np.random.Generator, dataset: str, *, rows: pl.DataFrame, parcels: list[Parcel]
) -> list[Parcel]:
    """Older extracts, and a file whose manifest does not hold."""
    delivery = parcels[0].delivery
    if dataset == "housing.real_estate":
        older = _some(rng, rows, share=0.04).with_columns(status=pl.lit("现势"))
        late = delivery.resent(days_ago=LATE_DAYS)
        return [Parcel(dataset, late, older, state="superseded", noisy=False)]
    if dataset == "approval.application":
        # history: each of these rows is superseded by the later one of its key
        older = _some(rng, rows, share=0.05).with_columns(
            requested_amount=pl.lit(100_000, pl.Int64)
        )
        late = delivery.resent(days_ago=EARLIER_APPLICATIONS_DAYS)
        return [Parcel(dataset, late, older, noisy=False)]
    if dataset == "education.enrolment":
        false = rows[:7].with_columns(
            stage=pl.lit("本科"), status=pl.lit("在读"), public_fee=pl.lit(9_999_900, pl.Int64)
        )
        lying = replace(delivery, part="9", manifest=True)
        return [Parcel(dataset, lying, false, state="refused", noisy=False)]
    return []


def _some(rng: np.random.Generator, rows: pl.DataFrame, *, share: float) -> pl.DataFrame:
    """A share of the rows, at least one where there are any."""
    count = min(len(rows), max(1, round(len(rows) * share)))
    return rows[sample(rng, np.arange(len(rows)), count=count)]
