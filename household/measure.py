"""Measure: from lines to the figures of each application. Run once on the lines that stand, and again for every "what if" about them.

All amounts in units (money.YUAN to the yuan). A count of things seen is a number, also when it is nought; whether more might be
there is the business of delivery, not of this page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.assets.financial import settle_financial, unvalued_policies
from household.assets.things import count_businesses, count_commercial, count_homes, count_vehicles
from household.income.support import imputed_support
from household.income.totals import household_income, income_lines, verified_income
from household.lines import Lines
from household.money import AMOUNT
from household.people.counting import counted_seats
from household.receipts import silence
from household.rules.persons import person_facts
from household.rules.terms import ASSET_PREFIXES
from household.spending.rigid import rigid_spending

if TYPE_CHECKING:
    from household.case import CaseFile

_ZERO_AMOUNTS = (
    "income",
    "income_uncertain_out",
    "income_central_out",
    "spending",
    "verified_without_fund",
    "verified_fund",
    "home_area",
)
_ZERO_COUNTS = (
    "persons",
    "homes",
    "commercial",
    "extra_persons",
    "obligors_capable",
    "obligors_hinging",
    *(f"{v}_{what}" for v in ASSET_PREFIXES for what in ("vehicles", "businesses")),
)
_FALSE = (
    *(f"{v}_{what}" for v in ASSET_PREFIXES for what in ("over_cap", "unvalued")),
    "policy_unvalued",
    "fee_unknown",
    "support_unknown",
    "support_unruled",
    "bank_silent",
    "asked_silent",
    "any_ill",
    "single_person_found",
    "draws_exempting",
    "on_poverty_register",
    "grant_found",
    "age_unknown",
    "tekun_age_unruled",
    "obligors_unknown",
    "obligors_unruled",
    "obligors_hinging_unruled",
)

_FUND = tuple(f"{v}_count_provident_fund" for v in ASSET_PREFIXES)


@dataclass(frozen=True)
class Measured:
    """Figures by application, the income lines behind them, and who counted."""

    facts: pl.DataFrame
    income: pl.DataFrame
    counted: pl.DataFrame


def measure(case: CaseFile, lines: Lines, apps: pl.DataFrame, *, unread: bool = True) -> Measured:
    """Figures of the applications in `apps` (column `app`) from the given lines alone.

    `unread`: whether absences that may not be told keep people out of the count.
    """
    seats = case.seats.join(apps, on="app", how="semi")
    lines = Lines(
        {name: frame.join(apps, on="app", how="semi") for name, frame in lines.groups.items()}
    )
    untold = case.unread_absences if unread else case.unread_absences.clear()
    counted = counted_seats(seats, lines["absence"], untold)
    mine = counted.select("app", "person")
    own = Lines(
        {
            name: frame.join(mine, on=["app", "person"], how="semi")
            for name, frame in lines.groups.items()
        }
    )
    vouchers = pl.concat([own["voucher"], lines["voucher"].filter("household_wide")]).unique(
        "line", maintain_order=True
    )
    terms = case.terms.values
    support, doubts = _support(seats, lines, untold, counted=counted, terms=terms)
    income = income_lines(counted, verified_income(own), support)
    parts = [
        counted.group_by("app").agg(
            pl.len().cast(pl.Int64).alias("persons"), pl.col("ill").any().alias("any_ill")
        ),
        household_income(income, terms.select("app", "income_work_cost_rate")),
        doubts,
        _financial(own, counted),
        unvalued_policies(own["financial"]),
        count_homes(own["estate"]),
        count_commercial(own["estate"]),
        *(_by_limits(own, terms, variant) for variant in ASSET_PREFIXES),
        rigid_spending(own["medical"], own["education"], vouchers),
        silence(case.receipts, counted, case.states),
        *person_facts(case, lines, seats, counted=counted, untold=untold),
    ]
    facts = apps.select("app").unique().sort("app").join(terms.select("app", *_FUND), on="app")
    for part in parts:
        facts = facts.join(part, on="app", how="left")
    facts = facts.with_columns(
        *(pl.col(name).fill_null(0) for name in _ZERO_COUNTS),
        *(pl.col(name).fill_null(pl.lit(0, dtype=AMOUNT)) for name in _ZERO_AMOUNTS),
        *(pl.col(name).fill_null(value=False) for name in _FALSE),
    ).with_columns(_adopted_financial(variant) for variant in ASSET_PREFIXES)
    return Measured(facts, income, counted)


def _financial(own: Lines, counted: pl.DataFrame) -> pl.DataFrame:
    settled = settle_financial(own["financial"])
    is_fund = pl.col("is_fund")
    verified = settled.group_by("app").agg(
        pl.col("counted_amount").filter(is_fund.not_()).sum().alias("verified_without_fund"),
        pl.col("counted_amount").filter(is_fund).sum().alias("verified_fund"),
    )
    declared = (
        counted.filter(pl.col("declared_deposit").is_not_null())
        .group_by("app")
        .agg(pl.col("declared_deposit").sum().alias("declared_financial"))
    )
    return (
        counted.select("app")
        .unique()
        .join(verified, on="app", how="left")
        .join(declared, on="app", how="left")
    )


def _adopted_financial(variant: str) -> pl.Expr:
    """The greater of verified and declared; the provident fund is in where the programme's pack counts it."""
    fund = (
        pl.when(pl.col(f"{variant}_count_provident_fund"))
        .then("verified_fund")
        .otherwise(pl.lit(0, dtype=AMOUNT))
    )
    return pl.max_horizontal(pl.col("verified_without_fund") + fund, "declared_financial").alias(
        f"{variant}_financial"
    )


def _by_limits(own: Lines, terms: pl.DataFrame, variant: str) -> pl.DataFrame:
    """Vehicles and businesses under the lists and caps of one set of asset limits: columns `<variant>_…`."""
    limits = terms.select(
        "app",
        *(
            pl.col(f"{variant}_{name}").alias(name)
            for name in ("vehicle_exempt", "vehicle_value_cap", "business_roles")
        ),
    )
    vehicles = count_vehicles(
        own["vehicle"], limits.select("app", "vehicle_exempt", "vehicle_value_cap")
    )
    businesses = count_businesses(own["business"], limits.select("app", "business_roles"))
    found = vehicles.join(businesses, on="app", how="full", coalesce=True)
    return found.rename({name: f"{variant}_{name}" for name in found.columns if name != "app"})


def _support(
    seats: pl.DataFrame,
    lines: Lines,
    untold: pl.DataFrame,
    *,
    counted: pl.DataFrame,
    terms: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    told = lines["absence"].filter(pl.col("why_not").is_null())
    absent = pl.concat([told.select(untold.columns), untold])
    dead = absent.filter(pl.col("quantity") == "death")
    living = seats.filter(pl.col("role") == "obligor").join(dead, on=["app", "person"], how="anti")
    # The applicant's line; where the applicant is not counted, the first member that is.
    bearers = counted.sort("app", pl.col("relation") != "self", "member_no").unique(
        "app", keep="first", maintain_order=True
    )
    columns = (
        "app",
        "support_method",
        "support_line_multiple",
        "support_rate",
        "standard",
        "income_window_months",
    )
    return imputed_support(living, terms.select(columns), bearers.select("app", "person"))
