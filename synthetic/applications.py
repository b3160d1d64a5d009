"""The approval system's side.

Applications, roster lines with declarations, expenditure vouchers, objections.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.benefits import account_numbers
from synthetic.draws import (
    Array,
    amounts,
    blank_where,
    choose,
    choose_index,
    codes,
    days_before,
    happens,
)
from synthetic.health import DISABILITIES
from synthetic.registers import home_addresses
from synthetic.roster import Roster, town_codes

if TYPE_CHECKING:
    from synthetic.jobs import Jobs
    from synthetic.pensions import Pensions
    from synthetic.people import People
    from synthetic.planted import Planted

EMERGENCIES = ("fire", "traffic", "drowning", "disaster", "sudden_illness", "other")
EXPENSES = ("illness", "education", "disability_care")
LISTED_TWICE_SHARE = 0.004


@dataclass(frozen=True, slots=True)
class Means:
    """What a person truly had in the last twelve months, in fen.

    Wages, transfers, and money in banks now.

    `post` says who has held a public post (公益性岗位) all the time.
    """

    wage: Array
    transfer: Array
    money: Array
    post: Array


def measure_means(
    people: People, jobs: Jobs, *, pensions: Pensions, accounts: pl.DataFrame
) -> Means:
    """Sums over the twelve full months before the date of the county, a person."""
    count = len(people)
    job, month = jobs.monthly(np.arange(len(jobs.person)), people.as_of)
    recent = month >= (people.as_of.astype("datetime64[M]") - 12).astype("datetime64[D]")
    wage = np.bincount(jobs.person[job[recent]], jobs.wage[job[recent]], count)
    months = np.minimum(pensions.months, 12)
    transfer = np.bincount(pensions.person, pensions.amount * months, count)
    money = np.bincount(accounts["_p"].to_numpy(), accounts["balance"].to_numpy(), count)
    post = np.zeros(count, dtype=bool)
    post[jobs.person[jobs.lasting_posts(people.as_of)]] = True
    wage, transfer, money = (np.rint(total).astype(np.int64) for total in (wage, transfer, money))
    return Means(wage, transfer, money, post)


def application_rows(rng: np.random.Generator, people: People, *, roster: Roster) -> pl.DataFrame:
    """approval.application; the dates of 先行救助 are timely, late or missing."""
    count = len(roster.application_id)
    applied = roster.applied_on
    emergency = roster.programme == "temp_emergency"
    relieved = applied + rng.integers(0, 6, count)
    paperwork = relieved + np.where(
        happens(rng, count, chance=0.72), rng.integers(1, 11, count), 16
    )
    paperwork = blank_where(
        happens(rng, count, chance=0.15) | (paperwork > people.as_of), paperwork
    )
    temp = roster.programme.str.starts_with("temp_")
    cause = pl.select(
        pl.when(emergency)
        .then(choose(rng, EMERGENCIES, count=count))
        .when(temp)
        .then(choose(rng, EXPENSES, count=count, weights=(0.7, 0.2, 0.1)))
        .alias("cause")
    )["cause"]
    rows = pl.DataFrame(
        {
            "application_id": roster.application_id,
            "programme": roster.programme,
            "region_code": town_codes(rng, people.town[roster.applicant]),
            "urban_rural": pl.Series(["rural", "urban"]).gather(
                people.urban[roster.applicant].astype(np.int64)
            ),
            "applied_on": applied,
            "accepted_on": np.minimum(applied + rng.integers(0, 4, count), people.as_of),
            "commissioned_by": choose(rng, ["示范县民政局"], count=count),
            "temp_cause": cause,
            "event_on": applied - rng.integers(1, 15, count),
            "relieved_on": relieved,
            "paperwork_on": paperwork,
            "requested_amount": rng.integers(5, 120, count) * 10_000,
            "special_class": choose(rng, ["建档立卡", "脱贫户", "脱贫户;建档立卡"], count=count),
            "payee_account": account_numbers(roster.applicant),
        }
    )
    classed = pl.Series(happens(rng, count, chance=0.12))
    return rows.with_columns(
        *[pl.when(emergency).then(name).alias(name) for name in ("relieved_on", "paperwork_on")],
        pl.when(temp).then("event_on").alias("event_on"),
        pl.when(temp).then("requested_amount").alias("requested_amount"),
        pl.when(classed).then("special_class").alias("special_class"),
    )


def member_rows(
    rng: np.random.Generator,
    people: People,
    *,
    roster: Roster,
    planted: Planted,
    means: Means,
) -> pl.DataFrame:
    """approval.member with what people declare; now and then somebody is listed a second time."""
    person = roster.line_person
    count = len(person)
    rows = pl.DataFrame(
        {
            "_p": person,
            "application_id": roster.application_id.gather(roster.line_application),
            "member_no": roster.line_no,
            "id_type": pl.Series(["居民身份证", None]).gather(
                choose_index(rng, 2, count=count, weights=(0.4, 0.6))
            ),
            "sex": pl.Series(["女", "男"]).gather(people.male[person]),
            "birth_date": people.birth[person],
            "relation": roster.line_relation,
            "role": roster.line_role,
            "excluded_reason": _excluded_reasons(person, roster, planted=planted),
            "employment_state": _employment_states(rng, people, person=person, means=means),
            "seriously_ill": np.isin(person, planted.ill),
            **_disabilities(rng, person, planted=planted),
            "phone": codes("139", person, width=8),
            "address": home_addresses(people).gather(person),
            **_obligor_figures(rng, roster),
            **_declarations(rng, person, roster=roster, planted=planted, means=means),
            "_newborn": roster.newborn,
        }
    )
    twice = rows.filter(
        pl.Series(happens(rng, count, chance=LISTED_TWICE_SHARE)),
        pl.col("role") == "member",
        pl.col("member_no") > 1,
        pl.col("_p").is_in(planted.people).not_(),
    )
    return pl.concat([rows, twice.with_columns(member_no=pl.col("member_no") + 50)])


def _excluded_reasons(person: Array, roster: Roster, *, planted: Planted) -> pl.Series:
    held = pl.Series(np.isin(person, planted.excluded_in_custody))
    other = pl.Series(["missing", "clergy"]).gather(person % 2)
    reason = pl.when(held).then(pl.lit("prison")).otherwise(other)
    return pl.select(pl.when(roster.line_role == "excluded").then(reason).alias("reason"))["reason"]


def _employment_states(
    rng: np.random.Generator, people: People, *, person: Array, means: Means
) -> pl.Series:
    age = people.age[person]
    works = means.wage[person] > 0
    guess = np.select(
        [age < 18, age >= 60, works, ~people.urban[person]], [3, 5, 1, 6], default=2
    )  # positions below
    states = pl.Series([None, "employed", "unemployed", "student", "unable", "retired", "farming"])
    return states.gather(np.where(happens(rng, len(person), chance=0.1), 0, guess))


def _disabilities(
    rng: np.random.Generator, person: Array, *, planted: Planted
) -> dict[str, pl.Series]:
    declared = pl.Series(np.isin(person, planted.disabled) & happens(rng, len(person), chance=0.7))
    kind = pl.Series(DISABILITIES).gather(rng.integers(0, len(DISABILITIES), len(person)))
    grade = pl.Series(rng.integers(1, 5, len(person)))
    shown = pl.select(
        pl.when(declared).then(kind).alias("disability_type"),
        pl.when(declared).then(grade).alias("disability_grade"),
    )
    return {
        "disability_type": shown["disability_type"],
        "disability_grade": shown["disability_grade"],
    }


def _obligor_figures(rng: np.random.Generator, roster: Roster) -> dict[str, pl.Series]:
    """Household size and monthly income of obligors, now and then not given."""
    count = len(roster.line_person)
    obligor = roster.line_role == "obligor"
    size_known = obligor & pl.Series(happens(rng, count, chance=0.93))
    income_known = obligor & pl.Series(happens(rng, count, chance=0.9))
    shown = pl.select(
        pl.when(size_known).then(pl.Series(rng.integers(1, 6, count))).alias("size"),
        pl.when(income_known)
        .then(pl.Series(amounts(rng, 3600.0, spread=0.5, count=count) // 10_000 * 10_000))
        .alias("income"),
    )
    return {"obligor_household_size": shown["size"], "obligor_household_income": shown["income"]}


def _declarations(
    rng: np.random.Generator, person: Array, *, roster: Roster, planted: Planted, means: Means
) -> dict[str, pl.Series]:
    """Declared totals: mostly near the truth, sometimes far below, sometimes nothing."""
    count = len(person)
    is_member = (roster.line_role == "member").to_numpy()

    def declared(truth: Array, silent: float, hidden: Array, low: Array) -> pl.Series:
        percent = np.array([100, 95, 105, 60])[
            choose_index(rng, 4, count=count, weights=(0.6, 0.15, 0.1, 0.15))
        ]
        value = truth * np.where(low, 25, percent) // 100 // 100 * 100
        given = is_member & (value > 0) & (~happens(rng, count, chance=silent) | low) & ~hidden
        return pl.select(pl.when(pl.Series(given)).then(pl.Series(value)).alias("v"))["v"]

    nobody = np.zeros(count, dtype=bool)
    post_hidden = means.post[person] & happens(rng, count, chance=0.6)
    side = np.where(
        happens(rng, count, chance=0.07), amounts(rng, 2500.0, spread=0.8, count=count), 0
    )
    return {
        "declared_wage": declared(
            means.wage[person], 0.15, post_hidden, np.isin(person, planted.wage_understated)
        ),
        "declared_business": declared(side, 0.0, nobody, nobody),
        "declared_property": declared(np.roll(side, 1) // 3, 0.0, nobody, nobody),
        "declared_transfer": declared(
            means.transfer[person], 0.2, np.isin(person, planted.pension_undeclared), nobody
        ),
        "declared_deposit": declared(means.money[person], 0.4, nobody, nobody),
    }


def expenditure_rows(rng: np.random.Generator, roster: Roster) -> pl.DataFrame:
    """approval.expenditure: one to three vouchers of four applications in ten."""
    count = len(roster.application_id)
    vouchers = np.where(happens(rng, count, chance=0.4), rng.integers(1, 4, count), 0)
    application = np.repeat(np.arange(count), vouchers)
    number = np.arange(len(application)) - np.repeat(np.cumsum(vouchers) - vouchers, vouchers)
    total = len(application)
    amount = amounts(rng, 2600.0, spread=0.9, count=total)
    reimbursed = pl.Series(amount * rng.integers(0, 60, total) // 100)
    back = rng.integers(2, 400, total)
    return pl.DataFrame(
        {
            "_p": roster.applicant[application],
            "application_id": roster.application_id.gather(application),
            "voucher_no": codes("PZ", number + 1, width=1),
            "kind": choose(
                rng,
                ["living", "medical", "education", "disability", "disaster", "other"],
                count=total,
                weights=(0.2, 0.35, 0.15, 0.12, 0.08, 0.1),
            ),
            "spent_on": roster.applied_on[application] - back,
            "amount": amount,
            "reimbursed": reimbursed,
        }
    ).with_columns(
        pl.when(pl.Series(happens(rng, total, chance=0.5))).then("reimbursed").alias("reimbursed")
    )


def objection_rows(rng: np.random.Generator, people: People, *, roster: Roster) -> pl.DataFrame:
    """approval.objection.

    A few, without an evidence number, since evidence is numbered by the run that publishes it.
    """
    count = len(roster.application_id)
    application = np.flatnonzero(happens(rng, count, chance=0.012))
    if not len(application):
        application = np.arange(min(1, count))
    total = len(application)
    return pl.DataFrame(
        {
            "objection_id": codes("YY", application, width=6),
            "application_id": roster.application_id.gather(application),
            "ground": choose(
                rng, ["not_mine", "sold", "wrong_amount", "closed", "other"], count=total
            ),
            "raised_on": days_before(rng, people.as_of, least=0, most=12, count=total),
        }
    )
