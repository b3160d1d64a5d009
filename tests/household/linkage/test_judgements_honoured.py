"""What judgements do to the links, lines and suggestions of a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from core_town import WINDOW, County, run_extracts
from judgement_log import log

from household.assess import Identified, Inputs, identify
from household.linkage.honouring import count_idle, honour

if TYPE_CHECKING:
    from core_told import Told

BENEFIT, MARRIAGE, VEHICLE = (
    "human_resources.benefit",
    "civil_affairs.marriage",
    "public_security.vehicle",
)
BORN = date(1980, 2, 1)
D = Decimal


def slip(number: str) -> str:
    return number[:15] + str((int(number[15]) + 1) % 10) + number[16:]


def town() -> tuple[County, dict[str, tuple[str, str]]]:
    """Homes of one member each; of each the record key and dataset that their test judges."""
    county = County()
    keys: dict[str, tuple[str, str]] = {}
    for name in ("doubted", "denied", "twice"):  # a pension far above the standard, number damaged
        home = county.household(name, members=0)
        who = home.join(home.someone(BORN))
        for month in WINDOW:
            row = {"kind": "遗属待遇", "month": month, "amount": D(5000)}
            home.row(BENEFIT, who, id_no=slip(who.number), **row)
    for name in ("numbered", "unlike", "holder"):
        home = county.household(name, members=0)
        who = home.join(home.someone(BORN))
        plate = f"京{name}"
        row: dict[str, Any] = {"plate_no": plate, "value": D(900000)}
        if name == "unlike":
            row |= {"owner_id_no": None, "owner_name": "欧阳不知"}
        home.row(VEHICLE, who, **row)
        keys[name] = (VEHICLE, f"{plate}|小型汽车")
    return county, keys


def judged(county: County, *said: tuple[str, ...]) -> Told:
    return run_extracts(county.extracts(), county.packs(), judgements=log(*said))


@dataclass(frozen=True)
class Made:
    """A county, the keys of the rows that tests judge, and two judged runs of it beside the one without judgements."""

    county: County
    keys: dict[str, tuple[str, str]]
    before: Told
    first: Told
    second: Told

    def pair(self, name: str) -> tuple[str, str, str]:
        return (*self.keys[name], ref(self.before, name))


@pytest.fixture(scope="module")
def made() -> Made:
    county, keys = town()
    before = county.run()
    assert {n: before.suggestion(n) for n in ("doubted", "denied", "twice")} == dict.fromkeys(
        ("doubted", "denied", "twice"), "needs_review"
    )
    assert before.suggestion("numbered") == "ineligible"
    assert before.suggestion("unlike") == "eligible"
    numbered, unlike = ((*keys[n], ref(before, n)) for n in ("numbered", "unlike"))
    first = judged(
        county,
        *((*pair, "same", "王") for pair in months(before, "doubted")),
        *((*pair, "not_same", "王") for pair in months(before, "denied")),
        *((*pair, "same", "王") for pair in months(before, "twice")),
        *((*pair, "not_same", "李") for pair in months(before, "twice")),
        (*numbered, "same", "王"),
        (*numbered, "not_same", "李"),
        (*unlike, "same", "王"),
    )
    second = judged(
        county,
        *((*pair, "unsure", "王") for pair in months(before, "doubted")),
        (*numbered, "not_same", "王"),
    )
    return Made(county, keys, before, first, second)


def ref(told: Told, name: str) -> str:
    roster = told.tables["roster_person"].filter(pl.col("application_id") == name)
    return str(roster["person_ref"][0])


def link(told: Told, dataset: str, person: str) -> list[dict[str, Any]]:
    links = told.tables["person_link"]
    return links.filter(dataset=dataset, person_ref=person).sort("record_key").to_dicts()


def months(told: Told, name: str) -> list[tuple[str, str, str]]:
    person = ref(told, name)
    return [(BENEFIT, row["record_key"], person) for row in link(told, BENEFIT, person)]


def who_is_who(county: County, *said: tuple[str, ...]) -> Identified:
    """The links only, which is quicker than a whole run."""
    told = log(*said) if said else None
    return identify(Inputs(county.extracts(), county.packs(), b"key", judgements=told))


def links_of(found: Identified, dataset: str) -> dict[str, dict[str, Any]]:
    """Links of a dataset by person reference."""
    rows = found.linked[dataset].join(found.roster.persons, on="person")
    return {row["person_ref"]: row for row in rows.iter_rows(named=True)}


def places(found: Identified) -> list[str]:
    """References of the persons on the rosters in their order."""
    members = found.roster.members.join(found.roster.persons, on="person").sort("app", "member_no")
    return members["person_ref"].to_list()


def test_a_doubted_link_judged_same_decides(made: Made) -> None:
    rows = link(made.before, BENEFIT, ref(made.before, "doubted"))
    assert {(row["tier"], row["decided_by"]) for row in rows} == {("C", "model")}
    assert made.first.suggestion("doubted") == "ineligible"
    rows = link(made.first, BENEFIT, ref(made.first, "doubted"))
    assert {(row["tier"], row["decided_by"]) for row in rows} == {("B", "clerk")}
    assert all("clerk_same" in row["note"] for row in rows)
    assert all(row["score"] is not None for row in rows)


def test_a_doubted_link_judged_not_the_same_is_out_of_the_way(made: Made) -> None:
    assert made.first.suggestion("denied") == "eligible"
    rows = link(made.first, BENEFIT, ref(made.first, "denied"))
    assert {(row["tier"], row["decided_by"]) for row in rows} == {("D", "clerk")}
    assert made.first.evidence("denied", BENEFIT) == []


def test_unsure_changes_nothing_but_the_note(made: Made) -> None:
    assert made.second.suggestion("doubted") == "needs_review"
    rows = link(made.second, BENEFIT, ref(made.second, "doubted"))
    assert {(row["tier"], row["decided_by"]) for row in rows} == {("C", "model")}
    assert all("clerk_unsure" in row["note"] for row in rows)


def test_a_conflict_is_honoured_by_neither_answer(made: Made) -> None:
    assert made.first.suggestion("twice") == "needs_review"
    assert {row["tier"] for row in link(made.first, BENEFIT, ref(made.first, "twice"))} == {"C"}
    assert made.first.suggestion("numbered") == "needs_review"
    (row,) = link(made.first, VEHICLE, ref(made.first, "numbered"))
    assert (row["tier"], row["decided_by"]) == ("C", "model")
    assert "clerk_conflict" in row["note"]


def test_a_link_by_number_judged_not_the_same_is_never_used(made: Made) -> None:
    assert made.second.suggestion("numbered") == "eligible"
    (row,) = link(made.second, VEHICLE, ref(made.second, "numbered"))
    assert (row["tier"], row["decided_by"]) == ("D", "clerk")


def test_a_link_by_number_that_is_confirmed_keeps_its_tier(made: Made) -> None:
    pair = made.pair("numbered")
    row = links_of(who_is_who(made.county, (*pair, "same", "王")), VEHICLE)[pair[2]]
    assert (row["tier"], row["clerk"], row["score"]) == ("A", True, 1.0)


def test_a_row_that_nothing_proposed_is_fetched(made: Made) -> None:
    person = ref(made.before, "unlike")
    assert link(made.before, VEHICLE, person) == []
    (row,) = link(made.first, VEHICLE, person)
    assert (row["tier"], row["decided_by"], row["score"]) == ("B", "clerk", None)
    assert made.first.suggestion("unlike") == "ineligible"
    assert [e["counted"] for e in made.first.evidence("unlike", VEHICLE)] == [True]


@pytest.mark.parametrize(
    "answers",
    [
        [("unlike", "not_same", "王")],
        [("unlike", "unsure", "王")],
        [("unlike", "same", "王"), ("unlike", "not_same", "李")],
        [("unlike", "same", "王"), ("doubted", "same", "王")],
    ],
)
def test_nothing_is_fetched_for_any_other_answer(
    made: Made, answers: list[tuple[str, str, str]]
) -> None:
    said = [(*made.keys["unlike"], ref(made.before, who), *rest) for who, *rest in answers]
    assert ref(made.before, "unlike") not in links_of(who_is_who(made.county, *said), VEHICLE)


def test_a_row_held_by_another_s_number_never_decides_alone(made: Made) -> None:
    holder, claimed = ref(made.before, "holder"), ref(made.before, "doubted")
    said = [(*made.keys["holder"], claimed, "same", "王")]
    links = links_of(who_is_who(made.county, *said), VEHICLE)
    assert claimed not in links
    assert links[holder]["tier"] == "A"
    denied = (*made.keys["holder"], holder, "not_same", "王")
    links = links_of(who_is_who(made.county, *said, denied), VEHICLE)
    assert (links[claimed]["tier"], links[holder]["tier"]) == ("B", "D")


def test_what_is_not_in_the_run_is_kept_silently(made: Made) -> None:
    pair = made.pair("numbered")
    said = [
        (VEHICLE, "no such row", pair[2], "same", "王"),
        (*pair[:2], "Pnobody", "not_same", "王"),
    ]
    found = who_is_who(made.county, *said)
    for name, rows in made.before.identified.linked.items():
        assert rows.equals(found.linked[name]), name
    known = (*pair, "same", "王")
    assert count_idle(log(*said, known), found.linked, found.roster.persons) == 2


def test_the_other_candidates_of_a_row_step_back() -> None:
    """Held without a model, whose candidates are its own affair: one row, three persons, and a second row of one of them."""
    county = County()
    home = county.household("home", members=0)
    who = home.someone(BORN)
    for plate in ("京A", "京B"):
        home.row(VEHICLE, who, plate_no=plate)
    rows = county.extracts().rows(VEHICLE).collect()
    found = pl.DataFrame(
        [
            ("京A|小型汽车", 1, "C"),
            ("京A|小型汽车", 2, "D"),
            ("京A|小型汽车", 3, "D"),
            ("京B|小型汽车", 2, "C"),
        ],
        schema={"_record_key": pl.String, "person": pl.UInt32, "tier": pl.String},
        orient="row",
    )
    linked = rows.join(found, on="_record_key").with_columns(
        pl.lit(0.9).alias("score"),
        pl.lit("model").alias("note"),
        pl.lit(value=False).alias("by_number"),
        pl.lit(who.name).alias("row_name"),
    )
    persons = pl.DataFrame(
        {"person": [1, 2, 3], "person_ref": ["P1", "P2", "P3"]},
        schema_overrides={"person": pl.UInt32},
    )
    told = honour(
        {VEHICLE: linked},
        log(
            (VEHICLE, "京A|小型汽车", "P2", "same", "王"),
            (VEHICLE, "京A|小型汽车", "P3", "unsure", "王"),
        ),
        extracts=county.extracts(),
        persons=persons,
        names=pl.DataFrame(schema={"person": pl.UInt32, "normal": pl.String}),
    )[VEHICLE].sort("_record_key", "person")
    columns = ("person", "tier", "clerk", "score")
    assert told.select(columns).rows() == [
        (1, "D", True, 0.9),
        (2, "B", True, 0.9),
        (3, "D", True, 0.9),
        (2, "C", False, 0.9),
    ]
    assert told["note"].str.contains("clerk_rival").to_list() == [True, False, True, False]


def couple(**strange: str) -> tuple[County, list[str]]:
    """A household of two with a marriage row, and their names."""
    county = County()
    home = county.household("pair", members=0)
    people = [home.join(home.someone(BORN)) for _ in range(2)]
    numbers = {f"id_no_{p}": slip(who.number) for p, who in zip("ab", people, strict=True)}
    names = {f"name_{p}": who.name for p, who in zip("ab", people, strict=True)}
    home.row(MARRIAGE, record_no="M1", **(numbers | names | strange))
    return county, [who.name for who in people]


def test_a_spouse_is_no_rival() -> None:
    county, _ = couple()
    before = who_is_who(county)
    assert {row["tier"] for row in links_of(before, MARRIAGE).values()} == {"C"}
    wife, husband = places(before)
    links = links_of(who_is_who(county, (MARRIAGE, "M1", wife, "same", "王")), MARRIAGE)
    assert (links[wife]["tier"], links[husband]["tier"]) == ("B", "C")


@pytest.mark.parametrize("place", [0, 1])
def test_a_marriage_row_is_fetched_at_the_place_with_the_person_s_name(place: int) -> None:
    county, names = couple(id_no_a="99**", id_no_b="99**")
    before = who_is_who(county)
    assert links_of(before, MARRIAGE) == {}
    person = places(before)[place]
    links = links_of(who_is_who(county, (MARRIAGE, "M1", person, "same", "王")), MARRIAGE)
    assert {p: row["row_name"] for p, row in links.items()} == {person: names[place]}


def test_a_clerk_s_decision_survives_a_contested_seat() -> None:
    """Two rosters give one number to two different people: there, rows by number are graded anew, but not what a clerk decided."""
    county = County()
    first = county.household("first", members=0)
    who = first.join(first.someone(BORN))
    second = county.household("second", members=0)
    second.join(type(who)(who.number, "欧阳不知"), sex="女", birth_date=date(1950, 1, 1))
    for plate in ("京A", "京B"):
        first.row(VEHICLE, who, plate_no=plate, value=D(900000))
    before = county.run()
    assert [e["link_tier"] for e in before.evidence("second", VEHICLE)] == ["C", "C"]
    (person,) = before.tables["person_link"].filter(dataset=VEHICLE)["person_ref"].unique()
    said = [("京A|小型汽车", "same"), ("京B|小型汽车", "not_same")]
    told = judged(county, *((VEHICLE, key, person, answer, "王") for key, answer in said))
    for name in ("first", "second"):
        seen = [(e["record_key"], e["link_tier"]) for e in told.evidence(name, VEHICLE)]
        assert seen == [("京A|小型汽车", "A")]
