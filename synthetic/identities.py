"""Names and numbers put into rows.

From true people to what a department holds of them, with the noise of identities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.accounts import masked_numbers
from synthetic.misnumbering import damage_numbers, drop_numbers
from synthetic.misspelling import misspell_names

if TYPE_CHECKING:
    from synthetic.draws import Array
    from synthetic.people import People
    from synthetic.rates import NoiseRates
    from synthetic.spoiling import Notes

# dataset -> (number column, name column or "", column of the true person)
_PLAIN = (("id_no", "name", "_p"),)
_OTHERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "approval.application": (),
    "approval.objection": (),
    "approval.authorisation": (("id_no", "", "_p"), ("signed_by", "", "_signer")),
    "approval.expenditure": (("id_no", "", "_p"),),
    "public_security.vehicle": (("owner_id_no", "owner_name", "_p"),),
    "housing.real_estate": (("owner_id_no", "owner_name", "_p"),),
    "banking.receipt": (("id_no", "", "_p"),),
    "civil_affairs.marriage": (("id_no_a", "name_a", "_p"), ("id_no_b", "name_b", "_p_b")),
}
MAY_LACK_NUMBER = ("civil_affairs.funeral", "approval.expenditure", "banking.account")
# share of the noise in identities: registers that check numbers have little, asked numbers none
_FACTORS = {
    "approval.member": 0.25,
    "approval.authorisation": 0.1,
    "approval.expenditure": 0.5,
    "public_security.population": 0.05,
    "banking.receipt": 0.0,
}


def identity_columns(dataset: str) -> tuple[tuple[str, str, str], ...]:
    """Number column, name column (or empty) and column of the true person.

    For each person that a row of the dataset names.
    """
    return _OTHERS.get(dataset, _PLAIN)


def identify_rows(rows: pl.DataFrame, dataset: str, *, people: People) -> pl.DataFrame:
    """The rows with true numbers and names.

    A newborn without a number has none, a bank may mask.
    """
    for number, name, person in identity_columns(dataset):
        at = rows[person].to_numpy()
        known = at >= 0
        if "_newborn" in rows.columns:
            known = known & ~rows["_newborn"].to_numpy()
        gathered = people.number.gather(np.clip(at, 0, None))
        columns = [pl.when(pl.Series(known)).then(gathered).alias(number)]
        if name:
            columns.append(pl.lit(people.name.gather(np.clip(at, 0, None))).alias(name))
        rows = rows.with_columns(columns)
    return masked_numbers(rows) if dataset == "banking.account" else rows


def blur_identities(
    rng: np.random.Generator,
    rows: pl.DataFrame,
    *,
    dataset: str,
    people: People,
    rates: NoiseRates,
    notes: Notes,
) -> pl.DataFrame:
    """Numbers and names with noise; rows that the notes hold as spoilt or clean are left alone."""
    rates = rates.scaled(_FACTORS.get(dataset, 1.0))
    for number, name, person in identity_columns(dataset):
        true = rows[person].to_numpy()
        open_rows: Array = np.where(notes.spoilt, -1, true)
        numbers, touched = damage_numbers(
            rng, people, numbers=rows[number], person=open_rows, rates=rates
        )
        for channel, at in touched:
            notes.add(channel, number, rows=at)
        if dataset in MAY_LACK_NUMBER:
            numbers, dropped = drop_numbers(rng, numbers, person=open_rows, rates=rates)
            for channel, at in dropped:
                notes.add(channel, number, rows=at)
        rows = rows.with_columns(numbers.alias(number))
        if name:
            names, touched = misspell_names(
                rng, people, names=rows[name], person=open_rows, rates=rates
            )
            for channel, at in touched:
                notes.add(channel, name, rows=at)
            rows = rows.with_columns(names.alias(name))
    return rows
