"""The wrongs of the county with their alert codes.

As the agreement's page on assessment defines them, from true rows without noise.

`exhaustive` codes name every subject that the definition meets; of the others only the planted ones
are known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.accounts import MASKING
from synthetic.households import FIRST_CHILD, SECOND_CHILD, members_of
from synthetic.ledger_wrongs import HAND_OVER
from synthetic.recipient_wrongs import grant_wrongs, unknown_benefits

if TYPE_CHECKING:
    from synthetic.draws import Array
    from synthetic.world import World

WRONG = {
    "code": pl.String(),
    "subject_kind": pl.String(),
    "subject": pl.String(),
    "person": pl.Int32(),
    "amount": pl.Decimal(18, 2),
    "exhaustive": pl.Boolean(),
    "seeded": pl.Boolean(),
}
"""`exhaustive`: the county's truth names every subject of the code. `seeded`: planted, or free of noise and gaps like the planted,
so that whoever looks must find it; the others may hide behind a spoilt number or a narrow paper."""
BY_CHANCE = ("A07", "H01", "P08", "U09", "H04")
"""Codes of which nothing is planted: they follow from what people happen to do. H04 is planted, but one file of the schools is refused in every
county, and then nobody may be said to be at no school."""
PAPERWORK_DAYS = 10
ROSTER, PAPERS = "approval.member", "approval.authorisation"
OUTFLOW_FEN = 5_000_000
BUSINESS_ROLES = ("法定代表人", "股东", "经营者")
CUSTODY_PROGRAMMES = ("dibao", "single_person", "tekun")


def find_wrongs(world: World) -> pl.DataFrame:
    """All WRONG lines, ordered by code and subject, each once."""
    parts = [
        *_of_ledgers(world),
        *_of_registers(world),
        *_of_applications(world),
        *_of_declarations(world),
    ]
    lines = pl.concat(parts)
    clean = pl.Series(world.clean).gather(lines["person"])
    unsigned = lines["person"].is_in(world.planted.authorisation)
    chance = lines["code"].is_in(BY_CHANCE)
    return (
        lines.with_columns(seeded=clean & ~chance & ~(unsigned & (lines["code"] != "A05")))
        .select(*WRONG)
        .unique(["code", "subject"], keep="first", maintain_order=True)
        .sort("code", "subject")
    )


def with_unsigned(
    wrongs: pl.DataFrame, noise: pl.DataFrame, row_person: pl.DataFrame
) -> pl.DataFrame:
    """And A05 of those whose paper, or whose number on the roster, is spoilt: as sent, nobody has signed for them.

    Args:
        wrongs: WRONG lines. noise, row_person: `truth.NOISE` and `truth.ROW_PERSON` of all files.

    """
    place = ["dataset", "file", "line"]
    spoilt = (
        noise.filter(
            (pl.col("dataset") == PAPERS)
            | ((pl.col("dataset") == ROSTER) & pl.col("column").str.starts_with("id_no"))
        )
        .join(row_person, on=place)["person"]
        .unique()
        .sort()
    )
    lines = _persons("A05", spoilt.to_numpy(), exhaustive=True)
    lines = lines.with_columns(pl.lit(value=False).alias("seeded")).select(*WRONG)
    return (
        pl.concat([wrongs, lines])
        .unique(["code", "subject"], keep="first", maintain_order=True)
        .sort("code", "subject")
    )


def running(world: World) -> pl.Expr:
    """Benefits that run on the date of the county."""
    first = pl.lit(world.as_of.replace(day=1))
    return pl.col("to_month").is_null() | (pl.col("to_month") >= first)


def _persons(code: str, person: Array, *, exhaustive: bool) -> pl.DataFrame:
    person = np.unique(person)
    return _subjects(
        code,
        "person",
        subject=pl.Series(person).cast(pl.String),
        person=person,
        exhaustive=exhaustive,
    )


def _subjects(
    code: str,
    kind: str,
    *,
    subject: pl.Series,
    person: Array,
    exhaustive: bool,
    fen: pl.Series | None = None,
) -> pl.DataFrame:
    count = len(subject)
    amount = pl.Series([None] * count, dtype=pl.Decimal(18, 2))
    if fen is not None:
        amount = (fen.cast(pl.Decimal(18, 0)) / 100).cast(pl.Decimal(18, 2))
    return pl.DataFrame(
        {
            "code": pl.Series([code] * count, dtype=pl.String),
            "subject_kind": pl.Series([kind] * count, dtype=pl.String),
            "subject": subject.cast(pl.String),
            "person": pl.Series(person.astype(np.int32)),
            "amount": amount,
            "exhaustive": pl.Series([exhaustive] * count, dtype=pl.Boolean),
        }
    )


def _of_ledgers(world: World) -> list[pl.DataFrame]:
    """D02, D04, U01 to U13, A01, A02, A04, T01 to T05, and what others hold about people who draw (H04 to H06, O04)."""
    ledger, payments = (world.tables[f"civil_affairs.{name}"] for name in ("benefit", "payment"))
    wrongs = world.ledger_wrongs
    parts = [
        _persons(code, rows["_p"].to_numpy(), exhaustive=True)
        for (code,), rows in wrongs.recipients.group_by("code", maintain_order=True)
        if isinstance(code, str) and code.startswith("U") and code not in (HAND_OVER, "U13")
    ]
    parts += [
        _persons(code, wrongs.people_of(code), exhaustive=code == "D04")
        for code in ("D04", "H04", "H05", "H06")
    ]
    ghosts = wrongs.people_of("U13")
    short = ledger.filter(pl.col("_p").is_in(wrongs.people_of("O04")), running(world))
    for code, subject, person in (
        ("U13", unknown_benefits(ghosts), ghosts),
        ("O04", short["benefit_id"], short["_p"].to_numpy()),
    ):
        parts.append(_subjects(code, "benefit", subject=subject, person=person, exhaustive=False))
    for code, (household, person) in grant_wrongs(wrongs, world.people).items():
        parts.append(
            _subjects(code, "household", subject=household, person=person, exhaustive=True)
        )
    died = world.people.died[payments["_p"].to_numpy()]
    late = payments.with_columns(died=pl.Series(died).dt.truncate("1mo")).filter(
        pl.col("benefit_id").is_not_null(), pl.col("paid_on").dt.truncate("1mo") > pl.col("died")
    )
    after_death = late.group_by("benefit_id", "_p", maintain_order=True).agg(pl.col("amount").sum())
    parts.append(
        _subjects(
            "D02",
            "benefit",
            subject=after_death["benefit_id"],
            person=after_death["_p"].to_numpy(),
            exhaustive=True,
            fen=after_death["amount"],
        )
    )
    for code, rows in (("A01", wrongs.sharing), ("A02", wrongs.foreign)):
        at = ledger.tail(len(wrongs.recipients))[rows]
        household, person = at["household_no"], at["_p"].to_numpy()
        parts.append(
            _subjects(code, "household", subject=household, person=person, exhaustive=True)
        )
    cycle = pl.when(pl.col("household_kind").eq_missing("stable")).then(pl.lit("12mo"))
    since = pl.max_horizontal("last_reviewed_on", pl.col("from_month"))
    due = since.dt.offset_by(cycle.otherwise(pl.lit("6mo")))
    overdue = ledger.filter(running(world), due < pl.lit(world.as_of))
    parts.append(
        _subjects(
            "A04",
            "benefit",
            subject=overdue["benefit_id"],
            person=overdue["_p"].to_numpy(),
            exhaustive=True,
        )
    )
    twice = payments.filter(
        pl.col("benefit_id").is_null(), pl.col("_p").is_in(wrongs.repeated)
    ).unique("household_no", maintain_order=True)
    parts.append(
        _subjects(
            "T01",
            "household",
            subject=twice["household_no"],
            person=twice["_p"].to_numpy(),
            exhaustive=True,
        )
    )
    return parts


def _of_registers(world: World) -> list[pl.DataFrame]:
    """D01, D03, P01, P02, P05, H02, A07."""
    people, tables = world.people, world.tables
    ledger = tables["civil_affairs.benefit"].filter(running(world))
    recipients = ledger["_p"].to_numpy()
    roster = world.roster
    members = roster.line_person[roster.lines_of("member")]
    day = pl.lit(world.as_of)
    custody = (
        tables["justice.custody"]
        .filter(
            pl.col("from_date") <= day, pl.col("to_date").is_null() | (pl.col("to_date") > day)
        )["_p"]
        .to_numpy()
    )
    held = ledger.filter(pl.col("programme").is_in(CUSTODY_PROGRAMMES))["_p"].to_numpy()
    counted = members[people.alive[members] & ~np.isin(members, custody)]
    known = np.r_[members, recipients]
    watched = np.r_[counted, recipients]
    payroll = tables["finance.payroll"].filter(
        pl.col("kind") != "退休",
        pl.col("from_date") <= day,
        pl.col("to_date").is_null() | (pl.col("to_date") >= day),
    )
    entities = tables["market_regulation.entity"].filter(
        pl.col("status") == "存续", pl.col("role").is_in(BUSINESS_ROLES)
    )
    # behind a masked number is nobody for certain
    outflow = tables["banking.account"].filter(
        pl.col("large_outflow_6m") > OUTFLOW_FEN, pl.col("institution_code").is_in(MASKING).not_()
    )
    enrolled = tables["education.enrolment"].filter(
        pl.col("status") == "在读", pl.col("leaves_on") < day
    )
    silent = tables["banking.receipt"].filter(pl.col("state") == "no_answer")
    groups = {
        "D01": known[people.death_in[known] > 0],
        "D03": np.intersect1d(np.r_[members, held], custody),
        "P01": np.intersect1d(watched, payroll["_p"].to_numpy()),
        "P02": np.intersect1d(watched, entities["_p"].to_numpy()),
        "P05": np.intersect1d(np.r_[counted, recipients], outflow["_p"].to_numpy()),
        "H02": np.intersect1d(members, enrolled["_p"].to_numpy()),
        "A07": silent["_p"].to_numpy(),
    }
    return [_persons(code, person, exhaustive=True) for code, person in groups.items()]


def _of_applications(world: World) -> list[pl.DataFrame]:
    """T03, P03, P04, H01, U09, A05."""
    people, roster, planted = world.people, world.roster, world.planted
    rows = world.tables["approval.application"]
    due = pl.col("relieved_on").dt.offset_by(f"{PAPERWORK_DAYS}d")
    late = rows.with_row_index("_a").filter(
        pl.col("programme") == "temp_emergency",
        due < pl.lit(world.as_of),
        pl.col("paperwork_on").is_null() | (pl.col("paperwork_on") > due),
    )
    applicant = roster.applicant
    parts = [
        _subjects(
            "T03",
            "application",
            subject=late["application_id"],
            person=applicant[late["_a"].to_numpy()],
            exhaustive=True,
        )
    ]
    for code, group in (("P03", planted.with_car), ("P04", planted.with_premises)):
        line = np.flatnonzero(np.isin(roster.line_person, group))
        line = line[(roster.line_role.gather(line) == "member").to_numpy()]
        subject = roster.application_id.gather(roster.line_application[line])
        person = roster.line_person[line]
        parts.append(
            _subjects(code, "application", subject=subject, person=person, exhaustive=False)
        )
    parts.append(_omitted_children(world))
    again = np.flatnonzero(roster.first_of >= 0)
    in_second = roster.line_person[
        np.isin(roster.line_application, again) & (roster.line_role == "member").to_numpy()
    ]
    parts.append(_persons("U09", in_second, exhaustive=True))
    emergency = rows["programme"] == "temp_emergency"
    papers = world.tables["approval.authorisation"].filter(pl.col("_fault").is_not_null())
    needed = ~emergency.to_numpy()[papers["_a"].to_numpy()]
    person = papers["_p"].to_numpy()[needed]
    parts.append(_persons("A05", person[people.alive[person]], exhaustive=True))
    return parts


def _omitted_children(world: World) -> pl.DataFrame:
    """H01: grown children of the applicant's hukou, in it normally, who are not on the roster."""
    people, roster = world.people, world.roster
    application, person = members_of(people.households, roster.household)
    population = world.tables["public_security.population"]
    normal = np.zeros(len(people), dtype=bool)
    normal[population["_p"].to_numpy()] = (population["status"] == "正常").to_numpy()
    child = np.isin(people.households.slot[person], (FIRST_CHILD, SECOND_CHILD))
    grown = child & (people.age[person] >= 18) & normal[person]
    listed = set(zip(roster.line_application.tolist(), roster.line_person.tolist(), strict=True))
    pairs = zip(application[grown].tolist(), person[grown].tolist(), strict=True)
    missing = [pair for pair in pairs if pair not in listed]
    subject = roster.application_id.gather([pair[0] for pair in missing])
    at = np.array([pair[1] for pair in missing], dtype=np.int64)
    return _subjects("H01", "application", subject=subject, person=at, exhaustive=True)


def _of_declarations(world: World) -> list[pl.DataFrame]:
    """P06, P07, P08: what was found and not, or hardly, declared."""
    planted, jobs = world.planted, world.jobs
    silent = (
        world.tables["approval.member"]
        .filter(pl.col("role") == "member", pl.col("declared_wage").is_null())["_p"]
        .to_numpy()
    )
    posts = np.intersect1d(silent, jobs.person[jobs.lasting_posts(world.people.as_of)])
    return [
        _persons("P06", planted.wage_understated, exhaustive=False),
        _persons("P07", planted.pension_undeclared, exhaustive=False),
        _persons("P08", posts, exhaustive=False),
    ]
