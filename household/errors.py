"""What may go wrong, in two families: the input is wrong, or the outside failed and trying again may help.

An error is one clear line: what happened, where, and what to do. It never carries a personal value.
"""

from __future__ import annotations


class HouseholdError(Exception):
    """Base of every error that the product raises on purpose.

    Attributes:
        what: what happened, and where (file, line, column, by name only).
        todo: what the reader of the line can do about it.

    """

    def __init__(self, what: str, todo: str) -> None:
        super().__init__(what, todo)
        self.what = what
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.what}；{self.todo}"


class InputError(HouseholdError):
    """What was given cannot be used as it is. Retrying is useless until it is corrected."""


class OutsideError(HouseholdError):
    """A disk, a network or another system failed. Retrying may help."""


class PackError(InputError):
    """A rule pack cannot be read."""
