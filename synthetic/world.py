"""The county as a whole.

Its people and stories drawn in order, and every dataset's rows before they are written down.

Rows carry `_p`, the true person (`_p_b`, `_signer` for a second one), instead of names and numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic import (
    accounts,
    benefits,
    earnings,
    firms,
    health,
    ledger_wrongs,
    possessions,
    registers,
)
from synthetic.applications import (
    application_rows,
    expenditure_rows,
    measure_means,
    member_rows,
    objection_rows,
)
from synthetic.authorisations import authorisation_rows
from synthetic.jobs import FLEXIBLE, Jobs, draw_jobs
from synthetic.ledger_wrongs import LedgerWrongs, draw_ledger_wrongs
from synthetic.pensions import benefit_rows, draw_pensions
from synthetic.people import People, draw_people
from synthetic.planted import Planted, draw_planted
from synthetic.recipient_wrongs import fit_payments, fit_tables, grants_beyond
from synthetic.roster import Roster, draw_roster
from synthetic.schooling import enrolment_rows

if TYPE_CHECKING:
    from datetime import date

    from synthetic.draws import Array


@dataclass(frozen=True, slots=True)
class World:
    """Everything true about the county, and the rows by dataset (values, not yet text)."""

    as_of: date
    people: People
    roster: Roster
    planted: Planted
    ledger_wrongs: LedgerWrongs
    jobs: Jobs
    tables: dict[str, pl.DataFrame]

    @property
    def clean(self) -> Array:
        """Per person: a wrong hangs on them, so no noise may hide it."""
        clean = np.zeros(len(self.people), dtype=bool)
        clean[self.planted.people] = True
        clean[self.ledger_wrongs.recipients["_p"].to_numpy()] = True
        clean[self.ledger_wrongs.repeated] = True
        for heads in self.ledger_wrongs.heads.values():
            clean[heads] = True
        obliged = self.ledger_wrongs.people_of("D04")
        with_them = self.roster.line_application[np.isin(self.roster.line_person, obliged)]
        clean[self.roster.line_person[np.isin(self.roster.line_application, with_them)]] = True
        roster = self.roster.people
        clean[roster[~self.people.alive[roster]]] = True
        return clean


def draw_world(
    rng: np.random.Generator,
    *,
    applications: int,
    population: int,
    as_of: date,
    drawing: float = benefits.DRAWING,
) -> World:
    """A county of about `population` people, of whom some make `applications` applications.

    Raises:
        ValueError: the population is too small for so many applications.

    """
    day = np.datetime64(as_of, "D")
    people = draw_people(rng, population, as_of=day)
    roster = draw_roster(rng, people, count=applications)
    planted = draw_planted(rng, people, roster=roster)
    roster = _exclude_people(roster, planted)
    poor = np.isin(people.households.household, roster.household)
    poor[roster.people] = True
    jobs = draw_jobs(rng, people, poor=poor, steady=planted.wage_understated)
    pensions = draw_pensions(rng, people, poor=poor, planted=planted.pension_undeclared)
    tables = {
        "human_resources.benefit": benefit_rows(pensions, people),
        **_work(rng, people, jobs=jobs, poor=poor, planted=planted),
        **_possessions(rng, people, poor=poor, planted=planted),
        **_money(rng, people, roster=roster, poor=poor, planted=planted),
        **_bodies(rng, people, jobs=jobs, poor=poor, planted=planted),
        "education.enrolment": enrolment_rows(rng, people, planted=planted.graduated),
    }
    means = measure_means(people, jobs, pensions=pensions, accounts=tables["banking.account"])
    tables |= {
        "approval.application": application_rows(rng, people, roster=roster),
        "approval.member": member_rows(rng, people, roster=roster, planted=planted, means=means),
        "approval.authorisation": authorisation_rows(rng, people, roster=roster, planted=planted),
        "approval.expenditure": expenditure_rows(rng, roster),
        "approval.objection": objection_rows(rng, people, roster=roster),
    }
    wrongs, ledgers = _ledgers(
        rng,
        people,
        roster=roster,
        certificates=tables["disabled_federation.certificate"],
        drawing=drawing,
        obliged=_with_capable_obligor(people, roster, planted=planted, tables=tables),
        held=tables["justice.custody"]["_p"].to_numpy(),
    )
    tables |= ledgers | fit_tables(tables, people, wrongs)
    return World(as_of, people, roster, planted, wrongs, jobs, tables)


def _with_capable_obligor(
    people: People, roster: Roster, *, planted: Planted, tables: dict[str, pl.DataFrame]
) -> Array:
    """Some who live alone, apply for tekun, and have a grown child in good health (D04)."""
    lines = roster.line_application
    size = np.bincount(lines[roster.lines_of("member")], minlength=len(roster.application_id))
    disabled = tables["disabled_federation.certificate"]["_p"].to_numpy()
    held = tables["justice.custody"]["_p"].to_numpy()
    obligor = roster.lines_of("obligor")
    person = roster.line_person[obligor]
    capable = people.alive[person] & (people.age[person] >= 22) & (people.age[person] <= 58)
    capable &= ~np.isin(person, np.r_[disabled, held])
    wanted = np.zeros(len(roster.application_id), dtype=bool)
    wanted[lines[obligor[capable]]] = True
    faulty = lines[np.isin(roster.line_person, np.r_[planted.people, held])]
    wanted[faulty] = False
    wanted &= (roster.programme == "tekun").to_numpy() & (size == 1) & (roster.first_of < 0)
    applicant = roster.applicant
    wanted &= people.alive[applicant] & ~np.isin(applicant, roster.unregistered)
    return applicant[np.flatnonzero(wanted)[: max(2, round(len(wanted) / 100))]]


def _exclude_people(roster: Roster, planted: Planted) -> Roster:
    """People in custody of whom the family says so, the missing and the clergy stand as excluded."""
    excluded = np.r_[planted.excluded_in_custody, planted.excluded_otherwise]
    declared = pl.Series(np.isin(roster.line_person, excluded))
    role = pl.select(
        pl.when(declared).then(pl.lit("excluded")).otherwise(roster.line_role).alias("role")
    )["role"]
    return replace(roster, line_role=role)


def _work(
    rng: np.random.Generator, people: People, *, jobs: Jobs, poor: Array, planted: Planted
) -> dict[str, pl.DataFrame]:
    owners = firms.draw_owners(rng, people, poor=poor, planted=planted.in_business)
    understated = planted.wage_understated
    return {
        "market_regulation.entity": firms.entity_rows(
            rng, people, owners=owners, planted=len(planted.in_business)
        ),
        "tax.income": earnings.tax_rows(rng, people, jobs=jobs, owners=owners[::2]),
        "human_resources.contribution": earnings.contribution_rows(
            rng, people, jobs=jobs, certain=understated
        ),
        "human_resources.employment": earnings.employment_rows(rng, people, jobs=jobs),
        "finance.payroll": earnings.payroll_rows(
            rng, people, jobs=jobs, planted=planted.on_payroll
        ),
        "housing.provident_fund": earnings.fund_rows(rng, people, jobs=jobs),
    }


def _possessions(
    rng: np.random.Generator, people: People, *, poor: Array, planted: Planted
) -> dict[str, pl.DataFrame]:
    return {
        "agriculture.farm": possessions.farm_rows(rng, people),
        "housing.real_estate": possessions.real_estate_rows(
            rng, people, poor=poor, planted=planted.with_premises
        ),
        "public_security.vehicle": possessions.vehicle_rows(
            rng, people, poor=poor, planted=planted.with_car
        ),
    }


def _money(
    rng: np.random.Generator, people: People, *, roster: Roster, poor: Array, planted: Planted
) -> dict[str, pl.DataFrame]:
    asked = np.setdiff1d(roster.people, roster.unregistered)
    held = accounts.account_rows(rng, people, asked=asked, planted=planted.with_outflow)
    receipts = accounts.receipt_rows(rng, people, asked=asked, accounts=held)
    return {
        "banking.account": accounts.answered_accounts(held, receipts),
        "banking.receipt": receipts,
        "securities.holding": accounts.holding_rows(rng, people, poor=poor),
        "insurance.policy": accounts.policy_rows(rng, people, poor=poor),
    }


def _bodies(
    rng: np.random.Generator, people: People, *, jobs: Jobs, poor: Array, planted: Planted
) -> dict[str, pl.DataFrame]:
    employed = jobs.person[jobs.kind != FLEXIBLE]
    return {
        "medical_insurance.settlement": health.settlement_rows(
            rng, people, poor=poor, ill=planted.ill
        ),
        "medical_insurance.insured": health.insured_rows(rng, people, employed=employed),
        "disabled_federation.certificate": health.certificate_rows(
            rng, people, disabled=planted.disabled
        ),
        "public_security.population": registers.population_rows(rng, people),
        "civil_affairs.funeral": registers.funeral_rows(rng, people),
        "civil_affairs.marriage": registers.marriage_rows(rng, people),
        "justice.custody": registers.custody_rows(
            rng,
            people,
            planted=np.r_[planted.in_custody, planted.excluded_in_custody],
            apart=planted.people,
        ),
    }


def _ledgers(
    rng: np.random.Generator,
    people: People,
    *,
    roster: Roster,
    certificates: pl.DataFrame,
    drawing: float,
    obliged: Array,
    held: Array,
) -> tuple[LedgerWrongs, dict[str, pl.DataFrame]]:
    """Benefits and payments with the wrongs planted in them."""
    recipients = benefits.recipient_rows(
        rng, people, roster=roster, certificates=certificates, drawing=drawing
    )
    homes = recipients["_h"].to_numpy()
    busy = np.flatnonzero(np.isin(people.households.household, np.r_[homes, roster.household]))
    each = max(2, round(len(roster.application_id) / 100))
    taken = np.union1d(np.union1d(busy, roster.people), held)
    wrongs = draw_ledger_wrongs(rng, people, taken=taken, each=each, obliged=obliged)
    both = pl.concat([recipients, wrongs.recipients], how="diagonal")
    ledger = benefits.ledger_rows(rng, people, recipients=both)
    ledger = ledger_wrongs.spoil_accounts(ledger, wrongs, first_row=len(recipients))
    ledger = ledger_wrongs.review_long_ago(ledger, wrongs, as_of=people.as_of)
    grants = benefits.grant_rows(rng, people, roster=roster)
    told = np.concatenate([wrongs.repeated, *wrongs.heads.values()])
    apart = benefits.household_numbers(people.households.household[told])
    grants = pl.concat(
        [
            grants.filter(pl.col("household_no").is_in(apart.implode()).not_()),
            ledger_wrongs.repeated_grants(rng, people, person=wrongs.repeated),
            grants_beyond(rng, people, wrongs),
        ],
        how="diagonal",
    )
    payments = benefits.payment_rows(rng, people, ledger=ledger, grants=grants)
    return wrongs, {
        "civil_affairs.benefit": ledger,
        "civil_affairs.payment": fit_payments(payments, people, wrongs),
    }
