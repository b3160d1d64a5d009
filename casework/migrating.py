"""Bringing a store to today's revision. The only module that loads Alembic, and loaded only where there is something to do."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    import sqlalchemy as sa

_ONE = threading.Lock()
"""Alembic keeps what it works on in module variables."""


def migrate(connection: sa.Connection, *, to: str = "head") -> None:
    """Run the missing steps within the connection's open transaction of writing: all, or none where it is rolled back."""
    config = Config()
    config.set_main_option("script_location", "casework:migrations")
    config.attributes["connection"] = connection
    with _ONE:
        command.upgrade(config, to)
