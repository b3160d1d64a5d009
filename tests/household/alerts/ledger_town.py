"""A town seen through its ledgers only: persons are their numbers, and nothing is linked, measured or judged. For tests of ledgers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import polars as pl
from alert_town import Alerts, Town, national_matrix

from household.alerts.families.double_benefits import double_benefits
from household.alerts.families.ledgers import not_on_register, paid_without_benefit
from household.alerts.families.temporary import granted_too_soon
from household.alerts.families.temporary_limits import (
    beyond_township,
    beyond_yearly_cap,
    paid_by_several,
)
from household.alerts.raised import no_alerts
from household.alerts.watch import Watch
from household.rules.packs import Entry, Pack, Packs

if TYPE_CHECKING:
    from collections.abc import Mapping

LEDGERS = ("civil_affairs.benefit", "civil_affairs.payment")


def ledger_alerts(town: Town) -> Alerts:
    """What the ledgers alone raise."""
    watch = ledger_watch(town)
    ledger = watch.ledger
    raised = [
        double_benefits(watch, ledger),
        paid_without_benefit(watch, ledger, told=no_alerts()),
        not_on_register(watch, ledger),
        granted_too_soon(watch, ledger),
        paid_by_several(watch, ledger),
        beyond_township(watch, ledger),
        beyond_yearly_cap(watch, ledger),
    ]
    return Alerts(pl.concat(raised), watch)


def ledger_watch(town: Town) -> Watch:
    """A run in which every row of the ledgers is its number's, and nothing else is known."""
    extracts = town.extracts()
    rows = {name: extracts.rows(name).collect() for name in LEDGERS}
    keys = pl.concat([frame["id_no__key"] for frame in rows.values()]).unique().drop_nulls().sort()
    persons = keys.to_frame("key").with_row_index("person")
    persons = persons.with_columns(
        pl.format("R{}", "key").alias("person_ref"), pl.col("key").cast(pl.String).alias("pid")
    )
    linked = {
        name: frame.join(persons.select("person", id_no__key="key"), on="id_no__key").with_columns(
            pl.lit("A").alias("tier")
        )
        for name, frame in rows.items()
    }
    entries = {key: (Entry(value),) for key, value in town.values.items()}
    own = Pack("9901", "示范", ("9901",), entries, town.compatibility)
    unseen: Mapping[str, Any] = dict.fromkeys(("case", "measured", "judged", "verdicts"))
    return Watch(
        extracts=extracts,
        packs=Packs({"9901": own, "cn": national_matrix()}),
        roster=cast("Any", _Roster(persons)),
        linked=cast("Any", linked),
        **unseen,
    )


class _Roster:
    def __init__(self, persons: pl.DataFrame) -> None:
        self.persons = persons
