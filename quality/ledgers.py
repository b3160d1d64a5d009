"""Whether civil affairs' own ledgers add up: payments and benefits, benefits and the household register, benefits with one another.

These questions reach over datasets, so no gate holds them; they are published beside the gates' results. Each row that fails is a
finding, and where somebody must look an alert too (`household.alerts.families.ledgers`). Counts only: no value of a row leaves this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.delivery import newest_extracts
from household.people.standing import GRANTS, runs_on
from household.periods import month_index
from quality.checks import Dimension, Severity
from quality.gate import CheckResult

if TYPE_CHECKING:
    from household.extracts import Extracts

BENEFIT = "civil_affairs.benefit"
PAYMENT = "civil_affairs.payment"
REGISTER = "public_security.population"

LEDGER_CHECKS: dict[str, str] = {
    "benefit_named": "按月发放的载明待遇编号",
    "benefit_on_ledger": "发放的待遇在台账上",
    "number_on_register": "在享人员在户籍登记中",
    "periods_apart": "同一人同一待遇的起止年月不重叠",
}
"""Question -> title. All are warnings and pass when no row fails."""


def ledger_results(extracts: Extracts) -> list[tuple[str, CheckResult]]:
    """The answers by dataset; `passed` is null where there was nothing to ask, for instance where one side was not delivered."""
    benefits = (
        extracts.rows(BENEFIT)
        .select(
            "benefit_id",
            "programme",
            pl.col("region_code").alias("of_region"),
            pl.col("id_no__key").alias("key"),
            month_index(pl.col("from_month")).alias("from_no"),
            month_index(pl.col("to_month")).alias("to_no"),
            runs_on(extracts.as_of).alias("running"),
        )
        .collect()
    )
    return [
        (PAYMENT, _benefit_named(extracts)),
        (PAYMENT, _benefit_on_ledger(extracts, benefits)),
        (BENEFIT, _number_on_register(extracts, benefits)),
        (BENEFIT, _periods_apart(benefits)),
    ]


def _benefit_named(extracts: Extracts) -> CheckResult:
    monthly = extracts.rows(PAYMENT).filter(pl.col("programme").is_in(GRANTS).not_())
    counted = monthly.select(
        pl.col("benefit_id").is_null().sum().alias("failed"), pl.len().alias("of")
    ).collect()
    return _result("benefit_named", *counted.row(0))


def _benefit_on_ledger(extracts: Extracts, benefits: pl.DataFrame) -> CheckResult:
    """Only in regions whose ledger of benefits was delivered."""
    paid = (
        extracts.rows(PAYMENT)
        .filter(pl.col("benefit_id").is_not_null())
        .group_by("benefit_id", pl.col("region_code").alias("of_region"))
        .agg(pl.len().alias("rows"))
        .collect()
    )
    served = newest_extracts(extracts.delivered, paid["of_region"], dataset=BENEFIT)
    asked = paid.join(served, on="of_region", how="semi")
    lost = asked.join(benefits, on="benefit_id", how="anti")
    return _result("benefit_on_ledger", int(lost["rows"].sum()), int(asked["rows"].sum()))


def _number_on_register(extracts: Extracts, benefits: pl.DataFrame) -> CheckResult:
    """Running benefits with a valid number, in regions whose household register was delivered."""
    running = benefits.filter("running", pl.col("key").is_not_null())
    served = newest_extracts(extracts.delivered, running["of_region"], dataset=REGISTER)
    asked = running.join(served, on="of_region", how="semi")
    keys = asked["key"].unique()
    register = extracts.rows(REGISTER)
    known = pl.concat(
        [
            register.select(pl.col(column).alias("key")).filter(pl.col("key").is_in(keys.implode()))
            for column in ("id_no__key", "former_id_no__key")
        ]
    ).unique()
    strangers = asked.join(known.collect(), on="key", how="anti")
    return _result("number_on_register", strangers.height, asked.height)


def _periods_apart(benefits: pl.DataFrame) -> CheckResult:
    """Rows that begin before an earlier row of the same number and programme has ended; in the month of its end is a hand-over."""
    group = ["key", "programme"]
    in_order = pl.col("to_no").is_null() | (pl.col("to_no") >= pl.col("from_no"))
    rows = benefits.filter(pl.col("key").is_not_null(), in_order).sort(
        *group, "from_no", "benefit_id"
    )
    until = pl.col("to_no").fill_null(pl.lit(2**31 - 1, dtype=pl.Int32))
    ended = until.cum_max().shift(1).over(group)
    failed = rows.filter((pl.col("from_no") < ended).fill_null(value=False))
    return _result("periods_apart", failed.height, rows.height)


def _result(check_id: str, failed: int, of: int) -> CheckResult:
    return CheckResult(
        check_id,
        str(Dimension.CONSISTENCY),
        str(Severity.WARNING),
        passed=failed == 0 if of else None,
        failed_rows=failed,
        total_rows=of,
        observed=f"{failed} / {of} 行",
        title_zh=LEDGER_CHECKS[check_id],
    )
