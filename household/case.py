"""Everything that the measures need of the applications of a run, put together once: the case file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.assets.financial import financial_lines
from household.assets.things import business_lines, real_estate_lines, vehicle_lines
from household.delivery import delivery_states
from household.income.receipts import receipt_lines
from household.income.wage import wage_lines
from household.lines import Lines, numbered, seats_of
from household.linkage.links import STANDS
from household.people.counting import custody_lines, funeral_lines, register_lines
from household.people.standing import certificate_lines, drawing_lines, grant_lines
from household.periods import month_index, months_later
from household.receipts import person_receipts
from household.roster import DECLARED, Roster
from household.rules.terms import Terms, central_basic_by_month, terms_of
from household.spending.rigid import education_lines, medical_lines, voucher_lines

if TYPE_CHECKING:
    from datetime import date

    from household.extracts import Extracts
    from household.linkage.links import Linked
    from household.rules.packs import Packs


@dataclass(frozen=True)
class CaseFile:
    """Applications, seats, lines and answers of a run.

    Attributes:
        applications: app, the application's own columns, and the windows: window_from, window_to (months), spending_from, repeat_from.
        seats: one row per person and roster, with grants, declared amounts and obligor figures.
        lines: every line of every seat.
        unread_absences: app, person: dead or held by a row that no authorisation covers. They are not counted, so that nobody waits for the
            signature of the dead; nothing of those rows is told.
        states: see `delivery.delivery_states`. receipts: see `receipts.person_receipts`.
        terms: parameters by application.
    """

    applications: pl.DataFrame
    seats: pl.DataFrame
    lines: Lines
    unread_absences: pl.DataFrame
    states: pl.DataFrame
    receipts: pl.DataFrame
    terms: Terms
    as_of: date


def open_cases(
    extracts: Extracts,
    packs: Packs,
    *,
    roster: Roster,
    granted: pl.DataFrame,
    former_names: pl.DataFrame,
    linked: Linked,
) -> CaseFile:
    """Read the parameters, draw the windows and turn linked rows into lines."""
    terms = terms_of(packs, roster.applications)
    applications = _windows(roster.applications, terms.values)
    seats = seats_of(roster.members, granted, former_names).join(
        roster.members.filter("stands").select(
            "app",
            "member_no",
            "key",
            *(f"declared_{kind}" for kind in DECLARED),
            "declared_deposit",
            "obligor_income",
            "obligor_size",
        ),
        on=["app", "member_no"],
    )
    seats = seats.sort("app", "member_no")
    lines = _lines(
        extracts,
        packs,
        roster=roster,
        applications=applications,
        seats=seats,
        terms=terms,
        linked=linked,
    )
    states = delivery_states(extracts, terms.values, applications)
    receipts = person_receipts(extracts, seats, roster.members, states)
    unread = _absences(linked, seats, extracts.as_of, unread=True)
    absent = unread.filter(pl.col("why_not").is_null() & STANDS)
    absent = absent.select("app", "person", "quantity").unique()
    return CaseFile(applications, seats, lines, absent, states, receipts, terms, extracts.as_of)


def _windows(applications: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    months = pl.col("income_window_months").cast(pl.Int32)
    applied = month_index(pl.col("applied_on"))
    repeat = months_later(pl.col("applied_on"), 0 - pl.col("temp_repeat_months"))
    return applications.join(
        terms.select(
            "app", "income_window_months", "temp_repeat_months", "income_farm_yuan_per_mu"
        ),
        on="app",
    ).with_columns(
        (applied - months).fill_null(1).alias("window_from"),  # no window known: an empty one
        pl.when(months.is_null())
        .then(pl.lit(0, dtype=pl.Int32))
        .otherwise(applied - 1)
        .alias("window_to"),
        months_later(pl.col("applied_on"), -12).alias("spending_from"),
        repeat.alias("repeat_from"),
        (pl.col("applied_on").dt.year() - 1).cast(pl.Int64).alias("season"),
        pl.col("income_farm_yuan_per_mu").alias("farm_yuan_per_mu"),
    )


def _lines(
    extracts: Extracts,
    packs: Packs,
    *,
    roster: Roster,
    applications: pl.DataFrame,
    seats: pl.DataFrame,
    terms: Terms,
    linked: Linked,
) -> Lines:
    span = _months_asked(applications)
    central = central_basic_by_month(packs, applications["region_code"], span)
    values = terms.values
    as_of = extracts.as_of
    return numbered(
        {
            "absence": _absences(linked, seats, as_of, unread=False),
            "wage": wage_lines(
                linked, seats, applications.select("app", "window_from", "window_to")
            ),
            "receipt": receipt_lines(
                linked,
                seats,
                applications.select(
                    "app", "window_from", "window_to", "region_code", "season", "farm_yuan_per_mu"
                ),
                central,
            ),
            "financial": financial_lines(
                linked,
                seats,
                values.select("app", pl.col("plain_count_provident_fund").alias("counts_fund")),
            ),
            "vehicle": vehicle_lines(
                linked,
                seats,
                values.select("app", pl.col("plain_vehicle_exempt").alias("vehicle_exempt")),
            ),
            "estate": real_estate_lines(linked, seats),
            "business": business_lines(
                linked,
                seats,
                values.select("app", pl.col("plain_business_roles").alias("business_roles")),
            ),
            "medical": medical_lines(
                linked, seats, applications.select("app", "spending_from", "applied_on")
            ),
            "education": education_lines(linked, seats),
            "voucher": voucher_lines(extracts, seats, applications, roster.members),
            "certificate": certificate_lines(linked, seats, as_of),
            "drawing": drawing_lines(linked, seats, as_of),
            "grant": grant_lines(
                linked, seats, applications.select("app", "temp_cause", "applied_on", "repeat_from")
            ),
        }
    )


def _absences(linked: Linked, seats: pl.DataFrame, as_of: date, *, unread: bool) -> pl.DataFrame:
    return pl.concat(
        [
            find(linked, seats, as_of, unread=unread)
            for find in (register_lines, funeral_lines, custody_lines)
        ]
    )


def _months_asked(applications: pl.DataFrame) -> range:
    """Every month that lies in some application's window."""
    asked = applications.filter(pl.col("window_from") <= pl.col("window_to"))
    if not len(asked):
        return range(0)
    first, last = asked.select(pl.col("window_from").min(), pl.col("window_to").max()).row(0)
    return range(int(first), int(last) + 1)
