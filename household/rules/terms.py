"""The parameters of each application as columns: what its region's packs say on the day it applied (assessment §1)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from household.money import AMOUNT, rate_of, units_of
from household.periods import first_day
from household.rules.parameters import PARAMETERS, Meaning, Parameter, Reader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from household.rules.packs import Found, Packs

_DTYPE: dict[Meaning, pl.DataType] = {
    Meaning.MONEY: AMOUNT,
    Meaning.RATE: pl.Int64(),
    Meaning.COUNT: pl.Int64(),
    Meaning.FLAG: pl.Boolean(),
    Meaning.WORD: pl.String(),
    Meaning.WORDS: pl.List(pl.String()),
}
_READ = [p for p in PARAMETERS.values() if p.reads is Reader.APPLICATION]
_COLUMNS = [p for p in _READ if p.meaning is not Meaning.TABLE]

ASSET_PREFIXES: dict[str, tuple[str, ...]] = {
    "plain": ("",),
    "edge": ("edge.", ""),
    "rigid": ("rigid.", "edge.", ""),
}
"""Whose asset limits: a programme's own where given, else the next (assessment §7)."""


@dataclass(frozen=True)
class Terms:
    """Parameters by application.

    Attributes:
        values: `app`, `term` (one number per chain of packs and spell of days in which none changes), one column a parameter (money in units, rates in ten-thousandths; null
            = missing), asset parameters as `<plain|edge|rigid>_<name>`, `standard` by urban_rural, pack_ids, pack_digest.
        classes: term, class_name, place, who, threshold, rate, rate_min, rate_max, cap of `temp.class_table`.
        cited: term, key, pack_id, source: where each value in force comes from.
    """

    values: pl.DataFrame
    classes: pl.DataFrame
    cited: pl.DataFrame


def terms_of(packs: Packs, applications: pl.DataFrame) -> Terms:
    """Look every parameter up once per chain of packs and spell of days in which none of its values changes."""
    days, spells = _spells(packs, applications)
    values: list[dict[str, Any]] = []
    cited: list[tuple[int, str, str, str]] = []
    classes: list[dict[str, Any]] = []
    for term, (region, day) in enumerate(spells):
        found = {p.key: packs.find(p.key, region, day) for p in _READ}
        values.append(_row(term, region, found, packs))
        cited += [(term, key, f.pack_id, f.source) for key, f in found.items() if f is not None]
        table = found["temp.class_table"]
        if table is not None:
            classes += _class_rows(term, table.value)
    schema = {
        "term": pl.UInt32(),
        **{p.column: _DTYPE[p.meaning] for p in _COLUMNS},
        "pack_ids": pl.List(pl.String()),
        "pack_digest": pl.String(),
    }
    frame = pl.DataFrame(values, schema=schema).with_columns(
        pl.coalesce(*(pl.col((prefix + key).replace(".", "_")) for prefix in prefixes)).alias(
            f"{variant}_{key.split('.')[1]}"
        )
        for variant, prefixes in ASSET_PREFIXES.items()
        for key in (p.key for p in _READ)
        if key.startswith("asset.")
    )
    by_app = (
        applications.select("app", "region_code", "applied_on", "urban_rural")
        .join(days, on=["region_code", "applied_on"])
        .join(frame, on="term")
        .with_columns(
            pl.when(pl.col("urban_rural") == "urban")
            .then("standard_urban")
            .otherwise("standard_rural")
            .alias("standard")
        )
        .drop("region_code", "applied_on", "urban_rural")
        .sort("app")
    )
    return Terms(
        by_app,
        _class_frame(classes),
        pl.DataFrame(
            cited,
            schema={
                "term": pl.UInt32(),
                "key": pl.String(),
                "pack_id": pl.String(),
                "source": pl.String(),
            },
            orient="row",
        ),
    )


