"""The clocks of ordinary applications: which there are, what starts and ends them, and that nobody is called late on silence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from deadline_town import Clocked, Person

D = date
TODAY = D(2026, 5, 20)
ACCEPTED = D(2026, 4, 7)  # a Tuesday after Qingming: three working days end on the 10th

STEPS = {
    "dibao": {
        "start_investigation", "start_verification", "publicity", "county_decision", "refusal_notice", "whole",
    },
    "tekun": {"township_opinion", "publicity", "county_decision", "refusal_notice"},
    "temp_expenditure": set(),
    "temp_emergency": {"papers"},
}  # fmt: skip
STEPS |= dict.fromkeys(("dibao_edge", "single_person", "rigid"), STEPS["dibao"])


def apply(made: Clocked, application_id: str = "A1", **given: Any) -> Person:
    """An application of one person, accepted on 7 April 2026, whose bank nobody asked; the person."""
    someone = made.person()
    dates = {"applied_on": D(2026, 4, 3), "accepted_on": ACCEPTED}
    made.apply(application_id, someone, **({"programme": "dibao"} | dates | given))
    ask(made, someone)
    return someone


def ask(made: Clocked, someone: Person, *days: date) -> None:
    """Banks were asked about somebody on these days and on no other."""
    others = [row for row in made.rows["banking.receipt"] if row["id_no"] != someone.number]
    made.rows["banking.receipt"] = others
    for number, day in enumerate(days):
        made.add("banking.receipt", someone, asked_on=day, institution_code=f"B{number}")


def test_an_application_has_the_clocks_of_what_it_asks_for_and_no_other() -> None:
    made = Clocked()
    for programme in STEPS:
        apply(made, programme, programme=programme)
    found: dict[str, set[str]] = {programme: set() for programme in STEPS}
    for row in made.due().values():
        assert row["subject_kind"] == "application"
        assert row["subject_id"] == row["application_id"] == row["programme"]
        assert row["pack_id"] == "9901"
        found[row["programme"]].add(row["step"])
    assert found == STEPS


def test_limits_of_a_programme_of_its_own() -> None:
    made = Clocked(**{"deadline.county_decision_wd": 10, "deadline.county_decision_wd.tekun": 15})
    for programme in ("dibao", "tekun"):
        apply(made, programme, programme=programme)
    due = made.due()
    limits = {name: row["limit_n"] for name, row in due.items() if "county" in name}
    assert limits == {"county_decision/dibao": 10, "county_decision/tekun": 15}
    opinion = due["township_opinion/tekun"]
    assert (opinion["limit_n"], opinion["due_on"]) == (15, D(2026, 4, 28))


def test_a_bank_that_was_asked_shows_that_verification_had_begun() -> None:
    made = Clocked()
    cases = {
        "on the day": ([D(2026, 4, 10)], "met"),
        "twice": ([D(2026, 4, 20), D(2026, 4, 7)], "met"),
        # Asked later: a home visit, or a later request, may have come before.
        "later": ([D(2026, 4, 11)], "unrecorded"),
        # Asked before acceptance: about another case.
        "before": ([D(2026, 4, 6)], "unrecorded"),
        "never": ([], "unrecorded"),
    }
    for name, (asked, _) in cases.items():
        ask(made, apply(made, name), *asked)
    due = made.due()
    for step in ("start_investigation", "start_verification"):
        for name, (asked, state) in cases.items():
            row = due[f"{step}/{name}"]
            assert (row["started_on"], row["due_on"]) == (ACCEPTED, D(2026, 4, 10))
            assert row["state"] == state, name
            since = [day for day in asked if day >= ACCEPTED]
            assert row["done_on"] == (min(since) if since else None)
            # The township's request is on no record: it came on the day of acceptance at the earliest.
            assert row["inferred"] == (step == "start_verification" or bool(since))


@pytest.mark.parametrize(
    ("as_of", "state"), [(D(2026, 4, 10), "open"), (D(2026, 4, 11), "unrecorded")]
)
def test_a_clock_is_open_through_the_day_itself(as_of: date, state: str) -> None:
    made = Clocked(as_of)
    apply(made)
    assert made.states("start_investigation") == {"A1": state}
    assert made.states("whole") == {"A1": "open"}


def test_what_may_not_be_read_shows_nothing() -> None:
    """Without an authorisation a bank's receipt is not looked at."""
    made = Clocked()
    someone = apply(made, signed=False)
    ask(made, someone, D(2026, 4, 8))
    assert made.states("start_investigation") == {"A1": "unrecorded"}
    made.sign("A1", someone)
    assert made.states("start_investigation") == {"A1": "met"}


