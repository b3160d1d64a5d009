"""Fictitious numbers with true check digits.

Citizen numbers (GB 11643) and credit codes (GB 32100), whole columns at a time.

Region codes begin with 99, which GB/T 2260 does not give to anybody.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from household.identity.numbers import CHECK_DIGITS, WEIGHTS
from synthetic.draws import Array, codes

AREAS = (990101, 990102, 990103, 990203, 991122)
AREA_WEIGHTS = (0.78, 0.07, 0.06, 0.05, 0.04)

_POWERS = 10 ** np.arange(16, -1, -1, dtype=np.int64)
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)], dtype=np.int64)
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def number_sequences(area: Array, birth: Array, *, male: Array) -> Array:
    """Three-digit sequences, odd for men, that make area + birth + sequence unique.

    Raises:
        ValueError: more than 500 people of one sex share area and day of birth.

    """
    days = birth.astype("datetime64[D]").astype(np.int64)
    group = (area * 100_000 + days) * 2 + male
    order = np.argsort(group, kind="stable")
    sorted_group = group[order]
    first = np.r_[True, sorted_group[1:] != sorted_group[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - start
    if len(rank) and rank.max() >= 500:
        raise ValueError("too many people share area and day of birth: ask for fewer people")
    # the start inside the 500 differs by day, so that sequences are not all small
    base = (area * 7919 + days * 104_729) % 500
    return (base + rank) % 500 * 2 + male


def identity_numbers(area: Array, birth: Array, *, sequence: Array) -> pl.Series:
    """18-character numbers of area code, day of birth and three-digit sequence."""
    return complete_numbers((area * 10**8 + compact_days(birth)) * 1000 + sequence)


def complete_numbers(first17: Array) -> pl.Series:
    """18-character numbers of the first 17 digits as integers."""
    digits = first17.astype(np.int64)[:, None] // _POWERS % 10
    check = pl.Series(list(CHECK_DIGITS)).gather(digits @ WEIGHTS % 11)
    return pl.Series(first17.astype(np.int64)).cast(pl.String) + check


def compact_days(days: Array) -> Array:
    """Days as integers yyyymmdd."""
    months = days.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (days.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
    compact: Array = year * 10_000 + month * 100 + day
    return compact


def credit_codes(kind: str, serials: Array) -> pl.Series:
    """18-character unified social credit codes of region 990101.

    `kind` is the registering body and organisation class (`91` enterprise, `92` individual
    business, `93` farmers' cooperative, `12` public institution); both the organisation's and the
    whole code's check characters hold.
    """
    organisation = codes("MA", serials, width=6)
    values = _alphabet_values(organisation, 8, alphabet=_ORGANISATION_ALPHABET)
    remainder = 11 - values @ _ORGANISATION_WEIGHTS % 11
    body = f"{kind}990101" + organisation + pl.Series(list(" 123456789X0")).gather(remainder)
    total = _alphabet_values(body, 17, alphabet=_USCC_ALPHABET) @ _USCC_WEIGHTS % 31
    return body + pl.Series(list(_USCC_ALPHABET)).gather((31 - total) % 31)


def _alphabet_values(texts: pl.Series, width: int, *, alphabet: str) -> Array:
    """Rows x width positions of the characters in the alphabet."""
    table = np.full(128, -1, dtype=np.int64)
    table[[ord(c) for c in alphabet]] = np.arange(len(alphabet))
    joined = "".join(texts.to_list())
    return table[np.frombuffer(joined.encode("ascii"), dtype=np.uint8)].reshape(-1, width)
