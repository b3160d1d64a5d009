"""Bad values made fit to be shown: enough to find the cell, never a personal value.

A row can be out of step with its columns, so a number of somebody may stand under a harmless title: long digit runs and
Chinese words are covered in every column.
"""

from __future__ import annotations

import re

from household.schema.column import Column, Kind

SHOWN = 40
_LONG_DIGITS = re.compile(r"[0-9A-Za-z*]{9,}")
_WORD = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{2,}")
_UNITS = re.compile(r"[年月日元万]+")


def mask_value(column: Column, text: str | None) -> str | None:
    """A showable form of a cell, None for an empty one.

    Numbers of persons keep at most their first 3 and last 2 characters, words their first one; other values are cut to 40
    characters.
    """
    if text is None or not text.strip():
        return None
    value = text.strip()
    if column.personal or column.kind in (Kind.ID_NO, Kind.TEXT):
        return _mask_number(value) if any(c.isdigit() for c in value) else f"{value[0]}*"
    value = value[:SHOWN]
    value = _LONG_DIGITS.sub(lambda m: _mask_number(m[0]), value)
    if _UNITS.sub("", value) != value and not _WORD.search(_UNITS.sub("", value)):
        return value
    return _WORD.sub(lambda m: f"{m[0][0]}*", value)


def _mask_number(value: str) -> str:
    if len(value) < 8:
        return f"{value[0]}*"
    return f"{value[:3]}***{value[-2:]}"