def test_the_whole_procedure_and_its_outermost_day() -> None:
    made = Clocked(D(2026, 5, 22))
    apply(made)
    row = made.due()["whole/A1"]
    # 30 working days after 7 April 2026, over Labour Day with its make-up Saturday; 45 end on 11 June.
    assert (row["due_on"], row["latest_on"]) == (D(2026, 5, 21), D(2026, 6, 11))
    assert row["state"] == "unrecorded"
    assert "不作逾期认定" in row["text_zh"]
    made.as_of = D(2026, 5, 21)
    assert made.states("whole") == {"A1": "open"}


def test_a_benefit_shows_a_confirmation_in_the_month_before_it_began() -> None:
    made = Clocked(D(2026, 12, 25))
    cases = {
        "next month": (D(2026, 5, 1), "dibao", "met", D(2026, 4, 30)),
        "too late to tell": (D(2026, 6, 1), "dibao", "unrecorded", D(2026, 5, 31)),
        # It may answer a later application: nobody is late by it.
        "long after": (D(2026, 12, 1), "dibao", "unrecorded", D(2026, 11, 30)),
        "from the month of acceptance": (D(2026, 4, 1), "dibao", "unrecorded", None),
        "of another programme": (D(2026, 5, 1), "tekun", "unrecorded", None),
    }
    for name, (began, programme, _, _) in cases.items():
        someone = apply(made, name)
        made.add("civil_affairs.benefit", someone, from_month=began, programme=programme)
    due = made.due()
    for name, (_, _, state, done) in cases.items():
        row = due[f"whole/{name}"]
        assert (row["state"], row["done_on"], row["inferred"]) == (state, done, done is not None)
        # What comes before the confirmation was done by then, though perhaps too late; and nobody was refused.
        assert due[f"start_investigation/{name}"]["done_on"] == done
        assert due[f"start_investigation/{name}"]["state"] == "unrecorded"
        assert (f"refusal_notice/{name}" in due) == (done is None)


def test_a_benefit_that_begins_next_month_was_confirmed_by_today() -> None:
    made = Clocked(D(2026, 4, 28))
    made.add("civil_affairs.benefit", apply(made), from_month=D(2026, 5, 1))
    row = made.due()["whole/A1"]
    assert (row["state"], row["done_on"]) == ("met", D(2026, 4, 28))


def test_where_townships_decide_there_is_no_county_decision() -> None:
    made = Clocked(**{"deadline.delegated_whole_wd": 20})
    for programme in ("dibao", "tekun", "rigid"):
        apply(made, programme, programme=programme)
    due = made.due()
    # Only the procedure of 低保 is delegated with it.
    county = {name for name in due if name.startswith("county")}
    assert county == {"county_decision/tekun"}
    whole = {name: row["limit_n"] for name, row in due.items() if row["step"] == "whole"}
    assert whole == {"whole/dibao": 20, "whole/rigid": 30}
    assert due["whole/dibao"]["due_on"] == D(2026, 5, 8)
    assert due["whole/dibao"]["latest_on"] == D(2026, 6, 11)


def test_an_application_that_was_not_accepted_has_no_due_dates() -> None:
    made = Clocked()
    apply(made, accepted_on=None)
    due = made.due()
    assert {row["due_on"] for row in due.values()} == {None}
    assert {row["state"] for row in due.values()} == {"unrecorded"}
    assert "受理日期未登记" in due["whole/A1"]["text_zh"]


def test_a_step_for_which_the_region_has_no_limit_has_no_row() -> None:
    made = Clocked()
    apply(made)
    del made.values["deadline.publicity_days"]
    assert "publicity/A1" not in made.due()


def test_each_objection_has_its_recheck() -> None:
    made = Clocked()
    apply(made)
    for number, day in enumerate((D(2026, 5, 6), D(2026, 4, 29), D(2026, 5, 21))):
        made.add(
            "approval.objection",
            objection_id=f"O{number}",
            application_id="A1",
            ground="sold",
            raised_on=day,
        )
    due = made.due()
    rows = {k: (v["due_on"], v["state"], v["refers_to"]) for k, v in due.items() if "recheck" in k}
    assert rows == {  # the third is raised tomorrow
        "recheck/A1/O0": (D(2026, 5, 19), "unrecorded", "O0"),
        "recheck/A1/O1": (D(2026, 5, 15), "unrecorded", "O1"),
    }
    made.as_of = D(2026, 5, 19)
    assert made.due()["recheck/A1/O0"]["state"] == "open"
