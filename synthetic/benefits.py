"""Civil affairs' own ledgers: who draws which benefit since when, and every payment made.

Rows of one running or ended benefit a person. What is wrong on purpose is added by `ledger_wrongs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import Array, blank_where, choose, choose_index, codes, happens
from synthetic.households import members_of
from synthetic.jobs import MONTHS_BACK
from synthetic.roster import Roster, town_codes

if TYPE_CHECKING:
    from synthetic.people import People

MONTHLY_YUAN = {
    "dibao": 450,
    "single_person": 420,
    "tekun": 980,
    "orphan": 1250,
    "de_facto_orphan": 1100,
    "disability_living": 120,
    "disability_care": 130,
    "old_age": 100,
    "dibao_edge": 0,
    "rigid": 0,
}
DRAWING = 0.024
CAUSES = ("illness", "fire", "traffic", "disaster", "sudden_illness", "education", "other")


def recipient_rows(
    rng: np.random.Generator,
    people: People,
    *,
    roster: Roster,
    certificates: pl.DataFrame,
    drawing: float = DRAWING,
) -> pl.DataFrame:
    """One row a benefit; `drawing` is the share of households that draw dibao and neither apply nor draw tekun.

    `_p`, programme, household (position), `began` and `ended` (NaT = drawn) as months.

    Nobody draws two benefits that exclude each other; the planted wrongs come on top.
    """
    homes = people.households
    applying = np.zeros(len(homes.start), dtype=bool)
    applying[roster.household] = True
    temp = roster.programme.is_in(["temp_expenditure", "temp_emergency", "rigid"]).to_numpy()
    skipping = np.unique(roster.household[temp & happens(rng, len(temp), chance=0.3)])
    free = ~applying & (homes.kind != 8)
    alone = np.flatnonzero(free & (homes.kind == 5))
    tekun = alone[happens(rng, len(alone), chance=0.12)]
    poor = np.setdiff1d(np.flatnonzero(free), tekun)
    poor = poor[happens(rng, len(poor), chance=drawing)]
    edge = np.setdiff1d(np.flatnonzero(free), np.r_[tekun, poor])
    edge = edge[happens(rng, len(edge), chance=0.003)]
    parts = [
        _of_households(people, np.union1d(poor, skipping), programme="dibao"),
        _of_households(people, tekun, programme="tekun"),
        _of_households(people, edge[: len(edge) // 2], programme="dibao_edge"),
        _of_households(people, edge[len(edge) // 2 :], programme="rigid"),
    ]
    supported = np.unique(np.concatenate([part["_p"].to_numpy() for part in parts]))
    parts += _of_people(rng, people, certificates=certificates, drawing=supported)
    rows = pl.concat(parts)
    return rows.with_columns(**_periods(rng, people, household=rows["_h"].to_numpy()))


def _of_households(people: People, households: Array, *, programme: str) -> pl.DataFrame:
    """All living people of the households."""
    at, person = members_of(people.households, households)
    living = people.alive[person]
    return _named(person[living], households[at[living]], programme=programme)


def _of_people(
    rng: np.random.Generator, people: People, *, certificates: pl.DataFrame, drawing: Array
) -> list[pl.DataFrame]:
    """Benefits of single people: old age, disability, orphans, 单人保."""
    household = people.households.household
    old = people.adults(80)
    old = old[happens(rng, len(old), chance=0.6)]
    severe = certificates.filter(pl.col("grade") <= 2)["_p"].to_numpy()
    severe = severe[happens(rng, len(severe), chance=0.3)]
    severe = np.setdiff1d(severe, drawing)
    third = len(severe) // 3
    severe = rng.permutation(severe)
    orphans = np.flatnonzero((people.households.kind[household] == 8) & people.alive)
    orphans = orphans[happens(rng, len(orphans), chance=0.7)]
    half = len(orphans) // 2
    orphans = np.setdiff1d(orphans, severe)
    groups = (
        (old, "old_age"),
        (severe[:third], "single_person"),
        (severe[third : 2 * third], "disability_living"),
        (severe[2 * third :], "disability_care"),
        (orphans[:half], "orphan"),
        (orphans[half:], "de_facto_orphan"),
    )
    return [
        _named(np.sort(person), household[np.sort(person)], programme=name)
        for person, name in groups
    ]


def _named(person: Array, household: Array, *, programme: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "_p": person,
            "_h": household,
            "programme": pl.Series([programme]).gather(np.zeros(len(person), dtype=np.int64)),
        },
        schema={"_p": pl.Int64, "_h": pl.Int64, "programme": pl.String},
    )


def _periods(rng: np.random.Generator, people: People, *, household: Array) -> dict[str, pl.Series]:
    """Months of begin and end, the same for a household; one in eight has ended."""
    this_month = people.as_of.astype("datetime64[M]")
    homes = len(people.households.start)
    began = this_month - rng.integers(3, 70, homes)
    ended = began + rng.integers(6, 40, homes)
    runs = (ended >= this_month - 1) | happens(rng, homes, chance=0.75)
    end_day = blank_where(runs, ended.astype("datetime64[D]"))
    return {
        "began": pl.Series(began.astype("datetime64[D]")[household]),
        "ended": pl.Series(end_day[household]),
    }


def ledger_rows(
    rng: np.random.Generator, people: People, *, recipients: pl.DataFrame, overdue: float = 0.08
) -> pl.DataFrame:
    """civil_affairs.benefit of the recipients; `overdue` is the share whose review is late.

    Given `household_no` and `urban_rural` stand; where they are null the person's own household and
    side are meant.
    """
    count = len(recipients)
    person, household = recipients["_p"].to_numpy(), recipients["_h"].to_numpy()
    programme = recipients["programme"]
    head = _account_owner(people, person, household=household, programme=programme)
    kind = choose_index(rng, 3, count=count, weights=(0.4, 0.45, 0.15))
    fresh = np.where(kind == 0, rng.integers(20, 350, count), rng.integers(20, 170, count))
    age_of_review = np.where(
        happens(rng, count, chance=overdue), rng.integers(400, 700, count), fresh
    )
    reviewed = np.maximum(people.as_of - age_of_review, recipients["began"].to_numpy())
    amount = programme.replace_strict(MONTHLY_YUAN, return_dtype=pl.Int64) * 100
    return recipients.with_columns(
        benefit_id=codes("DY", np.arange(count), width=7),
        household_no=pl.col("household_no").fill_null(household_numbers(household)),
        is_head=pl.Series(person == head),
        urban_rural=pl.col("urban_rural").fill_null(_side(people, person)),
        region_code=town_codes(rng, people.town[person]),
        from_month="began",
        to_month="ended",
        last_reviewed_on=pl.Series(reviewed),
        household_kind=pl.Series(["stable", "unstable", None]).gather(kind),
        monthly_amount=amount,
        # a second household of the same person has an account of its own
        account_no=pl.when(pl.col("household_no").is_not_null())
        .then(codes("6210009", person, width=8))
        .otherwise(account_numbers(head)),
        account_holder=people.name.gather(head),
    )


def _account_owner(
    people: People, person: Array, *, household: Array, programme: pl.Series
) -> Array:
    """Whose account receives.

    The first drawing person of a family's benefit, else the person's own.
    """
    order = np.lexsort((person, household))
    first = np.r_[True, household[order][1:] != household[order][:-1]]
    owner = np.empty(len(person), dtype=np.int64)
    owner[order] = person[order][np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
    shared = programme.is_in(["dibao", "dibao_edge", "rigid"]).to_numpy()
    # a planted row may name another household than the person's own: then the account is theirs
    at_home = people.households.household[person] == household
    return np.where(shared & at_home, owner, person)


def household_numbers(household: Array) -> pl.Series:
    """The ledger's household numbers of household positions."""
    return codes("JT", household, width=7)


