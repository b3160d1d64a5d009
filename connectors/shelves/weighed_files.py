"""What weighing made of the rows of a run, read again from the frames that `link_files` keeps. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.shelves.link_files import read_frame, read_list
from household.linkage.incremental import program_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from connectors.store import Store


@dataclass(frozen=True)
class RunWeighed:
    """What was kept of one run's weighing.

    Attributes:
        arrivals: events of the log of arrivals that the run stood on. frames: dataset -> digest of its frame (`weighed.WEIGHED`).
        sources: dataset -> digest of its rows (`incremental.source_digest`), by which they are known again.
    """

    store: Store
    arrivals: int
    frames: Mapping[str, str]
    sources: Mapping[str, str]

    def of(self, dataset: str) -> pl.DataFrame | None:
        """The frame of a dataset; None where none was kept or it is gone or damaged."""
        digest = self.frames.get(dataset)
        try:
            return None if digest is None else read_frame(self.store, digest)
        except (OSError, ValueError):
            return None


def weighed_of_run(store: Store, input_digest: str) -> RunWeighed | None:
    """What was kept of a run, named by the digest of its input; None where nothing was, or by another program than this."""
    said = read_list(store)["runs"].get(input_digest)
    if said is None or said["program"] != program_digest():
        return None
    kept = {str(name): (str(frame), str(rows)) for name, (frame, rows) in said["weighed"].items()}
    return RunWeighed(
        store,
        int(said["arrivals"]),
        {name: frame for name, (frame, _) in kept.items()},
        {name: rows for name, (_, rows) in kept.items()},
    )