def _spells(
    packs: Packs, applications: pl.DataFrame
) -> tuple[pl.DataFrame, list[tuple[str, date]]]:
    """region_code, applied_on, term; and by term a region and a day that stand for it.

    A province has a million pairs of township and day, and a few dozen answers: what its packs say changes only on the days of their entries.
    """
    asked = applications.select("region_code", "applied_on").unique()
    asked = asked.sort("region_code", "applied_on")
    turns: dict[tuple[str, ...], list[date]] = {}
    terms: dict[tuple[tuple[str, ...], int], int] = {}
    spells: list[tuple[str, date]] = []
    found: list[int] = []
    for region, day in asked.iter_rows():
        chain = packs.chain(region)
        if chain not in turns:
            turns[chain] = _turns(packs, chain)
        spell = (chain, bisect_right(turns[chain], day))
        if spell not in terms:
            terms[spell] = len(spells)
            spells.append((region, day))
        found.append(terms[spell])
    return asked.with_columns(pl.Series("term", found, dtype=pl.UInt32)), spells


def _turns(packs: Packs, chain: tuple[str, ...]) -> list[date]:
    """The days on which some value of a chain begins, or is over for the first time."""
    entries = [
        entry
        for pack_id in chain
        for parameter in _READ
        for entry in packs.packs[pack_id].values.get(parameter.key, ())
    ]
    starts = {entry.valid_from for entry in entries if entry.valid_from is not None}
    ends = {
        entry.valid_to + timedelta(days=1)
        for entry in entries
        if entry.valid_to is not None and entry.valid_to < date.max
    }
    return sorted(starts | ends)


def _row(term: int, region: str, found: dict[str, Found | None], packs: Packs) -> dict[str, Any]:
    row: dict[str, Any] = {p.column: _as_column(p, found[p.key]) for p in _COLUMNS}
    return row | {
        "term": term,
        "pack_ids": list(packs.chain(region)),
        "pack_digest": packs.digest(region),
    }


def _as_column(parameter: Parameter, found: Found | None) -> Any:
    if found is None:
        return None
    match parameter.meaning:
        case Meaning.MONEY:
            return units_of(found.value)
        case Meaning.RATE:
            return rate_of(found.value)
        case Meaning.COUNT:
            return int(found.value)
        case Meaning.WORDS:
            return list(found.value)
        case _:
            return found.value


def _class_rows(term: int, table: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for place, (name, row) in enumerate(sorted(table.items())):
        yield {
            "term": term,
            "class_name": str(name),
            "place": place,
            "who": [str(w) for w in row.get("who") or ()],
            "threshold": _or_none(units_of, row.get("threshold")),
            "rate": _or_none(rate_of, row.get("rate")),
            "rate_min": _or_none(rate_of, row.get("rate_min")),
            "rate_max": _or_none(rate_of, row.get("rate_max")),
            "cap": _or_none(units_of, row.get("cap")),
        }


def _or_none(convert: Any, value: Any) -> int | None:
    return None if value is None else convert(value)


def _class_frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {
        "term": pl.UInt32(),
        "class_name": pl.String(),
        "place": pl.Int64(),
        "who": pl.List(pl.String()),
        "threshold": AMOUNT,
        "rate": pl.Int64(),
        "rate_min": pl.Int64(),
        "rate_max": pl.Int64(),
        "cap": AMOUNT,
    }
    return pl.DataFrame(rows, schema=schema)


def central_basic_by_month(
    packs: Packs, regions: Iterable[str], months: Iterable[int]
) -> pl.DataFrame:
    """region_code, month, excluded: whether the central basic pension of a month is left out; null where no value is in force."""
    rows: list[tuple[str, int, bool | None]] = []
    for region in sorted(set(regions)):
        for month in sorted(set(months)):
            day: date = first_day(month)
            found = packs.find("income.exclude_central_basic", region, day)
            rows.append((region, month, None if found is None else bool(found.value)))
    return pl.DataFrame(
        rows,
        schema={"region_code": pl.String(), "month": pl.Int32(), "excluded": pl.Boolean()},
        orient="row",
    )
