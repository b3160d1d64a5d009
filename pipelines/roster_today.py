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
from household.schema.datasets import DATASETS
from pipelines.rerun import open_newest

if TYPE_CHECKING:
    from datetime import date

    from pipelines.rerun import NewestRun
    from pipelines.settings import Order

_PLACES = "roster_person"
_DECIDING = ("approval.application", "approval.member", "approval.authorisation")


@dataclass(frozen=True)
class RosterToday:
    """The rows that stand, the rosters made of them, the papers, and the day.

    Attributes:
        roster: of the applications at hand. everybody: of all that there are: who was asked about before a run of one region is still
            on a roster, and what is answered about them may be taken. shut: datasets behind a shut gate of the newest run.
    """

    extracts: Extracts
    roster: Roster
    everybody: Roster
    papers: pl.DataFrame
    on: date
    shut: frozenset[str] = frozenset()

    def with_papers(self) -> RosterToday:
        """Itself, if the rosters and papers may be read.

        Raises InputError: behind a shut gate everybody would seem to have withdrawn; questions that wait would be given up, and answers
        that are there thrown away.
        """
        shut = [DATASETS[name].title_zh for name in _DECIDING if name in self.shut]
        if shut:
            raise InputError(
                f"最近一次运行没有采用{'、'.join(shut)}，无法核实授权，没有送出查询，也没有收取答复",
                "请先处理质量页所列问题并重新运行 hedui run",
            )
        return self

    def door(self, requests: pl.DataFrame) -> Admitted:
        """The door of this day over requests (`household.inquiries.door.admit`)."""
        return admit(requests, roster=self.everybody, papers=self.papers, on=self.on)


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
    region = newest.run.region_code
    roster = build_roster(extracts, order.key, region)
    _hold_key(newest, roster, order)
    everybody = build_roster(extracts, order.key) if region else roster
    return RosterToday(extracts, roster, everybody, papers_of(extracts), on, newest.shut)


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
