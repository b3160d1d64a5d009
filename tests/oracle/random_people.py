"""People of a random county: numbers, names, and the ways in which a source writes them down wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .numbers import check_digit

if TYPE_CHECKING:
    from random import Random

SURNAMES = "王李张刘陈杨黄赵周吴"
GIVEN = ["建国", "秀英", "伟", "芳", "桂兰", "志强", "静", "雨桐", "思远", "红梅"]
LONG_NAMES = ["阿卜杜拉·买买提", "古丽娜尔·艾山", "扎西·次仁"]
TRADITIONAL = str.maketrans("张刘陈杨黄赵吴", "張劉陳楊黃趙吳")
SIMPLE_DOTS = "•．・‧"


@dataclass(frozen=True)
class Someone:
    """A made-up person."""

    number: str
    name: str
    sex: str
    birth: date


class People:
    """Makes persons with numbers that are never given twice."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.serial = 0
        self.given: set[str] = set()
        self.former: dict[str, str] = {}
        self.misdescribed: set[str] = set()

    def make(self, region: str, birth: date | None = None) -> Someone:
        """A person of an area; the birth date where it matters."""
        rng = self.rng
        self.serial += 1
        birth = birth or date(1935, 1, 1) + timedelta(days=rng.randrange(33000))
        number = self._number(region, birth)
        if rng.random() < 0.1:
            name = rng.choice(LONG_NAMES)
        else:
            name = rng.choice(SURNAMES) + rng.choice(GIVEN)
        return Someone(number, name, "男" if int(number[16]) % 2 else "女", birth)

    def _number(self, region: str, birth: date) -> str:
        """The next number of a place and day that nobody has."""
        serial = self.serial
        while (first17 := f"99{region[2:6]}{birth:%Y%m%d}{serial % 1000:03d}") in self.given:
            serial += 1
        self.given.add(first17)
        return first17 + check_digit(first17)

    def spelled(self, person: Someone) -> tuple[str, str]:
        """Number and name as some source writes them: mostly right."""
        rng, draw = self.rng, self.rng.random()
        number, name = person.number, person.name
        if number in self.former and rng.random() < 0.5:
            return self.former[number], name
        if number in self.misdescribed and rng.random() < 0.5:
            return number, rng.choice(SURNAMES) + "某"
        if draw < 0.80:
            return number, name
        if draw < 0.86:
            variant = name.translate(TRADITIONAL).replace("·", rng.choice(SIMPLE_DOTS))
            return number, rng.choice([variant, f"{name[0]} {name[1:]}"])
        if draw < 0.89 and person.birth.year < 2000:
            return number[:6] + number[8:17], name
        if draw < 0.92:
            return number, rng.choice(SURNAMES) + rng.choice(GIVEN)
        if draw < 0.94:
            return number[:6] + "********" + number[14:], name
        if draw < 0.96:
            return self.slipped(number), name
        if draw < 0.97:
            return f"{number[0]}.{number[1:6]}E+17", name
        return number.lower() + " ", name

    def slipped(self, number: str) -> str:
        """One digit wrong, or two neighbours changed; it fails its check digit."""
        at = self.rng.randrange(6, 16)
        if self.rng.random() < 0.5 and number[at] != number[at + 1]:
            return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        other = str((int(number[at]) + self.rng.randrange(1, 10)) % 10)
        return number[:at] + other + number[at + 1 :]
