"""Who is proposed to which department: on what rows or silences, and who never is. One town, measured once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from referral_town import CLASSES, WORK, Lists, Neighbours

from household.errors import InputError
from household.referrals.consent import consent_entry
from household.referrals.grounds import GROUNDS, LOCAL, basis_of
from household.rules.citing import cited_in
from household.rules.lookup import Packs
from household.rules.packs import read_packs

if TYPE_CHECKING:
    from household.alerts.watch import Watch

ROOT = Path(__file__).parents[3]
MAN, WOMAN = "男", "女"
YOUNG = date(1980, 1, 1)


@dataclass(frozen=True)
class Seen:
    """The town, its run and its lists."""

    at: Neighbours
    watch: Watch
    lists: Lists

    def numbers(self, *names: str) -> set[str]:
        return {self.at.people[name].number for name in names}

    def named(self, ground: str, *among: str) -> set[str]:
        """Which of these people are on the list."""
        listed = self.lists.people(ground)
        return {name for name in among if self.at.people[name].number in listed}


def _insurance(at: Neighbours) -> None:
    add = at.town.add
    insured = "medical_insurance.insured"
    at.new("ended", to_month=date(2026, 4, 1))
    at.new("uninsured")
    at.new("allowance only", programme="old_age")
    add(insured, at.new("lapsed"), scheme="居民", status="暂停")
    add(insured, at.new("employee"), scheme="职工", status="正常", funded_as="无")
    for name, funded in (("unfunded", "无"), ("funded", "低保"), ("not said", None)):
        add(insured, at.new(name), scheme="居民", status="正常", funded_as=funded)
    in_doubt = at.met("in doubt")
    at.apply("in doubt", in_doubt)
    number = in_doubt.number
    slipped = number[:16] + str((int(number[16]) + 2) % 10) + number[17]
    add(insured, id_no=slipped, name=in_doubt.name, scheme="居民", status="正常")


def _applications(at: Neighbours) -> None:
    at.apply("eligible", at.met("applicant"), at.met("wife"))
    unsigned = at.met("unsigned")
    at.town.add("approval.application", application_id="unsigned")
    at.town.join("unsigned", unsigned, signed=False, relation="self")
    at.apply("too rich", at.met("rich"), wage=999999)
    ill = at.met("rich and ill")
    at.town.join("too rich", ill, seriously_ill=True)
    at.apply("of a household", at.new("head"), at.met("brother"), wage=999999)
    at.apply("of one", at.new("lone", programme="tekun"), at.met("beside"), wage=999999)
    for name, own in (("at the threshold", "3000.00"), ("above it", "3000.01")):
        at.apply(name, at.new(name))
        at.ill(at.people[name], own)


def _schools(at: Neighbours) -> None:
    add = at.town.add
    # the school year began on 2025-09-01
    for name, born in (
        ("seven", date(2018, 9, 1)),
        ("not yet seven", date(2018, 9, 2)),
        ("fourteen", date(2010, 9, 2)),
        ("fifteen", date(2010, 9, 1)),
    ):
        at.new(name, born)
    began = {"stage": "小学", "enrolled_on": date(2021, 9, 1)}
    add("education.enrolment", at.new("at school", date(2015, 1, 1)), **began)
    add("education.enrolment", at.new("left school", date(2015, 1, 2)), **began, status="退学")
    graduate = at.new("graduate", date(2003, 1, 1))
    add("education.enrolment", graduate, leaves_on=date(2026, 5, 19))


def _homes(at: Neighbours) -> None:
    homes: dict[str, list[dict[str, Any]]] = {
        "only unsafe": [{"hazard_grade": "D"}],
        "unsafe and safe": [{"hazard_grade": "c"}, {"hazard_grade": "B"}],
        "not graded": [{}],
        "sold": [{"hazard_grade": "D", "status": "历史"}],
        "no home": [],
        "ancestral": [{"use": "祖屋"}],
    }
    for name, rows in homes.items():
        someone = at.new(name)
        for row in rows:
            at.town.add("housing.real_estate", someone, **row)
    at.new("lives with the safe one", household_no="unsafe and safe")
    at.new("edge without home", programme="dibao_edge")
    partly = at.new("partly unsigned")
    at.apply("partly unsigned", partly)
    at.town.join("partly unsigned", at.met("silent wife"), signed=False)


def _work(at: Neighbours) -> None:
    add = at.town.add
    at.new("registered", YOUNG, sex=MAN, household_no="nobody works")
    at.new("idle", YOUNG, sex=WOMAN, household_no="nobody works")
    at.new("at work", YOUNG, sex=MAN, household_no="one works")
    at.new("beside the worker", YOUNG, sex=WOMAN, household_no="one works")
    at.new("sixty", date(1966, 5, 20), sex=MAN)
    at.new("nearly sixty", date(1966, 5, 21), sex=MAN)
    at.new("fifty", date(1976, 5, 20), sex=WOMAN)
    at.new("nearly fifty", date(1976, 5, 21), sex=WOMAN)
    at.new("disabled", YOUNG, sex=MAN)
    add("human_resources.employment", at.people["registered"], kind="失业登记")
    add("human_resources.employment", at.people["at work"])
    add("disabled_federation.certificate", at.people["disabled"], grade=2)
    for dataset, row in WORK.items():
        add(dataset, at.new(dataset, YOUNG, sex=MAN), **row)


def _needs(at: Neighbours) -> None:
    asked = {"programme": "temp_expenditure", "temp_cause": "illness"}
    for name, own in (("capped", "9000"), ("under the cap", "1999")):
        at.apply(name, at.met(name), **asked)
        at.ill(at.people[name], own)
    for name in ("refused", "refused but drawing", "refused, no costs", "not refused"):
        poor = name == "not refused"
        someone = at.new(name) if name == "refused but drawing" else at.met(name)
        at.apply(name, someone, wage=8000 if poor else 12000)
        at.ill(someone, "100" if name == "refused, no costs" else "9000")


@pytest.fixture(scope="module")
def seen() -> Seen:
    at = Neighbours()
    at.town.values |= {
        "temp.class_table": CLASSES,
        "temp.low_income_multiple": Decimal(2),
        "rigid.ratio": Decimal("0.6"),
        "rigid.method": "ratio",
    }
    for family in (_insurance, _applications, _schools, _homes, _work, _needs):
        family(at)
    watch = at.town.watch()
    return Seen(at, watch, Lists(watch))


def test_not_insured(seen: Seen) -> None:
    among = ("ended", "uninsured", "lapsed", "employee", "unfunded", "allowance only", "in doubt")
    assert seen.named("medical.not_insured", *among) == {"uninsured", "lapsed"}
    assert seen.named(
        "housing.no_home", "in doubt"
    )  # supported, and yet no one knows whether insured
    lapsed = seen.lists.row("medical.not_insured", seen.at.people["lapsed"])
    assert "参保状态为暂停" in lapsed["text_zh"]
    assert lapsed["record_key"] is not None
    assert seen.lists.row("medical.not_insured", seen.at.people["uninsured"])["record_key"] is None


def test_not_subsidised_is_what_the_row_says_and_not_an_empty_field(seen: Seen) -> None:
    assert seen.lists.people("medical.not_subsidised") == seen.numbers("unfunded")


def test_people_of_an_application_are_told_where_somebody_is_supported_and_they_signed(
    seen: Seen,
) -> None:
    among = (
        "applicant",
        "wife",
        "unsigned",
        "rich",
        "rich and ill",
        "head",
        "brother",
        "lone",
        "beside",
    )
    told = {"applicant", "wife", "head", "brother", "lone"}
    assert seen.named("medical.not_insured", *among) == told
    standing = {
        name: seen.lists.row("medical.not_insured", seen.at.people[name])["standing"]
        for name in told
    }
    proposed = dict.fromkeys(("applicant", "wife"), "suggested")
    assert standing == proposed | dict.fromkeys(("head", "lone"), "drawing") | {
        "brother": "household"
    }


def test_medical_spending_beyond_the_threshold_of_the_class(seen: Seen) -> None:
    among = ("at the threshold", "above it", "refused")
    assert seen.named("medical.spending", *among) == {"above it"}


def test_pupils_and_children_of_school_age_without_a_school(seen: Seen) -> None:
    absent = seen.numbers("seven", "fourteen", "left school")
    assert seen.lists.people("education.not_enrolled") == absent
    assert seen.lists.people("education.aid") == seen.numbers("at school")


def test_homes_unsafe_or_none(seen: Seen) -> None:
    assert seen.lists.people("housing.unsafe_only") == seen.numbers("only unsafe")
    among = ("sold", "no home", "not graded", "ancestral", "unsafe and safe", "edge without home")
    among += ("lives with the safe one", "partly unsigned", "silent wife", "ended")
    assert seen.named("housing.no_home", *among) == {"sold", "no home"}


def test_who_could_work_and_does_not(seen: Seen) -> None:
    assert seen.lists.people("employment.registered") == seen.numbers("registered")
    among = ("registered", "idle", "at work", "beside the worker", "sixty", "nearly sixty")
    among += ("fifty", "nearly fifty", "disabled", *WORK)
    open_ones = {"idle", "beside the worker", "nearly sixty", "nearly fifty"}
    assert seen.named("employment.no_record", *among) == open_ones
    families = seen.named("employment.zero_job_family", *among)
    assert families - {"registered", "idle"} == {"nearly sixty", "nearly fifty"}
    assert len(families & {"registered", "idle"}) == 1


def test_a_silent_source_lists_nobody_for_having_no_row(seen: Seen) -> None:
    def left(*without: str) -> set[str]:
        return set(Lists(seen.watch, without=without).rows["reason"])

    everything = set(seen.lists.rows["reason"])
    work = {"employment.no_record", "employment.zero_job_family"}
    gone = {
        "medical_insurance.insured": {"medical.not_insured"},
        "education.enrolment": {"education.not_enrolled", "employment.registered"} | work,
        "housing.real_estate": {"housing.no_home", "housing.unsafe_only"},
        "human_resources.employment": work,
        "tax.income": work,
    }
    for dataset, grounds in gone.items():
        assert everything - left(dataset) == grounds, dataset


def test_charity_needs_need_and_consent_on_file(seen: Seen) -> None:
    assert "charity" not in set(seen.lists.rows["list"])
    names = ("capped", "under the cap", "refused", "refused but drawing", "refused, no costs",
             "not refused", "uninsured")  # fmt: skip
    agreed = [{"who": seen.at.people[name]} for name in names]
    lists = Lists(seen.watch, *agreed)
    assert lists.people("charity.aid_capped") == seen.numbers("capped")
    assert lists.people("charity.not_eligible") == seen.numbers("refused")


@pytest.mark.parametrize(
    ("later", "listed"),
    [
        ({"given": 0}, False),
        ({"valid_to": "2026-05-19"}, False),
        ({"valid_to": "2026-05-20"}, True),
    ],
)
def test_the_newest_entry_of_consent_stands(
    seen: Seen, later: dict[str, Any], *, listed: bool
) -> None:
    given = {"who": seen.at.people["capped"]}
    found = Lists(seen.watch, given, given | later).people("charity.aid_capped")
    assert bool(found) is listed


def test_ids_are_stable_and_nothing_personal_is_told(seen: Seen) -> None:
    rows = seen.lists.rows
    assert len(set(rows["referral_id"])) == len(rows) > 50
    assert rows.equals(Lists(seen.watch).rows)
    told = rows.drop("record_key").write_csv()
    assert not [p for p in seen.at.people.values() if p.number in told or f"{p.name}," in told]


def test_every_ground_cites_registered_documents_nearest_region_first() -> None:
    packs = read_packs(ROOT / "rulepacks")
    documents = packs.documents.values()
    for ground in GROUNDS.values():
        assert cited_in(ground.law, documents), ground.code
        for pack_id in LOCAL:
            local = LOCAL[pack_id][ground.list_name]
            assert len(cited_in(local, documents)) == 1, (pack_id, local)
    ground = GROUNDS["medical.not_insured"]
    assert basis_of(ground, "653130100", packs).startswith("新疆贯彻")
    assert basis_of(ground, "500112001", packs).startswith("渝民发〔2019〕19号")
    assert basis_of(ground, "990101001", packs) == ground.law == basis_of(ground, "", Packs({}))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"paper_no": " "}, "没有写明同意书编号"),
        ({"paper_no": "990101197002010011"}, "像是证件号码"),
        ({"clerk": ""}, "没有写明由谁登记"),
        ({"valid_to": "明年"}, "有效期无法读取"),
        ({"at": "今天"}, "登记时间无法读取"),
    ],
)
def test_an_entry_of_consent_is_checked(wrong: dict[str, Any], said: str) -> None:
    right: dict[str, Any] = {
        "person_ref": "P1",
        "given": True,
        "paper_no": "TY-1",
        "valid_to": None,
        "clerk": "王某",
        "at": "2026-05-20T09:30",
    }
    assert consent_entry(**right)["decided_at"] == "2026-05-20T09:30:00"
    with pytest.raises(InputError, match=said) as caught:
        consent_entry(**(right | wrong))
    assert "9901" not in str(caught.value)
