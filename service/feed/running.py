"""The feed kept up and delivered beside a running service, in one thread that starts and ends with it."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from household.errors import HouseholdError
from service.feed.deliverer import Deliverer
from service.feed.keeper import keep_feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.deployment import Deployment

LOGGER = logging.getLogger("hedui.feed")
PAUSE_SECONDS = 2.0
"""Between two rounds: so long a published run may wait until the feed tells of it."""


@contextmanager
def feeding(deployment: Deployment, *, pause: float = PAUSE_SECONDS) -> Iterator[None]:
    """Keep and deliver the feed until the block ends; it ends when the round at hand has ended.

    A store that is busy or a warehouse that cannot be read is tried again in the next round.
    """
    stop = threading.Event()
    deliverer = Deliverer(deployment)

    def work() -> None:
        while not stop.is_set():
            for step in (_keep(deployment), deliverer.deliver_due):
                if not stop.is_set():
                    _tried(step)
            stop.wait(pause)

    thread = threading.Thread(target=work, name="hedui-feed", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        deliverer.close()


def _keep(deployment: Deployment) -> Callable[[], int]:
    return lambda: keep_feed(deployment.warehouse, deployment.casework, deployment.outside)


def _tried(step: Callable[[], int]) -> None:
    try:
        step()
    except HouseholdError as error:
        LOGGER.warning("%s", error)
    except Exception as error:  # the thread must outlive what nobody foresaw
        # Its kind only: a message may quote a value.
        LOGGER.error("%s in the feed", type(error).__name__)  # noqa: TRY400
