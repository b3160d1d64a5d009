"""The child process of one run: `python -m service.runs.worker ORDER_ID DAY`. Everything else, and every secret, comes by its environment.

It goes on when the service or the browser is closed. What it tells stands in the casework store; that it lives is told by a lock that it
was given open (`service.runs.starting`).
"""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING

from casework.runs import (
    FAILED,
    INTERRUPTED,
    NOTHING_NEW,
    PUBLISHED,
    Ending,
    RunStep,
    add_step,
    end_order,
)
from casework.store import open_store
from household.errors import HouseholdError
from pipelines.outside import outside_now
from pipelines.settings import order_of, read_settings
from pipelines.trouble import describe_error
from pipelines.workplace import casework_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from casework.store import CaseworkStore
    from pipelines.settings import Order

INTERRUPTED_TOLD = ("运行被中断，未发布任何内容", "再次启动即可")


class Telling:
    """Notes each step in the casework store. That a note cannot be made ends no run."""

    def __init__(self, store: CaseworkStore, order_id: str) -> None:
        self._store = store
        self._order_id = order_id
        self._now = outside_now().now
        self._last = perf_counter()

    def hear(self, step: str, about: str, counts: Mapping[str, int]) -> None:
        """A step is done."""
        now = perf_counter()
        passed, self._last = round((now - self._last) * 1000), now
        with suppress(HouseholdError):
            add_step(
                self._store, self._order_id, RunStep(step, about, counts, passed, self.stamp())
            )

    def stamp(self) -> str:
        """The time as the store holds it."""
        return self._now().isoformat(timespec="microseconds")


def carry_out(order: Order, order_id: str, store: CaseworkStore) -> None:
    """Run, and note how it ended. Raises nothing that a run may raise."""
    from pipelines.drive import drive  # noqa: PLC0415 - half a second, and a refused order needs none of it

    telling = Telling(store, order_id)
    try:
        outcome = drive(order, watcher=telling.hear)
    except KeyboardInterrupt:
        ending = Ending(INTERRUPTED, telling.stamp(), None, *INTERRUPTED_TOLD)
    except HouseholdError as error:
        ending = Ending(FAILED, telling.stamp(), None, error.what, error.todo)
    except BaseException as error:
        todo = "未发布任何内容；请将服务日志交给维护人员"
        ending = Ending(FAILED, telling.stamp(), None, describe_error(error), todo)
    else:
        how = PUBLISHED if outcome.published else NOTHING_NEW
        ending = Ending(how, telling.stamp(), outcome.run.run_id)
    end_order(store, order_id, ending)


def main(arguments: Sequence[str]) -> None:
    """Carry out one order. A polite kill ends it as an interruption."""
    # Both: Dagster gives SIGTERM whatever SIGINT has, and a service started in the background by a shell hands down that it is ignored.
    for polite in (signal.SIGINT, signal.SIGTERM):
        signal.signal(polite, signal.default_int_handler)
    order_id, day = arguments
    order = order_of(read_settings(), as_of=date.fromisoformat(day))
    with open_store(casework_of(order.warehouse)) as store:
        carry_out(order, order_id, store)


if __name__ == "__main__":
    main(sys.argv[1:])
