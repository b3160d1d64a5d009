"""Explanations are what was decided: score, note and tier are the published ones, sums add up, grounds name the reason, nobody is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from core_town import County, Someone
from judgement_log import log

from household.assess import Inputs, assess, identify, tell
from household.authorisation import grants
from household.errors import InputError
from household.identity.numbers import number_of_key
from household.linkage.explaining import LinkStory, explain_link
from household.linkage.known import Known, gather_known
from household.linkage.plans import shipped
from household.linkage.side_by_side import show_pair, where_differing
from household.linkage.waterfall import waterfall_svg, waterfall_text

if TYPE_CHECKING:
    from household.extracts import Extracts
    from household.roster import Roster

POPULATION, PENSION = "public_security.population", "human_resources.benefit"
MARRIAGE = "civil_affairs.marriage"


def slip(number: str, place: int = 15) -> str:
    return number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]


BORN = date(1980, 2, 1)
NUMBERS = {
    "same": lambda n: n,
    "slip": slip,
    "tail": lambda n: n[:15] + "000",
    "masked": lambda n: n[:6] + "*" * 8 + n[14:],
    "two_slips": lambda n: slip(slip(n), 16),
    "other": lambda _: number_of_key(99010119700201555),
    "none": lambda _: None,
}
MONTHS = {
    name: date(2025, month, 1)
    for month, name in enumerate((*NUMBERS, "named_otherwise", "nobody", "twins"), start=1)
}
"""Application -> the month that marks its row."""


@dataclass(frozen=True)
class Case:
    """A county after its run, and everything that explains it."""

    extracts: Extracts
    roster: Roster
    known: Known
    links: pl.DataFrame
    names: frozenset[str]

    def person(self, application: str, member_no: int = 1) -> int:
        who = self.roster.members.filter(application_id=application, member_no=member_no)
        return int(who["person"][0])

    def record(self, application: str) -> str:
        """The record key of the pension row made for an application."""
        rows = self.extracts.rows(PENSION).collect()
        return str(rows.filter(month=MONTHS[application])["_record_key"][0])

    def explain(self, dataset: str, record_key: str, person: int, **more: Any) -> LinkStory:
        return explain_link(
            self.extracts,
            self.roster,
            self.known,
            dataset=dataset,
            record_key=record_key,
            person=person,
            **more,
        )


def _pension(home: Any, who: Someone, **row: Any) -> None:
    home.row(PENSION, who, month=MONTHS[home.name], amount=1, **row)


@pytest.fixture(scope="module")
def case() -> Case:
    county = County()
    for name, sent in NUMBERS.items():
        home = county.household(name, members=0)
        who = home.join()
        _pension(home, who, id_no=sent(who.number))
    home = county.household("named_otherwise", members=0)
    _pension(home, home.join(), name="欧阳某某")
    home = county.household("nobody", members=0)
    _pension(home, Someone(home.join().number, "欧阳某某"), id_no=None)
    home = county.household("twins", members=0)
    one = home.join()
    two = home.join(Someone(home.someone().number, one.name))
    _pension(home, one, id_no=one.number[:14] + "****")
    assert two.number[:14] == one.number[:14]
    home = county.household("homophone", members=0)
    who = home.join(Someone(home.someone().number, "张国荣"), registered=False)
    home.row(POPULATION, Someone(who.number, "掌国荣"), id_no=None, birth_date=BORN, sex="男")
    home = county.household("twice", members=0)
    who = home.join(Someone(home.someone().number, "赵国强"))
    home.row(POPULATION, who, id_no=slip(who.number), birth_date=BORN)
    home = county.household("keyless", members=0)
    who = home.join(registered=False, id_no=None, birth_date=BORN)
    home.row(POPULATION, who, birth_date=BORN)
    home = county.household("married", members=0)
    who = home.join()
    county.add(
        MARRIAGE,
        {
            "id_no_a": number_of_key(99010119700201900),
            "name_a": "李某某",
            "id_no_b": slip(who.number),
            "name_b": who.name,
        },
    )
    extracts = county.extracts()
    inputs = Inputs(extracts=extracts, packs=county.packs(), person_key=b"key")
    identified = identify(inputs)
    links = tell(inputs, identified, assess(inputs, identified))["person_link"]
    roster = identified.roster
    granted = grants(extracts, roster.applications, roster.members)
    names = frozenset(
        name
        for rows in county.rows.values()
        for row in rows
        for key, name in row.items()
        if name and "name" in key and key not in {"entity_name"} and len(name) > 2
    )
    return Case(extracts, roster, gather_known(extracts, roster, granted), links, names)


def _mine(case: Case, application: str) -> dict[str, Any]:
    """The published link of the first member's row in the dataset that a case is about."""
    ref = case.roster.persons.filter(person=case.person(application))["person_ref"][0]
    found = case.links.filter(pl.col("person_ref") == ref, pl.col("dataset") == PENSION)
    return found.row(0, named=True)


