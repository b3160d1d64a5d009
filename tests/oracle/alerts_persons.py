"""Alerts about persons: D01, D03, U09, P01, P02, P05 ... P08, H02, A05, A07."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from .authorisation import is_covered, live_sources, needed_persons
from .counting import holds_in_custody, shows_death
from .coverage import receipt_rows
from .income import months_of_window, runs_in
from .load import order_of
from .periods import add_months
from .register import BASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .alert_rows import AlertRows
    from .identity import Person
    from .register import Case
    from .world import Row

HELD_ALERTS_FOR = {"dibao", "single_person", "tekun"}


def raise_alerts(rows: AlertRows) -> None:
    """Every family of this module."""
    dead_or_held(rows)
    on_two_applications(rows)
    for judge in (payroll, business, outflow, past_leaving):
        members_and_recipients(rows, judge)
    for case, person in rows.counted_members():
        low_declared_wage(rows, case, person)
        undeclared(rows, case, person)
    lacking_authorisation(rows)
    silent_banks(rows)


def dead_or_held(rows: AlertRows) -> None:
    """D01, D03: a role `member`, or a recipient (of some programmes, for custody)."""
    seen = [
        (person.key, lambda name, case=case, person=person: rows.readable_rows(case, person, name))
        for case in rows.register.cases
        for person in case.members()
        if person.key
    ]
    for key, read in seen + [(key, None) for key in rows.running]:
        _dead_or_held(rows, key, read or partial(rows.rows_of_recipient, key), member=bool(read))


def _dead_or_held(
    rows: AlertRows, key: str, read: Callable[[str], list[Row]], *, member: bool
) -> None:
    if any(
        shows_death(dataset, row, rows.as_of)
        for dataset in ("public_security.population", "civil_affairs.funeral")
        for row in read(dataset)
    ):
        rows.add_person("D01", key)
    if (member or rows.draws(key) & HELD_ALERTS_FOR) and any(
        holds_in_custody(row, rows.as_of) for row in read("justice.custody")
    ):
        rows.add_person("D03", key)


def on_two_applications(rows: AlertRows) -> None:
    """U09: `member` of two applications with different member sets, both of the twelve months before as_of."""
    recent = [
        (case, {person.identity for person in case.members()})
        for case in rows.register.cases
        if add_months(rows.as_of, -12) <= case.applied_on <= rows.as_of
    ]
    for (_, one), (_, other) in combinations(recent, 2):
        if one != other:
            for identity in one & other:
                key = identity[0]
                if key not in ("text", "none"):
                    rows.add_person("U09", str(key))


def members_and_recipients(rows: AlertRows, judge: tuple[str, str, Any]) -> None:
    """Ask one question of counted members and of recipients, each on the rows that may be read."""
    code, dataset, holds = judge
    for case, person in rows.counted_members():
        if person.key and holds(rows.readable_rows(case, person, dataset), case.parameter, rows):
            rows.add_person(code, person.key)
    for key, benefits in rows.running.items():
        region = benefits[0]["region_code"]

        def parameter(name: str, region: str = region) -> Any:
            return rows.register.parameter(name, region=region, on=rows.as_of)

        if holds(rows.rows_of_recipient(key, dataset), parameter, rows):
            rows.add_person(code, key)


def _on_payroll(found: list[Row], parameter: Callable[[str], Any], rows: AlertRows) -> bool:
    return any(
        row["kind"] != "退休"
        and row["from_date"] <= rows.as_of
        and (row["to_date"] is None or row["to_date"] >= rows.as_of)
        for row in found
    )


def _in_business(found: list[Row], parameter: Callable[[str], Any], rows: AlertRows) -> bool:
    roles = parameter("asset.business_roles") or []
    return any(row["status"] == "存续" and row["role"] in roles for row in found)


def _large_outflow(found: list[Row], parameter: Callable[[str], Any], rows: AlertRows) -> bool:
    limit = parameter("signal.outflow")
    latest: dict[tuple[str, str], Row] = {}
    for row in sorted(found, key=lambda r: (r["as_of"], order_of(r))):
        latest[row["institution_code"], row["account_no"]] = row
    return limit is not None and any(
        row["large_outflow_6m"] is not None and row["large_outflow_6m"] > Fraction(str(limit))
        for row in latest.values()
    )


def _left_school(found: list[Row], parameter: Callable[[str], Any], rows: AlertRows) -> bool:
    return any(
        row["status"] == "在读" and row["leaves_on"] is not None and row["leaves_on"] < rows.as_of
        for row in found
    )


payroll = ("P01", "finance.payroll", _on_payroll)
business = ("P02", "market_regulation.entity", _in_business)
outflow = ("P05", "banking.account", _large_outflow)
past_leaving = ("H02", "education.enrolment", _left_school)


def low_declared_wage(rows: AlertRows, case: Case, person: Person) -> None:
    """P06: the declared wage is far below what contributions or the fund rest on."""
    share, months = case.parameter("signal.wage_share"), case.parameter("income.window_months")
    declared = person.row["declared_wage"]
    if declared is None or share is None or not months:
        return
    window = months_of_window(case)
    bases = [
        Fraction(row["base"])
        for row in rows.signed_rows(case, person, "human_resources.contribution")
        if row["scheme"] == "城镇职工养老" and row["month"] in window
    ]
    funds = [
        Fraction(row["base"])
        for row in rows.signed_rows(case, person, "housing.provident_fund")
        if row["status"] == "正常" and row["base"] is not None
    ]
    signals = ([sum(bases, Fraction(0))] if bases else []) + (
        [sum(funds, Fraction(0)) * months] if funds else []
    )
    if signals and declared < Fraction(str(share)) * min(signals):
        rows.add_person("P06", person.key, person)


def undeclared(rows: AlertRows, case: Case, person: Person) -> None:
    """P07, P08: found in the window, and nothing declared of that kind."""
    window = months_of_window(case)
    drawn = any(
        row["month"] in window
        and (
            (row["kind"] == "失业保险金" and row["amount"] > 0)
            or (
                row["kind"] in ("职工养老金", "居民养老金")
                and row["amount"] - (row["central_basic"] or 0) > 0
            )
        )
        for row in rows.signed_rows(case, person, "human_resources.benefit")
    )
    if drawn and not person.row["declared_transfer"]:
        rows.add_person("P07", person.key, person)
    worked = any(
        row["kind"] == "公益性岗位"
        and row["monthly_wage"]
        and any(runs_in(month, row["started_on"], row["ended_on"]) for month in window)
        for row in rows.signed_rows(case, person, "human_resources.employment")
    )
    if worked and not person.row["declared_wage"]:
        rows.add_person("P08", person.key, person)


def lacking_authorisation(rows: AlertRows) -> None:
    """A05: needed for the programme that is asked, without full live authorisation."""
    for case in rows.register.cases:
        for person in needed_persons(case, case.application["programme"]):
            if not is_covered(case, person):
                rows.add_person("A05", person.key, person)


def silent_banks(rows: AlertRows) -> None:
    """A07: a receipt says `no_answer`, or has none within the days."""
    for case in rows.register.cases:
        for person in case.counted(BASE) + case.living_obligors(BASE):
            if "banking" not in live_sources(case, person) and person.key not in rows.running:
                continue
            days = case.parameter("source.reply_days")
            for row in receipt_rows(case, person):
                late = (
                    days is not None
                    and row["replied_on"] is None
                    and row["asked_on"] + timedelta(days=days) < rows.as_of
                )
                if row["state"] == "no_answer" or late:
                    rows.add_person("A07", person.key, person)
