"""Linkage models of a warehouse: estimated from the rows that its newest run stood on, pinned, and told of by the runs that use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connectors.shelves.model_files import (
    SHIPPED,
    Pin,
    keep_model,
    kept_digests,
    load_model,
    read_pins,
    write_pins,
)
from connectors.store import Store
from household.authorisation import grants
from household.errors import InputError
from household.linkage.known import gather_known
from household.linkage.models import ENOUGH, gather_population, train_dataset
from household.linkage.plans import shipped
from household.linkage.subjects import DATASETS_LINKED
from household.roster import build_roster
from household.schema.published import PUBLISHED
from pipelines.rerun import open_newest
from pipelines.workplace import store_root
from warehouse.current import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from household.linkage.engine.model import Model
    from household.linkage.links import Linked
    from household.linkage.models import Training


@dataclass(frozen=True)
class Trained:
    """A training beside what the dataset used before.

    Attributes:
        training: what was estimated, or why not. digest: of the new model; None where nothing was estimated.
        before, before_digest: the model in use; the shipped one where that cannot be read. pinned: whether the new one is in use from now on.
    """

    training: Training
    digest: str | None
    before: Model
    before_digest: str
    pinned: bool


@dataclass(frozen=True)
class InUse:
    """Which model a dataset uses. `since`: the run after which it was pinned; None for the shipped one. `kept`: all that could be."""

    dataset: str
    digest: str
    since: str | None
    model: Model
    kept: tuple[str, ...]


def train_warehouse(
    warehouse: Path, datasets: Sequence[str] = (), *, pin: bool, enough: int = ENOUGH
) -> Iterator[Trained]:
    """Estimate models from the rows that the newest run stood on, one dataset after the other, and keep them.

    Every model that could be estimated is kept; with `pin`, runs from now on use it. Without, no run changes.

    Args:
        datasets: which; none is all that are linked. pin: whether to pin. enough: persons that must teach (see `models.ENOUGH`).

    Raises:
        InputError: no such dataset, or no run yet. WarehouseError, ConnectorError: a file cannot be read or written.
    """
    wanted = _known(datasets) or DATASETS_LINKED
    store = _store_of(warehouse)
    with store.held():
        newest = open_newest(warehouse)
        run, extracts = newest.run, newest.extracts()
        roster = build_roster(extracts, b"", run.region_code)
        known = gather_known(
            extracts, roster, grants(extracts, roster.applications, roster.members)
        )
        population = gather_population(extracts, roster, known)
        pins = read_pins(store)
        for dataset in wanted:
            before = _comparable(dataset, pins, store)
            told = train_dataset(extracts, population, dataset, enough=enough)
            digest = None if told.model is None else keep_model(told.model, dataset, store)
            pinned = pin and digest is not None
            if digest is not None and pinned and digest != before.digest:
                pins[dataset] = Pin(digest, run.run_id)
                write_pins(pins, store)
            yield Trained(told, digest, before.model, before.digest, pinned)


def models_in_use(warehouse: Path) -> list[InUse]:
    """The model of every linked dataset. Raises InputError, ConnectorError."""
    store = _store_of(warehouse)
    pins = read_pins(store)
    return [_in_use(dataset, pins, store) for dataset in DATASETS_LINKED]


def pin_model(warehouse: Path, dataset: str, model: str) -> InUse:
    """Let later runs use a kept model, or SHIPPED. Returns what is in use now.

    Raises:
        InputError: no such dataset or model, or no run yet. ConnectorError: the store is in use or cannot be written.
    """
    _known([dataset])
    store = _store_of(warehouse)
    with store.held(), reading(warehouse) as tables:
        pins = read_pins(store)
        if model == SHIPPED:
            pins.pop(dataset, None)
        else:
            load_model(dataset, model, store)
            if dataset not in pins or pins[dataset].digest != model:
                pins[dataset] = Pin(model, tables.run.run_id)
        write_pins(pins, store)
    return _in_use(dataset, pins, store)


def link_model_rows(
    linked: Linked, models: Mapping[str, Model], pins: Mapping[str, Pin]
) -> pl.DataFrame:
    """Published `link_model`: which parameters each dataset was linked with, and what they decided.

    Args:
        linked: links of the run. models: dataset -> pinned model. pins: dataset -> pin of the same.
    """
    rows = []
    for dataset in DATASETS_LINKED:
        model = models.get(dataset) or shipped(dataset)
        by_score = linked[dataset].filter(
            pl.col("by_number").not_() & pl.col("score").is_not_null()
        )
        rows.append(
            {
                "dataset": dataset,
                "model_digest": pins[dataset].digest if dataset in pins else model.digest,
                "is_pinned": dataset in pins,
                "origin": model.origin,
                "accept": model.accept,
                "review": model.review,
                "matched": model.matched,
                "population": model.population,
                "links_accepted": by_score.filter(pl.col("tier") == "C").height,
                "links_proposed": by_score.filter(pl.col("tier") == "D").height,
            }
        )
    return pl.DataFrame(rows, schema=PUBLISHED["link_model"].polars_schema())


def _known(datasets: Sequence[str]) -> tuple[str, ...]:
    strange = [name for name in datasets if name not in DATASETS_LINKED]
    if strange:
        raise InputError(
            f"没有可关联的数据集 {'、'.join(strange)}", f"可用的有 {'、'.join(DATASETS_LINKED)}"
        )
    return tuple(dict.fromkeys(datasets))


def _store_of(warehouse: Path) -> Store:
    root = store_root(warehouse)
    if not root.is_dir():
        raise InputError(
            f"结果库旁没有工作目录 {root.name}", "请先运行 hedui run，或把它与结果库放在一起"
        )
    return Store(root)


def _in_use(dataset: str, pins: Mapping[str, Pin], store: Store) -> InUse:
    kept = tuple(kept_digests(dataset, store))
    if dataset not in pins:
        model = shipped(dataset)
        return InUse(dataset, model.digest, None, model, kept)
    pin = pins[dataset]
    return InUse(dataset, pin.digest, pin.since, load_model(dataset, pin.digest, store), kept)


def _comparable(dataset: str, pins: Mapping[str, Pin], store: Store) -> InUse:
    """What is in use; the shipped model where that cannot be read any more: training anew is a way out of that."""
    try:
        return _in_use(dataset, pins, store)
    except InputError:
        return _in_use(dataset, {}, store)
