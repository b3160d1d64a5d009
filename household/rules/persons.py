"""Facts about single persons that rules turn on: illness, disability, age, what they draw, and whether obligors can support."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.lines import Lines

SEVERE = (1, 2)
MIND = ("intellectual", "mental")
OLD_OBLIGOR = 70
ELDER_DIBAO_OBLIGOR = 60
TEKUN_AGE = 60
MINOR = 18
UNABLE = (
    (pl.col("type").is_in(MIND) & pl.col("grade").is_between(1, 3))
    | ((pl.col("type") == "physical") & pl.col("grade").is_between(1, 2))
    | ((pl.col("type") == "visual") & (pl.col("grade") == 1))
)
"""Certificates with which one counts as unable to work (民发〔2021〕43号 第五条)."""
FREE = ["dibao", "tekun"]
"""Free of the economic test of temporary assistance where the packs do not say otherwise (assessment §8)."""
_POVERTY_REGISTER = "^[^非]*(建档立卡|脱贫户)"
"""A class that names the register; 非建档立卡户 names it to say no."""


def person_facts(
    case: CaseFile,
    lines: Lines,
    seats: pl.DataFrame,
    *,
    counted: pl.DataFrame,
    untold: pl.DataFrame,
) -> list[pl.DataFrame]:
    """Frames by `app`: single-person and extra persons, programmes drawn, grants of the same cause, 特困 person and obligors."""
    terms = case.terms.values
    disabled = _disability(lines["certificate"])
    people = counted.join(disabled, on=["app", "person"], how="left").join(
        terms.select("app", "extra_elder_age", "tekun_minor_age"), on="app"
    )
    return [
        _single_and_extra(people),
        _tekun_person(people),
        _drawing(case, lines["drawing"], counted),
        _grants(lines["grant"], seats.filter(pl.col("role") == "member")),
        _obligors(case, lines, seats, untold),
    ]


def _disability(certificates: pl.DataFrame) -> pl.DataFrame:
    """app, person and the three readings of valid certificates that rules use."""
    valid = certificates.filter(pl.col("why_not").is_null())
    severe = pl.col("grade").is_in(SEVERE)
    mind_three = (pl.col("grade") == 3) & pl.col("type").is_in(MIND)
    return valid.group_by("app", "person").agg(
        severe.any().alias("severe"),
        (severe | mind_three).any().alias("severe_or_mind"),
        UNABLE.any().alias("unable"),
    )


def bears_on_a_rule(case: CaseFile) -> pl.DataFrame:
    """app, line: certificates of a grade that some rule asks for, and benefits whose programme exempts, sets a class or speaks of an obligor."""
    grades = pl.col("grade").is_in(SEVERE) | ((pl.col("grade") == 3) & pl.col("type").is_in(MIND))
    certificates = case.lines["certificate"].filter(pl.col("why_not").is_null() & grades)
    classes = case.terms.classes.explode("who").group_by("term").agg(pl.col("who").unique())
    named = case.terms.values.join(classes, on="term", how="left").select(
        "app",
        pl.concat_list(
            pl.col("who").fill_null([]), pl.col("temp_skip_economic_test").fill_null(FREE)
        ).alias("named"),
    )
    drawing = (
        case.lines["drawing"]
        .filter(pl.col("why_not").is_null())
        .join(named, on="app")
        .join(case.seats.select("app", "person", "role"), on=["app", "person"])
        .filter((pl.col("role") == "obligor") | pl.col("programme").is_in("named"))
    )
    return pl.concat([frame.select("app", "line") for frame in (certificates, drawing)])


def _known(name: str) -> pl.Expr:
    return pl.col(name).fill_null(
        value=False
    )  # no valid certificate seen; whether one may be unseen is delivery's question


def _single_and_extra(people: pl.DataFrame) -> pl.DataFrame:
    age = pl.col("age")
    old = (age >= pl.col("extra_elder_age")).fill_null(value=False)
    young = (age < MINOR).fill_null(value=False)
    extra = pl.col("ill") | _known("severe") | old | young
    single = pl.col("ill") | _known("severe_or_mind")
    return people.group_by("app").agg(
        extra.sum().cast(pl.Int64).alias("extra_persons"),
        single.any().alias("single_person_found"),
        pl.col("member_no").filter(single).min().alias("single_person_no"),
    )


def _tekun_person(people: pl.DataFrame) -> pl.DataFrame:
    """app, tekun_able_out: whether the only member is elderly, a minor or disabled; null when age or the minor's age is not known."""
    by_age = (pl.col("age") >= TEKUN_AGE) | (pl.col("age") < pl.col("tekun_minor_age"))
    fits = pl.when(_known("unable")).then(pl.lit(True)).otherwise(by_age)
    unruled = pl.col("tekun_minor_age").is_null() & (pl.col("age") < TEKUN_AGE).fill_null(
        value=True
    )
    return people.group_by("app").agg(
        fits.first().alias("tekun_person"),
        pl.col("age").is_null().any().alias("age_unknown"),
        (unruled & _known("unable").not_()).any().alias("tekun_age_unruled"),
    )


