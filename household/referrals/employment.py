"""Who could work and does not, and households in which nobody does (社会救助暂行办法 第八章)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.periods import in_force, month_index, month_of
from household.referrals.lines import of_people, of_units
from household.rules.persons import MIND, SEVERE

if TYPE_CHECKING:
    from household.referrals.supported import Supported

EMPLOYMENT = "human_resources.employment"
JOBLESS = "失业登记"
FROM_AGE = 16
BEFORE_AGE = {"男": 60, "女": 50}
"""The lowest ages of retirement that ever held: who may have retired is not called able to work."""
RECENT_MONTHS = 3
"""A contribution or a wage of the last months is a job, also where the register of jobs does not have it."""
NOT_SEEKING = ("employed", "student", "unable", "retired", "farming")
"""States on the roster that answer the question; nothing or 登记失业 or 其他 leaves it open."""

ABILITY = ("disabled_federation.certificate", "education.enrolment")
WORK = (
    EMPLOYMENT,
    "human_resources.contribution",
    "finance.payroll",
    "tax.income",
    "market_regulation.entity",
    "agriculture.farm",
)


def without_work(supported: Supported) -> pl.DataFrame:
    """People able to work who are registered jobless or of whom no work is on record, and households of only such (LINE).

    Able: of working age, not seriously ill, without a certificate of grade 1 or 2 or of the mind, at no school, drawing no tekun. Both
    ability and work must be known: where a source that could show either has not answered, nobody is listed.
    """
    refs = supported.watch.refs
    able = _able(supported)
    jobless = _registered(supported, able)
    idle = _idle(supported, able)
    registered = able.join(jobless, on="person")
    recorded = idle.join(jobless, on="person", how="anti")
    supported_only = pl.col("standing").is_not_null()
    return pl.concat(
        [
            of_people(
                "employment.registered",
                registered.filter(supported_only),
                refs,
                dataset=EMPLOYMENT,
                record_key=pl.col("record_key"),
            ),
            of_people(
                "employment.no_record", recorded.filter(supported_only), refs, dataset=EMPLOYMENT
            ),
            of_units(
                "employment.zero_job_family",
                _nobody_works(supported, able, idle),
                refs,
                dataset=EMPLOYMENT,
            ),
        ]
    )


def _able(supported: Supported) -> pl.DataFrame:
    """People able to work, as far as the sources that could say otherwise have answered."""
    until = pl.col("sex").replace_strict(
        BEFORE_AGE, default=BEFORE_AGE["女"], return_dtype=pl.Int32
    )
    aged = supported.everybody.filter(
        (pl.col("age") >= FROM_AGE) & (pl.col("age") < until),
        pl.col("ill").fill_null(value=False).not_(),  # a declaration: not declared
        (pl.col("programme") != "tekun") | pl.col("standing").is_null(),
    )
    return supported.knowable(aged, *ABILITY).join(
        _unable(supported, aged), on="person", how="anti"
    )


def _unable(supported: Supported, people: pl.DataFrame) -> pl.DataFrame:
    """person: disabled so that no work is asked of them, or at school."""
    day = supported.watch.as_of
    cards = supported.rows(
        "disabled_federation.certificate", "status", "valid_to", "grade", "type", people=people
    ).filter(
        pl.col("status") == "有效",
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.lit(day)),
        pl.col("grade").is_in(SEVERE) | ((pl.col("grade") == 3) & pl.col("type").is_in(MIND)),
    )
    schools = supported.rows("education.enrolment", "status", people=people).filter(
        pl.col("status").is_in(["在读", "休学"])
    )
    return pl.concat([cards.select("person"), schools.select("person")]).unique()


def _registered(supported: Supported, able: pl.DataFrame) -> pl.DataFrame:
    """person, record_key of an open 失业登记 of people without a job on record."""
    day = supported.watch.as_of
    rows = supported.rows(EMPLOYMENT, "kind", "started_on", "ended_on", people=able).filter(
        in_force(pl.col("started_on"), pl.col("ended_on"), day)
    )
    working = rows.filter(pl.col("kind") != JOBLESS).select("person").unique()
    return (
        rows.filter(pl.col("kind") == JOBLESS)
        .join(working, on="person", how="anti")
        .sort("record_key")
        .unique("person", keep="first", maintain_order=True)
        .select("person", "record_key")
    )


def _idle(supported: Supported, able: pl.DataFrame) -> pl.DataFrame:
    """People able to work with no work on any record and no other account of it on the roster."""
    state = pl.col("employment_state")
    silent = able.filter(state.is_null() | state.is_in(NOT_SEEKING).not_())
    known = supported.knowable(silent, *WORK)
    return known.join(_at_work(supported, known), on="person", how="anti")


def _at_work(supported: Supported, people: pl.DataFrame) -> pl.DataFrame:
    """person: with a job, a post, a recent contribution or wage, a business or land."""
    day = supported.watch.as_of
    recent = month_of(day) - RECENT_MONTHS
    in_months = month_index(pl.col("month")) >= recent
    works = {
        EMPLOYMENT: (pl.col("kind") != JOBLESS)
        & in_force(pl.col("started_on"), pl.col("ended_on"), day),
        "human_resources.contribution": in_months & (pl.col("scheme") != "城乡居民养老"),
        "finance.payroll": pl.col("to_date").is_null() | (pl.col("to_date") >= pl.lit(day)),
        "tax.income": in_months & pl.col("item").is_in(["工资薪金", "劳务报酬", "经营所得"]),
        "market_regulation.entity": pl.col("status") == "存续",
        "agriculture.farm": (pl.col("season_year") >= day.year - 1)
        & (pl.col("contracted_mu") > 0).fill_null(value=True),
    }
    rows = [
        supported.rows(name, *sorted(set(said.meta.root_names())), people=people)
        .filter(said)
        .select("person")
        for name, said in works.items()
    ]
    return pl.concat(rows).unique()


def _nobody_works(supported: Supported, able: pl.DataFrame, idle: pl.DataFrame) -> pl.DataFrame:
    """Everybody of the households in which somebody could work and nobody does, of all of whom it is known."""
    everybody = supported.everybody
    of_age = everybody.filter(pl.col("age").is_null() | (pl.col("age") >= FROM_AGE))
    unable = _surely_unable(supported, of_age)
    named = ["unit", "person"]
    open_ones = (
        of_age.join(idle.select(named), on=named, how="anti")
        .join(unable.select(named), on=named, how="anti")
        .select("unit")
    )
    units = able.join(idle.select(named), on=named, how="semi").select("unit").unique()
    return everybody.join(units, on="unit", how="semi").join(
        open_ones.unique(), on="unit", how="anti"
    )


def _surely_unable(supported: Supported, people: pl.DataFrame) -> pl.DataFrame:
    """People of whom no work is asked, and who are not at work all the same."""
    disabled = pl.col("person").is_in(_unable(supported, people)["person"].implode())
    old = pl.col("age") >= pl.col("sex").replace_strict(
        BEFORE_AGE, default=max(BEFORE_AGE.values()), return_dtype=pl.Int32
    )
    tekun = (pl.col("programme") == "tekun") & pl.col("standing").is_not_null()
    excused = pl.any_horizontal(
        disabled,
        old.fill_null(value=False),
        tekun.fill_null(value=False),
        pl.col("ill").fill_null(value=False),
    )
    known = supported.knowable(people.filter(excused), *WORK)
    return known.join(_at_work(supported, known), on="person", how="anti")
