"""What of a personal value may be shown: enough to find the row with the paper in hand, never enough to know the person.

Masks only; which columns are personal stands in the declarations. Everything here works on text as sent, readable or not,
because most of what is shown masked is shown because it could not be read.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import polars as pl

from household.schema.column import Column, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HIDDEN = "＊"
OPEN_CHARACTERS = 40  # of a value that is not personal

_STAR = "*"
_BIRTH_YEAR = re.compile(r"^\s*((?:19|20)\d{2})")
# A cell of another column's content: a number as long as a telephone's, an identity's or an account's.
_LONG_NUMBER = re.compile(r"[0-9A-Za-z*＊]*[0-9]{7,}[0-9A-Za-z*＊]*")
# The same where dates and amounts are at home: eight figures are a day.
_LONGER_NUMBER = re.compile(r"[0-9A-Za-z*＊]*[0-9]{9,}[0-9A-Za-z*＊]*")
_LOOKED_AT = 200  # characters of a cell; the rest is never shown, and searching stays cheap
# What a number, an amount, a date or a truth value is written with; anything else there may be a name.
_FIGURES = re.compile(
    r"[\s0-9０-９.,，．:：/+\-－%％¥￥()（）年月日号元万亿角分是否YNyn]|true|false", re.I
)
_FIGURE_KINDS = frozenset(
    {Kind.DATE, Kind.MONTH, Kind.YUAN, Kind.WAN_YUAN, Kind.NUM, Kind.INT, Kind.BOOL}
)


def mask_id_no(value: str) -> str:
    """The first three and the last two characters; the region's county and the birth date stay hidden.

    Shorter than eight characters, nothing but the first is shown.
    """
    text = value.strip()
    if len(text) < 8:
        return text[:1] + _STAR * max(len(text) - 1, 1)
    return f"{text[:3]}{_STAR * (len(text) - 5)}{text[-2:]}"


def mask_name(value: str) -> str:
    """The first character; of a name with an interpunct that is the first character of its first part.

    A name of one character is hidden whole, and the mask does not tell how long the name is.
    """
    text = value.strip()
    return HIDDEN if len(text) < 2 else text[0] + HIDDEN


def mask_account(value: str) -> str:
    """The last four characters, as banks themselves print; of eight or fewer, none."""
    text = value.strip()
    return _STAR * 4 + (text[-4:] if len(text) > 8 else "")


def mask_phone(value: str) -> str:
    """The first three and the last two digits."""
    return mask_id_no(value)


def mask_address(value: str) -> str:
    """The first three characters, which name a province or county at most; of six or fewer, the first."""
    text = value.strip()
    return text[: 3 if len(text) > 6 else 1] + HIDDEN


def mask_birth_date(value: str) -> str:
    """The year, where the text starts with one."""
    year = _BIRTH_YEAR.match(value)
    return f"{year.group(1)}-**-**" if year else HIDDEN


def mask_open(value: str) -> str:
    """A value that is not personal, cut to 40 characters, with any number in it that is long enough to be a person's masked."""
    return _mask_numbers(value, _LONG_NUMBER)


def mask_cell(value: str, column: Column) -> str:
    """A cell as it may be shown of that column, whatever stands in it.

    In a column of figures, dates or truth values, text is taken for a name that slipped into the wrong column.
    """
    return choose_mask(column)(value)


def mask_series(values: pl.Series, column: Column) -> pl.Series:
    """`mask_cell` on a String series; null stays null."""
    return _map_texts(values, choose_mask(column))


def mask_id_numbers(values: pl.Series) -> pl.Series:
    """`mask_id_no` on a String series; null stays null."""
    return _map_texts(values, mask_id_no)


def mask_names(values: pl.Series) -> pl.Series:
    """`mask_name` on a String series; null stays null."""
    return _map_texts(values, mask_name)


def choose_mask(column: Column) -> Callable[[str], str]:
    """The mask of a declared column: by its kind, by whether it is personal, and by what its name says it holds."""
    if column.kind is Kind.ID_NO:
        return mask_id_no
    if not column.personal:
        return _mask_figures if column.kind in _FIGURE_KINDS else mask_open
    if column.kind is Kind.DATE:
        return mask_birth_date
    for part, mask in _PERSONAL_TEXTS:
        if part in column.name:
            return mask
    return mask_name


_PERSONAL_TEXTS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("account_holder", mask_name),
    ("account", mask_account),
    ("phone", mask_phone),
    ("address", mask_address),
    ("_no", mask_id_no),
)


def _mask_figures(value: str) -> str:
    if _FIGURES.sub("", value[:_LOOKED_AT]):
        return mask_name(value)
    return _mask_numbers(value, _LONGER_NUMBER)


def _mask_numbers(value: str, number: re.Pattern[str]) -> str:
    # Full-width figures are figures too: NFKC first, and what is shown is the plain form.
    plain = unicodedata.normalize("NFKC", value[:_LOOKED_AT]).strip()
    text = number.sub(lambda found: mask_id_no(found.group()), plain)
    return text if len(text) <= OPEN_CHARACTERS else text[: OPEN_CHARACTERS - 1] + "…"


def _map_texts(values: pl.Series, mask: Callable[[str], str]) -> pl.Series:
    shown: Iterable[str | None] = (None if v is None else mask(v) for v in values.to_list())
    return pl.Series(values.name, list(shown), dtype=pl.String)
