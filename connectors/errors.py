"""Errors of intake. The text goes into the ledger and on the screen, so it is Chinese, one line, and names no person."""

from __future__ import annotations

from household.errors import InputError, OutsideError


class FileRefused(InputError):  # noqa: N818 - named for what happens to the file
    """One file cannot be taken in as a whole; the others go on."""


class ConnectorError(OutsideError):
    """The working store or a transport failed; nothing half-written is left behind."""
