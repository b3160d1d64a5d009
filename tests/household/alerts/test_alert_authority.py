"""A05, A07: what stands in the way of asking."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
from alert_town import AS_OF, Alerts, Town

from household.alerts.alerts import raise_alerts
from household.identity.numbers import number_of_key


def test_a05_who_is_needed() -> None:
    town = Town()
    signed, unsigned, partly, obligor, excluded = (town.person() for _ in range(5))
    dead = town.person()
    town.add("civil_affairs.funeral", dead, died_on=date(2026, 1, 1))
    town.apply("X1", signed)
    for someone in (unsigned, partly):
        town.join("X1", someone, signed=False)
    town.sign("X1", partly, sources="tax")
    town.join("X1", dead, signed=False)
    town.sign("X1", dead, sources="civil_affairs")  # enough to see that nobody is needed
    town.join("X1", obligor, role="obligor", signed=False)
    town.join("X1", excluded, role="excluded", signed=False)
    tekun, heir = town.person(), town.person()
    town.apply("X2", tekun, programme="tekun")
    town.join("X2", heir, role="obligor", signed=False)
    hurried = town.person()
    town.apply("X3", hurried, signed=False, programme="temp_emergency")
    alerts = town.alerts()
    assert alerts.people("A05") == {unsigned.number, partly.number, heir.number}
    town.values |= {
        "support.method": "excess_rate",
        "support.line_multiple": Decimal("1.5"),
        "support.rate": Decimal("0.3"),
    }
    assert town.alerts().people("A05") == alerts.people("A05") | {obligor.number}


def test_a05_authorisation_must_be_live() -> None:
    town = Town()
    cases = {
        "last day": ({"valid_to": AS_OF}, False),
        "expired": ({"valid_to": date(2026, 5, 19)}, True),
        "revoked today": ({"revoked_on": AS_OF}, True),
        "revoked later": ({"revoked_on": date(2026, 5, 21)}, False),
        "not yet": ({"signed_on": date(2026, 5, 21)}, True),
    }
    missing = set()
    for name, (paper, raised) in cases.items():
        someone = town.person()
        town.apply(name, someone, signed=False)
        town.sign(name, someone, **paper)
        if raised:
            missing.add(someone.number)
    assert town.alerts().people("A05") == missing


def test_a07_no_answer_or_too_late() -> None:
    town = Town()
    cases = {
        ("no_answer", date(2026, 5, 15), date(2026, 5, 18)): True,
        ("none", date(2026, 5, 5), None): False,  # the fifteenth day
        ("none", date(2026, 5, 4), None): True,
        ("found", date(2026, 1, 1), date(2026, 4, 1)): False,  # late, but answered
        ("identity_mismatch", date(2026, 5, 1), date(2026, 5, 3)): False,
    }
    silent = set()
    for place, ((state, asked, replied), raised) in enumerate(cases.items()):
        someone = town.person()
        receipt = {"state": state, "asked_on": asked, "replied_on": replied}
        town.add("banking.receipt", someone, **receipt)
        town.apply(f"X{place}", someone)
        if raised:
            silent.add(someone.number)
    unsigned, recipient = town.person(), town.person()
    for someone in (unsigned, recipient):
        town.add("banking.receipt", someone, state="no_answer")
    town.apply("X9", unsigned, signed=False)
    town.add("civil_affairs.benefit", recipient)
    assert town.alerts().people("A07") == silent | {recipient.number}


def test_a07_of_any_institution_that_was_asked_person_by_person() -> None:
    """A broker who does not answer is no better than a bank; each source only under its own authorisation."""
    town = Town()
    asked = {"institution_code": "S1", "asked_on": date(2026, 5, 15), "state": "no_answer"}
    silent, covered, other = (town.person() for _ in range(3))
    for place, (someone, sources) in enumerate(
        ((silent, ""), (covered, "securities"), (other, "banking;insurance"))
    ):
        town.add("securities.receipt", someone, **asked)
        town.apply(f"X{place}", someone, signed=False)
        town.sign(f"X{place}", someone, sources=sources)
    assert town.alerts().people("A07") == set(), "nothing of it was delivered"
    town.asked = ("securities.receipt",)
    alerts = town.alerts()
    assert alerts.people("A07") == {silent.number, covered.number}
    texts = alerts.of("A07")["text_zh"].unique().to_list()
    assert texts == ["有银行、证券或保险机构未答复或超过答复期限"]


def test_a07_waits_while_a_question_of_our_own_is_within_its_time() -> None:
    """The receipt that says that we asked is no answer; past the time, or without a question of ours, it is told."""
    town = Town()
    pending = {"state": "no_answer", "replied_on": None, "institution_code": "B"}
    waiting, late, strange = (town.person() for _ in range(3))
    for place, (someone, asked) in enumerate(
        ((waiting, date(2026, 5, 18)), (late, date(2026, 5, 1)), (strange, date(2026, 5, 18)))
    ):
        town.add("banking.receipt", someone, **pending, asked_on=asked)
        town.apply(f"X{place}", someone)
    watch = town.watch()
    refs = watch.roster.persons.with_columns(
        pl.col("key").map_elements(number_of_key, return_dtype=pl.String).alias("number")
    )
    ours = refs.filter(pl.col("number") != strange.number).select(
        pl.lit("banking").alias("department"), pl.lit("B").alias("institution_code"), "person_ref"
    )
    raised = raise_alerts(replace(watch, waiting=ours))
    assert Alerts(raised, watch).people("A07") == {late.number, strange.number}
