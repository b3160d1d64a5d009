"""Notes of published links in words: what each field said, what a rule or a clerk added. A note's codes are the program's own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from household.linkage.by_number import FORMER_NAME, FORMER_NUMBER, NAME_CONFLICT, ONLY_NUMBER
from household.linkage.honouring import OTHERS, SAID
from household.linkage.plans import plan_of

_WEIGHED = re.compile(r"([a-z_]+)([+-][0-9.]+)")
_REPAIR, _RUNNER_UP = "repair", "runner_up"
_DOUBT = tuple(text.split(" ")[0] for text in (NAME_CONFLICT, ONLY_NUMBER))
_BY_RULE = (*_DOUBT, *(text.split(" ")[0] for text in (FORMER_NUMBER, FORMER_NAME)))
_BY_CLERK = tuple(text.split(" ")[0] for text in (*SAID.values(), OTHERS))
_LEVELS = tuple(word for field in plan_of("").fields for word in field.handling.comparison.words)

OTHER = "other"
"""What stands for a note that is none of these, so that no raw text is shown."""

WORDS = (*_LEVELS, *_BY_RULE, *_BY_CLERK, _REPAIR, _RUNNER_UP, OTHER)
"""Every word that a note may come to; what it says stands in the words `links.said_…`."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a note says: a word of WORDS, with its weight in bits where it has one, and whether that speaks against the link."""

    word: str
    bits: str = ""

    @property
    def against(self) -> bool:
        """Whether it speaks against the link."""
        return self.bits.startswith("-") or self.word in _DOUBT


def read_note(note: str | None, *, blind: bool = False) -> tuple[Said, ...]:
    """What a published note says, in its order.

    Args:
        note: of `person_link`. blind: the reader is not to know what a clerk has said.
    """
    found: list[Said] = []
    for part in (note or "").split("; "):
        code = part.split(" ")[0].split("=")[0]
        if code in (*_BY_RULE, *_BY_CLERK):
            found.append(Said(code))
        elif code == _RUNNER_UP:
            found.append(Said(_RUNNER_UP, part.partition("=")[2]))
        elif part:
            told = [Said(word, bits) for word, bits in _WEIGHED.findall(part) if word in _LEVELS]
            told += [Said(_REPAIR)] if f"{_REPAIR}=" in part else []
            found += told or [Said(OTHER)]
    return tuple(one for one in found if not (blind and one.word in (*_BY_CLERK, OTHER)))
