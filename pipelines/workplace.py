"""What the steps of one run share: the order, the store, the packs, and what was read once and is needed again.

A step gets everything from here, so that it can be run alone: what an earlier step did is read from the store when this
process did not do it itself.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from functools import cached_property
from typing import TYPE_CHECKING

from casework.judgements import read_judgements
from casework.logs import read_casework
from casework.store import Address, address_of
from connectors.errors import ConnectorError
from connectors.handed_in import land_handed_in
from connectors.intake.arrivals import Arrival, read_arrivals
from connectors.intake.inbox import Found, survey
from connectors.pulling.landing import land
from connectors.shelves.model_files import load_model, pins_digest, read_pins
from connectors.store import Store, open_store, write_whole
from household.errors import InputError
from household.linkage.judgements import log_digest
from household.rules.packs import read_packs
from pipelines.digest import input_digest
from pipelines.exchange import read_exchange
from pipelines.settings import read_settings
from warehouse.current import latest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from connectors.shelves.model_files import Pin
    from household.casework import Casework
    from household.exchange import Exchange
    from household.joining import Reassessed
    from household.linkage.engine.model import Model
    from household.rules.packs import Packs
    from pipelines.settings import Order
    from warehouse.locking import WriteLock
    from warehouse.record import RunRecord

    Listener = Callable[[str, Mapping[str, int]], None]
    Watcher = Callable[[str, str, Mapping[str, int]], None]

STORE_SUFFIX = ".store"


def store_root(warehouse: Path) -> Path:
    """The folder of the working store beside a warehouse."""
    return warehouse.resolve().with_suffix(STORE_SUFFIX)


def casework_of(warehouse: Path) -> Address:
    """Where the casework of a warehouse is kept: what HEDUI_CASEWORK says, else a file in its working store. Raises InputError."""
    settings = read_settings()
    url = settings.casework.get_secret_value() if settings.casework else None
    return address_of(store_root(warehouse), url, key_file=settings.casework_key)


class Workplace:
    """The working place of one run in one process.

    Attributes:
        order: what is to be done. lock: the warehouse's lock when the caller holds it for the whole run, else None and every
            step holds the store for itself.
        retries: how often a step that failed for an outside reason is tried again.
        trouble: the error that ended a step, for whoever started the run.
        reassessed: which applications this process assessed again; None as long as it did not.

    """

    def __init__(
        self,
        order: Order,
        *,
        lock: WriteLock | None = None,
        retries: int = 0,
        listener: Listener | None = None,
        watcher: Watcher | None = None,
    ) -> None:
        self.order = order
        self.lock = lock
        self.retries = retries
        self.trouble: BaseException | None = None
        self.reassessed: Reassessed | None = None
        self._listener = listener
        self._watcher = watcher
        self._digest: tuple[int, str] | None = None

    @cached_property
    def store(self) -> Store:
        """The working store beside the warehouse. Raises ConnectorError."""
        root = store_root(self.order.warehouse)
        if self.lock is not None or not root.exists():
            return open_store(root)
        store = Store(root)
        # clearing away half-written files is for whoever is alone in the store
        with suppress(ConnectorError), store.held():
            open_store(root)
        return store

    @cached_property
    def packs(self) -> Packs:
        """Our rule packs and those of the order. Raises PackError."""
        return read_packs(*self.order.pack_folders)

    @cached_property
    def found(self) -> Mapping[str | None, list[Found]]:
        """What lies in the inbox by dataset; None holds what belongs to none. What was pulled or handed in is landed first.

        Ask while alone in the store. Raises InputError, ConnectorError.
        """
        land(self.store, self.order.inbox)
        land_handed_in(self.store, self.order.inbox)
        found: dict[str | None, list[Found]] = {}
        for entry in survey(self.order.inbox):
            found.setdefault(entry.dataset, []).append(entry)
        return found

    @cached_property
    def log(self) -> list[Arrival]:
        """The log of arrivals; what this process takes in is added to it."""
        return read_arrivals(self.store)

    @cached_property
    def previous(self) -> RunRecord | None:
        """The newest published run, as it was when this was first asked. Raises NotOursError."""
        return latest(self.order.warehouse)

    @cached_property
    def judgements(self) -> pl.DataFrame:
        """The log of clerks' judgements, as it was when this was first asked: what is judged meanwhile is the next run's.

        Raises CaseworkError.
        """
        return read_judgements(casework_of(self.order.warehouse))

    @cached_property
    def casework(self) -> Casework:
        """The other logs of what people decided, as they were when this was first asked. Raises CaseworkError."""
        return read_casework(casework_of(self.order.warehouse))

    @cached_property
    def exchange(self) -> Exchange:
        """What was pulled and asked, as it was when this was first asked: what comes meanwhile is the next run's. Raises ConnectorError."""
        return read_exchange(Store(store_root(self.order.warehouse)))

    @cached_property
    def pins(self) -> dict[str, Pin]:
        """Which linkage models are pinned, as it was when this was first asked. Raises InputError, ConnectorError."""
        return read_pins(Store(store_root(self.order.warehouse)))

    @cached_property
    def models(self) -> dict[str, Model]:
        """The pinned linkage models by dataset. Raises InputError, ConnectorError."""
        store = Store(store_root(self.order.warehouse))
        return {name: load_model(name, pin.digest, store) for name, pin in self.pins.items()}

    @property
    def digest(self) -> str:
        """The digest of the run's input as far as it has been taken in."""
        if self._digest is None or self._digest[0] != len(self.log):
            digest = input_digest(
                self.log,
                self.order,
                packs=self.packs.digest_all(),
                judgements=log_digest(self.judgements),
                models=pins_digest(self.pins),
                casework=self.casework.digest(),
                exchange=self.exchange.digest(self.order.as_of),
            )
            self._digest = (len(self.log), digest)
        return self._digest[1]

    @property
    def has_news(self) -> bool:
        """Whether the input differs from that of the newest published run."""
        return self.previous is None or self.previous.input_digest != self.digest

    def read_ahead(self) -> None:
        """Read packs, warehouse, judgements, models and the exchange now, so that what cannot be read is refused before anything is written.

        Raises:
            PackError: a pack cannot be read. NotOursError: the warehouse or the casework is damaged or a stranger's.
            InputError: a pinned model is not there or was changed.

        """
        _ = self.packs, self.previous, self.judgements, self.casework, self.models, self.exchange

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Be alone in the store for a step. Raises ConnectorError when another process is in it."""
        with nullcontext() if self.lock is not None else self.store.held():
            yield

    def tell(self, step: str, counts: Mapping[str, int], *, about: str = "") -> None:
        """Say that a step is done, with its counts. `about`: what it was done to, a dataset or a part of the step."""
        if self._listener is not None:
            self._listener(step, counts)
        if self._watcher is not None:
            self._watcher(step, about, counts)

    def sign(self, step: str) -> None:
        """Note on which input a step's hand-off rests. Called when the hand-off is whole."""
        text = self.digest.encode()

        def write(path: Path) -> None:
            path.write_bytes(text)

        write_whole(self.store.run / "basis" / step, write)

    def require(self, step: str) -> None:
        """Refuse the hand-off of an earlier step that rests on other input than this step.

        Raises:
            InputError: the step has not run, or ran before new files, for another day, region, pack or key.

        """
        basis = self.store.run / "basis" / step
        if not basis.exists() or basis.read_text(encoding="ascii") != self.digest:
            raise InputError(
                f"步骤 {step} 的结果不属于这次的输入（文件、基准日、地区、规则包或密钥已变）",
                "请连同上游步骤一起重新运行",
            )
