"""Whether there is anything new: one digest over everything that a run's outcome hangs on."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from connectors.intake.arrivals import READ, ROWS_FORMAT, Arrival

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.settings import Order

PROGRAM_VERSION = version("hedui")


def input_digest(
    arrivals: Iterable[Arrival],
    order: Order,
    *,
    packs: str,
    judgements: str = "",
    models: str = "",
    casework: str = "",
    exchange: str = "",
) -> str:
    """SHA-256 over what stands of the arrivals and over the order; equal digests mean that nothing is new.

    Args:
        arrivals: the whole log. Of each path its newest event counts, and the newest that could be read.
        order: day, region and person key are taken from it; where inbox and warehouse lie is not.
        packs: digest of all rule packs.
        judgements: digest of the log of clerks' judgements; empty where nothing was ever judged.
        models: digest of the pinned linkage models; empty where every dataset has the shipped one.
        casework: digest of the other logs of what people decided; empty where nothing was.
        exchange: digest of what is told of pulls and inquiries; empty where nothing was ever pulled or asked.

    """
    newest = {a.file: a for a in arrivals}
    standing = {a.file: a for a in arrivals if a.state == READ}
    live = {(a.file, a.seq): a for a in (*newest.values(), *standing.values())}
    said = {
        "files": [_said(live[key]) for key in sorted(live)],
        "as_of": order.as_of.isoformat(),
        "region": order.region,
        "packs": packs,
        "person_key": order.key_digest,
        "program": PROGRAM_VERSION,
        "rows_format": ROWS_FORMAT,
    }
    if judgements:  # a county without any keeps the digests of its runs
        said["judgements"] = judgements
    if models:
        said["models"] = models
    if casework:
        said["casework"] = casework
    if exchange:
        said["exchange"] = exchange
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _said(arrival: Arrival) -> list[str | None]:
    as_of = arrival.as_of.isoformat() if arrival.as_of else None
    return [
        arrival.file,
        arrival.sha256,
        arrival.manifest,
        arrival.dataset,
        arrival.region,
        as_of,
        arrival.part,
        arrival.state,
        arrival.message,
    ]


def number_run(sequence: int, as_of: str, digest: str) -> str:
    """The id of a run: it sorts by sequence and shows the day and the beginning of the input digest."""
    return f"R{sequence:06d}-{as_of.replace('-', '')}-{digest[:8]}"
