"""Who is supported, and what may be read of them: the people that referrals are about.

Supported is who draws a benefit of low income, who is counted in the household of somebody who draws one for the whole household, and who
is counted in an application that is suggested eligible. Allowances of age and disability make nobody supported, and 先行救助 tests nothing.
Beside them stand the others who are counted in the same household, with a null `standing`: whether a home or a job is there is asked of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from household.alerts.watch import by_region
from household.authorisation import allowed
from household.delivery import FRESH, delivery_states
from household.extracts import ALL_SOURCES
from household.identity.numbers import age_on, key_birth, key_sex
from household.lines import seat_rows
from household.linkage.links import STANDS
from household.people.counting import is_dead
from household.periods import in_force
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from household.alerts.watch import Watch

LOW_INCOME = (
    "tekun",
    "dibao",
    "single_person",
    "orphan",
    "de_facto_orphan",
    "dibao_edge",
    "rigid",
)
"""Benefits that make their recipient supported; who draws several is told under the first."""

HOUSEHOLD_WIDE = ("dibao", "dibao_edge", "rigid")
"""Benefits of a whole household (民发〔2021〕57号 第七条); the others are of one person."""

SUGGESTED = ("tekun", "dibao", "single_person", "dibao_edge", "rigid", "temp_expenditure")
"""Programmes with a test of income and property, whose suggestion says that a household is in need."""

DRAWING, HOUSEHOLD, PROPOSED = "drawing", "household", "suggested"

_PEOPLE: dict[str, pl.DataType] = {
    "unit": pl.String(),
    "person": pl.UInt32(),
    "standing": pl.String(),
    "programme": pl.String(),
    "app": pl.UInt32(),
    "application_id": pl.String(),
    "member_no": pl.Int64(),
    "first": pl.Boolean(),
    "of_region": pl.String(),
    "granted": pl.Int32(),
    "key": pl.Int64(),
    "age": pl.Int32(),
    "birth": pl.Date(),
    "sex": pl.String(),
    "ill": pl.Boolean(),
    "employment_state": pl.String(),
}


@dataclass(frozen=True)
class Supported:
    """The supported people of a run.

    Attributes:
        watch: the run as alerts see it.
        everybody: unit (a household: an application's, or a household number of the ledger), person, standing (null: not supported
            themselves), programme, app and application_id (null off rosters), member_no, `first` (applicant or head), of_region, granted
            (source bits; everything of whoever draws), key, age, birth, sex, ill and employment_state as the roster declares them.

    """

    watch: Watch
    everybody: pl.DataFrame

    @cached_property
    def people(self) -> pl.DataFrame:
        """Who is supported: one row a person, of the benefit that runs before what is only suggested."""
        rank = {DRAWING: 0, HOUSEHOLD: 1, PROPOSED: 2}
        order = pl.col("standing").replace_strict(rank, return_dtype=pl.Int8)
        supported = self.everybody.filter(pl.col("standing").is_not_null())
        return supported.sort(order, "unit", "member_no").unique(
            "person", keep="first", maintain_order=True
        )

    @cached_property
    def fresh(self) -> pl.DataFrame:
        """of_region, dataset: of whom it is known that a person without a row has none."""
        regions = self.everybody["of_region"].drop_nulls().unique().sort()
        days = by_region(
            self.watch, regions, key="source.max_age_days", convert=int, dtype=pl.Int64()
        )
        places = pl.DataFrame({"region_code": regions}).with_row_index("app")
        limits = days.rename({"value_of_region": "source_max_age_days", "of_region": "region_code"})
        states = delivery_states(
            self.watch.extracts, places.join(limits, on="region_code", how="left"), places
        )
        return (
            states.filter(pl.col("state") == FRESH)
            .join(places, on="app")
            .select(pl.col("region_code").alias("of_region"), "dataset")
        )

    def rows(self, dataset: str, *columns: str, people: pl.DataFrame | None = None) -> pl.DataFrame:
        """Rows of tier A or B of people (everybody where None is given) that may be read: person, dataset, record_key and `columns`."""
        asked = self.everybody if people is None else people
        kept = ("_file", "_line", "person", *columns)
        told = [pl.col("_record_key").alias("record_key"), *(pl.col(name) for name in kept)]
        drawing = asked.filter(pl.col("standing") == DRAWING).select("person").unique()
        linked = self.watch.linked[dataset].lazy()
        by_benefit = linked.filter(STANDS).join(drawing.lazy(), on="person", how="semi")
        others = asked.filter(pl.col("standing").is_null() | (pl.col("standing") != DRAWING))
        seats = self.watch.case.seats.join(others, on=["app", "person"], how="semi")
        # of a county's rows only theirs are graded at their seats
        theirs = linked.join(seats.lazy().select("person").unique(), on="person", how="semi")
        by_seat = seat_rows({dataset: theirs.collect()}, seats, dataset).filter(STANDS)
        rows = pl.concat(
            [by_benefit.select(told).collect(), by_seat.drop("record_key").select(told)]
        )
        return (
            rows.unique(["_file", "_line", "person"], maintain_order=True)
            .drop("_file", "_line")
            .with_columns(pl.lit(dataset).alias("dataset"))
        )

    def knowable(self, people: pl.DataFrame, *datasets: str) -> pl.DataFrame:
        """People of whom the datasets say something even by silence: delivered, authorised, under a number, and no row in doubt.

        Who may have a row that nobody has decided on is left out: unknown is never a reason to list.
        """
        found = people.filter(pl.col("key").is_not_null())
        for dataset in datasets:
            fresh = self.fresh.filter(pl.col("dataset") == dataset).select("of_region")
            linked = self.watch.linked[dataset].lazy()
            doubted = linked.filter(STANDS.not_()).select("person").unique().collect()
            found = (
                found.filter(allowed(DATASETS[dataset].source))
                .join(fresh, on="of_region", how="semi")
                .join(doubted, on="person", how="anti")
            )
        return found


def supported_of(watch: Watch) -> Supported:
    """Who is supported in a run."""
    drawn = _drawn(watch)
    seated = _seated(watch, drawn)
    alone = _off_rosters(watch, drawn.join(seated.select("person"), on="person", how="anti"))
    both = [f.select(pl.col(n).cast(t) for n, t in _PEOPLE.items()) for f in (seated, alone)]
    return Supported(watch, pl.concat(both).sort("unit", "member_no", "person"))


def _drawn(watch: Watch) -> pl.DataFrame:
    """person, drawn, household_no, of_region, is_head: the living at large who draw."""
    order = pl.col("programme").replace_strict(
        {name: place for place, name in enumerate(LOW_INCOME)}, return_dtype=pl.Int8
    )
    running = watch.ledger.benefits.filter(
        "running", pl.col("person").is_not_null(), pl.col("programme").is_in(LOW_INCOME)
    )
    return (
        running.sort(order, "benefit_id")
        .unique("person", keep="first", maintain_order=True)
        .join(_absent(watch), on="person", how="anti")
        .select(
            "person", pl.col("programme").alias("drawn"), "household_no", "of_region", "is_head"
        )
    )


def _absent(watch: Watch) -> pl.DataFrame:
    """person: whom some row, sure or not, shows to be dead or held."""
    day = watch.as_of
    says = {
        "public_security.population": is_dead(day),
        "civil_affairs.funeral": pl.col("died_on") <= pl.lit(day),
        "justice.custody": in_force(pl.col("from_date"), pl.col("to_date"), day),
    }
    likely = pl.col("tier") != "D"
    rows = [watch.linked[name].filter(likely, said).select("person") for name, said in says.items()]
    return pl.concat(rows).unique()


def _seated(watch: Watch, drawn: pl.DataFrame) -> pl.DataFrame:
    """Counted members of every application in which somebody is supported."""
    counted = watch.measured.counted.join(
        watch.case.applications.select(
            "app", "application_id", "region_code", pl.col("programme").alias("asked")
        ),
        on="app",
    ).join(drawn.select("person", "drawn"), on="person", how="left")
    wide = pl.col("drawn").is_in(HOUSEHOLD_WIDE)
    whole = counted.filter(wide).group_by("app").agg(pl.col("drawn").min().alias("of_household"))
    asked = watch.case.applications.select("app", "programme")
    eligible = (
        watch.verdicts.join(asked, on=["app", "programme"], how="semi")
        .filter(pl.col("suggestion") == "eligible", pl.col("programme").is_in(SUGGESTED))
        .select("app", pl.col("programme").alias("proposed"))
    )
    named = watch.judged.select("app", "single_person_no")
    seats = (
        counted.join(whole, on="app", how="left")
        .join(eligible, on="app", how="left")
        .join(named, on="app", how="left")
        .join(
            watch.roster.members.select(
                "app", "member_no", pl.col("employment_state").cast(pl.String)
            ),
            on=["app", "member_no"],
            how="left",
        )
    )
    named_alone = pl.col("proposed") == "single_person"
    meant = named_alone.not_() | (pl.col("member_no") == pl.col("single_person_no"))
    standing = (
        pl.when(pl.col("drawn").is_not_null())
        .then(pl.lit(DRAWING))
        .when(pl.col("of_household").is_not_null())
        .then(pl.lit(HOUSEHOLD))
        .when(pl.col("proposed").is_not_null() & meant)
        .then(pl.lit(PROPOSED))
    )
    told = seats.with_columns(
        pl.format("A:{}", "application_id").alias("unit"),
        standing.alias("standing"),
        pl.coalesce("drawn", "of_household", "proposed").alias("programme"),
        (pl.col("relation") == "self").alias("first"),
        pl.col("region_code").alias("of_region"),
        pl.when(pl.col("drawn").is_not_null())
        .then(pl.lit(ALL_SOURCES))
        .otherwise("granted")
        .alias("granted"),
        pl.coalesce("sex", key_sex(pl.col("key"))).alias("sex"),
    )
    return told.filter(pl.col("standing").is_not_null().any().over("app"))


def _off_rosters(watch: Watch, drawn: pl.DataFrame) -> pl.DataFrame:
    """Recipients on no such roster, by the household number of the ledger."""
    persons = watch.roster.persons.select("person", "key")
    birth = key_birth(pl.col("key"))
    return drawn.join(persons, on="person").with_columns(
        pl.format("H:{}", "household_no").alias("unit"),
        pl.lit(DRAWING).alias("standing"),
        pl.col("drawn").alias("programme"),
        pl.lit(None, dtype=pl.UInt32).alias("app"),
        pl.lit(None, dtype=pl.String).alias("application_id"),
        pl.lit(None, dtype=pl.Int64).alias("member_no"),
        pl.col("is_head").fill_null(value=False).alias("first"),
        pl.lit(ALL_SOURCES).alias("granted"),
        birth.alias("birth"),
        age_on(birth, watch.as_of).alias("age"),
        key_sex(pl.col("key")).alias("sex"),
        pl.lit(None, dtype=pl.Boolean).alias("ill"),
        pl.lit(None, dtype=pl.String).alias("employment_state"),
    )
