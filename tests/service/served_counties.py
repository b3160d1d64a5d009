"""Small counties for services to show, and the outside that tests give them. No test stands here."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from pipelines.drive import drive
from pipelines.settings import Order
from pipelines.workplace import store_root
from service.outside import Outside
from synthetic.county import write_county

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.outcome import Outcome

AS_OF = date(2026, 5, 20)
START = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class CountyFiles:
    """An inbox, the warehouse it was run into, and the outcome."""

    inbox: Path
    warehouse: Path
    outcome: Outcome

    def copied(self, to: Path) -> CountyFiles:
        """The same in another folder."""
        to.mkdir(parents=True)
        shutil.copytree(self.inbox, to / "inbox")
        shutil.copyfile(self.warehouse, to / self.warehouse.name)
        own = to / self.warehouse.name
        shutil.copytree(store_root(self.warehouse), store_root(own))
        return CountyFiles(to / "inbox", own, self.outcome)

    def run_again(self, *, as_of: date = AS_OF) -> Outcome:
        """Take in what is new and publish."""
        return drive(Order(self.inbox, self.warehouse, as_of))


def run_county(folder: Path, *, households: int = 25, seed: int = 11) -> CountyFiles:
    """Make a county and run it."""
    made = write_county(folder, households=households, seed=seed)
    outcome = drive(Order(made.inbox, folder / "w.duckdb", AS_OF))
    return CountyFiles(made.inbox, folder / "w.duckdb", outcome)


def outside(start: datetime = START) -> Outside:
    """A clock that goes ten milliseconds at each look, and chance that is none: the same each time."""
    ticks, draws = count(), count()

    def token_bytes(length: int) -> bytes:
        return hashlib.shake_256(f"token {next(draws)}".encode()).digest(length)

    return Outside(lambda: start + timedelta(milliseconds=10 * next(ticks)), token_bytes)
