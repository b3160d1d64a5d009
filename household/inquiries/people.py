"""About whom institutions are asked: the people of the rosters whom an assessment needs, and how they are named. No one is asked here.

Needed are the counted members and, for 特困 or where the pack imputes their support, the obligors (assessment §2). 急难型 reads only
the commissioning body's own ledgers, so nobody is asked about for it. The dead and those in custody are not counted (§4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.identity.numbers import number_text
from household.people.counting import is_dead
from household.periods import in_force
from household.rules.suggestion import NEEDS_NO_SIGNATURE

if TYPE_CHECKING:
    from household.extracts import Extracts
    from household.roster import Roster

RESIDENT = "居民身份证"

UNASKABLE: dict[str, str] = {
    "no_number": "没有证件号码，无法查询",
    "number_invalid": "居民身份证号码有误或不完整，更正名册后才能查询",
}
"""Why nobody can be asked about a person: code, and what is said of it."""


def people_to_ask(
    roster: Roster, *, imputing: pl.Series | None = None, absent: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Roster lines that an assessment needs answers about; of a person's two lines on one roster the one that stands.

    Args:
        roster: applications and people. imputing: application_ids whose pack imputes support. absent: see `absent_people`.

    Returns:
        application_id, region_code, programme, person_ref, key, name, id_type, id_no (valid numbers in 18 characters, others as on the
        roster), birth, unaskable (a code of UNASKABLE, or null). A child without a number needs no answer and is left out.
    """
    imputes = pl.col("application_id").is_in(
        (pl.Series([], dtype=pl.String) if imputing is None else imputing).implode()
    )
    role, programme = pl.col("role"), pl.col("programme")
    needed = (role == "member") | ((role == "obligor") & ((programme == "tekun") | imputes))
    lines = (
        roster.members.filter("stands")
        .join(roster.applications.select("app", "programme", "region_code"), on="app")
        .filter(needed, programme != NEEDS_NO_SIGNATURE)
        .join(roster.persons.select("person", "person_ref"), on="person")
    )
    if absent is not None:
        lines = lines.join(absent, on="person", how="anti")
    number = pl.col("number").str.strip_chars()
    written = (
        pl.when(pl.col("key").is_not_null()).then(number_text(pl.col("key"))).otherwise(number)
    )
    child = (pl.col("age") < 18).fill_null(value=True)
    resident = pl.col("id_type").is_null() | (pl.col("id_type") == RESIDENT)
    return (
        lines.with_columns(written.alias("id_no"))
        .filter((pl.col("id_no").is_null() & child).not_())
        .select(
            "application_id",
            "region_code",
            "programme",
            "person_ref",
            "key",
            pl.col("name").str.strip_chars(),
            pl.col("id_type").fill_null(RESIDENT),
            "id_no",
            "birth",
            pl.when(pl.col("id_no").is_null())
            .then(pl.lit("no_number"))
            .when(pl.col("key").is_null() & resident)
            .then(pl.lit("number_invalid"))
            .alias("unaskable"),
        )
        .sort("application_id", "person_ref")
    )


def absent_people(extracts: Extracts, roster: Roster) -> pl.DataFrame:
    """person: who is shown dead or held by a row under their own valid number, on the day of the extracts. Only leaves questions out.

    Like the counting of members, this waits for no signature of the dead (`case.CaseFile.unread_absences`), and nothing of the row is told.
    """
    on = extracts.as_of
    rows = [
        extracts.rows("public_security.population").filter(is_dead(on)),
        extracts.rows("civil_affairs.funeral").filter(pl.col("died_on") <= pl.lit(on)),
        extracts.rows("justice.custody").filter(
            in_force(pl.col("from_date"), pl.col("to_date"), on)
        ),
    ]
    keys = pl.concat([part.select(pl.col("id_no__key").alias("key")) for part in rows])
    gone = keys.drop_nulls().unique().collect()
    return roster.persons.join(gone, on="key", how="semi").select("person").sort("person")


def register_names(extracts: Extracts) -> pl.DataFrame:
    """key, official: the name of each number in the household register, where the register has one name for it.

    Whose name is used needs a live authorisation for public_security: `needs` sees to that.
    """
    return (
        extracts.rows("public_security.population")
        .select(pl.col("id_no__key").alias("key"), pl.col("name").str.strip_chars())
        .drop_nulls()
        .collect()
        .group_by("key")
        .agg(pl.col("name").n_unique().alias("names"), pl.col("name").first().alias("official"))
        .filter(pl.col("names") == 1)
        .select("key", "official")
        .sort("key")
    )
