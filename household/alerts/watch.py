"""What the alerts look at, and at whom (assessment §2 and §10).

A roster person is seen from a seat whose authorisation covers the source. A person who draws a benefit is covered while it runs. Adverse
alerts stand on rows of tier A or B; tier C never raises one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from household.lines import seat_rows
from household.linkage.links import STANDS
from household.money import units
from household.people.standing import runs_on
from household.periods import month_index

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from household.case import CaseFile
    from household.extracts import Extracts
    from household.linkage.links import Linked
    from household.measure import Measured
    from household.roster import Roster
    from household.rules.packs import Packs


@dataclass(frozen=True)
class Watch:
    """A run as the alerts see it.

    Attributes:
        extracts, packs, roster, linked, case: as the run has them.
        measured, judged: of what stands (`worlds.measured`, `worlds.base`).
        verdicts: app, programme, suggestion (further columns are not read).
        evidence: app, person, dataset, record_key, evidence_id of the lines that are published; None: nothing is cited.
        waiting: department, institution_code, person_ref of questions of our own that are within their time; None: none are.

    """

    extracts: Extracts
    packs: Packs
    roster: Roster
    linked: Linked
    case: CaseFile
    measured: Measured
    judged: pl.DataFrame
    verdicts: pl.DataFrame
    evidence: pl.DataFrame | None = None
    waiting: pl.DataFrame | None = None

    @property
    def as_of(self) -> date:
        """Today."""
        return self.extracts.as_of

    @property
    def member_seats(self) -> pl.DataFrame:
        """Seats of role member, counted or not."""
        return self.case.seats.filter(pl.col("role") == "member")

    @property
    def places(self) -> pl.DataFrame:
        """app, application_id, of_region."""
        return self.case.applications.select(
            "app", "application_id", pl.col("region_code").alias("of_region")
        )

    @cached_property
    def ledger(self) -> Ledger:
        """The ledgers of the run; read once, for alerts and due dates."""
        return read_ledger(self)

    @property
    def refs(self) -> pl.DataFrame:
        """person, person_ref."""
        return self.roster.persons.select("person", "person_ref")


@dataclass(frozen=True)
class Ledger:
    """The commissioning body's own ledgers, which need no authorisation.

    Attributes:
        benefits: benefit rows with `person` (null when nobody is identified), from_no and to_no (month indices; to_no null = on), `running`,
            `monthly` (units), of_region, dataset, record_key.
        payments: payment rows with `person`, `month_no`, `paid` (units), of_region, dataset, record_key.
        recipients: person, of_region, programme of every benefit running on as_of.

    """

    benefits: pl.DataFrame
    payments: pl.DataFrame
    recipients: pl.DataFrame


def read_ledger(watch: Watch) -> Ledger:
    """The ledgers with the persons of their rows."""
    benefits = _with_person(watch, "civil_affairs.benefit").with_columns(
        month_index(pl.col("from_month")).alias("from_no"),
        month_index(pl.col("to_month")).alias("to_no"),
        runs_on(watch.as_of).alias("running"),
        units(pl.col("monthly_amount")).alias("monthly"),
    )
    # A row without a usable number is still somebody's: the roster of the run keeps that person under the benefit's own id.
    own = watch.roster.persons.select(pl.col("person").alias("own"), "pid")
    unnumbered = pl.when(pl.col("id_no__key").is_null()).then(pl.format("B{}", "benefit_id"))
    benefits = (
        benefits.with_columns(unnumbered.alias("pid"))
        .join(own, on="pid", how="left", maintain_order="left")
        .with_columns(pl.coalesce("person", "own").alias("person"))
        .drop("pid", "own")
    )
    payments = _with_person(watch, "civil_affairs.payment").with_columns(
        month_index(pl.col("paid_on")).alias("month_no"), units(pl.col("amount")).alias("paid")
    )
    running = benefits.filter("running", pl.col("person").is_not_null())
    recipients = running.select("person", "of_region", "programme").unique().sort(pl.all())
    return Ledger(benefits, payments, recipients)


def _with_person(watch: Watch, dataset: str) -> pl.DataFrame:
    linked = (
        watch.linked[dataset]
        .filter(STANDS)
        .select("_file", "_line", "person")
        .sort("_file", "_line", "person")
        .unique(["_file", "_line"], keep="first", maintain_order=True)
    )
    rows = watch.extracts.rows(dataset).collect()
    return rows.join(linked, on=["_file", "_line"], how="left", maintain_order="left").with_columns(
        pl.lit(dataset).alias("dataset"),
        pl.col("_record_key").alias("record_key"),
        pl.col("region_code").alias("of_region"),
    )


def seated_rows(watch: Watch, seats: pl.DataFrame, dataset: str) -> pl.DataFrame:
    """Rows of tier A or B as seen from seats that may see them, with app, person, of_region, dataset, record_key."""
    rows = seat_rows(watch.linked, seats, dataset).filter(STANDS)
    return rows.join(watch.places.select("app", "of_region"), on="app", how="left")


def seen_rows(
    watch: Watch,
    ledger: Ledger,
    dataset: str,
    *,
    seats: pl.DataFrame,
    programmes: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Rows of tier A or B of seats that may be seen, and of recipients.

    Args:
        watch: the run.
        ledger: its ledgers.
        dataset: the source's dataset.
        seats: the seats that matter.
        programmes: recipients of these only, unless they have a seat; empty = of any.

    Returns:
        The linked frame's columns with app (null for a recipient), of_region, subject (person_ref), dataset and record_key.

    """
    drawing = ledger.recipients
    if programmes:
        # Who sits on a roster matters for that, and is covered by whatever benefit runs.
        seated = pl.col("person").is_in(seats["person"].unique().implode())
        drawing = drawing.filter(pl.col("programme").is_in(programmes) | seated)
    covered = drawing.select("person", "of_region").unique()
    by_benefit = (
        watch.linked[dataset]
        .filter(STANDS)
        .join(covered, on="person", how="inner")
        .with_columns(
            pl.lit(None, dtype=pl.UInt32).alias("app"),
            pl.lit(dataset).alias("dataset"),
            pl.col("_record_key").alias("record_key"),
        )
    )
    by_seat = seated_rows(watch, seats, dataset).select(by_benefit.columns)
    rows = pl.concat([by_seat, by_benefit]).join(watch.refs, on="person", how="left")
    return rows.rename({"person_ref": "subject"})


