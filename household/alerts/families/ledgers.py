"""Ledgers that do not add up: payments that no benefit carries (U13), recipients whom the register does not know (H06).

The same is counted as findings about the data by `quality.ledgers`. A benefit that ends before it begins has no period that could be
wrong in a payment: the gate's check `period_forward` tells it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.raised import MONTH, fold, hits_of
from household.delivery import newest_extracts
from household.identity.numbers import key_birth
from household.money import AMOUNT

if TYPE_CHECKING:
    from household.alerts.watch import Ledger, Watch

BENEFIT = "civil_affairs.benefit"
REGISTER = "public_security.population"
ARREARS = 1
"""The month after the last may still bring that one's money."""


def paid_without_benefit(watch: Watch, ledger: Ledger, *, told: pl.DataFrame) -> pl.DataFrame:
    """U13: payments that name a benefit which the ledger does not hold, or fall outside its months; amount = their sum, month by month.

    A payment of a later day than the region's ledger says nothing: the benefit may be younger than the extract. A benefit's months are
    from_month to the month after to_month.

    Args:
        watch: the run. ledger: its ledgers.
        told: D02 (`raised.RAISED`); the payments that it tells are left out, for nobody is to recover them twice.
    """
    lost, outside = _astray(watch, ledger)
    outside = _not_told(outside, told)
    owners = ledger.benefits.join(
        outside.select("benefit_id").unique(), on="benefit_id", how="semi"
    )
    rows = pl.concat([lost, outside])
    months = (
        rows.group_by(pl.col("benefit_id").alias("subject_id"), "month_no")
        .agg(pl.col("paid").sum().cast(AMOUNT).alias("amount"))
        .with_columns(pl.lit(None, dtype=MONTH[c]).alias(c) for c in ("days", "of_days"))
    )
    paid = pl.concat_str(pl.lit("paid="), "payment_no")
    return fold(
        "U13",
        hits_of(lost, subject="benefit_id", fact=paid, detail=pl.lit("台账无此待遇")),
        hits_of(
            outside, subject="benefit_id", fact=paid, detail=pl.lit("发放月份不在待遇起止年月之内")
        ),
        hits_of(owners, subject="benefit_id", fact=None),
        months=months,
    )


def _astray(watch: Watch, ledger: Ledger) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Payments whose benefit is not on the ledger, and payments outside the months of theirs."""
    periods = ledger.benefits.select(
        "benefit_id", "from_no", "to_no", pl.lit(value=True).alias("held")
    ).unique("benefit_id", keep="first", maintain_order=True)
    # Of millions of payments a few are astray: two narrow columns say which.
    marked = ledger.payments.select("benefit_id", "month_no").join(
        periods, on="benefit_id", how="left", maintain_order="left"
    )
    ends = pl.col("to_no") + ARREARS
    in_order = pl.col("to_no").is_null() | (pl.col("to_no") >= pl.col("from_no"))
    astray = (pl.col("month_no") < pl.col("from_no")) | (pl.col("month_no") > ends)
    marks = marked.select(
        (pl.col("held").is_null() & pl.col("benefit_id").is_not_null()).alias("lost"),
        (astray & in_order).fill_null(value=False).alias("outside"),
    )
    lost = ledger.payments.filter(marks["lost"])
    served = newest_extracts(watch.extracts.delivered, lost["of_region"], dataset=BENEFIT)
    lost = lost.join(served, on="of_region").filter(pl.col("paid_on") <= pl.col("extract_as_of"))
    return lost.drop("extract_as_of"), ledger.payments.filter(marks["outside"])


def _not_told(payments: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Payments on which no raised alert of `told` rests."""
    rows = told.select("rests_on").explode("rests_on").drop_nulls()
    return payments.join(rows.unnest("rests_on").unique(), on=["dataset", "record_key"], how="anti")


def not_on_register(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """H06: a recipient whose number is neither a number nor a former number of the region's household register.

    A number that is not valid is a finding of its own. Who was born after the register's extract cannot be in it.
    """
    running = ledger.benefits.filter(
        "running", pl.col("person").is_not_null(), pl.col("id_no__key").is_not_null()
    )
    served = newest_extracts(watch.extracts.delivered, running["of_region"], dataset=REGISTER)
    asked = running.join(served, on="of_region").filter(
        key_birth(pl.col("id_no__key")) <= pl.col("extract_as_of")
    )
    keys = asked["id_no__key"].unique()
    register = watch.extracts.rows(REGISTER)
    known = pl.concat(
        [
            register.select(pl.col(key).alias("id_no__key")).filter(
                pl.col("id_no__key").is_in(keys.implode())
            )
            for key in ("id_no__key", "former_id_no__key")
        ]
    ).unique()
    strangers = asked.join(known.collect(), on="id_no__key", how="anti").join(
        watch.refs, on="person"
    )
    fact = pl.concat_str(pl.lit("number="), "id_no__key")
    return fold("H06", hits_of(strangers, subject="person_ref", fact=fact))
