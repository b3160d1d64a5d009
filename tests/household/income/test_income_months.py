"""Income month by month: sources side by side, one that counts, and a sum that is what was verified."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from core_town import WINDOW, County, D, Household, Someone
from rule_county_run import rule_county_told
from told_checks import assert_months_add_up

if TYPE_CHECKING:
    from core_told import Told

JAN, FEB, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
FACTORY = {"payer": "甲厂", "payer_uscc": "91990101MA0000001X"}


def waged(home: Household, who: Someone) -> None:
    """One wage that four sources know of, and one month of another employer."""
    for month, amount in ((JAN, 3000), (FEB, 3100)):
        home.row("tax.income", who, month=month, amount=D(amount), **FACTORY)
    home.row(
        "finance.payroll",
        who,
        employer="甲厂",
        employer_uscc=FACTORY["payer_uscc"],
        from_date=JAN,
        to_date=date(2026, 3, 31),
        monthly_pay=D(2900),
    )
    home.row(
        "human_resources.employment",
        who,
        employer="甲厂",
        started_on=date(2025, 12, 5),
        ended_on=date(2026, 2, 10),
        monthly_wage=D(2800),
    )
    home.row("human_resources.contribution", who, employer="甲厂", month=JAN, base=D(2700))
    home.row("tax.income", who, month=FEB, amount=D(500), payer="乙店")
    home.row("tax.income", who, item="劳务报酬", month=JAN, amount=D(80), **FACTORY)


@pytest.fixture(scope="module")
def told() -> Told:
    county = County(values=rule_values())
    home = county.household("waged", members=0)
    waged(home, home.join())
    home = county.household("unsigned", members=0)
    waged(home, home.join(signed=False))
    home = county.household("mixed", members=0)
    who = home.join()
    home.monthly(who, "100")
    home.row("human_resources.benefit", who, kind="工伤待遇", month=MARCH, amount=D("0.55"))
    home.row("agriculture.farm", who, contracted_mu=D("3.33"), subsidy=D(7), transfer_rent=D(60))
    home.row("tax.income", who, item="经营所得", month=MARCH, amount=D(900))
    home.join(role="obligor", obligor_household_income=D("5000.37"), obligor_household_size=1)
    home = county.household("left_out", members=2)
    dead = home.join()
    home.monthly(dead, "900")
    home.row("civil_affairs.funeral", dead)
    return county.run()


def rule_values() -> dict[str, Any]:
    return County().values | {
        "income.farm_yuan_per_mu": D("820.01"),
        "support.method": "excess_rate",
        "support.line_multiple": D("1.5"),
        "support.rate": D("0.3333"),
    }


def months(told: Told, name: str) -> list[dict[str, Any]]:
    rows = told.tables["income_month"].filter(pl.col("application_id") == name)
    return rows.sort("kind", "employer_no", "labour", "period").to_dicts()


def wage_of(told: Told, period: str, employer: int, *, labour: bool = False) -> dict[str, Any]:
    (row,) = [
        r
        for r in months(told, "waged")
        if (r["period"], r["employer_no"], r["labour"]) == (period, employer, labour)
    ]
    return row


SOURCES = ("tax", "payroll", "employment", "contribution")


@pytest.mark.parametrize(
    ("period", "said", "source", "adopted"),
    [
        ("2025-12", (None, None, 2800, None), "human_resources.employment", 2800),
        ("2026-01", (3000, 2900, 2800, 2700), "tax.income", 3000),
        ("2026-02", (3100, 2900, 2800, None), "tax.income", 3100),
        ("2026-03", (None, 2900, None, None), "finance.payroll", 2900),
    ],
)
def test_what_each_source_said_of_a_month(
    told: Told, period: str, said: tuple[int | None, ...], source: str, adopted: int
) -> None:
    row = wage_of(told, period, 1)
    assert tuple(row[name] for name in SOURCES) == said
    assert (row["adopted_source"], row["adopted"]) == (source, adopted)


def test_the_same_wage_counts_once_and_the_counting_row_stands_first(told: Told) -> None:
    row = wage_of(told, "2026-01", 1)
    datasets = {e["evidence_id"]: e["dataset"] for e in told.evidence("waged")}
    assert [datasets[i] for i in row["evidence_ids"]] == [
        "tax.income",
        "finance.payroll",
        "human_resources.employment",
        "human_resources.contribution",
    ]


def test_employers_have_numbers_in_order_of_appearance_and_no_names(told: Told) -> None:
    assert wage_of(told, "2026-02", 2)["tax"] == 500
    assert wage_of(told, "2026-01", 1, labour=True)["adopted"] == 80
    frame = told.tables["income_month"]
    for column, dtype in frame.schema.items():
        if dtype == pl.String():
            text = "\n".join(frame[column].drop_nulls().unique())
            assert not [n for n in ("甲厂", "乙店", "MA0000001X") if n in text], column


def test_receipts_the_farm_and_support_stand_in_their_own_periods(told: Told) -> None:
    found = {
        (r["kind"], r["period"], r["adopted_source"]): r["adopted"] for r in months(told, "mixed")
    }
    assert found[("transfer", "2026-03", "human_resources.benefit")] == D("100.55")
    assert found[("business", "2026-03", "tax.income")] == 900
    # 3.33 mu x 820.01 + 7
    assert found[("business", "2025", "agriculture.farm")] == D("2737.63")
    assert found[("property", "2025", "agriculture.farm")] == 60
    # (5000.37 - 1.5 x 700) x 0.3333 x 12
    assert found[("transfer", "2025-05/2026-04", "approval.member")] == D("15799.90")


def test_nothing_is_told_of_who_is_not_counted_or_not_signed_for(told: Told) -> None:
    assert months(told, "left_out") == []
    assert months(told, "unsigned") == []
    assert {r["period"] for r in months(told, "mixed")} >= {f"{m:%Y-%m}" for m in WINDOW}


def test_the_months_add_up_to_what_was_verified(told: Told) -> None:
    assert_months_add_up(told.tables)
    assert_months_add_up(rule_county_told().tables)
