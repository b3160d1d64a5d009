"""Dead or held, and still on a roster or drawing: D01, D02, D03 (assessment §4 and §10; 民发〔2021〕43号 次月停发)."""

from __future__ import annotations

import polars as pl

from household.alerts.families.custody import drawn_in_custody
from household.alerts.raised import fold, hits_of
from household.alerts.watch import Ledger, Watch, seen_rows
from household.linkage.links import STANDS
from household.people.counting import is_dead
from household.periods import in_force, month_index

REGISTER, FUNERAL = "public_security.population", "civil_affairs.funeral"
CUSTODY_PROGRAMMES = ("dibao", "single_person", "tekun")


def dead_but_present(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """D01: a role member or recipient whom population or funeral shows dead by as_of; says when only one of them does."""
    seats = watch.member_seats
    register = seen_rows(watch, ledger, REGISTER, seats=seats).filter(is_dead(watch.as_of))
    funeral = seen_rows(watch, ledger, FUNERAL, seats=seats).filter(
        pl.col("died_on") <= pl.lit(watch.as_of)
    )
    columns = ["subject", "person", "of_region", "dataset", "record_key"]
    deaths = pl.concat(
        [
            register.select(*columns, pl.col("cancelled_on").alias("day")),
            funeral.select(*columns, pl.col("died_on").alias("day")),
        ]
    )
    in_one = pl.col("dataset").n_unique().over("person") == 1
    only = (
        pl.when(in_one & (pl.col("dataset") == REGISTER))
        .then(pl.lit("目前只有户籍登记有死亡记载，待殡葬登记印证"))
        .when(in_one)
        .then(pl.lit("目前只有殡葬登记有死亡记载，待户籍登记印证"))
    )
    day = pl.coalesce(pl.col("day").cast(pl.String), pl.lit("undated"))
    fact = pl.concat_str("dataset", pl.lit("="), day)
    return fold("D01", hits_of(deaths, subject="subject", fact=fact, detail=only))


def deaths_by_person(watch: Watch) -> pl.DataFrame:
    """person, day, dataset, record_key: dated deaths by as_of of whoever stands on the ledger, in rows of tier A or B."""
    register = watch.linked[REGISTER].filter(STANDS, is_dead(watch.as_of))
    funeral = watch.linked[FUNERAL].filter(STANDS, pl.col("died_on") <= pl.lit(watch.as_of))
    return pl.concat(
        [
            rows.select(
                "person",
                pl.col(day).alias("day"),
                pl.lit(dataset).alias("dataset"),
                pl.col("_record_key").alias("record_key"),
            )
            for rows, day, dataset in (
                (register, "cancelled_on", REGISTER),
                (funeral, "died_on", FUNERAL),
            )
        ]
    ).filter(pl.col("day").is_not_null())


def paid_after_death(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """D02: payments of a benefit in months after the month of its person's death; amount = their sum. Ended benefits too."""
    deaths = deaths_by_person(watch)
    first = deaths.group_by("person").agg(pl.col("day").min())
    benefits = ledger.benefits.join(first, on="person", how="inner").with_columns(
        month_index(pl.col("day")).alias("death_no")
    )
    owners = benefits.select("benefit_id", "person", "of_region", "death_no")
    late = (
        ledger.payments.drop("person", "of_region")
        .join(owners, on="benefit_id", how="inner")
        .filter(pl.col("month_no") > pl.col("death_no"))
    )
    sums = late.group_by(pl.col("benefit_id").alias("subject_id")).agg(
        pl.col("paid").sum().alias("amount")
    )
    paid = pl.concat_str(pl.lit("paid="), "payment_no")
    drawn = benefits.join(late.select("benefit_id").unique(), on="benefit_id", how="semi")
    shown = deaths.join(drawn.select("person", "benefit_id", "of_region", "death_no"), on="person")
    died = pl.format("death={}", "death_no")
    return fold(
        "D02",
        hits_of(late, subject="benefit_id", fact=paid),
        hits_of(drawn, subject="benefit_id", fact=None),
        hits_of(shown, subject="benefit_id", fact=died),
        amounts=sums,
    )


def held_but_present(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """D03: a role member, or a recipient of dibao, single_person or tekun, in custody on as_of; amount = what was drawn meanwhile."""
    rows = seen_rows(
        watch, ledger, "justice.custody", seats=watch.member_seats, programmes=CUSTODY_PROGRAMMES
    ).filter(in_force(pl.col("from_date"), pl.col("to_date"), watch.as_of))
    fact = pl.concat_str("record_no", pl.lit("="), pl.col("from_date").cast(pl.String))
    months = drawn_in_custody(watch, ledger, rows, CUSTODY_PROGRAMMES)
    return fold("D03", hits_of(rows, subject="subject", fact=fact), months=months)
