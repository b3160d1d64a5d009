"""Texts of strangers made fit for print: what cannot be seen is shown by its code point, so that nothing hides on the page."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 4000
"""Characters of one text that are printed; a report is no place for a book in one cell."""

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
_SPACES = re.compile(r"[ \t\r\n\v\f\u2028\u2029]+")
_HOLDS = frozenset("\u200c\u200d")
"""Joiners of Arabic and Indic scripts: they change the shape of what stands beside them and belong to names."""


def printable(text: str, unshown: frozenset[str] = frozenset()) -> str:
    """A text as it is printed, on one line.

    Controls, direction marks, private and unassigned characters and those of `unshown` stand as 〔U+1234〕. A text longer
    than LONGEST is cut, and says so.
    """
    plain = _SPACES.sub(" ", text).strip()
    if len(plain) > LONGEST:
        plain = f"{plain[:LONGEST]}……（过长，此处从略）"
    return "".join(_told(c, unshown) for c in plain)


def _told(character: str, unshown: frozenset[str]) -> str:
    hidden = unicodedata.category(character) in _UNSEEN and character not in _HOLDS
    return f"〔U+{ord(character):04X}〕" if hidden or character in unshown else character
