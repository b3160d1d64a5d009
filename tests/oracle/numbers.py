"""Document numbers and names in the form in which they are compared (section 3)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache

import opencc

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
INTERPUNCTS = "·•‧∙・．.·●᛫⋅｡。ㆍ"
# Variant forms that traditional-to-simplified conversion leaves alone.
VARIANTS = str.maketrans("髙恵眞淸靑敎愼祿尙冨徳", "高惠真清青教慎禄尚富德")
_TO_SIMPLIFIED = opencc.OpenCC("t2s")


def check_digit(first17: str) -> str:
    """The 18th character of GB 11643."""
    return CHECK_DIGITS[sum(int(c) * w for c, w in zip(first17, WEIGHTS, strict=True)) % 11]


def number_text(number: str | None) -> str:
    """A number without spaces, width and case."""
    text = unicodedata.normalize("NFKC", number or "").upper()
    return re.sub(r"[\s'`]+", "", text)


@cache
def valid_number(number: str | None) -> str | None:
    """The valid 18-character number (15 digits upgraded), or None."""
    text = number_text(number)
    if re.fullmatch(r"[0-9]{15}", text):
        text = text[:6] + "19" + text[6:]
        text += check_digit(text)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text) or check_digit(text[:17]) != text[17]:
        return None
    return text if birth_inside(text) else None


def birth_inside(text: str) -> date | None:
    """The birth date in positions 7 to 14 of an 18-character number, valid or not."""
    if len(text) != 18 or not re.fullmatch(r"[0-9]{8}", text[6:14]):
        return None
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None


def sex_inside(valid: str) -> str:
    """男 for an odd 17th digit."""
    return "男" if int(valid[16]) % 2 else "女"


@cache
def name_form(name: str | None) -> str:
    """The normal form of a name: width, spaces, case, interpuncts, script and variant characters do not count."""
    text = unicodedata.normalize("NFKC", name or "").translate(dict.fromkeys(map(ord, INTERPUNCTS)))
    text = re.sub(r"\s+", "", text).upper()
    return str(_TO_SIMPLIFIED.convert(text)).translate(VARIANTS)


def differs_by_one_slip(left: str, right: str) -> bool:
    """Exactly one character differs, or two neighbours changed places."""
    if len(left) != len(right):
        return False
    at = [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
    if len(at) == 1:
        return True
    return (
        len(at) == 2
        and at[1] == at[0] + 1
        and left[at[0]] == right[at[1]]
        and left[at[1]] == right[at[0]]
    )


def fits_mask(masked: str, number: str) -> bool:
    """The visible characters of a masked number stand in the number at their places."""
    if "*" not in masked or sum(c.isdigit() for c in masked) < 4:
        return False
    if len(masked) == len(number):
        return all(m in ("*", c) for m, c in zip(masked, number, strict=True))
    head, tail = masked.split("*", 1)[0], masked.rsplit("*", 1)[1]
    return number.startswith(head) and number.endswith(tail)
