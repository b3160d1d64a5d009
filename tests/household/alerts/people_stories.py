"""People on both sides of the lines of D04, D05, P09, P10, H03, H04, H05, A06, O03 and O05, in one town."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from alert_town import AS_OF, Person, Town

if TYPE_CHECKING:
    from collections.abc import Callable

BENEFIT, ENROLMENT, CERTIFICATE = (
    "civil_affairs.benefit",
    "education.enrolment",
    "disabled_federation.certificate",
)
OLD = date(1950, 1, 1)


class StoryTown(Town):
    """A town that keeps what it expects."""

    def expect(self, code: str, subject: Person | str, *, raised: bool = True) -> None:
        name = subject if isinstance(subject, str) else subject.number
        self.expected.setdefault(code, set()).update({name} if raised else set())

    @property
    def expected(self) -> dict[str, set[str]]:
        return self.__dict__.setdefault("_expected", {})

    def draws(self, programme: str, born: date | None = None, **benefit: Any) -> Person:
        someone = self.person(born) if born else self.person()
        home = f"home of {someone.number}"
        self.add(BENEFIT, someone, programme=programme, **({"household_no": home} | benefit))
        return someone


def _obligors(town: StoryTown) -> None:
    able: dict[str, Any] = {"obligor_household_size": 3, "obligor_household_income": Decimal(9000)}

    def case(name: str, *, raised: bool, programme: str = "tekun", **line: Any) -> Person:
        ward = town.draws("tekun", OLD)
        town.apply(name, ward, programme=programme)
        born = line.pop("born", date(1985, 1, 1))
        town.join(name, town.person(born), role="obligor", relation="child", **(able | line))
        town.expect("D04", ward, raised=raised)
        return ward

    case("capable", raised=True)
    poor = {"obligor_household_income": Decimal(1500)}
    case("old and poor", raised=False, born=date(1955, 1, 1), **poor)
    case("unsigned", raised=False, signed=False)
    case("asks for dibao", raised=False, programme="dibao")
    again = case("capable once", raised=False)
    town.apply("no obligor since", again, programme="tekun", applied_on=date(2026, 5, 2))
    town.draws("tekun", OLD)  # no application on record


def _declared_away(town: StoryTown) -> None:
    def away(
        name: str,
        reason: str,
        someone: Person,
        *,
        raised: bool,
        head: Person | None = None,
        **asked: Any,
    ) -> None:
        town.apply(name, head or town.person(), **asked)
        line = {"role": "excluded", "excluded_reason": reason, "signed": False}
        town.join(name, someone, **line)
        town.expect("D05", someone, raised=raised)

    for reason, raised in (("missing", True), ("clergy", True), ("prison", False)):
        someone = town.person()
        town.apply(f"family with {reason}", town.person(), someone)
        away(f"without {reason}", reason, someone, raised=raised)
    monk = town.person()
    town.apply("monk alone", monk)
    away("family of the monk", "clergy", monk, raised=False)
    for programme, reason, raised in (
        ("tekun", "missing", True),
        ("dibao", "missing", True),
        ("old_age", "missing", False),
        ("dibao", "clergy", False),  # by himself
    ):
        someone = town.draws(programme)
        away(f"{programme} and {reason}", reason, someone, raised=raised)
    in_family = town.draws("dibao", household_no="monk's family")
    town.draws("dibao", household_no="monk's family")
    away("left out, drawn for", "clergy", in_family, raised=True)
    away("long ago", "missing", town.draws("dibao"), raised=False, applied_on=date(2025, 5, 19))
    head, lost = town.person(), town.person()
    town.apply("before he was lost", head, lost, applied_on=date(2026, 1, 5))
    away("since he was lost", "missing", lost, raised=False, head=head)


def _parted(town: StoryTown) -> None:
    def divorce(name: str, day: date, *, raised: bool, kind: str = "离婚") -> None:
        someone = town.person()
        town.apply(name, someone)
        _marriage(town, someone, town.person(registered=False), registered_on=day, kind=kind)
        town.expect("P09", someone, raised=raised)

    divorce("first day", date(2025, 5, 1), raised=True)
    divorce("day before", date(2025, 4, 30), raised=False)
    divorce("last day", date(2026, 4, 30), raised=True)
    divorce("day of application", date(2026, 5, 1), raised=False)
    divorce("married", date(2026, 1, 1), raised=False, kind="结婚")
    pair = [town.person(), town.person()]
    town.apply("both still here", *pair)
    _marriage(town, *pair, registered_on=date(2026, 1, 1), kind="离婚")
    for month, raised in (
        (date(2025, 4, 1), False),
        (date(2025, 5, 1), True),
        (date(2026, 5, 1), False),
    ):
        someone = town.person()
        town.apply(f"sale {month}", someone)
        sale = {"item": "财产转让", "month": month, "payer": "示范公司", "amount": Decimal(90000)}
        town.add("tax.income", someone, **sale)
        town.expect("P09", someone, raised=raised)
    for name, day, again, raised in (
        ("gone", date(2025, 9, 1), False, True),
        ("of old", date(2019, 9, 1), False, False),
        ("new paper", date(2025, 9, 1), True, False),
    ):
        someone = town.person()
        town.apply(f"title {name}", someone)
        title = {"unit_no": name, "registered_on": day}
        town.add("housing.real_estate", someone, status="历史", **title)
        if again:
            town.add("housing.real_estate", someone, **title)
        town.expect("P09", someone, raised=raised)


def _marriage(town: Town, one: Person, other: Person, **row: Any) -> None:
    names = {
        "id_no_a": one.number,
        "name_a": one.name,
        "id_no_b": other.number,
        "name_b": other.name,
    }
    town.add("civil_affairs.marriage", **names, **row)


def _schools(town: StoryTown) -> None:
    for ownership, stage, status, leaves, raised in (
        ("民办", "初中", "在读", None, True),
        ("民办", "高中", "在读", AS_OF, True),
        ("公办", "初中", "在读", None, False),
        ("民办", "幼儿园", "在读", None, False),
        ("民办", "本科", "在读", None, False),
        ("民办", "小学", "毕业", None, False),
        ("民办", "高中", "在读", date(2026, 5, 19), False),
    ):
        pupil = town.draws("dibao", date(2010, 9, 1))
        enrolled = {"ownership": ownership, "stage": stage, "status": status, "leaves_on": leaves}
        town.add(ENROLMENT, pupil, **enrolled)
        town.expect("P10", pupil, raised=raised)
    orphan = town.draws("orphan", date(2010, 9, 1))
    town.add(ENROLMENT, orphan, ownership="民办", stage="初中")


def _birthdays(town: StoryTown) -> None:
    for programme, born, reviewed, raised in (
        ("dibao", date(2008, 5, 20), date(2026, 4, 1), True),
        ("dibao", date(2008, 5, 21), date(2026, 4, 1), False),
        ("dibao", date(2008, 4, 1), date(2026, 4, 1), False),  # reviewed on the day
        ("dibao", date(2008, 4, 2), date(2026, 4, 1), True),
        ("dibao", date(2007, 6, 1), None, True),  # never reviewed since 2024
        ("dibao", date(1966, 5, 1), date(2026, 4, 1), True),
        ("dibao", date(1961, 5, 1), date(2026, 4, 1), True),  # the region's own 65
        ("dibao", date(1956, 5, 1), date(2026, 4, 1), False),
        ("single_person", date(1946, 5, 1), date(2026, 4, 1), True),
        ("tekun", date(1956, 5, 1), date(2026, 4, 1), False),
        ("tekun", date(2008, 5, 1), date(2026, 4, 1), True),
        ("orphan", date(2008, 5, 1), date(2026, 4, 1), True),
        ("orphan", date(1966, 5, 1), date(2026, 4, 1), False),
        ("old_age", date(1946, 5, 1), date(2026, 4, 1), True),
        ("disability_living", date(2008, 5, 1), date(2026, 4, 1), False),
    ):
        someone = town.draws(programme, born, last_reviewed_on=reviewed)
        town.expect("H03", someone, raised=raised)
        if programme == "tekun" and born.year == 2008:
            town.add(ENROLMENT, someone, stage="高中")


def _grown(town: StoryTown) -> None:
    grown, since = date(2008, 1, 1), date(2020, 1, 1)

    def ward(born: date = grown, *, raised: bool, since: date = since) -> Person:
        someone = town.draws("tekun", born, from_month=since)
        town.expect("H04", someone, raised=raised)
        return someone

    ward(raised=True)
    for stage, status, raised in (
        ("中职", "在读", False),
        ("高中", "休学", False),
        ("高中", "毕业", True),
        ("本科", "在读", True),
    ):
        town.add(ENROLMENT, ward(raised=raised), stage=stage, status=status)
    for kind, grade, raised in (
        ("physical", 2, False),
        ("mental", 3, False),
        ("physical", 3, True),
    ):
        town.add(CERTIFICATE, ward(raised=raised), type=kind, grade=grade)
    ward(raised=False, since=date(2026, 2, 1))
    ward(date(2008, 5, 21), raised=False)


def _certificates(town: StoryTown) -> None:
    yesterday = date(2026, 5, 19)
    fine: dict[str, Any] = {"grade": 1}
    for programme, cards, raised in (
        ("disability_care", [{"status": "注销"}], True),
        ("disability_care", [{"status": "注销"}, fine], False),
        ("disability_living", [{"valid_to": yesterday}], True),
        ("disability_living", [{"valid_to": AS_OF}], False),
        ("disability_care", [{"grade": 3}], True),
        ("disability_care", [{"grade": 3, "type": "mental"}], False),
        ("disability_living", [{"grade": 4}], False),
        ("disability_living", [], False),
        ("single_person", [{"valid_to": yesterday}], True),
        ("dibao", [{"status": "注销"}], False),
    ):
        someone = town.draws(programme)
        for card in cards:
            town.add(CERTIFICATE, someone, **card)
        town.expect("H05", someone, raised=raised)
    ill = town.draws("single_person")
    town.add(CERTIFICATE, ill, status="注销")
    town.apply("ill", town.person())
    town.join("ill", ill, seriously_ill=True)
    for programme, grade, also, raised in (
        ("dibao", 2, None, True),
        ("single_person", 1, None, True),
        ("dibao_edge", 1, None, True),
        ("dibao", 1, "disability_care", False),
        ("dibao", 3, None, False),
        ("tekun", 1, None, False),
    ):
        someone = town.draws(programme)
        town.add(CERTIFICATE, someone, grade=grade)
        if also:
            town.add(BENEFIT, someone, programme=also, household_no=someone.number)
        town.expect("O05", someone, raised=raised)


def _clocks(town: StoryTown) -> None:
    for name, relieved, papers, raised in (
        ("due in five days", date(2026, 5, 15), None, True),
        ("due in seven days", date(2026, 5, 17), None, True),
        ("due in eight days", date(2026, 5, 18), None, False),
        ("done", date(2026, 5, 15), date(2026, 5, 18), False),
        ("overdue", date(2026, 5, 9), None, False),
    ):
        asked = {"programme": "temp_emergency", "relieved_on": relieved, "paperwork_on": papers}
        town.apply(name, town.person(), **asked)
        town.expect("A06", name, raised=raised)
    objection = {"objection_id": "Y1", "ground": "other", "raised_on": date(2026, 5, 13)}
    town.add("approval.objection", application_id="due in five days", **objection)


def _spending(town: StoryTown) -> None:
    for name, ended, asked, raised in (
        ("ended a year ago", date(2025, 5, 1), "dibao", True),
        ("ended before", date(2025, 4, 1), "dibao", False),
        ("ended last month", date(2026, 4, 1), "dibao", True),
        ("ends this month", date(2026, 5, 1), "dibao", False),
        ("asks for it", date(2026, 1, 1), "rigid", False),
    ):
        someone = town.draws("dibao", to_month=ended)
        town.add("approval.application", application_id=name, programme=asked)
        town.join(name, someone, relation="self", declared_wage=Decimal(15000))
        bill = {"total": Decimal(12000), "basic_paid": Decimal(0)}
        town.add("medical_insurance.settlement", someone, settled_on=date(2026, 1, 9), **bill)
        town.expect("O03", name, raised=raised)


STORIES: tuple[Callable[[StoryTown], None], ...] = (
    _obligors,
    _declared_away,
    _parted,
    _schools,
    _birthdays,
    _grown,
    _certificates,
    _clocks,
    _spending,
)
