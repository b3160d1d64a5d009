"""The address of a database of the test's own PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.postgresql import OWNER, PostgresqlServer

from casework.store import address_of

if TYPE_CHECKING:
    from casework.store import Address


def database(server: PostgresqlServer, name: str) -> Address:
    """The store in the database of this name, reached over the server's socket."""
    url = f"postgresql://{OWNER}@/{name}?host={server.folder}&port={server.port}"
    return address_of(server.folder, url)