def test_every_link_is_explained_as_it_was_published(case: Case) -> None:
    wanted = case.links.filter(
        (pl.col("decided_by") == "model") | (pl.col("dataset") == PENSION)
    ).join(case.roster.persons.select("person", "person_ref"), on="person_ref")
    tiers = set(wanted["tier"].cast(pl.String))
    assert {"A", "B", "C", "D"} <= tiers
    for link in wanted.iter_rows(named=True):
        story = case.explain(link["dataset"], link["record_key"], link["person"])
        assert story.tier == link["tier"]
        assert story.score == link["score"]
        assert story.note == link["note"]
        assert story.weighed == (link["decided_by"] == "model")
        assert story.weights is not None
        if story.weighed:
            assert story.weights.probability == link["score"]
            for step in story.weights.steps:
                if step.bits:
                    assert f"{step.word}{step.bits:+.1f}" in link["note"]
        sums = story.weights.prior + sum(step.bits for step in story.weights.steps)
        assert abs(sums - story.weights.strangers) < 1e-9


GROUNDS = {
    "same": ("A", "姓名相同", "由号码规则决定：A 级"),
    "named_otherwise": ("B", "姓名的规范写法不同", "由号码规则决定：B 级"),
    "slip": ("C", "没有别的候选人", "由权重决定：C 级"),
    "masked": ("C", "没有别的候选人", "由权重决定：C 级"),
    "twins": ("D", "同样相符", "概率未达采纳阈值"),
    "two_slips": ("D", "概率未达采纳阈值", "只凭姓名不采纳"),
    "other": (None, "双方的证件号码都有效而不同", ""),
    "none": (None, "没有共同的分块", ""),
    "nobody": (None, "没有共同的分块", ""),
}


@pytest.mark.parametrize("name", GROUNDS)
def test_grounds(case: Case, name: str) -> None:
    story = case.explain(PENSION, case.record(name), case.person(name))
    tier, *said = GROUNDS[name]
    assert story.tier == tier
    for words in said:
        assert words in " ".join(story.grounds)
    assert (story.score is None) == (tier is None)


def test_of_two_who_fit_equally_the_runner_up_is_told(case: Case) -> None:
    link = _mine(case, "twins")
    story = case.explain(PENSION, link["record_key"], case.person("twins"))
    assert story.weights is not None
    assert story.weights.candidates == 2
    assert story.weights.runner_up == case.person("twins", 2)
    assert story.weights.runner_up_odds == story.weights.odds
    assert story.weights.rivalry < -1
    second = case.explain(PENSION, link["record_key"], case.person("twins", 2))
    assert second.weights is not None
    assert (story.weights.rank, second.weights.rank) == (1, 2)
    assert "同一行有人同样或更相符" not in story.grounds[-1]
    assert "同一行有人同样或更相符" in second.grounds[-1]


def test_a_second_row_of_a_person_who_stands_once_counts_against(case: Case) -> None:
    rows = case.extracts.rows(POPULATION).collect()
    region = case.roster.applications.filter(application_id="twice")["region_code"][0]
    record = rows.filter(
        pl.col("region_code").str.starts_with(region[:6]), pl.col("id_no__key").is_null()
    )["_record_key"][0]
    story = case.explain(POPULATION, record, case.person("twice"))
    assert story.weights is not None
    assert story.weights.again == 1
    assert "另有一行" in waterfall_text(story.weights)
    assert "此人另有一行" in " ".join(story.grounds)


