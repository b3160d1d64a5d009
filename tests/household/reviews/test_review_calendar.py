"""The calendar of reviews: what falls due when, what is late, and what nobody can tell."""

from __future__ import annotations

from datetime import date as D  # noqa: N812 - many of them

import pytest
from review_town import Watched

from household.reviews.kinds import KINDS, STATE_ZH
from household.schema.published.calendar import REVIEW_KINDS, REVIEW_STATES

# as_of is 2026-05-20


def test_reviews_yearly_and_half_yearly_late_on_the_day_after() -> None:
    made = Watched()
    made.draw("today", household_kind="stable", last_reviewed_on=D(2025, 5, 20))
    made.draw("late", household_kind="stable", last_reviewed_on=D(2025, 5, 19))
    made.draw("half", household_kind=None, last_reviewed_on=D(2026, 1, 31))
    made.draw("ended", last_reviewed_on=D(2020, 1, 1), to_month=D(2026, 4, 1))
    assert made.on("review_stable") == {
        "today": (D(2026, 5, 20), "due"),
        "late": (D(2026, 5, 19), "overdue"),
    }
    assert made.on("review_unstable") == {"half": (D(2026, 7, 31), "due")}


def test_a_place_without_a_cycle_has_no_reviews() -> None:
    made = Watched()
    made.draw("B1")
    del made.values["review.months_stable"]
    assert made.calendar().is_empty()


def bury(made: Watched, benefit_id: str, *, on: D, both: bool) -> None:
    register = {"status": "死亡注销", "cancelled_on": on} if both else {}
    dead = made.draw(benefit_id, register=register, last_reviewed_on=D(2026, 1, 5))
    made.add("civil_affairs.funeral", dead, died_on=on)


def test_three_months_after_a_death() -> None:
    made = Watched()
    bury(made, "soon", on=D(2026, 3, 2), both=True)
    bury(made, "one register", on=D(2026, 3, 2), both=False)
    bury(made, "late", on=D(2026, 2, 10), both=True)
    bury(made, "late, one register", on=D(2026, 2, 10), both=False)
    found = made.on("death_review")
    assert found["soon"] == (D(2026, 6, 2), "due")
    assert found["one register"] == (D(2026, 6, 2), "provisional")
    assert found["late"] == (D(2026, 5, 11), "overdue")  # 10 May is a Sunday
    assert found["late, one register"] == (D(2026, 5, 11), "unrecorded")
    rows = made.calendar().filter(kind="death_review", subject_id="one register")
    assert rows["dataset"].to_list() == ["civil_affairs.funeral"]


def test_a_recognition_of_rigid_spending_ends_after_its_months() -> None:
    made = Watched()
    made.draw("R1", programme="rigid", from_month=D(2025, 9, 1), last_reviewed_on=None)
    made.draw("R2", programme="rigid", from_month=D(2025, 5, 1), last_reviewed_on=None)
    assert made.on("rigid_validity") == {
        "R1": (D(2026, 8, 31), "due"),
        "R2": (D(2026, 4, 30), "overdue"),
    }


def work(made: Watched, benefit_id: str, started: D, **given: object) -> None:
    someone = made.draw(benefit_id)
    row = {"kind": "单位就业", "started_on": started} | given
    made.add("human_resources.employment", someone, **row)


def test_a_taper_can_end_six_months_after_the_month_of_the_job() -> None:
    made = Watched()
    work(made, "ahead", D(2026, 3, 9))
    work(made, "passed", D(2025, 9, 30))
    work(made, "reviewed since", D(2025, 8, 31))
    work(made, "job before the benefit", D(2023, 12, 31))
    work(made, "job lost again", D(2026, 3, 9), ended_on=D(2026, 5, 20))
    work(made, "public post", D(2026, 3, 9), kind="公益性岗位")
    for row in made.rows["civil_affairs.benefit"]:
        row["last_reviewed_on"] = D(2026, 3, 1)
    assert made.on("taper_end") == {
        "ahead": (D(2026, 9, 30), "provisional"),
        "passed": (D(2026, 3, 31), "unrecorded"),
    }
    said = made.calendar().filter(kind="taper_end")["text_zh"]
    assert all("如已按渐退处理" in text for text in said)


