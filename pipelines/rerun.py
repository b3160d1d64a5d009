"""The newest run of a warehouse, opened again: its record, its shut gates and the rows that it stood on. Nothing is written.

Rows are read from the store by the log of arrivals, as step core read them; what has come since the run is among them. Whoever needs
the very rows and links of the run takes `people_of`, which refuses where they cannot be had.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from typing import TYPE_CHECKING

import polars as pl

from casework.judgements import read_judgements
from casework.logs import read_casework
from connectors.intake.arrivals import Arrival, read_arrivals
from connectors.settling.settle import settle
from connectors.settling.settled import Settled, core_rows, load_settled, receipt_places
from connectors.shelves.link_files import LinkShelf
from connectors.shelves.model_files import load_model, pins_digest, read_pins
from connectors.store import Store
from household.assess import Assessed, Identified, Inputs, assess, identify
from household.errors import InputError
from household.extracts import Extracts
from household.linkage.judgements import log_digest
from household.linkage.subjects import DATASETS_LINKED
from household.schema.datasets import DATASETS
from pipelines.digest import PROGRAM_VERSION, input_digest
from pipelines.exchange import read_exchange
from pipelines.identities import load_identified
from pipelines.settings import Order
from pipelines.workplace import casework_of, store_root
from warehouse.current import reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic import SecretStr

    from household.linkage.engine.model import Model
    from household.rules.packs import Packs
    from warehouse.current import CurrentTables
    from warehouse.record import RunRecord

MODELS = "link_model"
RUN_AGAIN = "请先运行 hedui run，再试算"


@dataclass(frozen=True)
class NewestRun:
    """A published run beside the store it was made from.

    Attributes:
        run: its record. store: the working store beside the warehouse. log: what has arrived, up to now.
        shut: datasets behind a shut gate: withheld then, withheld now. tables: the published tables that were asked for.
    """

    run: RunRecord
    store: Store
    log: list[Arrival]
    shut: frozenset[str]
    tables: Mapping[str, pl.DataFrame]
    _settled: dict[str, Settled] = field(default_factory=dict, repr=False)

    def settled(self, dataset: str) -> Settled:
        """What stands of a dataset; behind a shut gate nothing does, though its ledger is whole."""
        if dataset not in self._settled:
            found = settle(dataset, self.log, self.store)
            if dataset in self.shut:
                found = with_changes(found, pieces=(), extracts=found.extracts.clear())
            self._settled[dataset] = found
        return self._settled[dataset]

    def rows(self, dataset: str) -> pl.LazyFrame:
        """The core rows of a dataset that stand."""
        return core_rows(self.settled(dataset), self.store)

    def extracts(self) -> Extracts:
        """Everything that the run read and what was delivered."""
        delivered = pl.concat(self.settled(dataset).extracts for dataset in DATASETS)
        receipts = receipt_places({dataset: self.settled(dataset) for dataset in DATASETS})
        return Extracts(
            rows=self.rows, delivered=delivered, as_of=self.run.as_of, receipts=receipts
        )

    def order_again(
        self, warehouse: Path, packs: Path | None, person_key: SecretStr | None
    ) -> Order:
        """The order of this run, as far as answers hang on it: what lay in which inbox stands in the log."""
        run = self.run
        return Order(warehouse.parent, warehouse, run.as_of, packs, run.region_code, person_key)

    def model_of(self, dataset: str) -> dict[str, Model]:
        """The model that the run used for a dataset; empty where it was the shipped one. Needs table `link_model`.

        Raises:
            InputError: it is not in the store any more, or was changed.
        """
        used = self.tables[MODELS].filter("is_pinned", dataset=dataset)["model_digest"]
        return {dataset: load_model(dataset, used[0], self.store)} if len(used) else {}


@dataclass(frozen=True)
class RunPeople:
    """The people and rows of a run, with all that judging them needs. `inputs` holds the packs they were opened with."""

    inputs: Inputs
    who: Identified

    def judged(self, packs: Packs) -> Assessed:
        """Lines, worlds and suggestions under these packs."""
        return assess(with_changes(self.inputs, packs=packs), self.who)


def people_of(newest: NewestRun, order: Order, packs: Packs) -> RunPeople:
    """Who is who as the run found it. Nothing is linked twice while the hand-off of its link step is there.

    Where it is gone, people are identified again, from links that are kept and only if all that they hang on is provably the same.

    Args:
        newest: with table `link_model`, its store held by the caller. order: that of the run again. packs: any.

    Raises:
        InputError: another program, or other files, judgements, models or another key than those of the run.
    """
    run = newest.run
    if run.program_version != PROGRAM_VERSION:
        raise InputError(
            f"最近一次运行由程序版本 {run.program_version} 发布，现在是 {PROGRAM_VERSION}",
            RUN_AGAIN,
        )
    if _is_handed_over(newest):
        settled = {dataset: load_settled(dataset, newest.store) for dataset in DATASETS}
        newest = with_changes(newest, _settled=settled)
        return RunPeople(_inputs(newest, order, packs), load_identified(newest.store))
    judgements = read_judgements(casework_of(order.warehouse))
    _refuse_moved(newest, order, judgements)
    models = {name: one for d in DATASETS_LINKED for name, one in newest.model_of(d).items()}
    inputs = with_changes(_inputs(newest, order, packs), judgements=judgements, models=models)
    settled = {dataset: newest.settled(dataset) for dataset in DATASETS}
    shelf = LinkShelf(newest.store, settled)  # read from; never brought to the disk
    return RunPeople(inputs, identify(with_changes(inputs, shelf=shelf)))


def _inputs(newest: NewestRun, order: Order, packs: Packs) -> Inputs:
    return Inputs(newest.extracts(), packs, order.key, region=newest.run.region_code)


def _is_handed_over(newest: NewestRun) -> bool:
    """Whether the hand-offs in the store are whole and those of this very run."""
    basis = newest.store.run / "basis"
    steps = [basis / "link", *(basis / "core" / dataset for dataset in DATASETS)]
    return all(
        step.is_file() and step.read_text(encoding="ascii") == newest.run.input_digest
        for step in steps
    )


def _refuse_moved(newest: NewestRun, order: Order, judgements: pl.DataFrame) -> None:
    """Refuse a store in which anything differs from what the run stood on."""
    run = newest.run
    if run.person_key_is_default != (order.person_key is None):
        raise InputError("人员代号密钥与最近一次运行不同", "请设置运行时所用的 HEDUI_PERSON_KEY")
    digest = input_digest(
        newest.log,
        order,
        packs=run.packs_digest,
        judgements=log_digest(judgements),
        models=pins_digest(read_pins(newest.store)),
        casework=read_casework(casework_of(order.warehouse)).digest(),
        exchange=read_exchange(newest.store).digest(run.as_of),
    )
    if digest != run.input_digest:
        raise InputError(
            "最近一次运行之后，收到了新文件、有了新的人工判定、换了关联模型，或人员代号密钥不同",
            RUN_AGAIN,
        )


def open_newest(warehouse: Path, tables: Iterable[str] = ()) -> NewestRun:
    """Open the newest run with some of its tables.

    Raises:
        InputError: the working store is not beside the warehouse. NotOursError, BusyError: as `warehouse.current.reading`.
    """
    with reading(warehouse) as published:
        return newest_of(published, warehouse, tables)


def newest_of(published: CurrentTables, warehouse: Path, tables: Iterable[str] = ()) -> NewestRun:
    """The run of an open warehouse with some of its tables. `warehouse`: its path. Raises InputError as `open_newest`."""
    root = store_root(warehouse)
    if not root.is_dir():
        raise InputError(
            f"结果库旁没有工作目录 {root.name}", "请把它与结果库放在一起，其中保存着收到的原件"
        )
    frames = {name: published.frame(name) for name in tables}
    failed = published.frame("quality_result").filter(~pl.col("passed"))
    store = Store(root)
    blocking = pl.col("severity").cast(pl.String) == "blocking"
    shut = frozenset(failed.filter(blocking)["dataset"].cast(pl.String))
    return NewestRun(published.run, store, read_arrivals(store), shut, frames)
