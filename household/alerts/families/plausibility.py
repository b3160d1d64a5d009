"""What is hard to believe of a firm that a register puts to somebody's name (handbook §3.3 and §5.4: the case of 建瓯).

A severely disabled couple lost their benefit for years over a firm that bore the name of one of them. A doubt takes nothing back: the
alert and its severity stay, and its sentence says what to ask first.
"""

from __future__ import annotations

import polars as pl

from household.alerts.families.certificates import CERTIFICATE, is_valid
from household.alerts.watch import Ledger, Watch, seen_rows
from household.identity.numbers import age_on, key_birth
from household.rules.persons import MINOR, SEVERE

VERY_OLD = 75
PROVINCE, COUNTY = 2, 6
ASK_FIRST = "，疑被冒名，请先核实是否本人登记"


def with_doubts(watch: Watch, ledger: Ledger, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of entities with `doubts`: what does not fit the person, and what to ask first; null where everything does.

    Args:
        watch: the run.
        ledger: its ledgers.
        rows: see `watch.seen_rows`, of market_regulation.entity.

    """
    severe = (
        seen_rows(watch, ledger, CERTIFICATE, seats=watch.measured.counted)
        .filter(is_valid(watch.as_of), pl.col("grade").is_in(SEVERE))
        .select("person")
        .unique()
        .with_columns(pl.lit(value=True).alias("severe"))
    )
    born = watch.roster.persons.select("person", key_birth(pl.col("key")).alias("born"))
    age = age_on(pl.col("born"), watch.as_of)
    doubts = pl.concat_list(
        pl.when("severe").then(pl.lit("本人重度残疾")),
        pl.when(age < MINOR).then(pl.lit("本人未成年")),
        pl.when(age >= VERY_OLD).then(pl.lit("本人高龄")),
        pl.when(_elsewhere(PROVINCE))
        .then(pl.lit("主体登记在外省"))
        .when(_elsewhere(COUNTY))
        .then(pl.lit("主体登记在外县"))
        .otherwise(None),
        pl.when(pl.col("tier") == "B").then(pl.lit("登记姓名与本人不一致")),
    ).list.drop_nulls()
    return (
        rows.join(severe, on="person", how="left", maintain_order="left")
        .join(born, on="person", how="left", maintain_order="left")
        .with_columns(doubts.alias("doubts"))
        .with_columns(
            pl.when(pl.col("doubts").list.len() > 0).then(
                pl.concat_str(pl.col("doubts").list.join("、"), pl.lit(ASK_FIRST))
            )
        )
        .drop("severe", "born")
    )


def _elsewhere(digits: int) -> pl.Expr:
    """Registered in another province or county than any in which the person applies or draws; a code that is shorter says nothing."""
    place = pl.col("region_code").str.slice(0, digits)
    known = pl.col("region_code").str.len_chars() >= digits
    here = (place == pl.col("of_region").str.slice(0, digits)).any().over("subject", "record_key")
    return known & here.not_()
