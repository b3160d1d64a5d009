"""Alerts that rest on the commissioning body's own ledgers: D02, U01 ... U08, T01, A01, A02, A04."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from .counting import is_running, shows_death
from .numbers import name_form
from .periods import add_months, first_day

if TYPE_CHECKING:
    from datetime import date

    from .alert_rows import AlertRows
    from .world import Row

# Code: two sets of programmes that may not overlap.
INCOMPATIBLE = {
    "U03": ({"dibao"}, {"tekun"}),
    "U04": ({"tekun"}, {"orphan", "de_facto_orphan"}),
    "U05": ({"tekun"}, {"disability_living", "disability_care"}),
    "U06": ({"orphan"}, {"disability_living"}),
}


def raise_alerts(rows: AlertRows) -> None:
    """Every family of this module."""
    paid_after_death(rows)
    overlaps(rows)
    single_beside_dibao(rows)
    repeated_grants(rows)
    shared_accounts(rows)
    foreign_holders(rows)
    reviews_overdue(rows)


def month_of_death(rows: AlertRows, key: str) -> date | None:
    """The month of death as population or funeral has it, the earlier where they differ: one source is enough (section 4)."""
    days = [
        row["died_on"] if dataset == "civil_affairs.funeral" else row["cancelled_on"]
        for dataset in ("public_security.population", "civil_affairs.funeral")
        for row in rows.rows_of_recipient(key, dataset)
        if shows_death(dataset, row, rows.as_of)
    ]
    known = [day for day in days if day is not None]
    return first_day(min(known)) if known else None


def paid_after_death(rows: AlertRows) -> None:
    """D02: payments of a benefit in months after the month of its person's death; ended benefits too."""
    payments: dict[str, list[Row]] = {}
    for payment in rows.register.world.rows["civil_affairs.payment"]:
        if payment["benefit_id"]:
            payments.setdefault(payment["benefit_id"], []).append(payment)
    for key, benefits in rows.benefits.items():
        died = month_of_death(rows, key)
        if died is None:
            continue
        for benefit in benefits:
            late = [
                p for p in payments.get(benefit["benefit_id"], []) if first_day(p["paid_on"]) > died
            ]
            if late:
                rows.add(
                    "D02",
                    "benefit",
                    benefit["benefit_id"],
                    persons=rows.register.roster_of_key.get(key, []),
                    records=[("civil_affairs.benefit", benefit["_record_key"])],
                    amount=sum((Fraction(p["amount"]) for p in late), Fraction(0)),
                )


def overlap(left: Row, right: Row, as_of: date) -> bool:
    """They share a whole month and one still runs; a month that ends one and starts the other is a hand-over."""
    if not (is_running(left, as_of) or is_running(right, as_of)):
        return False
    today = first_day(as_of)
    month = max(left["from_month"], right["from_month"])
    last = min(left["to_month"] or today, right["to_month"] or today, today)
    while month <= last:
        hand_over = (left["to_month"] == month == right["from_month"]) or (
            right["to_month"] == month == left["from_month"]
        )
        if not hand_over:
            return True
        month = add_months(month, 1)
    return False


def overlaps(rows: AlertRows) -> None:
    """U01 to U06: two benefits of one person that exclude each other."""
    for key, benefits in rows.benefits.items():
        pairs = [(a, b) for a, b in combinations(benefits, 2) if overlap(a, b, rows.as_of)]
        twice = [(a, b) for a, b in pairs if a["programme"] == b["programme"] == "dibao"]
        if any({a["urban_rural"], b["urban_rural"]} == {"urban", "rural"} for a, b in twice):
            rows.add_person("U02", key)
        elif twice:
            rows.add_person("U01", key)
        for code, (one, other) in INCOMPATIBLE.items():
            for a, b in pairs:
                programmes = (a["programme"], b["programme"])
                if (programmes[0] in one and programmes[1] in other) or (
                    programmes[1] in one and programmes[0] in other
                ):
                    rows.add_person(code, key)


