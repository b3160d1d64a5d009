"""The outside at the edge: the only place where clock, chance and environment are read for connectors."""

from __future__ import annotations

import getpass
import os
import random
import secrets
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connectors.outside import Outside

if TYPE_CHECKING:
    from pathlib import Path


def outside_now(*, by: str | None = None, mounts: Path | None = None) -> Outside:
    """The world as this process finds it. `by`: who acts, for the log; the account of the process when absent."""
    return Outside(
        now=lambda: datetime.now(UTC),
        sleep=time.sleep,
        chance=random.SystemRandom().random,
        by=by or _account(),
        environ=dict(os.environ),
        mounts=mounts,
    )


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return f"uid-{os.getuid()}"


def token_bytes(count: int) -> bytes:
    """So many bytes that nobody can guess, for sessions, keys and check codes."""
    return secrets.token_bytes(count)