def test_birthdays_are_told_by_their_month_and_only_where_they_change_something() -> None:
    made = Watched()
    made.draw("soon 18", made.person(D(2008, 6, 11)), programme="dibao")
    made.draw("18 this month", made.person(D(2008, 5, 2)), programme="orphan")
    made.draw("18, not reviewed", made.person(D(2008, 4, 2)), programme="tekun")
    made.draw("18 and reviewed", made.person(D(2008, 4, 1)), programme="tekun")
    made.draw("18, subsidy", made.person(D(2008, 6, 11)), programme="disability_care")
    made.draw("60", made.person(D(1966, 7, 31)), programme="dibao")
    made.draw("70", made.person(D(1956, 7, 1)), programme="dibao")
    made.draw("80", made.person(D(1946, 7, 1)), programme="tekun")
    both = made.person(D(1946, 7, 1))
    made.draw("80 already", both, programme="dibao")
    made.draw("old age", both, programme="old_age")
    assert made.on("turns_18") == {
        "soon 18": (D(2026, 6, 30), "due"),
        "18 this month": (D(2026, 5, 31), "due"),
        "18, not reviewed": (D(2026, 4, 30), "unrecorded"),
    }
    assert made.on("turns_60") == {"60": (D(2026, 7, 31), "due")}
    assert made.on("turns_elder") == {"70": (D(2026, 7, 31), "due")}
    assert made.on("turns_80") == {"80": (D(2026, 7, 31), "due")}


def test_born_on_a_leap_day() -> None:
    made = Watched(as_of=D(2026, 2, 10))
    made.draw("B1", made.person(D(2008, 2, 29)), last_reviewed_on=D(2026, 1, 5))
    assert made.on("turns_18") == {"B1": (D(2026, 3, 31), "due")}


def test_the_dead_turn_nothing() -> None:
    made = Watched()
    child = made.draw("B1", made.person(D(2008, 6, 11)))
    made.add("civil_affairs.funeral", child, died_on=D(2026, 4, 1))
    assert made.on("turns_18") == {}


def test_minors_of_living_applications() -> None:
    made = Watched()
    head, child, drawing = made.person(), made.person(D(2008, 6, 11)), made.person(D(2008, 7, 1))
    made.apply("A1", head, child, drawing)
    made.draw("B1", drawing)
    made.apply("old", made.person(), made.person(D(2008, 6, 12)), applied_on=D(2025, 5, 20))
    made.apply(
        "old but drawn", made.person(), made.person(D(2008, 6, 13)), applied_on=D(2024, 1, 2)
    )
    made.draw("B2", made.person(D(1990, 1, 1)))
    rows = made.rows["approval.member"]
    applicant = next(r for r in rows if r["application_id"] == "old but drawn")
    made.rows["civil_affairs.benefit"][-1] |= {
        "id_no": applicant["id_no"],
        "name": applicant["name"],
    }
    assert made.on("turns_18") == {
        "A1": (D(2026, 6, 30), "due"),
        "B1": (D(2026, 7, 31), "due"),
        "old but drawn": (D(2026, 6, 30), "due"),
    }


def certify(made: Watched, someone: object, ends: D | None, **given: object) -> None:
    made.add("disabled_federation.certificate", someone, valid_to=ends, **given)  # type: ignore[arg-type]


def test_certificates_by_the_one_that_lasts_longest() -> None:
    made = Watched()
    cases = {
        "ends": [D(2026, 9, 1)],
        "ended": [D(2026, 5, 19)],
        "renewed": [D(2026, 5, 19), D(2036, 5, 19)],
        "for ever": [D(2026, 9, 1), None],
    }
    refs = {}
    for name, ends in cases.items():
        someone = made.draw(name)
        refs[name] = someone
        for end in ends:
            certify(made, someone, end)
    cancelled = made.draw("cancelled")
    certify(made, cancelled, D(2026, 9, 1), status="注销")
    certify(made, made.person(), D(2026, 9, 1))  # draws nothing and applies for nothing
    assert sorted(made.on("certificate_expires").values()) == [
        (D(2026, 5, 19), "overdue"),
        (D(2026, 9, 1), "due"),
    ]


