"""Waiting for what another thread, process or server does: until it happens, not for so long as it takes on an idle machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 120.0
"""Seconds until something that takes a moment on an idle machine is held never to happen. Only a test that fails waits so long."""


def await_that(
    happens: Callable[[], object], what: str, *, seconds: float = PATIENCE, pause: float = 0.01
) -> None:
    """Return as soon as `happens`, asked every `pause` seconds, answers with something true.

    Raises AssertionError, naming `what`, when it never does.
    """
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until, f"in {seconds:g} s it did not happen: {what}"
        time.sleep(pause)
