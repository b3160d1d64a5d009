"""A household's page put together. Whoever may not see the application gets None, as if it were not there."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from service.reading.household.answers import Coverage, read_coverage
from service.reading.household.earlier import Earlier, read_earlier, read_every_verdict
from service.reading.household.incomes import Incomes, read_incomes
from service.reading.household.parts import Alert, Clock, Holding, Referral, Suggestion
from service.reading.household.people import (
    RosterPerson,
    declared_total,
    read_people,
    read_places,
)
from service.reading.household.suggestions import read_suggestions
from service.reading.records import records_of
from service.reading.seen import sees

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from service.access.actor import Scope
    from service.reading.papers import Papers, SourceShelf
    from service.reading.records import Row
    from warehouse.current import CurrentTables
    from warehouse.record import RunRecord

ASSETS = ("financial", "vehicle", "home", "commercial", "business_entity")
SPENDING = ("medical", "education", "voucher")
_HELD = tuple(f.name for f in fields(Holding) if f.name != "member_no")
_CLOCK = (*(f.name for f in fields(Clock)), "programme", "step")
_REFERRAL = (*(f.name for f in fields(Referral)), "programme", "person_ref")
_RANK = {"B": 0, "R": 1, "I": 2}
_STATES = {"open": 0, "confirmed": 1, "explained": 2, "closed": 3}


@dataclass(frozen=True, slots=True)
class Stated:
    """What is declared beside what is found; None where nothing is stated or found, which is not nought."""

    declared: Decimal | None
    verified: Decimal | None

    @property
    def apart(self) -> Decimal | None:
        """Found less declared."""
        if self.declared is None or self.verified is None:
            return None
        return self.verified - self.declared


@dataclass(frozen=True, slots=True)
class Household:
    """All that a page shows of one application. `elsewhere`: alerts of other areas about these people, told as a number only."""

    application_id: str
    region_code: str
    as_of: date
    pack_ids: tuple[str, ...]
    pack_digest: str
    run: RunRecord
    suggestions: tuple[Suggestion, ...]
    people: tuple[RosterPerson, ...]
    incomes: Incomes
    holdings: tuple[Holding, ...]
    coverage: Coverage
    alerts: tuple[Alert, ...]
    elsewhere: int
    clocks: tuple[Clock, ...]
    referrals: tuple[Referral, ...]
    earlier: Earlier
    papers: Papers | None

    @property
    def requested(self) -> Suggestion | None:
        """The suggestion on what was asked for."""
        return next((s for s in self.suggestions if s.requested), None)

    @property
    def financial(self) -> Stated:
        """Financial assets as declared by counted members, beside what was found and counted."""
        counted = [h.counted_amount for h in self.holdings if h.quantity == "financial"]
        found = [amount for amount in counted if amount is not None]
        return Stated(declared_total(self.people), sum(found[1:], found[0]) if found else None)

    def about(self, quantities: tuple[str, ...]) -> tuple[Holding, ...]:
        """Rows of some quantities, in the order of these; what counts first."""
        found = [h for h in self.holdings if h.quantity in quantities]
        return tuple(
            sorted(
                found,
                key=lambda h: (quantities.index(h.quantity), not h.counted, h.member_no or 0),
            )
        )


def visible_verdicts(
    tables: CurrentTables, scope: Scope, application: str, *, every: list[Row] | None = None
) -> list[Row] | None:
    """Rows of `household_verdict` that may be seen; None where neither region nor a programme asked for is of the area.

    Who may see some programmes only sees an application that asks for one of them. `every`: what `read_every_verdict` found, where it
    has been asked already.
    """
    if every is None:
        rows = tables.rows("household_verdict", application_id=application)
    else:
        rows = [row for row in every if row["run_id"] == tables.run.run_id]
    if not any(sees(scope, row) for row in rows):
        return None
    return [row for row in rows if scope.deals_with(row["programme"])]


def read_household(
    tables: CurrentTables, scope: Scope, application: str, *, shelf: SourceShelf | None
) -> Household | None:
    """The page of one application; None where it is not there or not to be seen.

    Args:
        tables: the run. scope: of whoever looks. application: its id. shelf: None where the store is not beside the warehouse.

    """
    every = read_every_verdict(tables, application)
    verdicts = visible_verdicts(tables, scope, application, every=every)
    if verdicts is None:
        return None

    def own(name: str, columns: Sequence[str] | None = None) -> list[Row]:
        return tables.rows(name, columns=columns, application_id=application)

    head = verdicts[0]
    places = read_places(tables, application)
    holdings = read_holdings(tables, application, places)
    papers = shelf.papers(application) if shelf else None
    alerts, elsewhere = _alerts(tables, scope, application=application, places=places)
    clocks = [row for row in own("deadline", _CLOCK) if scope.deals_with(row["programme"])]
    referrals = [row for row in own("referral", _REFERRAL) if scope.deals_with(row["programme"])]
    return Household(
        application,
        head["region_code"],
        head["as_of"],
        tuple(head["pack_ids"]),
        head["pack_digest"],
        tables.run,
        read_suggestions(tables, application, verdicts),
        read_people(tables, places, papers=papers, holdings=holdings),
        read_incomes(own("income_line"), own("income_month"), places),
        holdings,
        read_coverage(own("coverage"), places),
        alerts,
        elsewhere,
        records_of(Clock, sorted(clocks, key=_by_due_day)),
        records_of(
            Referral, referrals, lambda row: {"member_no": _place(places, row["person_ref"])}
        ),
        read_earlier(tables, every, (row["programme"] for row in verdicts)),
        papers,
    )


def _by_due_day(row: Row) -> tuple[bool, date | None, str]:
    return row["due_on"] is not None, row["due_on"], row["step"]


def read_holdings(
    tables: CurrentTables, application: str, places: Mapping[str, tuple[int, ...]]
) -> tuple[Holding, ...]:
    """The evidence of an application, without the record keys."""
    rows = tables.rows("evidence", columns=_HELD, application_id=application)
    return records_of(Holding, rows, lambda row: {"member_no": _place(places, row["person_ref"])})


def _place(places: Mapping[str, tuple[int, ...]], ref: str | None) -> int | None:
    return places[ref][0] if ref is not None and ref in places else None


def _alerts(
    tables: CurrentTables,
    scope: Scope,
    *,
    application: str,
    places: Mapping[str, tuple[int, ...]],
) -> tuple[tuple[Alert, ...], int]:
    rows = tables.alert_rows_about([application, *places])
    seen = [r for r in rows if scope.covers(r["region_code"]) or r["subject_id"] == application]
    told = records_of(
        Alert,
        seen,
        lambda row: {
            "members": tuple(sorted(places[p][0] for p in row["person_refs"] if p in places))
        },
    )
    ordered = sorted(
        told, key=lambda a: (_STATES.get(a.state, 9), _RANK.get(a.severity, 9), a.code, a.alert_id)
    )
    return tuple(ordered), len(rows) - len(seen)
