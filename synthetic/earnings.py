"""The rows in which tax, social security, payroll and the housing fund see the county's jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import (
    Array,
    amounts,
    choose,
    codes,
    days_before,
    happens,
    spread_ranges,
    whole_yuan,
)
from synthetic.jobs import COMPANY, KIND_TITLES, OFFICES, POST, PUBLIC, Jobs

if TYPE_CHECKING:
    from synthetic.people import People


def tax_rows(
    rng: np.random.Generator, people: People, *, jobs: Jobs, owners: Array
) -> pl.DataFrame:
    """tax.income: wages by month, now and then other items.

    `owners` have business results, some of them losses.
    """
    seen = np.flatnonzero(
        np.isin(jobs.kind, (COMPANY, PUBLIC)) & happens(rng, len(jobs.person), chance=0.66)
    )
    job, month = jobs.monthly(seen, people.as_of)
    swing = rng.integers(92, 109, len(job))
    employers = jobs.employers(job)
    wages = pl.DataFrame(
        {
            "_p": jobs.person[job],
            "item": choose(rng, ["工资薪金"], count=len(job)),
            "month": month,
            "payer_uscc": employers["employer_uscc"],
            "payer": employers["employer"],
            "amount": jobs.wage[job] * swing // 100,
        }
    )
    return pl.concat([wages, _other_items(rng, people, jobs=jobs, owners=owners)])


def _other_items(
    rng: np.random.Generator, people: People, *, jobs: Jobs, owners: Array
) -> pl.DataFrame:
    """Rows of the items besides wages: one row a quarter of the year for each person concerned."""
    adults = people.adults(20, 75)
    parts = []
    last = people.as_of.astype("datetime64[M]") - 1
    for item, group, median in (
        ("劳务报酬", adults[happens(rng, len(adults), chance=0.012)], 1600.0),
        ("经营所得", owners, 3500.0),
        ("利息股息红利", adults[happens(rng, len(adults), chance=0.006)], 300.0),
        ("财产租赁", adults[happens(rng, len(adults), chance=0.008)], 900.0),
        ("财产转让", adults[happens(rng, len(adults), chance=0.002)], 60_000.0),
    ):
        owner, quarter = spread_ranges(np.zeros(len(group), dtype=np.int64), np.full(len(group), 4))
        amount = amounts(rng, median, spread=0.7, count=len(owner))
        if item == "经营所得":
            amount = np.where(happens(rng, len(owner), chance=0.06), -amount // 3, amount)
        payer = rng.integers(0, len(jobs.uscc), len(group))[owner]
        by_payer = pl.Series(np.full(len(owner), item not in ("财产租赁", "财产转让", "经营所得")))
        parts.append(
            pl.DataFrame(
                {
                    "_p": group[owner],
                    "item": choose(rng, [item], count=len(owner)),
                    "month": (last - 3 * quarter).astype("datetime64[D]"),
                    "payer_uscc": jobs.uscc.gather(payer),
                    "payer": jobs.employer.gather(payer),
                    "amount": amount,
                }
            )
            .with_columns(pl.when(by_payer).then("payer_uscc").alias("payer_uscc"))
            .with_columns(pl.when(by_payer).then("payer").alias("payer"))
        )
    return pl.concat(parts)


def contribution_rows(
    rng: np.random.Generator, people: People, *, jobs: Jobs, certain: Array
) -> pl.DataFrame:
    """human_resources.contribution.

    Employed and self-employed by month, residents once a year; all of the `certain` people's jobs.
    """
    paid = happens(rng, len(jobs.person), chance=0.62) | np.isin(jobs.person, certain)
    seen = np.flatnonzero((jobs.kind != POST) & paid)
    job, month = jobs.monthly(seen, people.as_of)
    base = whole_yuan(jobs.wage * rng.integers(80, 101, len(jobs.wage)) // 100)
    monthly = pl.DataFrame(
        {
            "_p": jobs.person[job],
            "scheme": choose(rng, ["城镇职工养老"], count=len(job)),
            "month": month,
            **jobs.employers(job),
            "base": base[job],
        }
    ).with_columns(
        pl.when(pl.col("employer").is_null() & (pl.col("_p") % 2 == 0))
        .then(pl.lit("灵活就业"))
        .otherwise("employer")
        .alias("employer")
    )
    further = monthly.filter(
        pl.col("employer_uscc").is_not_null(), pl.col("month") >= pl.col("month").max()
    )
    further = further.with_columns(scheme=choose(rng, ["失业", "工伤"], count=len(further)))
    farmers = people.adults(20, 59)
    farmers = np.setdiff1d(farmers, jobs.person)
    farmers = farmers[happens(rng, len(farmers), chance=0.35)]
    residents = pl.DataFrame(
        {
            "_p": farmers,
            "scheme": choose(rng, ["城乡居民养老"], count=len(farmers)),
            "month": np.full(
                len(farmers), (people.as_of.astype("datetime64[M]") - 6).astype("datetime64[D]")
            ),
            "base": rng.integers(1, 6, len(farmers)) * 20_000,
        }
    )
    return pl.concat([monthly, further, residents], how="diagonal")


def employment_rows(rng: np.random.Generator, people: People, *, jobs: Jobs) -> pl.DataFrame:
    """human_resources.employment: registrations of jobs, and of people without one (失业登记)."""
    seen = np.flatnonzero((jobs.kind == POST) | happens(rng, len(jobs.person), chance=0.8))
    idle = np.setdiff1d(people.adults(18, 60), jobs.person)
    idle = idle[happens(rng, len(idle), chance=0.035)]
    wage = pl.Series(whole_yuan(jobs.wage[seen]))
    jobless = pl.DataFrame(
        {
            "_p": idle,
            "kind": choose(rng, ["失业登记"], count=len(idle)),
            "started_on": days_before(rng, people.as_of, least=20, most=500, count=len(idle)),
        }
    )
    registered = pl.DataFrame(
        {
            "_p": jobs.person[seen],
            "kind": pl.Series(KIND_TITLES).gather(jobs.kind[seen]),
            **jobs.employers(seen),
            "started_on": jobs.started[seen],
            "ended_on": jobs.ended[seen],
            "monthly_wage": wage,
        }
    ).with_columns(
        pl.when(pl.Series(happens(rng, len(seen), chance=0.9)))
        .then("monthly_wage")
        .alias("monthly_wage")
    )
    return pl.concat([registered, jobless], how="diagonal")


def payroll_rows(
    rng: np.random.Generator, people: People, *, jobs: Jobs, planted: Array
) -> pl.DataFrame:
    """finance.payroll.

    Those on the public payroll, retired ones, and the `planted` among applicants and recipients.
    """
    seen = np.flatnonzero(jobs.kind == PUBLIC)
    offices = len(jobs.uscc) - len(OFFICES)
    elders = people.adults(61, 85)
    retired = elders[happens(rng, len(elders), chance=0.02)]
    person = np.r_[jobs.person[seen], retired, planted]
    running = np.r_[
        np.zeros(len(seen), dtype=bool), np.ones(len(retired) + len(planted), dtype=bool)
    ]
    employer = np.r_[jobs.employer_no[seen], rng.integers(offices, len(jobs.uscc), running.sum())]
    kind = pl.concat(
        [
            choose(rng, ["公务员", "事业编", "编外"], count=len(seen), weights=(0.3, 0.5, 0.2)),
            choose(rng, ["退休"], count=len(retired)),
            choose(rng, ["编外", "事业编"], count=len(planted)),
        ]
    )
    started = np.r_[
        jobs.started[seen],
        days_before(rng, people.as_of, least=400, most=4000, count=running.sum()),
    ]
    ended = np.r_[jobs.ended[seen], np.full(running.sum(), np.datetime64("NaT", "D"))]
    pay = np.r_[jobs.wage[seen], amounts(rng, 2900.0, spread=0.2, count=int(running.sum()))]
    return pl.DataFrame(
        {
            "_p": person,
            "employer_uscc": jobs.uscc.gather(employer),
            "employer": jobs.employer.gather(employer),
            "kind": kind,
            "from_date": started,
            "to_date": ended,
            "monthly_pay": whole_yuan(pay),
        }
    ).unique(["_p", "employer_uscc"], keep="first", maintain_order=True)


def fund_rows(rng: np.random.Generator, people: People, *, jobs: Jobs) -> pl.DataFrame:
    """housing.provident_fund: accounts of about a third of the employed."""
    seen = np.flatnonzero(
        np.isin(jobs.kind, (COMPANY, PUBLIC)) & happens(rng, len(jobs.person), chance=0.3)
    )
    count = len(seen)
    closed = ~np.isnat(jobs.ended[seen])
    status = choose(rng, ["正常", "封存", "销户"], count=count, weights=(0.93, 0.05, 0.02))
    last = people.as_of.astype("datetime64[M]") - 1
    return pl.DataFrame(
        {
            "_p": jobs.person[seen],
            "account_no": codes("GJJ", np.arange(count), width=8),
            **jobs.employers(seen),
            "base": whole_yuan(jobs.wage[seen]),
            "balance": amounts(rng, 6000.0, spread=1.0, count=count),
            "last_month": np.full(count, last.astype("datetime64[D]")),
            "status": status,
        }
    ).with_columns(
        pl.when(pl.Series(closed)).then(pl.lit("封存")).otherwise("status").alias("status")
    )
