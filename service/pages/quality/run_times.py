"""Stage times of a run as listings and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from service.pages.listings import Listing, Shown, listing
from service.pages.quality import charts
from service.reading.quality import stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from casework.store import CaseworkStore
    from warehouse.record import RunRecord

STAGES = (
    Shown("stage", "quality.stage", "word", words="quality.stage"),
    Shown("steps", "quality.steps_done", "count"),
    Shown("seconds", "quality.seconds", "seconds"),
    Shown("before", "quality.seconds_before", "seconds"),
    Shown("usual", "quality.seconds_usual", "seconds"),
    Shown("change", "quality.seconds_change", "seconds"),
)
STEPS = (
    Shown("stage", "quality.stage", "word", words="quality.stage"),
    Shown("about", "quality.about", "dataset"),
    Shown("seconds", "quality.seconds", "seconds"),
)
TIMES = (
    Shown("run_id", "quality.run_id", "link", href="/quality/runs/{}"),
    Shown("as_of", "quality.run_day"),
    Shown("stage", "quality.stage", "word", words="quality.stage"),
    Shown("steps", "quality.steps_done", "count"),
    Shown("seconds", "quality.seconds", "seconds"),
)
ON_PAGE = 10
"""Steps that the page shows; the CSV has all."""


def listings_of(
    store: CaseworkStore, runs: Sequence[RunRecord], run_id: str, *, whole: bool
) -> tuple[list[Listing], pl.DataFrame]:
    """The listings `stages`, `slowest` and `times` of a run, and the times of it and the timed runs before it.

    Args:
        store: where they stand. runs: all that are kept, the oldest first. whole: every step, not the slowest only.

    """
    until = [run for run in runs if run.run_id <= run_id]
    times = stages.stage_times(store, until)
    steps = stages.slowest(store, run_id)
    made = [
        listing("stages", "quality.stages", stages.compared(times, run_id), STAGES),
        listing("slowest", "quality.slowest", steps if whole else steps.head(ON_PAGE), STEPS),
        listing("times", "quality.times", times, TIMES),
    ]
    return made, times


def chart_of(times: pl.DataFrame, say: Callable[[str], str]) -> dict[str, Any]:
    """Seconds by run, one colour a stage."""
    return charts.bars(charts.named_runs(times), x="run", y="seconds", series="stage", say=say)
