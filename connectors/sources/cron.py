"""Cron in five fields: numbers, names, lists, ranges and steps. Nothing that one scheduler knows and another does not (`L`, `#`, `@daily`)."""

from __future__ import annotations

import re
from calendar import monthrange

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS: tuple[tuple[str, int, int, list[str]], ...] = (
    ("分", 0, 59, []),
    ("时", 0, 23, []),
    ("日", 1, 31, []),
    ("月", 1, 12, _MONTHS),
    ("星期", 0, 7, _DAYS),
)
_ITEM = re.compile(r"(\*|[0-9a-z]{1,3})(?:-([0-9a-z]{1,3}))?(?:/([0-9]{1,2}))?")


def cron_mistake(said: str) -> str | None:
    """What is wrong with a cadence, in Chinese; None when it can be kept."""
    words = said.lower().split()
    if len(words) != len(_FIELDS):
        return "cron 须为五段（分 时 日 月 星期），例如 0 2 * * *"
    told: list[set[int]] = []
    for word, (title, least, most, names) in zip(words, _FIELDS, strict=True):
        values = _values(word, least, most, names)
        if values is None:
            return f"cron 的“{title}”一段写法有误（{least} 至 {most}）"
        told.append(values)
    days, months = told[2], told[3]
    if words[4] == "*" and not any(min(days) <= monthrange(2024, m)[1] for m in months):
        return "cron 所指的日期不存在"
    return None


def _values(word: str, least: int, most: int, names: list[str]) -> set[int] | None:
    """The numbers that one field stands for; None when it is not well written."""
    values: set[int] = set()
    for item in word.split(","):
        match = _ITEM.fullmatch(item)
        if match is None:
            return None
        first, last, step = match.groups()
        if first == "*":
            if last is not None:
                return None
            low, high = least, most
        else:
            told = [_number(text, least, names) for text in (first, last or first)]
            if None in told or (step and last is None):
                return None
            low, high = (t for t in told if t is not None)
        if not least <= low <= high <= most or (step is not None and int(step) < 1):
            return None
        values.update(range(low, high + 1, int(step or 1)))
    return values


def _number(text: str, least: int, names: list[str]) -> int | None:
    if text.isascii() and text.isdigit():
        return int(text)
    return names.index(text) + least if text in names else None
