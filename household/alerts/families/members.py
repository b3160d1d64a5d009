"""Who belongs to which household: U09, H01, H02 (assessment §10; 民发〔2021〕57号 第五条 第七条)."""

from __future__ import annotations

import polars as pl

from household.alerts.raised import fold, hits_of
from household.alerts.watch import Ledger, Watch, seated_rows, seen_rows
from household.identity.names import normal_names
from household.identity.numbers import age_on, key_birth
from household.periods import add_months

ADULT = 18
RECENT_MONTHS = 12
ENROLLED = "在读"
PRESENT = "正常"
CHILD_OF_HEAD = r"^(独生|长|次|[二三四五六七八九]|其他)?[子女]$"
"""子 and 女 as GB/T 4761 lists them, by order of birth too."""


def on_two_rosters(watch: Watch) -> pl.DataFrame:
    """U09: `member` of two applications with different member sets, both applied within 12 months before as_of."""
    since = add_months(watch.as_of, -RECENT_MONTHS)
    recent = watch.case.applications.filter(
        pl.col("applied_on") >= pl.lit(since), pl.col("applied_on") <= pl.lit(watch.as_of)
    ).select("app", "application_id", pl.col("region_code").alias("of_region"))
    members = watch.roster.members.filter("stands", pl.col("role") == "member").drop(
        "application_id"
    )
    # A member without a usable number is the same one in both households when paper, or name and birth, are the same.
    paper = pl.coalesce(
        pl.col("key").cast(pl.String),
        pl.when(pl.col("number") != "").then("number"),
        pl.concat_str("normal", pl.lit("/"), pl.col("birth").cast(pl.String), ignore_nulls=True),
    )
    members = members.join(recent, on="app").with_columns(paper.alias("who"))
    sets = members.group_by("app").agg(pl.col("who").unique().sort().str.join("|").alias("set"))
    rows = (
        members.join(sets, on="app")
        .filter(pl.col("set").n_unique().over("person") > 1)
        .with_columns(
            pl.lit("approval.member").alias("dataset"), pl.col("_record_key").alias("record_key")
        )
        .join(watch.refs, on="person")
    )
    return fold("U09", hits_of(rows, subject="person_ref", fact=pl.col("application_id")))


def child_left_out(watch: Watch) -> pl.DataFrame:
    """H01: of the applicant's hukou_no, 正常, relation_to_head 子 or 女, >= 18, not on the roster by number or by name."""
    applicants = watch.case.seats.filter(pl.col("relation") == "self", pl.col("role") == "member")
    own = (
        seated_rows(watch, applicants, "public_security.population")
        .filter(pl.col("hukou_no").is_not_null())
        .join(watch.places.select("app", "application_id"), on="app")
        .select("app", "application_id", "of_region", "person", "hukou_no", "dataset", "record_key")
        .unique()
    )
    relation = pl.col("relation_to_head").str.normalize("NFKC").str.strip_chars()
    adult = age_on(pl.coalesce(key_birth(pl.col("id_no__key")), "birth_date"), watch.as_of) >= ADULT
    register = (
        watch.extracts.rows("public_security.population")
        .filter(pl.col("hukou_no").is_in(own["hukou_no"].unique().implode()))
        .filter(pl.col("status") == PRESENT, relation.str.contains(CHILD_OF_HEAD), adult)
        .select(
            "hukou_no",
            "id_no__key",
            "former_id_no__key",
            "name",
            "_record_key",
            relation.alias("child"),
        )
        .collect()
    )
    register = register.with_columns(normal_names(register["name"]).alias("normal"))
    children = own.select("app", "application_id", "of_region", "person", "hukou_no").join(
        register, on="hukou_no"
    )
    roster = watch.roster.members
    for by, column in (("id_no__key", "key"), ("former_id_no__key", "key"), ("normal", "normal")):
        there = roster.select("app", pl.col(column).alias(by)).drop_nulls().unique()
        children = children.join(there, on=["app", by], how="anti")
    children = children.with_columns(
        pl.lit("public_security.population").alias("dataset"),
        pl.col("_record_key").alias("record_key"),
    )
    fact = pl.concat_str("child", pl.lit("="), "_record_key")
    shown = own.join(children.select("app").unique(), on="app", how="semi")
    return fold(
        "H01",
        hits_of(children, subject="application_id", fact=fact),
        hits_of(shown, subject="application_id", fact=None),
    )


def studies_past_the_end(watch: Watch, ledger: Ledger) -> pl.DataFrame:
    """H02: a counted member or recipient 在读 with leaves_on < as_of."""
    rows = seen_rows(watch, ledger, "education.enrolment", seats=watch.measured.counted).filter(
        pl.col("status") == ENROLLED, pl.col("leaves_on") < pl.lit(watch.as_of)
    )
    days = (pl.col(c).cast(pl.String) for c in ("enrolled_on", "leaves_on"))
    fact = pl.concat_str("stage", *days, separator="=")
    return fold("H02", hits_of(rows, subject="subject", fact=fact))
