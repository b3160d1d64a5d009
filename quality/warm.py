"""The only door to Great Expectations: its import (about 5 s of CPU) starts early on a thread, and nothing else imports it.

The import overlaps with Polars work, which leaves the interpreter lock alone. Nothing happens until `begin` or `engine` is called.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_lock = threading.Lock()
_thread: threading.Thread | None = None


def begin() -> threading.Thread:
    """Start importing Great Expectations on a daemon thread; a second call returns the same thread."""
    global _thread  # noqa: PLW0603 - one import a process is what this module is for
    with _lock:
        if _thread is None:
            _thread = threading.Thread(target=_quietly, name="warm-great-expectations", daemon=True)
            _thread.start()
        return _thread


def engine() -> ModuleType:
    """The module `great_expectations`, imported, with its telemetry off.

    Raises:
        ImportError: it is not installed or does not load. The gate that asked is shut by that.

    """
    thread = _thread
    if thread is not None and thread is not threading.current_thread():
        thread.join()  # two threads inside one half-done import can deadlock
    return _load()


def _quietly() -> None:
    with suppress(Exception):  # whoever needs it meets the same error again and shuts its gate
        _load()


def _load() -> ModuleType:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    return import_module("great_expectations")
