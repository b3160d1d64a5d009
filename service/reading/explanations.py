"""Why a row is held to be a person's: the newest run's own explanation, made again. One bench a run is kept for all pages."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from casework.errors import BusyError
from connectors.store import Store
from pipelines.explaining import Bench
from pipelines.settings import DEMONSTRATION_KEY
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.requests import Request

    from household.linkage.side_by_side import Shown
    from pipelines.explaining import Explained
    from service.deployment import Deployment
    from warehouse.current import CurrentTables

AT_ONCE = 8
"""The explanation that is made and those that wait for it. More are refused: each holds one of the threads that answer everybody."""

SIDES_KEPT = 2_000
"""Pairs whose masked sides are kept for lists that are turned back and forth; those made first go first."""

Pair = tuple[str, str, str]


class Explanations:
    """Explanations of the newest run, one after the other. Safe for threads.

    Of a run whose weighing was not kept each weighs the rows of a whole dataset: several at once would take the memory that lists need.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._arrivals = Store(store_root(deployment.warehouse.path)).arrivals
        self._making = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._bench: Bench | None = None
        self._stamp: tuple[str, int] | None = None
        self._sides: OrderedDict[Pair, tuple[Shown, ...]] = OrderedDict()

    def explain(self, tables: CurrentTables, pair: Pair) -> Explained:
        """The explanation of a row and a person.

        Args:
            tables: of the run. pair: dataset, record key and person reference.

        Raises:
            InputError: as `Bench` and its `explain`. BusyError: too many wait.

        """
        with self._turn():
            return self._bench_of(tables).explain(*pair, tables=tables)

    def sides(
        self, tables: CurrentTables, pairs: Sequence[Pair]
    ) -> Mapping[Pair, tuple[Shown, ...]]:
        """Rows and people side by side, masked; a pair without a name to compare, or that is gone, is not among them.

        Args:
            tables: of the run. pairs: dataset, record key and person reference of published or judged links.

        Raises:
            As `explain`.

        """
        with self._turn():
            bench = self._bench_of(tables)
            missing = [pair for pair in pairs if pair not in self._sides]
            self._sides |= bench.sides(missing) if missing else {}
            found = {pair: self._sides[pair] for pair in pairs if pair in self._sides}
            while len(self._sides) > SIDES_KEPT:
                self._sides.popitem(last=False)
            return found

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One after the other. Raises BusyError: too many wait."""
        if not self._places.acquire(blocking=False):
            raise BusyError("正在解释的行太多", "请稍后再试")
        try:
            with self._making:
                yield
        finally:
            self._places.release()

    def _bench_of(self, tables: CurrentTables) -> Bench:
        """The bench of this run, made anew when another is published; judgements it reads at every question.

        Where nothing was kept of the run, rows are those that stand now: then it is made anew when files have come, too.
        """
        # The log is only ever added to. It is measured before it is read: what comes in between makes a new bench the next time.
        came = self._arrivals.stat().st_size if self._arrivals.exists() else 0
        stamp = tables.run.run_id, came
        same = self._stamp is not None and self._stamp[0] == tables.run.run_id
        stands = same and (self._bench is not None and self._bench.kept is not None)
        if self._bench is None or not (stands or self._stamp == stamp):
            key = self._deployment.settings.person_key
            self._bench = None  # never two in memory
            self._sides.clear()
            self._bench = Bench(
                self._deployment.warehouse.path,
                key=DEMONSTRATION_KEY if key is None else key,
                casework=self._deployment.casework,
                tables=tables,
            )
            self._stamp = stamp
        return self._bench


def explanations_of(request: Request) -> Explanations:
    """Those of the running application."""
    found: Explanations = request.app.state.explanations
    return found