def single_beside_dibao(rows: AlertRows) -> None:
    """U08: single_person, and a dibao benefit of the same household or the same person."""
    ledger = rows.register.world.rows["civil_affairs.benefit"]
    dibao = [row for row in ledger if row["programme"] == "dibao"]
    for key, benefits in rows.benefits.items():
        for single in benefits:
            if single["programme"] != "single_person":
                continue
            for other in dibao:
                near = other["household_no"] == single["household_no"] or other in benefits
                if near and overlap(single, other, rows.as_of):
                    rows.add_person("U08", key)
    for single in ledger:
        # A row without a usable number is still somebody's: of the household that it names.
        if single["programme"] != "single_person" or rows.register.key_of(single["id_no"]):
            continue
        subject = f"row {single['_record_key']}"
        if not rows.linked_somewhere(single) and any(
            other["household_no"] == single["household_no"] and overlap(single, other, rows.as_of)
            for other in dibao
        ):
            records = [("civil_affairs.benefit", single["_record_key"])]
            rows.add("U08", "person", subject, records=records)


def repeated_grants(rows: AlertRows) -> None:
    """T01: two grants of one household and cause, the second before the first's months are over."""
    grants: dict[tuple[str, str], list[Row]] = {}
    for row in rows.register.world.rows["civil_affairs.payment"]:
        if row["programme"].startswith("temp_") and row["household_no"] and row["cause"]:
            grants.setdefault((row["household_no"], row["cause"]), []).append(row)
    for (household, _), given in grants.items():
        ordered = sorted(given, key=lambda row: row["paid_on"])
        for first, second in pairwise(ordered):
            months = rows.register.parameter(
                "temp.repeat_months", region=second["region_code"], on=second["paid_on"]
            )
            if months is not None and add_months(first["paid_on"], months) > second["paid_on"]:
                rows.add(
                    "T01",
                    "household",
                    household,
                    records=[
                        ("civil_affairs.payment", first["_record_key"]),
                        ("civil_affairs.payment", second["_record_key"]),
                    ],
                )


def shared_accounts(rows: AlertRows) -> None:
    """A01: in one calendar month an account receives for more than one household."""
    received: dict[tuple[str, date], set[str]] = {}
    for row in rows.register.world.rows["civil_affairs.payment"]:
        if row["account_no"] and row["household_no"]:
            month = first_day(row["paid_on"])
            received.setdefault((row["account_no"], month), set()).add(row["household_no"])
    for households in received.values():
        if len(households) > 1:
            for household in sorted(households):
                rows.add("A01", "household", household)


def foreign_holders(rows: AlertRows) -> None:
    """A02: the account is in nobody's name of the household."""
    names: dict[str, set[str]] = {}
    for row in rows.register.world.rows["civil_affairs.benefit"]:
        known = names.setdefault(row["household_no"], set())
        known.add(name_form(row["name"]))
        key = rows.owner(row) or ""
        if not rows.register_is_open(key):
            continue
        for person in rows.register.by_number["public_security.population"].get(key, []):
            known |= {name_form(n) for n in (person["name"], person["former_name"]) if n}
    for dataset in ("civil_affairs.benefit", "civil_affairs.payment"):
        for row in rows.register.world.rows[dataset]:
            household, holder = row["household_no"], row["account_holder"]
            if household in names and holder and name_form(holder) not in names[household]:
                rows.add("A02", "household", household, records=[(dataset, row["_record_key"])])


def reviews_overdue(rows: AlertRows) -> None:
    """A04: a running benefit not reviewed within the months of its household's kind."""
    for row in rows.register.world.rows["civil_affairs.benefit"]:
        if not is_running(row, rows.as_of):
            continue
        stable = row["household_kind"] in ("stable", "收入稳定")
        months = rows.register.parameter(
            "review.months_stable" if stable else "review.months_unstable",
            region=row["region_code"],
            on=rows.as_of,
        )
        if months is None:
            continue
        last = row["from_month"]
        if row["last_reviewed_on"] is not None:
            last = max(last, row["last_reviewed_on"])
        if add_months(last, months) < rows.as_of:
            key = rows.register.key_of(row["id_no"])
            rows.add(
                "A04",
                "benefit",
                row["benefit_id"],
                persons=rows.register.roster_of_key.get(key or "", []),
                records=[("civil_affairs.benefit", row["_record_key"])],
            )
