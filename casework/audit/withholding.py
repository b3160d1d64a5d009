"""What must not get into the log under the name of an id: a stranger may type anything into an address line, and the look is still recorded."""

from __future__ import annotations

import re
import unicodedata

from household.identity.numbers import check_digit

WITHHELD = "[withheld]"
"""Stands where an id was given that looks like a person's number or is no id at all; the value itself is not kept."""

MOST_ID = 128
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])([1-9]\d{5}((?:18|19|20)\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})([0-9Xx])(?![0-9A-Za-z])"
)
_OLD_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9A-Za-z])"
)
_CALLED = re.compile(r"(?<![0-9A-Za-z])(?:(?:\+?86)?1[3-9]\d{9}|62\d{14,17})(?![0-9A-Za-z])")
"""A mobile telephone, a bank card."""
FIRST_APPLICATIONS = 2016
"""Applications are often numbered by region, day and serial: eighteen digits that begin like an identity number. One in eleven
of them would pass its check; of these the ones with a day of this year or later are kept as applications."""


def kept_id(text: str, *, kind: str = "") -> str:
    """The text as an id may be kept, or WITHHELD. `kind`: what the id is of, where that is known."""
    if not text:
        return ""
    if len(text) > MOST_ID or not text.isprintable():
        return WITHHELD
    plain = unicodedata.normalize("NFKC", text)
    if not any(ch.isdigit() for ch in plain):
        return text
    if _CALLED.search(plain) or _OLD_IDENTITY.search(plain) or _is_identity(plain, kind):
        return WITHHELD
    return text


def _is_identity(plain: str, kind: str) -> bool:
    for found in _IDENTITY.finditer(plain):
        if kind == "application" and int(found[2]) >= FIRST_APPLICATIONS:
            continue
        if check_digit(found[1]) == found[3].upper():
            return True
    return False
