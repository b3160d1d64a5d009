"""What must hold of any county: the order of rows, rows about strangers and silences do not help or harm whom they should not."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from core_rule_cases import rule_county
from core_town import County, D, Household, Someone
from rule_county_run import rule_county_told

from household.delivery import BULK
from household.extracts import OWN_LEDGERS
from household.identity.numbers import number_of_key
from household.rules.programmes import PROGRAMMES
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from core_told import Told

ABOUT_HOUSEHOLDS = ("household_verdict", "verdict_reason", "income_line", "evidence", "coverage")
ASKED = [name for name in BULK if name not in (*OWN_LEDGERS, "banking.receipt")]
"""Departments that may fall silent. The commissioning body's own ledgers are its own to deliver."""


@pytest.fixture(scope="module")
def told() -> Told:
    return rule_county_told()


def same(one: Told, other: Told, table: str) -> bool:
    columns = one.tables[table].columns
    lists = [c for c, t in one.tables[table].schema.items() if t == pl.List(pl.String())]
    frames = [
        t.tables[table].with_columns(pl.col(c).list.join("|") for c in lists).sort(columns)
        for t in (one, other)
    ]
    return frames[0].equals(frames[1])


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_decides_nothing(told: Told, seed: int) -> None:
    county = rule_county()
    drawn = Random(seed)
    for rows in county.rows.values():
        drawn.shuffle(rows)
    shuffled = county.run()
    for table in (*ABOUT_HOUSEHOLDS, "person_link", "roster_person", "person", "alert"):
        assert same(told, shuffled, table), table


def test_rows_about_strangers_change_nothing(told: Told) -> None:
    county = rule_county()
    home = next(iter(county.households.values()))
    stranger = Someone(number_of_key(99010119501231777), "欧阳陌生")
    given: dict[str, dict[str, Any]] = {
        "public_security.vehicle": {"value": 99999},
        "housing.real_estate": {"use": "商业"},
        "human_resources.benefit": {"month": county.as_of.replace(day=1), "amount": 9},
        "banking.account": {"balance": 9},
        "securities.holding": {"market_value": 9},
        "tax.income": {"month": county.as_of.replace(day=1), "amount": 9},
        "medical_insurance.settlement": {"total": 9},
    }
    for dataset in (
        *given,
        "public_security.population",
        "civil_affairs.funeral",
        "justice.custody",
        "market_regulation.entity",
        "disabled_federation.certificate",
        "education.enrolment",
        "banking.receipt",
    ):
        home.row(dataset, stranger, **given.get(dataset, {}))
    more = county.run()
    for table in (*ABOUT_HOUSEHOLDS, "person_link", "person"):
        assert same(told, more, table), table


def number_in(row: dict[str, Any]) -> str:
    return str(row.get("id_no") or row.get("owner_id_no") or row.get("id_no_a") or "")


def silence(county: County, *, offset: int) -> dict[str, str]:
    """Let one department of each household fall silent, its rows gone with it. Returns household -> dataset."""
    chosen = {}
    for place, home in enumerate(county.households.values()):
        dataset = ASKED[(place + offset) % len(ASKED)]
        chosen[home.name] = dataset
        home.silent.add(dataset)
        rows = county.rows[dataset]
        rows[:] = [row for row in rows if not number_in(row).startswith(home.region)]
    return chosen


def lowered(offset: int, told: Told) -> list[tuple[str, str, str]]:
    """Household, programme and silent dataset where the silence made eligible, or lowered an amount."""
    county = rule_county()
    chosen = silence(county, offset=offset)
    silent = county.run()
    keys = ["application_id", "programme"]
    both = told.tables["household_verdict"].join(
        silent.tables["household_verdict"], on=keys, suffix="_silent"
    )
    assert len(both) == len(chosen) * len(PROGRAMMES)
    made = (pl.col("suggestion") != "eligible") & (pl.col("suggestion_silent") == "eligible")
    wrong = both.filter(made | (pl.col("amount_silent") < pl.col("amount")).fill_null(value=False))
    return [(a, p, chosen[a]) for a, p in wrong.select(keys).iter_rows()]


@pytest.mark.parametrize("offset", [0, 5, 10, 15])
def test_a_silent_department_makes_nobody_eligible_and_lowers_no_amount(
    told: Told, offset: int
) -> None:
    assert lowered(offset, told) == []


def test_every_department_is_silenced_somewhere() -> None:
    assert len(ASKED) >= 20
    assert set(ASKED) <= set(DATASETS)
    chosen = {d for o in (0, 5, 10, 15) for d in silence(rule_county(), offset=o).values()}
    assert chosen == set(ASKED)


def extra_for_a_disability(home: Household) -> None:
    """A certificate is worth an extra fifth of the standard."""
    home.row("disabled_federation.certificate", home.join())


def bills_beside_vouchers(home: Household) -> None:
    """Vouchers alone pass the threshold, the bills make the amount."""
    who = home.join()
    home.row("approval.expenditure", who, application_id=home.name, amount=30000)
    home.row("medical_insurance.settlement", who, total=10000)


@pytest.mark.parametrize(
    ("build", "dataset", "programme"),
    [
        (extra_for_a_disability, "disabled_federation.certificate", "dibao"),
        (bills_beside_vouchers, "medical_insurance.settlement", "temp_expenditure"),
    ],
)
def test_an_amount_counts_what_is_known_where_no_rule_hangs_on_the_silent_department(
    build: Callable[[Household], None], dataset: str, programme: str
) -> None:
    def run(*, silent: bool) -> dict[str, Any]:
        county = County()
        law = {"extra.rate": D("0.2")}
        build(county.household("X1", values=law, members=0, silent=[dataset] if silent else []))
        if silent:
            county.rows[dataset].clear()
        return county.run().verdict("X1", programme)

    answered, unanswered = run(silent=False), run(silent=True)
    assert answered["suggestion"] == "eligible"
    # The one exception to "an unanswered source never lowers an amount", see docs/contract-readings.md: the agreement asks
    # certificates and bills of no rule here, and a household is not kept waiting for the larger part of what it is due.
    assert unanswered["suggestion"] == "eligible"
    assert 0 < unanswered["amount"] < answered["amount"]