def _drawing(case: CaseFile, drawing: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """app, drawn, draws_exempting, on_poverty_register.

    Programmes that counted members draw; whether one of them, or the special class, frees from the test; whether the special
    class names 建档立卡 or 脱贫户 (`temp.class_of_jdlk`).
    """
    running = drawing.filter(pl.col("why_not").is_null()).join(
        counted.select("app", "person"), on=["app", "person"], how="semi"
    )
    drawn = running.group_by("app").agg(pl.col("programme").unique().sort().alias("drawn"))
    frees = case.terms.values.select(
        "app", pl.col("temp_skip_economic_test").fill_null(FREE).alias("frees")
    )
    special = case.applications.select(
        "app",
        pl.col("special_class")
        .str.normalize("NFKC")
        .str.split(";")
        .list.eval(pl.element().str.strip_chars())
        .alias("special"),
    )
    return (
        counted.select("app")
        .unique()
        .join(drawn, on="app", how="left")
        .join(frees, on="app")
        .join(special, on="app")
        .select(
            "app",
            pl.col("drawn").fill_null([]),
            (
                pl.col("drawn").list.set_intersection("frees").list.len().fill_null(0)
                + pl.col("special").list.set_intersection("frees").list.len().fill_null(0)
                > 0
            ).alias("draws_exempting"),
            pl.col("special")
            .list.eval(pl.element().str.contains(_POVERTY_REGISTER))
            .list.any()
            .fill_null(value=False)
            .alias("on_poverty_register"),
        )
    )


def _grants(grants: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """app, grant_found: some roster member, counted or not, had a grant of the same cause."""
    return (
        grants.filter(pl.col("why_not").is_null())
        .join(members, on=["app", "person"], how="semi")
        .select("app")
        .unique()
        .with_columns(pl.lit(True).alias("grant_found"))
    )


def _obligors(
    case: CaseFile, lines: Lines, seats: pl.DataFrame, untold: pl.DataFrame
) -> pl.DataFrame:
    """app, obligors_capable, obligors_unknown, obligors_unruled: see `obligors_judged`."""
    return (
        obligors_judged(case, lines, seats, untold)
        .group_by("app")
        .agg(
            pl.col("capable").sum().cast(pl.Int64).alias("obligors_capable"),
            pl.col("unknown").any().alias("obligors_unknown"),
            pl.col("unruled").any().alias("obligors_unruled"),
            pl.col("hinges").sum().cast(pl.Int64).alias("obligors_hinging"),
            (pl.col("hinges") & pl.col("no_line")).any().alias("obligors_hinging_unruled"),
        )
    )


def obligors_judged(
    case: CaseFile, lines: Lines, seats: pl.DataFrame, untold: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Seats of the obligors who are neither dead nor held, with capable, hinges, tested (by income), unknown and unruled.

    `hinges`: capable as far as is seen, but a certificate that is not seen could make him incapable. `untold`: absences that may not be
    told and yet count (None: the case's). 民发〔2021〕43号 第八条 as assessment §9 has it.
    """
    obligors = seats.filter(pl.col("role") == "obligor")
    told = lines["absence"].filter(pl.col("why_not").is_null()).select("app", "person")
    secret = case.unread_absences if untold is None else untold
    absent = pl.concat([told, secret.select("app", "person")]).unique()
    draws = (
        lines["drawing"]
        .filter(pl.col("why_not").is_null())
        .group_by("app", "person")
        .agg(
            (pl.col("programme") == "tekun").any().alias("draws_tekun"),
            (pl.col("programme") == "dibao").any().alias("draws_dibao"),
        )
    )
    people = (
        obligors.join(absent, on=["app", "person"], how="anti")  # dead or held: not capable
        .join(draws, on=["app", "person"], how="left")
        .join(_disability(lines["certificate"]), on=["app", "person"], how="left")
        .join(case.terms.values.select("app", "income_disposable_last_year"), on="app")
    )
    age = pl.col("age")
    old_drawing = _known("draws_dibao") & (age >= ELDER_DIBAO_OBLIGOR).fill_null(value=False)
    by_status = _known("draws_tekun") | old_drawing
    tested = (age >= OLD_OBLIGOR).fill_null(value=False) | _known("severe_or_mind")
    poor = pl.col("obligor_income") * 12 < pl.col("income_disposable_last_year") * pl.col(
        "obligor_size"
    )
    figures = pl.col("obligor_income").is_not_null() & pl.col("obligor_size").is_not_null()
    well_off = poor.not_().fill_null(value=False)
    no_line = pl.col("income_disposable_last_year").is_null()
    ageless = age.is_null() & (_known("draws_dibao") | (tested.not_() & well_off.not_()))
    unruled = by_status.not_() & no_line & (tested | ageless)
    unknown = by_status.not_() & ((tested & figures.not_() & no_line.not_()) | ageless)
    capable = by_status.not_() & (tested.not_() | well_off) & unknown.not_() & unruled.not_()
    return people.with_columns(
        capable.alias("capable"),
        (capable & tested.not_() & well_off.not_()).alias("hinges"),
        tested.alias("tested"),
        unknown.alias("unknown"),
        unruled.alias("unruled"),
        no_line.alias("no_line"),
    )