def test_authorisations_by_the_last_paper_of_each_member() -> None:
    made = Watched()
    for name, ends in {
        "ends": [D(2026, 8, 1)],
        "open": [None],
        "again": [D(2026, 8, 1), None],
    }.items():
        someone = made.person()
        made.apply(name, someone, signed=False)
        for end in ends:
            made.sign(name, someone, valid_to=end)
    revoked = made.person()
    made.apply("revoked", revoked, signed=False)
    made.sign("revoked", revoked, valid_to=D(2026, 8, 1), revoked_on=D(2026, 5, 1))
    partly = made.person()
    made.apply("partly", partly, signed=False)
    made.sign("partly", partly, valid_to=D(2026, 7, 1), sources="tax")
    made.sign("partly", partly, valid_to=D(2026, 9, 1), sources="banking")
    rows = made.calendar().filter(kind="authorisation_expires").select("subject_id", "on_date")
    assert sorted(rows.rows()) == [
        ("ends", D(2026, 8, 1)),
        ("partly", D(2026, 7, 1)),
        ("partly", D(2026, 9, 1)),
    ]


def test_schooling_of_a_tekun_minor_after_eighteen() -> None:
    made = Watched()
    kept = made.draw("kept", made.person(D(2008, 1, 2)), programme="tekun")
    made.add("education.enrolment", kept, stage="高中", leaves_on=D(2026, 7, 10))
    college = made.draw("college", made.person(D(2008, 1, 2)), programme="tekun")
    made.add("education.enrolment", college, stage="本科", leaves_on=D(2026, 7, 10))
    grown = made.draw("grown", made.person(D(2000, 1, 2)), programme="tekun")
    made.add("education.enrolment", grown, stage="中职", leaves_on=D(2026, 7, 10))
    gone = made.draw("gone by", made.person(D(2007, 1, 2)), programme="tekun")
    made.add("education.enrolment", gone, stage="中职", leaves_on=D(2026, 5, 19))
    assert made.on("tekun_schooling") == {
        "kept": (D(2026, 7, 10), "due"),
        "gone by": (D(2026, 5, 19), "unrecorded"),
    }


def test_releases_are_told_so_that_nobody_is_forgotten() -> None:
    made = Watched()
    held = made.draw("B1")
    made.add("justice.custody", held, to_date=D(2026, 11, 3))
    applicant, husband, stranger = made.person(), made.person(), made.person()
    made.apply("A1", applicant)
    made.join("A1", husband, role="excluded", excluded_reason="prison")
    made.join("A1", stranger, role="excluded", excluded_reason="prison", signed=False)
    for someone in (husband, stranger):
        made.add("justice.custody", someone, to_date=D(2026, 12, 4))
    rows = made.calendar().filter(kind="custody_release")
    assert sorted(rows["on_date"]) == [D(2026, 11, 3), D(2026, 12, 4)], "the unsigned one is unread"
    assert set(rows["subject_kind"]) == {"person"}
    assert rows["subject_id"].to_list() == rows["person_ref"].to_list()


def test_only_a_year_ahead_and_everything_that_passed() -> None:
    made = Watched()
    far = made.draw("far")
    certify(made, far, D(2027, 5, 21))
    near = made.draw("near")
    certify(made, near, D(2027, 5, 20))
    long_ago = made.draw("long ago")
    certify(made, long_ago, D(2011, 1, 1))
    assert [d for d, _ in made.on("certificate_expires").values()] == [
        D(2011, 1, 1),
        D(2027, 5, 20),
    ]


def test_a_row_of_tier_c_puts_nothing_on_the_calendar() -> None:
    made = Watched()
    someone = made.draw("B1")
    certify(made, someone, D(2026, 9, 1), id_no="12345")
    assert made.on("certificate_expires") == {}


def test_nothing_personal_is_said() -> None:
    made = Watched()
    someone = made.draw("B1", made.person(D(2008, 6, 11)))
    certify(made, someone, D(2026, 9, 1))
    rows = made.calendar()
    told = " ".join(str(v) for row in rows.drop("record_key").rows() for v in row)
    assert someone.number not in told
    assert someone.name not in told
    assert "06-11" not in told
    assert rows["calendar_id"].is_unique().all()


@pytest.mark.parametrize("kind", REVIEW_KINDS)
def test_every_kind_has_its_words(kind: str) -> None:
    assert KINDS[kind].title_zh
    assert list(KINDS) == list(REVIEW_KINDS)
    assert set(STATE_ZH) == set(REVIEW_STATES)
