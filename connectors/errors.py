"""Errors of the doors to the outside. The text goes into ledgers and on the screen: Chinese, one line, naming no person.

A driver's own words are never repeated: they may quote addresses, secrets and rows.
"""

from __future__ import annotations

from household.errors import InputError, OutsideError


class FileRefused(InputError):  # noqa: N818 - named for what happens to the file
    """One file cannot be taken in as a whole; the others go on."""


class ConnectorError(OutsideError):
    """The working store or a transport failed; nothing half-written is left behind."""


class StoreHeld(ConnectorError):  # noqa: N818 - what it says
    """Another process is in the working store. It may be a run, or a pull that is landing and gone in a moment."""


class SourceUnreachable(ConnectorError):  # noqa: N818 - what it says
    """A source did not answer, or answered that it cannot now. Trying again may help.

    Attributes:
        wait: seconds that the source itself asked to be left alone (Retry-After); None where it said nothing.

    """

    def __init__(self, what: str, todo: str, *, wait: float | None = None) -> None:
        super().__init__(what, todo)
        self.wait = wait


class SourceRefused(InputError):  # noqa: N818 - what it says
    """A source refuses us, or cannot be trusted to be who it is: password, host key, certificate, no right, no such view."""


class SourceLied(SourceRefused):
    """What a source sent is not what it said: rows, digest, columns, pages, clock, or somebody who was not asked about."""
