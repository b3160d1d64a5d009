"""Step raw: the files of one dataset taken into the store."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from connectors.intake.arrivals import REFUSED
from connectors.intake.taking import take
from quality import warm
from quality.rows import examine

if TYPE_CHECKING:
    from pipelines.workplace import Workplace


def take_in(work: Workplace, dataset: str | None) -> dict[str, int]:
    """Take in what lies in the inbox of a dataset, or with None what belongs to no dataset.

    Returns:
        Counts: files seen, of these new in this run and refused; rows of the files that were read, good and bad.

    Raises:
        ConnectorError: the store cannot be written. InputError: the inbox cannot be read.

    """
    counts: Counter[str] = Counter(files=0, new=0, refused=0, rows=0, quarantined=0)
    with work.holding():
        for entry in work.found.get(dataset, []):
            before = len(work.log)
            arrival = take(entry, work.store, examine=examine, log=work.log)
            counts["files"] += 1
            if len(work.log) > before:
                counts["new"] += 1
                warm.begin()  # there will be gates to hold: load what they need beside the reading
            counts["refused"] += arrival.state == REFUSED
            counts["rows"] += arrival.rows_in
            counts["quarantined"] += arrival.rows_quarantined
    return dict(counts)
