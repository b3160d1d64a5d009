"""What is known of the applications that a batch names: published by the newest run, handed in before, and standing in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from casework.submissions import landed_applications, landed_numbers, newest_digests
from connectors.intake.arrivals import READ, read_arrivals
from connectors.settling.settle import settle
from connectors.settling.settled import core_rows
from connectors.store import Store
from household.schema.datasets import DATASETS
from pipelines.settings import DEMONSTRATION_KEY
from pipelines.workplace import store_root
from quality.rows import typed_schema
from service.access.actor import EVERYTHING, Scope
from service.submissions.content import (
    AUTHORISATION,
    HANDED,
    NUMBERED,
    OBJECTION,
    Area,
    Known,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.deployment import Deployment
    from service.reading.index import Indexes
    from service.submissions.content import Sheet

ALL = Scope((EVERYTHING,))
FROM_HERE = "_s"
"""Begins the part of the file name of what was handed in: it sorts behind every numbered part of the same day."""


def store_of(deployment: Deployment) -> Store:
    """The working store beside the warehouse."""
    return Store(store_root(deployment.warehouse.path))


def row_key(deployment: Deployment) -> bytes:
    """The secret of the digests of rows: that of the person references."""
    return deployment.settings.person_key or DEMONSTRATION_KEY


def known_of(deployment: Deployment, indexes: Indexes, sheets: Mapping[str, Sheet]) -> Known:
    """Look up what the rows of a batch name. Raises WarehouseError, CaseworkError, ConnectorError."""
    stand, numbers = _numbers(deployment, sheets)
    named = _named(sheets).union(
        *numbers.values(), *(set(f["application_id"]) for f in stand.values())
    )
    areas: dict[str, tuple[Area, ...]] = {}
    with indexes.reading() as (tables, index):
        for one in named:
            rows = index.of_application(one, ALL)
            asked = rows.filter("requested") if rows["requested"].any() else rows
            pairs = asked.select("region_code", pl.col("programme").cast(pl.String)).unique()
            if pairs.height:
                areas[one] = tuple(Area(region, programme) for region, programme in pairs.rows())
        evidence = {
            one: frozenset(
                tables.frame("evidence", columns=["evidence_id"], application_id=one)["evidence_id"]
            )
            for one in (_ids(sheets[OBJECTION]) if OBJECTION in sheets else ())
            if one in areas
        }
    for one, landed in landed_applications(deployment.casework, named).items():
        areas[one] = (*areas.get(one, ()), Area(landed.region_code, landed.programme))
    digests = newest_digests(deployment.casework, named)
    foreign = _foreign(deployment) if digests else {}
    return Known(areas, evidence, digests, foreign, stand, numbers)


def _numbers(
    deployment: Deployment, sheets: Mapping[str, Sheet]
) -> tuple[dict[str, pl.DataFrame], dict[str, set[str]]]:
    """Whose the papers and objections are that have the numbers of a batch: a row of the same key would take their place."""
    stand: dict[str, pl.DataFrame] = {}
    landed: dict[str, set[str]] = {}
    store = store_of(deployment)
    log = read_arrivals(store)
    for name in (AUTHORISATION, OBJECTION):
        if name not in sheets:
            continue
        texts = sheets[name].frame[NUMBERED[name]].drop_nulls().str.strip_chars().unique()
        landed |= landed_numbers(deployment.casework, name, texts.to_list())
        if any(a.dataset == name for a in log):
            columns = list(
                dict.fromkeys([*(k.name for k in DATASETS[name].keys), "application_id"])
            )
            rows = core_rows(settle(name, log, store), store, columns=columns)
            stand[name] = rows.filter(pl.col(NUMBERED[name]).is_in(texts.implode())).collect()
    return stand, landed


def earlier_papers(deployment: Deployment, application_ids: set[str]) -> pl.DataFrame:
    """Typed papers that stand in the store for these applications. No row where nothing was ever taken in."""
    empty = pl.DataFrame(schema=typed_schema(DATASETS[AUTHORISATION]))
    store = store_of(deployment)
    log = read_arrivals(store)
    if not application_ids or not any(a.dataset == AUTHORISATION for a in log):
        return empty
    rows = core_rows(settle(AUTHORISATION, log, store), store)
    wanted = pl.Series(sorted(application_ids))
    kept = rows.filter(pl.col("application_id").is_in(wanted.implode())).collect()
    return kept.select(c for c in empty.columns if c in kept.columns)


def _foreign(deployment: Deployment) -> dict[str, str]:
    """Dataset to the newest day of a file that came another way: what it says of a row may be later than what was handed in."""
    found: dict[str, str] = {}
    for arrival in read_arrivals(store_of(deployment)):
        ours = FROM_HERE in arrival.file
        if arrival.dataset in HANDED and arrival.state == READ and arrival.as_of and not ours:
            day = arrival.as_of.isoformat()
            found[arrival.dataset] = max(found.get(arrival.dataset, ""), day)
    return found


def _named(sheets: Mapping[str, Sheet]) -> set[str]:
    return {one for sheet in sheets.values() for one in _ids(sheet)}


def _ids(sheet: Sheet) -> set[str]:
    texts = sheet.frame["application_id"].drop_nulls().str.strip_chars().unique()
    return {text for text in texts if text}