def test_a_marriage_is_explained_by_the_place_that_is_the_persons(case: Case) -> None:
    record = case.extracts.rows(MARRIAGE).collect()["_record_key"][0]
    story = case.explain(MARRIAGE, record, case.person("married"))
    assert story.tier == "C"
    assert story.shown[0].difference == ""
    stranger = case.explain(MARRIAGE, record, case.person("same"))
    assert stranger.tier is None


def test_a_clerk_goes_before_everything(case: Case) -> None:
    link = _mine(case, "same")
    said = log((PENSION, link["record_key"], link["person_ref"], "not_same", "王某"))
    story = case.explain(PENSION, link["record_key"], case.person("same"), judgements=said)
    assert (story.tier, story.clerk) == ("D", True)
    assert "人工判定先于号码与权重" in story.grounds[-1]
    assert "不是本人" in story.grounds[-1]
    link = _mine(case, "slip")
    said = log((PENSION, link["record_key"], link["person_ref"], "same", "王某"))
    story = case.explain(PENSION, link["record_key"], case.person("slip"), judgements=said)
    assert (story.tier, story.clerk) == ("B", True)
    assert story.score == link["score"]


def test_another_model_explains_by_its_own_weights(case: Case) -> None:
    link = _mine(case, "slip")
    strict = replace(shipped(PENSION), population=2**20)
    own = case.explain(PENSION, link["record_key"], case.person("slip"))
    story = case.explain(PENSION, link["record_key"], case.person("slip"), models={PENSION: strict})
    assert own.weights is not None
    assert story.weights is not None
    assert story.weights.strangers == pytest.approx(own.weights.strangers - 7)
    assert story.weights.probability != own.weights.probability


def test_nothing_told_names_anybody(case: Case) -> None:
    people = case.roster.persons.filter("in_roster")["person"].head(4).to_list()
    rows = case.extracts.rows(PENSION).collect()["_record_key"]
    for record in rows.head(6):
        for person in people:
            story = case.explain(PENSION, record, person)
            told = " ".join((*story.grounds, *(repr(s) for s in story.shown)))
            if story.weights is not None:
                told += waterfall_text(story.weights)
                told += waterfall_svg(story.weights, title="为什么")
            assert not re.search(r"[0-9]{6}[0-9*]{8}[0-9]{3}", told)
            assert not re.search(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}", told)
            assert not [name for name in case.names if name in told]


def test_where_texts_differ() -> None:
    assert where_differing("张国荣", "张国荣", "字") == ""
    assert where_differing("张国荣", "掌国荣", "字") == "第 1 字不同"
    assert where_differing("99010119800201123", "99010119800201124", "位") == "第 17 位不同"
    assert where_differing("990101********1236", "990101198002011236", "位") == "可见位相同"
    assert where_differing("990101********1226", "990101198002011236", "位") == "第 17 位不同"
    assert where_differing("12345678", "87654321", "位") == "8 位不同"
    assert "前 2 字、后 0 字相同" in where_differing("张国", "张国荣", "字")
    assert where_differing(None, "张国荣", "字") == ""


def test_the_end_of_a_cut_number_is_not_shown() -> None:
    line = {"normal": "张国荣", "number": "99010119800201", "key": None, "birth": None, "sex": None}
    schema = {"key": pl.Int64, "birth": pl.Date, "sex": pl.String}
    cut = pl.DataFrame([line], schema_overrides=schema)
    whole = cut.with_columns(pl.lit(99010119800201123).alias("key"))
    number = show_pair(cut, whole)[1]
    assert number.row == "990***********"
    assert number.person.startswith("990*")
    assert number.person.endswith(number_of_key(99010119800201123)[-2:])
    assert show_pair(cut, whole)[2].person == "1980-**-**"
    assert show_pair(cut, whole)[3].row == "（无）"
    born = whole.with_columns(pl.lit(date(1980, 3, 2)).alias("birth"))
    assert show_pair(whole, born)[2].difference == "月、日不同"


def test_what_cannot_be_explained_is_refused(case: Case) -> None:
    person = case.person("same")
    with pytest.raises(InputError, match="没有这一行"):
        case.explain(PENSION, "nothing", person)
    with pytest.raises(InputError, match="不与人员关联"):
        case.explain("approval.member", "nothing", person)
    with pytest.raises(InputError, match="没有这个人"):
        case.explain(PENSION, _mine(case, "same")["record_key"], 10**6)
