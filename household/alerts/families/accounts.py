"""Into whose account it is paid: A01, A02 (assessment §10; 民发〔2021〕57号 第二十六条)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.alerts.raised import fold, hits_of
from household.authorisation import allowed
from household.identity.names import normal_names
from household.linkage.links import STANDS

if TYPE_CHECKING:
    from household.alerts.watch import Ledger, Watch

_SEPARATORS = r"[;；、,，/|]"


def shared_account(ledger: Ledger) -> pl.DataFrame:
    """A01: the household's account_no also receives for another household_no in the same calendar month; one alert a household.

    The fact is who shares the account, not in which months: an agreement once filed stays good while the same households share it.
    """
    account = pl.col("account_no").str.normalize("NFKC").str.replace_all(r"\s+", "")
    paid = ledger.payments.filter(pl.col("household_no").is_not_null()).with_columns(
        pl.when(
            (account != "") & account.str.contains("*", literal=True).not_()
        )  # a masked number names no one account
        .then(account)
        .alias("account")
    )
    shared = (
        paid.filter(pl.col("account").is_not_null())
        .with_columns(
            pl.col("household_no").n_unique().over("account", "month_no").alias("households")
        )
        .filter(pl.col("households") > 1)
    )
    together = shared.group_by("account").agg(
        pl.col("household_no").unique().sort().str.join(",").alias("sharing")
    )
    rows = shared.join(together, on="account")
    return fold("A01", hits_of(rows, subject="household_no", fact=pl.col("sharing")))


def holder_is_nobody_here(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """A02: account_holder is neither a name on that household_no's benefit rows nor a register or former name of its persons.

    The register clears a name only where it may be read: while a benefit runs, or on an authorisation.
    """
    columns = ("household_no", "person", "of_region", "account_holder", "dataset", "record_key")
    held = pl.concat([ledger.benefits.select(columns), ledger.payments.select(columns)]).filter(
        pl.col("household_no").is_not_null(), pl.col("account_holder").is_not_null()
    )
    held = held.with_columns(normal_names(held["account_holder"]).alias("normal")).filter(
        pl.col("normal").is_not_null()
    )
    rows = held.join(_names(watch, ledger), on=["household_no", "normal"], how="anti")
    return fold("A02", hits_of(rows, subject="household_no", fact=pl.col("normal")))


def _names(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """household_no, normal: every name that is the household's own."""
    # Whoever a payment of the household names is of its persons: a grant may go to one who draws no benefit.
    columns = ("household_no", "person", "name")
    here = pl.concat([ledger.benefits.select(columns), ledger.payments.select(columns)])
    here = here.drop_nulls("household_no").unique()
    readable = pl.concat(
        [
            ledger.recipients.select("person"),
            watch.case.seats.filter(allowed("public_security")).select("person"),
        ]
    ).unique()
    register = (
        watch.linked["public_security.population"]
        .filter(STANDS)
        .join(readable, on="person", how="semi")
        .select("person", "name", "former_name")
    )
    registered = (
        here.select("household_no", "person").drop_nulls().unique().join(register, on="person")
    )
    former = pl.col("former_name").str.replace_all(_SEPARATORS, ";").str.split(";").alias("name")
    names = pl.concat(
        [
            here.select("household_no", "name"),
            registered.select("household_no", "name"),
            registered.select("household_no", former).explode("name"),
        ]
    )
    return (
        names.with_columns(normal_names(names["name"]).alias("normal"))
        .drop_nulls("normal")
        .select("household_no", "normal")
        .unique()
    )
