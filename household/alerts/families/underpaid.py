"""Paid less than was confirmed: O04 少发 (社会救助暂行办法 第十二条: dibao is paid in full every month). In favour of whoever draws.

Only what is certain. A month counts where the county paid most benefits of the programme in full: so months that were not delivered,
pay by the quarter, pay in advance before a holiday, and a rise of the standard that the ledger already shows are nobody's shortfall.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.recipients import seen_dead, seen_held
from household.money import AMOUNT
from household.periods import month_index, month_of

if TYPE_CHECKING:
    from household.alerts.watch import Ledger, Watch

PAYMENT = "civil_affairs.payment"
ROUNDS = 3
LOOK_BACK = 6
"""Complete months among which the last ROUNDS rounds are sought."""
COUNTY = 6
_TAKEN = [
    "benefit_id", "person", "programme", "household_no", "of_region", "from_no", "to_no", "running",
    "monthly", "last_reviewed_on", "dataset", "record_key",
]  # fmt: skip
_PLACE, _HOME, _PERSON = (
    ["county", "programme"],
    ["household_no", "programme"],
    ["person", "programme"],
)


def paid_too_little(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """O04: over the last three full rounds the sum paid for a running benefit is less than its monthly amount for each; amount = the rest.

    Rounds count from the month after the benefit began and after its last review, which may have changed the amount. All that came since
    the first of them counts as paid: arrears, the surplus of the month before it, money under another number of the same person or
    household and programme, and of the current month what it is not itself owed. The dead and the held are left to D01 and D03. A month
    without any payment is one that was missed only if no row of the files that hold that month was refused: the payment may be among those.
    """
    today = month_of(watch.as_of)
    benefits = _benefits(ledger)
    recent = _recent(ledger, benefits, today)
    own = recent.filter(pl.col("no").is_not_null())
    by_month = own.group_by("no", "month_no").agg(pl.col("paid").sum())
    rounds = full_rounds(benefits, by_month, range(today - LOOK_BACK, today + 1))
    owing = _missing(_owing(watch, benefits, rounds, today), by_month, rounds, today)
    short = _less_what_came_otherwise(owing, ledger, recent)
    lost = _may_be_refused(watch, ledger, short, by_month)
    short = short.join(lost, on="benefit_id", how="anti").sort("benefit_id")
    return _told(short, ledger, today)


def _told(short: pl.DataFrame, ledger: Ledger, today: int) -> pl.DataFrame:
    whose = short.select("benefit_id", "first", "person", "of_region")
    shown = (
        ledger.payments.select("benefit_id", "month_no", "dataset", "record_key")
        .join(whose, on="benefit_id", how="inner")
        .filter(pl.col("month_no").is_between(pl.col("first"), pl.lit(today)))
    )
    fact = pl.format("monthly={};short={}", "monthly", "amount")
    detail = pl.format("按近{}次发放核算", "rounds")
    return fold(
        "O04",
        hits_of(short, subject="benefit_id", fact=fact, detail=detail),
        hits_of(shown, subject="benefit_id", fact=None),
        amounts=short.select(pl.col("benefit_id").alias("subject_id"), "amount"),
    )


def _benefits(ledger: Ledger) -> pl.DataFrame:
    """Benefits with an amount and a period that is one, each once, with county."""
    return (
        ledger.benefits.filter(
            pl.col("monthly") > 0,
            pl.col("to_no").is_null() | (pl.col("to_no") >= pl.col("from_no")),
        )
        .select(*_TAKEN, pl.col("of_region").str.slice(0, COUNTY).alias("county"))
        .unique("benefit_id", keep="first", maintain_order=True)
        .with_row_index("no")
    )


def _recent(ledger: Ledger, benefits: pl.DataFrame, today: int) -> pl.DataFrame:
    """Payments of the months that may matter, with `no` of their benefit."""
    columns = ("benefit_id", "person", "programme", "household_no", "month_no", "paid")
    months = pl.col("month_no").is_between(today - LOOK_BACK - 1, today)
    return (
        ledger.payments.filter(months)
        .select(columns)
        .join(benefits.select("benefit_id", "no"), on="benefit_id", how="left")
    )


def full_rounds(benefits: pl.DataFrame, by_month: pl.DataFrame, months: range) -> pl.DataFrame:
    """county, programme, month_no of months in which more than half of the running benefits were paid their amount or more.

    A benefit is expected from the month after it began: some places pay in arrears.
    """
    counted = []
    for month in months:
        due = benefits.filter(
            pl.col("from_no") < month, pl.col("to_no").is_null() | (pl.col("to_no") >= month)
        )
        paid = by_month.filter(pl.col("month_no") == month)
        in_full = (pl.col("paid") >= pl.col("monthly")).fill_null(value=False)
        counted.append(
            due.select("no", "county", "programme", "monthly")
            .join(paid, on="no", how="left")
            .group_by("county", "programme")
            .agg(in_full.sum().alias("full"), pl.len().alias("due"))
            .with_columns(pl.lit(month, dtype=pl.Int32).alias("month_no"))
        )
    return pl.concat(counted).filter(pl.col("full") * 2 > pl.col("due")).select(*_PLACE, "month_no")


def _owing(watch: Watch, benefits: pl.DataFrame, rounds: pl.DataFrame, today: int) -> pl.DataFrame:
    """Running benefits with `last` (the last rounds of their place), `first` (of them that counts), `rounds` (how many do) and `owed`."""
    last = (
        rounds.filter(pl.col("month_no") < today)
        .sort(*_PLACE, "month_no")
        .group_by(_PLACE, maintain_order=True)
        .agg(pl.col("month_no").tail(ROUNDS).alias("last"))
        .filter(pl.col("last").list.len() == ROUNDS)
    )
    who = pl.coalesce(pl.col("person").cast(pl.String), pl.format("={}", "benefit_id"))
    since = pl.max_horizontal("from_no", month_index(pl.col("last_reviewed_on")))
    each = [pl.col("last").list.get(place) for place in range(ROUNDS)]
    counts = pl.sum_horizontal((month > since).cast(pl.Int32) for month in each)
    first = pl.coalesce(pl.when(month > since).then(month) for month in each)
    return (
        benefits.filter("running")
        .filter(pl.len().over(who, "programme") == 1)  # of two one may rightly be stopped
        .join(last, on=_PLACE, how="inner")
        .with_columns(first.alias("first"), counts.alias("rounds"))
        .filter(pl.col("rounds") > 0)
        .join(seen_dead(watch), on="person", how="anti")
        .join(seen_held(watch), on="person", how="anti")
        .with_columns((pl.col("monthly") * pl.col("rounds").cast(AMOUNT)).alias("owed"))
    )


def _missing(
    owing: pl.DataFrame, by_month: pl.DataFrame, rounds: pl.DataFrame, today: int
) -> pl.DataFrame:
    """With `paid` (null: nothing at all) and `missing`, less than nought where more was paid."""
    due_now = rounds.filter(pl.col("month_no") == today).select(
        *_PLACE, pl.lit(value=True).alias("due_now")
    )
    owing = owing.join(due_now, on=_PLACE, how="left")
    own = (
        owing.select("no", "first", "monthly", "due_now")
        .join(by_month, on="no", how="inner")
        .group_by("no")
        .agg(_counted_as_paid(today).sum().alias("paid"))
    )
    return owing.join(own, on="no", how="left").with_columns(
        (pl.col("owed") - _or_nothing("paid")).alias("missing")
    )


def _less_what_came_otherwise(
    owing: pl.DataFrame, ledger: Ledger, recent: pl.DataFrame
) -> pl.DataFrame:
    """Benefits of which `amount` is missing also when all that their person and their household were paid of the programme is taken off."""
    open_ones = owing.filter(pl.col("missing") > 0)
    homes = open_ones.select(_HOME).unique()
    others = _with_home(ledger, recent.join(owing.select("no"), on="no", how="anti"))
    family = owing.join(homes, on=_HOME, how="semi").group_by(_HOME)
    whole = family.agg(pl.col("missing").sum().alias("whole"), pl.col("first").min())
    found = (
        open_ones.join(_others(open_ones, others, on=_PERSON), on=_PERSON, how="left")
        .join(whole.drop("first"), on=_HOME, how="left")
        .join(_others(whole, others, on=_HOME), on=_HOME, how="left", suffix="_home")
        .with_columns(
            pl.min_horizontal(
                pl.col("missing") - _or_nothing("other"),
                pl.col("whole") - _or_nothing("other_home"),
            ).alias("amount")
        )
        .filter(pl.col("amount") > 0)
    )
    # What is paid to the head of a family stands under the head's number: a number without any payment is then not one that is paid to.
    nothing = found.filter(pl.col("paid").is_null())
    numbers = ledger.benefits.join(nothing, on=_HOME, how="semi").select("benefit_id")
    paid_to = recent.join(numbers, on="benefit_id", how="semi")
    paid_there = pl.concat([_with_home(ledger, paid_to), others]).join(
        nothing, on=_HOME, how="semi"
    )
    to_the_head = nothing.join(paid_there, on=_HOME, how="semi")
    return found.join(to_the_head.select("no"), on="no", how="anti")


def _with_home(ledger: Ledger, payments: pl.DataFrame) -> pl.DataFrame:
    """Payments with the household of their benefit, or, where the ledger has no such benefit, the one that they name."""
    home_of = ledger.benefits.select("benefit_id", pl.col("household_no").alias("home")).unique(
        "benefit_id", keep="first", maintain_order=True
    )
    return (
        payments.join(home_of, on="benefit_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("home", "household_no").alias("household_no"))
        .drop("home")
    )


def _counted_as_paid(today: int) -> pl.Expr:
    """Of one month's payments of a benefit: all, of the month before the first and of a current month that is due only the surplus."""
    month, paid = pl.col("month_no"), pl.col("paid")
    surplus = pl.max_horizontal(paid - pl.col("monthly"), pl.lit(0, dtype=AMOUNT))
    owed_itself = (month == pl.col("first") - 1) | (
        (month == today) & pl.col("due_now").fill_null(value=False)
    )
    return (
        pl.when(owed_itself)
        .then(surplus)
        .when(month >= pl.col("first"))
        .then(paid)
        .otherwise(pl.lit(0, dtype=AMOUNT))
    )


