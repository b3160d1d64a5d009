"""A case file in parts, so that memory is bounded by a batch and not by a province. Applications do not look at one another.

Only cutting is here. What is asked of a part is asked as of the whole, and the answers of the parts one after another are those of the whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from household.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from household.case import CaseFile

HOUSEHOLDS = 25_000
"""Applications in a batch: large enough that what a batch costs whatever its size does not show."""


def batches(case: CaseFile, households: int = HOUSEHOLDS) -> Iterator[CaseFile]:
    """Case files of so many applications each, in the order of `app`; a whole that is small enough is one batch."""
    apps = case.applications["app"].sort()
    if not len(apps):
        return
    firsts = apps.gather_every(households)
    frames = (
        case.applications,
        case.seats,
        case.unread_absences,
        case.states,
        case.receipts,
        case.terms.values,
    )
    cut = [_cut(frame, firsts) for frame in frames]
    lines = {name: _cut(frame, firsts) for name, frame in case.lines.groups.items()}
    for part, (applications, seats, unread, states, receipts, values) in enumerate(
        zip(*cut, strict=True)
    ):
        yield replace(
            case,
            applications=applications,
            seats=seats,
            lines=Lines({name: parts[part] for name, parts in lines.items()}),
            unread_absences=unread,
            states=states,
            receipts=receipts,
            terms=replace(case.terms, values=values),
        )


def only(case: CaseFile, application_ids: pl.Series) -> CaseFile:
    """The case file of some applications."""
    if len(application_ids) == len(case.applications):
        return case
    wanted = pl.col("application_id").is_in(application_ids.implode())
    apps = case.applications.filter(wanted)["app"]
    mine = pl.col("app").is_in(apps.implode())
    return replace(
        case,
        applications=case.applications.filter(mine),
        seats=case.seats.filter(mine),
        lines=case.lines.where(mine),
        unread_absences=case.unread_absences.filter(mine),
        states=case.states.filter(mine),
        receipts=case.receipts.filter(mine),
        terms=replace(case.terms, values=case.terms.values.filter(mine)),
    )


def _cut(frame: pl.DataFrame, firsts: pl.Series) -> list[pl.DataFrame]:
    """The rows of each batch, which begins at its first application. Slices share the frame's memory."""
    ordered = frame if frame["app"].is_sorted() else frame.sort("app", maintain_order=True)
    starts = ordered["app"].search_sorted(firsts, side="left").to_list()
    ends = [*starts[1:], len(ordered)]
    return [ordered.slice(start, end - start) for start, end in zip(starts, ends, strict=True)]
