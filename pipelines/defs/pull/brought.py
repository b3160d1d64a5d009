"""Which datasets a source brings: those it is pulled for, and those that come of asking it person by person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.asking.layouts.institution import ACCOUNT_OF
from household.delivery import RECEIPT_OF
from pipelines.defs.naming import ask_name, pull_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connectors.sources.declaration import Source


def pulled_of(source: Source) -> tuple[str, ...]:
    """What is pulled of a source, by its catalogue names."""
    return tuple(f"{source.department}.{subject}" for subject in source.datasets)


def asked_of(source: Source) -> tuple[str, ...]:
    """What comes of asking it: accounts and receipts. Nothing where it is not asked."""
    if source.inquiries is None or source.department not in ACCOUNT_OF:
        return ()
    return (ACCOUNT_OF[source.department][0], RECEIPT_OF[source.department])


def datasets_of(source: Source) -> tuple[str, ...]:
    """Both."""
    return tuple(dict.fromkeys((*pulled_of(source), *asked_of(source))))


def bringing(sources: Iterable[Source]) -> dict[str, list[str]]:
    """Dataset to the names of the assets that bring it."""
    brought: dict[str, list[str]] = {}
    for source in sources:
        for name, datasets in (
            (pull_name(source.name), pulled_of(source)),
            (ask_name(source.name), asked_of(source)),
        ):
            for dataset in datasets:
                brought.setdefault(dataset, []).append(name)
    return brought
