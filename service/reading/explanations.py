"""Why a row is held to be a person's: the newest run's own explanation, made again. One bench a run is kept for all pages."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from casework.errors import BusyError
from connectors.store import Store
from pipelines.explaining import Bench
from pipelines.settings import DEMONSTRATION_KEY
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from starlette.requests import Request

    from pipelines.explaining import Explained
    from service.deployment import Deployment
    from warehouse.current import CurrentTables

AT_ONCE = 8
"""The explanation that is made and those that wait for it. More are refused: each holds one of the threads that answer everybody."""


class Explanations:
    """Explanations of the newest run, one after the other. Safe for threads.

    Each weighs the rows of a whole dataset, and several at once would take the memory that lists need.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._arrivals = Store(store_root(deployment.warehouse.path)).arrivals
        self._making = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._bench: Bench | None = None
        self._stamp: tuple[str, int] | None = None

    def explain(self, tables: CurrentTables, pair: tuple[str, str, str]) -> Explained:
        """The explanation of a row and a person.

        Args:
            tables: of the run. pair: dataset, record key and person reference.

        Raises:
            InputError: as `Bench` and its `explain`. BusyError: too many wait.

        """
        if not self._places.acquire(blocking=False):
            raise BusyError("正在解释的行太多", "请稍后再试")
        try:
            with self._making:
                return self._bench_of(tables).explain(*pair, tables=tables)
        finally:
            self._places.release()

    def _bench_of(self, tables: CurrentTables) -> Bench:
        """The bench of this run, made anew when another is published or files have come; judgements it reads at every question."""
        # The log is only ever added to. It is measured before it is read: what comes in between makes a new bench the next time.
        came = self._arrivals.stat().st_size if self._arrivals.exists() else 0
        stamp = tables.run.run_id, came
        if self._bench is None or self._stamp != stamp:
            key = self._deployment.settings.person_key
            self._bench = None  # never two in memory
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