def with_limit(
    rows: pl.DataFrame,
    watch: Watch,
    *,
    column: str,
    key: str,
    convert: Callable[[Any], Any],
) -> pl.DataFrame:
    """With `limit`: the parameter of the row's application on the day it applied, else of the row's region on as_of.

    Args:
        rows: with app (null where no application is concerned) and of_region.
        watch: the run.
        column: the parameter's column in the terms of applications.
        key: its key in the packs.
        convert: from the pack's value to the column's.

    """
    dtype = watch.case.terms.values.schema[column]
    of_app = watch.case.terms.values.select("app", pl.col(column).alias("limit_of_app"))
    of_region = by_region(watch, rows["of_region"], key=key, convert=convert, dtype=dtype)
    return (
        rows.join(of_app, on="app", how="left", maintain_order="left")
        .join(of_region, on="of_region", how="left", maintain_order="left")
        .with_columns(
            pl.when(pl.col("app").is_null())
            .then(pl.col("value_of_region"))
            .otherwise(pl.col("limit_of_app"))
            .alias("limit")
        )
        .drop("limit_of_app", "value_of_region")
    )


def by_region(
    watch: Watch, regions: pl.Series, *, key: str, convert: Callable[[Any], Any], dtype: pl.DataType
) -> pl.DataFrame:
    """of_region, value_of_region: a parameter on as_of; null = missing."""
    codes = regions.drop_nulls().unique().sort().to_list()
    found = [watch.packs.find(key, region, watch.as_of) for region in codes]
    values = [None if f is None else convert(f.value) for f in found]
    return pl.DataFrame(
        {"of_region": codes, "value_of_region": values},
        schema={"of_region": pl.String(), "value_of_region": dtype},
    )
