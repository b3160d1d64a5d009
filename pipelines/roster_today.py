"""Who is who today and what they signed: the applications at hand as the newest run knew them, with whatever arrived since.

Whoever asks, reminds or shows an answer about a person goes through the door of this day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.authorisation import papers_of
from household.errors import InputError
from household.extracts import Extracts
from household.inquiries.door import Admitted, admit
from household.roster import Roster, build_roster
from pipelines.rerun import open_newest

if TYPE_CHECKING:
    from datetime import date

    from pipelines.rerun import NewestRun
    from pipelines.settings import Order

_PLACES = "roster_person"


@dataclass(frozen=True)
class RosterToday:
    """The rows that stand, the roster made of them, the papers, and the day."""

    extracts: Extracts
    roster: Roster
    papers: pl.DataFrame
    on: date

    def door(self, requests: pl.DataFrame) -> Admitted:
        """The door of this day over requests (`household.inquiries.door.admit`)."""
        return admit(requests, roster=self.roster, papers=self.papers, on=self.on)


def roster_today(order: Order, on: date) -> RosterToday:
    """Open it.

    Args:
        order: warehouse and key. on: the day against which the papers are held.

    Raises:
        InputError: nothing was ever run, or it was run with another key: everybody would be somebody else and would be asked about again.

    """
    newest = open_newest(order.warehouse, [_PLACES])
    delivered = pl.DataFrame(
        schema={"dataset": pl.String(), "region_code": pl.String(), "as_of": pl.Date()}
    )
    extracts = Extracts(rows=newest.rows, delivered=delivered, as_of=on)
    roster = build_roster(extracts, order.key, newest.run.region_code)
    _hold_key(newest, roster, order)
    return RosterToday(extracts, roster, papers_of(extracts), on)


def _hold_key(newest: NewestRun, roster: Roster, order: Order) -> None:
    places = ["application_id", "member_no"]
    now = roster.members.join(roster.persons, on="person").select(*places, "person_ref")
    both = newest.tables[_PLACES].join(now, on=places, suffix="_now")
    same = both.filter(pl.col("person_ref") == pl.col("person_ref_now")).height
    other = newest.run.person_key_is_default != (order.person_key is None)
    if other or (both.height and not same):
        raise InputError(
            "人员代号密钥与最近一次运行不同",
            "请设置运行时所用的 HEDUI_PERSON_KEY；名册已全部更换的，请先运行 hedui run",
        )