def account_numbers(person: Array) -> pl.Series:
    """Bank account numbers for benefits, one a person."""
    return codes("6200009", person, width=8)


def _side(people: People, person: Array) -> pl.Series:
    return pl.Series(["rural", "urban"]).gather(people.urban[person].astype(np.int64))


def payment_rows(
    rng: np.random.Generator, people: People, *, ledger: pl.DataFrame, grants: pl.DataFrame
) -> pl.DataFrame:
    """civil_affairs.payment.

    Monthly payments on the 10th of every benefit with an amount, and the one-off `grants`.
    """
    paying = ledger.filter(pl.col("monthly_amount") > 0)
    last = people.as_of.astype("datetime64[M]") - 1
    row = np.repeat(np.arange(len(paying)), MONTHS_BACK)
    month = last - np.tile(np.arange(MONTHS_BACK), len(paying))
    began = paying["began"].to_numpy().astype("datetime64[M]")[row]
    ended = paying["ended"].to_numpy().astype("datetime64[M]")[row]
    runs = (month >= began) & (np.isnat(ended) | (month <= ended))
    monthly = paying[row[runs]].select(
        "_p", "benefit_id", "household_no", "programme",
        pl.Series("paid_on", month[runs].astype("datetime64[D]") + 9),
        pl.col("monthly_amount").alias("amount"),
        "region_code", "account_no", "account_holder",
    )  # fmt: skip
    rows = pl.concat([monthly, grants], how="diagonal")
    drawn = choose(rng, ["县", "乡镇"], count=len(rows), weights=(0.8, 0.2))
    level = rows["approval_level"].fill_null(drawn)
    approver = pl.Series(["示范县镇人民政府", "示范县民政局"])
    numbered: pl.DataFrame = rows.with_columns(
        payment_no=codes("FF", np.arange(len(rows)), width=9),
        approved_by=approver.gather((level == "县").cast(pl.Int64)),
        approval_level=level,
    )
    return numbered


def grant_rows(rng: np.random.Generator, people: People, *, roster: Roster) -> pl.DataFrame:
    """One-off temporary assistance of the last two years.

    Some applicants got one before, as did others.
    """
    former = roster.household[happens(rng, len(roster.household), chance=0.05)]
    others = np.flatnonzero(happens(rng, len(people.households.start), chance=0.006))
    household = np.union1d(former, others)
    head = people.households.start[household]
    household, head = household[people.alive[head]], head[people.alive[head]]
    count = len(household)
    paid = people.as_of - rng.integers(20, 700, count)
    return grants_of(
        rng,
        people,
        person=head,
        household=household,
        paid=paid,
        cause=choose(rng, CAUSES, count=count),
    )


def grants_of(
    rng: np.random.Generator,
    people: People,
    *,
    person: Array,
    household: Array,
    paid: Array,
    cause: pl.Series,
) -> pl.DataFrame:
    """Payment rows of one-off grants."""
    count = len(person)
    emergency = cause.is_in(["fire", "traffic", "disaster", "sudden_illness"])
    programme = pl.Series(["temp_expenditure", "temp_emergency"]).gather(emergency.cast(pl.Int64))
    return pl.DataFrame(
        {
            "_p": person,
            "household_no": household_numbers(household),
            "programme": programme,
            "paid_on": paid,
            "amount": rng.integers(8, 90, count) * 10_000,
            "cause": cause,
            "event_on": paid - rng.integers(3, 40, count),
            "region_code": town_codes(rng, people.town[person]),
            "account_no": account_numbers(person),
            "account_holder": people.name.gather(person),
        }
    )
