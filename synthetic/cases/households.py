"""Cases -> rows of the datasets: a household that has signed for everything and of which every source has answered.

Each case is an application of its own, with people whom no other case knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from household.identity.numbers import number_of_key
from household.schema.datasets import DATASETS
from synthetic.cases.usual import usual_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from synthetic.cases.form import Case, Person

ADULT = 18
_SIGNED = timedelta(days=2)
_GUARDIAN = number_of_key(99010119700201901)
"""A grown-up on no roster, who signs for minors that live alone."""
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂兰玉珍文志远思雨晨欣怡浩宇梓涵佳琪雪梅"
BORN = date(1980, 2, 1)
"""The birth date of who has none in the case: a grown-up of no age that any rule asks about."""


def _misprinted(number: str) -> str:
    return number[:-1] + ("1" if number[-1] == "0" else "0")


def _masked(number: str) -> str:
    return number[:6] + "*" * 8 + number[-4:]


DAMAGES: dict[Any, Callable[[str], str]] = {"错一位": _misprinted, "遮盖": _masked}
"""Words that may stand for a number in a row: the person's own, with a wrong check digit, or masked in the middle."""


@dataclass(frozen=True)
class Someone:
    """Number, name and birth of a person of a case."""

    number: str | None
    name: str
    born: date
    sex: str


@dataclass
class Filed:
    """Rows of all datasets, as they are gathered."""

    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {name: [] for name in DATASETS}
    )
    count: int = 0

    def add(self, dataset: str, row: dict[str, Any], *, as_of: date) -> None:
        """One row over what is usual; a title without its unit gets one."""
        self.count += 1
        full = usual_row(dataset, as_of=as_of, place=self.count) | row
        if dataset == "housing.real_estate" and full.get("unit_no") is None:
            full["unit_no"] = f"U{self.count:06d}"
        self.rows[dataset].append(full)


def file_case(filed: Filed, case: Case, *, application: str, region: str, serial: int) -> None:
    """Everything that was sent about one case."""
    people = {
        person.label: _someone(person, serial, place) for place, person in enumerate(case.people)
    }
    programme = case.application.get("programme", "dibao")
    asked = {
        "application_id": application,
        "programme": programme,
        "region_code": region,
        "urban_rural": "urban",
        "applied_on": case.applied_on,
        "commissioned_by": "示范县民政局",
    }
    filed.add("approval.application", asked | dict(case.application), as_of=case.as_of)
    for place, person in enumerate(case.people):
        who = people[person.label]
        line = {
            "application_id": application,
            "member_no": place + 1,
            "name": who.name,
            "id_no": who.number,
            "sex": who.sex,
            "birth_date": who.born,
        }
        filed.add("approval.member", line | dict(person.fields), as_of=case.as_of)
        _sign(filed, case, person, who=who, application=application, programme=programme)
        _register(filed, case, person, who=who, region=region)
    for row in case.rows:
        subject = people[row.person] if row.person is not None else None
        about = _about(row.dataset, subject, application, region)
        told = {
            name: DAMAGES[value](about[name]) if value in DAMAGES and about.get(name) else value
            for name, value in row.fields.items()
        }
        filed.add(row.dataset, about | told, as_of=case.as_of)
    _answer(filed, case, people)


def _someone(person: Person, serial: int, place: int) -> Someone:
    fields = person.fields
    born, sex = fields.get("birth_date", BORN), fields.get("sex", "男")
    number = number_of_key(
        int(f"99{serial:04d}{born:%Y%m%d}{place * 2 + (101 if sex == '男' else 100):03d}")
    )
    mixed = (serial * 12 + place) * 7919 % (len(_SURNAMES) * len(_GIVEN) ** 2)
    first, rest = mixed % len(_SURNAMES), mixed // len(_SURNAMES)
    name = _SURNAMES[first] + _GIVEN[rest % len(_GIVEN)] + _GIVEN[rest // len(_GIVEN)]
    return Someone(fields.get("id_no", number), fields.get("name", name), born, sex)


def _about(dataset: str, who: Someone | None, application: str, region: str) -> dict[str, Any]:
    """The columns that say whose row it is."""
    names = {column.name for column in DATASETS[dataset].columns}
    row: dict[str, Any] = {}
    if "application_id" in names:
        row["application_id"] = application
    if "region_code" in names:
        row["region_code"] = region
    if "household_no" in names:
        row["household_no"] = application
    if who is not None:
        prefix = "owner_" if "owner_id_no" in names else ""
        row[f"{prefix}id_no"] = who.number
        if f"{prefix}name" in names:
            row[f"{prefix}name"] = who.name
    return row


def _sign(
    filed: Filed, case: Case, person: Person, *, who: Someone, application: str, programme: str
) -> None:
    if person.auth is None or who.number is None:
        return
    signed = case.applied_on - _SIGNED
    paper: dict[str, Any] = {
        "application_id": application,
        "id_no": who.number,
        "programme": programme,
        "signed_on": signed,
    }
    if _age(who.born, person.auth.get("signed_on", signed)) < ADULT:
        paper["signed_by"] = _GUARDIAN
    filed.add("approval.authorisation", paper | dict(person.auth), as_of=case.as_of)


def _register(filed: Filed, case: Case, person: Person, *, who: Someone, region: str) -> None:
    if person.population is None or "public_security.population" in case.silent:
        return
    if who.number is None:
        return
    row = {"sex": who.sex, "birth_date": who.born}
    about = _about("public_security.population", who, "", region)
    filed.add("public_security.population", about | row | dict(person.population), as_of=case.as_of)


def _answer(filed: Filed, case: Case, people: dict[str, Someone]) -> None:
    """A receipt of every bank that the case knows for everybody on the roster."""
    if "banking.account" in case.silent or "banking.receipt" in case.silent:
        return
    held = {
        (row.fields.get("institution_code", "B01"), row.person)
        for row in case.rows
        if row.dataset == "banking.account"
    }
    named = {bank for person in case.people for bank in person.receipts or {}}
    for person in case.people:
        who = people[person.label]
        if person.receipts is None or who.number is None:
            continue
        for bank in sorted({"B01"} | named | {bank for bank, _ in held}):
            state = person.receipts.get(bank)
            if state is None:
                state = "found" if (bank, person.label) in held else "none"
            row = {"institution_code": bank, "id_no": who.number, "state": state}
            if state == "no_answer":
                row["replied_on"] = None
            filed.add("banking.receipt", row, as_of=case.as_of)


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
