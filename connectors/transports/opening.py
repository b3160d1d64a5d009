"""From a declared source to its transport. Each transport's client is imported when a source of its kind is opened, not before."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from connectors.outside import Outside
    from connectors.sources.declaration import Source
    from connectors.transports.transport import Caller, Transport

MADE_BY = {
    "folder": ("folder", "FolderTransport"),
    "sftp": ("sftp", "SftpTransport"),
    "s3": ("object_store", "ObjectStoreTransport"),
    "postgresql": ("postgresql", "PostgresqlTransport"),
    "mysql": ("mysql", "MysqlTransport"),
    "http": ("http_pages", "HttpTransport"),
}
"""By kind of transport: its module here and its class, which takes source, outside and caller."""


def open_transport(source: Source, outside: Outside, caller: Caller) -> Transport:
    """The transport of a source, not connected yet: that happens when it is entered, or asked the first time.

    Args:
        source: as declared. outside: clock, secrets, chance. caller: every call to the outside goes through it.

    Raises:
        SourceRefused: a secret or certificate that the transport needs is not there.

    """
    module, name = MADE_BY[source.transport.kind]
    make = getattr(import_module(f"connectors.transports.{module}"), name)
    return cast("Transport", make(source, outside, caller))
