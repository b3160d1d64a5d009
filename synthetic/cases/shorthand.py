"""Short words for what most cases need: `pension: 740` is a pension of that much in every month of the window.

Each word gives rows of one dataset: (value, applied_on) -> [(dataset, fields)], in the words of the catalogue.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from synthetic.cases.fields import ValueRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW_MONTHS = 12
"""Months of the window of the shorthands; a case of a pack with another window writes its rows out."""

Made = list[tuple[str, dict[str, Any]]]
_BENEFIT = "human_resources.benefit"


def window_of(applied_on: date) -> list[date]:
    """First days of the twelve full months before the month of application."""
    last = applied_on.year * 12 + applied_on.month - 1
    return [date(m // 12, m % 12 + 1, 1) for m in range(last - WINDOW_MONTHS, last)]


def _pension(amount: Any, applied_on: date) -> Made:
    """So much every month of the window."""
    return [
        (_BENEFIT, {"kind": "遗属待遇", "month": month, "amount": amount})
        for month in window_of(applied_on)
    ]


def _pension_total(total: Any, applied_on: date) -> Made:
    """So much over the whole window, to the fen: eleven even months, and the rest in the last."""
    even = Decimal(total) // WINDOW_MONTHS
    amounts = [even] * (WINDOW_MONTHS - 1) + [Decimal(total) - even * (WINDOW_MONTHS - 1)]
    return [
        (_BENEFIT, {"kind": "遗属待遇", "month": month, "amount": amount})
        for month, amount in zip(window_of(applied_on), amounts, strict=True)
    ]


def _wage(amount: Any, applied_on: date) -> Made:
    return [
        ("tax.income", {"item": "工资薪金", "month": month, "amount": amount})
        for month in window_of(applied_on)
    ]


def _deposit(balance: Any, _: date) -> Made:
    return [("banking.account", {"balance": balance})]


def _car(value: Any, _: date) -> Made:
    return [("public_security.vehicle", {"value": value})]


def _medical(total: Any, applied_on: date) -> Made:
    """What stayed with the person, settled thirty days before the application."""
    return [
        (
            "medical_insurance.settlement",
            {"total": total, "settled_on": applied_on - timedelta(days=30)},
        )
    ]


def _home(area: Any, _: date) -> Made:
    """One dwelling of so many square metres; a list is several."""
    areas = area if isinstance(area, list) else [area]
    return [("housing.real_estate", {"use": "住宅", "area": one}) for one in areas]


def _draws(programme: Any, applied_on: date) -> Made:
    """A benefit that runs; a list is several."""
    programmes = programme if isinstance(programme, list) else [programme]
    since = date(applied_on.year - 1, 1, 1)
    return [("civil_affairs.benefit", {"programme": p, "from_month": since}) for p in programmes]


def _certificate(told: Any, _: date) -> Made:
    """A valid certificate, written as 肢体 2."""
    kind, _space, grade = str(told).partition(" ")
    if not grade.strip().isdigit():
        raise ValueRefusedError("残疾证应写作：肢体 2")
    return [("disabled_federation.certificate", {"type": kind, "grade": int(grade)})]


def _granted(paid_on: Any, _: date) -> Made:
    """A grant of temporary assistance of the cause `illness`, paid on a day."""
    return [
        (
            "civil_affairs.payment",
            {
                "programme": "temp_expenditure",
                "cause": "illness",
                "paid_on": paid_on,
                "amount": 1000,
            },
        )
    ]


SHORTHANDS: dict[str, Callable[[Any, date], Made]] = {
    "pension": _pension,
    "pension_total": _pension_total,
    "wage": _wage,
    "deposit": _deposit,
    "car": _car,
    "home": _home,
    "medical": _medical,
    "draws": _draws,
    "certificate": _certificate,
    "granted": _granted,
}
"""Word -> the rows it stands for. At a person: that person's; at the case: the applicant's."""