def _others(owing: pl.DataFrame, others: pl.DataFrame, *, on: list[str]) -> pl.DataFrame:
    """`on` and other: what came since the month before `first` under numbers that are not looked at themselves."""
    since = owing.drop_nulls(on).group_by(on).agg(pl.col("first").min())
    return (
        others.join(since, on=on, how="inner")
        .filter(pl.col("month_no") >= pl.col("first") - 1)
        .group_by(on)
        .agg(pl.col("paid").sum().alias("other"))
    )


def _or_nothing(column: str) -> pl.Expr:
    """A sum over no payments is nought: nothing was paid in months that were delivered."""
    return pl.coalesce(column, pl.lit(0, dtype=AMOUNT))


def _may_be_refused(
    watch: Watch, ledger: Ledger, short: pl.DataFrame, by_month: pl.DataFrame
) -> pl.DataFrame:
    """benefit_id: with a counted month without payment that lies within the months of a file of the county from which rows were refused."""
    lacking = watch.extracts.refused.filter(pl.col("dataset") == PAYMENT)
    spans = (
        ledger.payments.join(lacking.select("_file"), on="_file", how="semi")
        .group_by("_file")
        .agg(pl.col("month_no").min().alias("since"), pl.col("month_no").max().alias("until"))
    )
    files = lacking.join(spans, on="_file", how="left").with_columns(
        pl.when(pl.col("whole").not_()).then("since").alias("since"),
        pl.when(pl.col("whole").not_()).then("until").alias("until"),
    )
    empty = (
        short.select("benefit_id", "no", "county", "first", pl.col("last").alias("month_no"))
        .explode("month_no")
        .filter(pl.col("month_no") >= pl.col("first"))
        .join(by_month, on=["no", "month_no"], how="anti")
    )
    month, region = pl.col("month_no"), pl.col("region_code")
    # a file of which no row stands, or that was refused whole, may have held any month
    within = pl.col("since").is_null() | month.is_between(pl.col("since"), pl.col("until"))
    of_county = pl.col("county").str.starts_with(region) | region.str.starts_with(pl.col("county"))
    return empty.join(files, how="cross").filter(within, of_county).select("benefit_id").unique()
