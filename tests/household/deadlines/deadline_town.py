"""The town of the alerts with the clocks of the country, and its due dates to be asked about. No test stands here."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))

from alert_town import Person, Town  # the folder is put on the path above

from household.alerts.watch import Watch
from household.authorisation import grants
from household.case import open_cases
from household.deadlines.table import deadline_rows
from household.linkage.known import gather_known
from household.linkage.links import gather_side, link_dataset, model_of
from household.linkage.subjects import DATASETS_LINKED
from household.roster import build_roster
from household.rules.packs import Entry, Pack, Packs

if TYPE_CHECKING:
    from datetime import date

    from household.linkage.links import Linked

__all__ = ["NATIONAL", "Clocked", "Person"]

NATIONAL: dict[str, Any] = {
    "deadline.start_investigation_wd": 3,
    "deadline.start_verification_wd": 3,
    "deadline.publicity_days": 7,
    "deadline.county_decision_wd": 10,
    "deadline.refusal_notice_wd": 3,
    "deadline.whole_wd": 30,
    "deadline.whole_special_wd": 45,
    "deadline.whole_wd.rigid": 30,
    "deadline.whole_special_wd.rigid": 45,
    "deadline.township_opinion_wd.tekun": 15,
    "deadline.publicity_days.tekun": 7,
    "deadline.county_decision_wd.tekun": 15,
    "deadline.refusal_notice_wd.tekun": 3,
    "deadline.recheck_wd": 10,
    "deadline.death_review_months": 3,
    "rigid.valid_months": 12,
}


class Clocked(Town):
    """A town with clocks."""

    def __init__(self, as_of: date | None = None, **values: Any) -> None:
        super().__init__(**({"as_of": as_of} if as_of else {}))
        self.values |= NATIONAL | values

    def look(self, packs: Packs | None = None) -> Watch:
        """What due dates are made from: as `Town.watch`, without rules, which they do not ask."""
        entries = {key: (Entry(value),) for key, value in self.values.items()}
        law = packs or Packs({"9901": Pack("9901", "示范", ("9901",), entries)})
        extracts = self.extracts()
        roster = build_roster(extracts, b"key")
        granted = grants(extracts, roster.applications, roster.members)
        known = gather_known(extracts, roster, granted)
        side = gather_side(extracts, roster, known)
        linked = dict(_nothing_linked())
        for name in (n for n in DATASETS_LINKED if self.rows.get(n)):
            linked[name] = link_dataset(name, extracts.rows(name), side, model=model_of(name, None))
        case = open_cases(
            extracts,
            law,
            roster=roster,
            granted=granted,
            former_names=known.former_names,
            linked=linked,
        )
        unasked: Any = pl.DataFrame()
        return Watch(extracts, law, roster, linked, case, unasked, unasked, unasked)

    def due(self) -> dict[str, dict[str, Any]]:
        """Due dates by id (`step/subject`)."""
        watch = self.look()
        rows = deadline_rows(watch, watch.ledger)
        return {row["deadline_id"]: row for row in rows.iter_rows(named=True)}

    def states(self, step: str) -> dict[str, str]:
        """State by subject, of one step."""
        return {
            row["subject_id"]: row["state"] for row in self.due().values() if row["step"] == step
        }


@cache
def _nothing_linked() -> Linked:
    """Datasets without rows, linked once."""
    nobody = Town()
    extracts = nobody.extracts()
    roster = build_roster(extracts, b"key")
    granted = grants(extracts, roster.applications, roster.members)
    side = gather_side(extracts, roster, gather_known(extracts, roster, granted))
    return {
        name: link_dataset(name, extracts.rows(name), side, model=model_of(name, None))
        for name in DATASETS_LINKED
    }
