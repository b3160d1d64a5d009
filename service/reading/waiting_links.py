"""Links that wait for a clerk, in memory: what hangs on the run is read once a run and area, what hangs on judgements once a judgement."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

import polars as pl

from casework.judgements import newest_judgement, read_judgements
from household.linkage.by_number import ONLY_NUMBER
from household.linkage.judgements import JUDGEMENT_SCHEMA
from service.reading.link_review import likeliest_first, told, within

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from service.access.actor import Scope
    from service.deployment import Deployment
    from warehouse.current import CurrentTables

KEPT_BYTES = 64 << 20
"""Links kept for areas that asked before; the one not used for longest goes first."""


class WaitingLinks:
    """The links of `link_review.links_of_area`, found faster. Safe for threads."""

    def __init__(self, deployment: Deployment) -> None:
        self._casework = deployment.casework
        self._lock = threading.RLock()
        self._kept: OrderedDict[object, pl.DataFrame] = OrderedDict()

    def of_area(self, tables: CurrentTables, scope: Scope) -> pl.DataFrame:
        """Links that may wait in an area, the likeliest first; columns as `links_of_area`."""
        run, newest = tables.run.run_id, newest_judgement(self._casework)

        def whole() -> pl.DataFrame:
            links = tables.ask("link_candidates", only_number=ONLY_NUMBER, judged=[])
            return told(tables, links, pl.DataFrame(schema=JUDGEMENT_SCHEMA))

        def judged() -> pl.DataFrame:
            log = read_judgements(self._casework).filter(pl.col("judgement_id") <= newest)
            records = log["record_key"].unique().to_list()
            return told(tables, tables.ask("links_of_records", records=records), log)

        def unjudged() -> pl.DataFrame:
            return likeliest_first(within(tables, self._once((run, "whole"), whole), scope))

        def both() -> pl.DataFrame:
            fresh = self._once((run, "unjudged", scope), unjudged)
            if not newest:
                return fresh
            answered = self._once((run, "judged", newest), judged)
            rest = fresh.filter(pl.col("record_key").is_in(answered["record_key"].implode()).not_())
            own = within(tables, answered, scope).select(rest.columns)
            return likeliest_first(pl.concat([rest, own]))

        return self._once((run, newest, scope), both)

    def _once(self, name: object, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """What is kept under a name, made where it is not."""
        with self._lock:
            found = self._kept.get(name)
            if found is None:
                found = self._kept[name] = make()
                while len(self._kept) > 1 and self._bytes() > KEPT_BYTES:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(name)
            return found

    def _bytes(self) -> int:
        return sum(int(frame.estimated_size()) for frame in self._kept.values())


def waiting_of(request: Request) -> WaitingLinks:
    """Those of the running application."""
    found: WaitingLinks = request.app.state.waiting_links
    return found
