"""Comparing identity numbers that do not both stand as valid and equal: slips, masks, lost tails, two valid numbers that differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.identity.masks import plain_mask
from household.identity.numbers import (
    CHECK_DIGITS,
    WEIGHTS,
    key_birth,
    key_sex,
    normal_number,
    number_keys,
)
from household.linkage.engine.levels import Comparison, Level, missing
from household.linkage.engine.mixing import coded
from household.linkage.engine.slips import (
    Codes,
    Counts,
    Flags,
    Rows,
    Texts,
    count_slips,
    equal_places,
    reversed_codes,
    text_codes,
)

if TYPE_CHECKING:
    import numpy.typing as npt

WIDTH = 20
_STAR = ord("*")
_CHECKS = np.array([ord(c) for c in CHECK_DIGITS], dtype=np.uint32)
_PLACEHOLDER = r"^(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|12345.*)$"
"""What is typed where a number must be given and none is known."""

_HIDING = r"[#×✱●•■□_?]"
"""What is printed over hidden digits beside the star (and beside X, see `_stars`)."""

LEVELS = Comparison(
    (
        missing("number_missing", "号码缺失"),
        Level("number_equal", "号码相同", 0.86, 1e-6, 5e-4, agrees=True),
        Level("number_one_slip", "号码差一处笔误", 0.04, 1e-5, 1e-4, agrees=True),
        Level(
            "visible_digits_agree", "可见位相同", 0.02, 1e-5, 1e-4,
            beside="visible_digits_contradict", agrees=True,
        ),
        Level("number_tail_lost", "号码末三位丢失，前十五位相同", 0.02, 4e-5, 1e-4, agrees=True),
        Level("number_two_slips", "号码差两处笔误", 6e-3, 5e-5, 5e-4),
        Level("number_head_equal", "地区与出生日期相同，其余不同", 4e-3, 4e-4, 4e-4),
        Level("number_unlike", "号码不同（其一无效）", 0.04, 0.1, 0.1),
        Level("visible_digits_contradict", "可见位不符", 2e-5, 0.02, 0.02),
        Level("numbers_differ", "两个有效号码不同", 4e-3, 0.87, 0.87),
    )
)  # fmt: skip
(
    _MISSING,
    EQUAL,
    ONE_SLIP,
    VISIBLE,
    TAIL_LOST,
    TWO_SLIPS,
    HEAD,
    UNLIKE,
    CONTRADICT,
    DIFFER,
) = range(10)

TELLING = (ONE_SLIP, TAIL_LOST)
"""Levels at which the digits say more than the birth date and the sex that stand inside the number, and these with it."""

HINTING = (TWO_SLIPS, HEAD)
"""Levels at which the digits say hardly more than the birth date inside the number: less than a date that is stated."""

FEWEST_BITS, TELLING_BITS = 11.0, 20.0
"""Bits of visible digits below which a mask is no reason to look at a pair, and from which it is one without a name beside it."""

_REGION, _BIRTH, _SERIAL = 0.7, 1.6, 3.0
"""Bits that a visible digit carries by its place: the region is shared by neighbours, the serial part by nobody."""
_PLACE_BITS = np.array([_REGION] * 6 + [_BIRTH] * 8 + [_SERIAL] * 4 + [0.0] * (WIDTH - 18))
_TENTHS = np.rint(_PLACE_BITS * 10).astype(np.int64)
"""The same in whole tenths: a sum of them is exact, so that a pair has the same bits alone as among a million."""


@dataclass(frozen=True)
class Numbers:
    """Numbers of one side.

    Attributes:
        key: identity key, 0 where the number is not valid. text: codes, of a valid number all 18 characters.
        given: whether there is anything to compare. masked: whether places are hidden. head, tail: visible characters before
            the first and behind the last hidden one. damaged: at, text: what is neither valid nor masked, in normal form.
    """

    key: npt.NDArray[np.int64]
    text: Texts
    given: Flags
    masked: Flags
    head: Counts
    tail: Counts
    damaged: pl.DataFrame

    def since(self, start: int) -> Numbers:
        """The numbers of the lines from one on."""
        behind = self.damaged.filter(pl.col("at") >= start).with_columns(pl.col("at") - start)
        return Numbers(
            self.key[start:],
            Texts(self.text.front[start:], self.text.length[start:]),
            self.given[start:],
            self.masked[start:],
            self.head[start:],
            self.tail[start:],
            behind,
        )


@cache
def _fillers() -> pl.Series:
    """Keys of what is typed where a number must be given, and happens to hold as one: 1 fifteen times over."""
    typed = [str(digit) * length for digit in range(10) for length in (15, 18)]
    return number_keys(pl.Series(typed)).drop_nulls()


def usable_keys(keys: pl.Series) -> pl.Series:
    """Identity keys without those of fillers."""
    filler = keys.is_in(_fillers().implode())
    return keys.to_frame("key").select(pl.when(~filler).then("key").alias(keys.name)).to_series()


def encode_numbers(texts: pl.Series, keys: pl.Series | None = None) -> Numbers:
    """Numbers as sent; `keys` where they are known already."""
    key = coded(usable_keys(number_keys(texts) if keys is None else keys))
    front = np.zeros((len(key), WIDTH), dtype=np.uint32)
    length = np.full(len(key), 18, dtype=np.int64)
    valid, others = np.flatnonzero(key), np.flatnonzero(key == 0)
    front[valid, :18] = digits_of(key[valid])
    text, codes, given = _read(texts.gather(pl.Series(others)))
    front[others], length[others] = codes.front, codes.length
    stars = np.zeros_like(front, dtype=bool)
    stars[others] = _stars(codes.front)
    front[stars] = _STAR
    places = np.arange(WIDTH)
    head = np.where(stars, places, WIDTH).min(axis=1).astype(np.int64)
    last = np.where(stars, places, -1).max(axis=1)
    there = np.ones(len(key), dtype=bool)
    there[others] = given
    masked = np.asarray(stars.any(axis=1))
    damaged = given & ~masked[others]
    return Numbers(
        key=key,
        text=Texts(front, length),
        given=there,
        masked=masked,
        head=head,
        tail=np.maximum(length - 1 - last, 0),
        damaged=pl.DataFrame({"at": others, "text": text}).filter(pl.Series(damaged)),
    )


def digits_of(keys: npt.NDArray[np.int64]) -> Codes:
    """Codes of the 18 characters that keys stand for."""
    digits = np.empty((len(keys), 18), dtype=np.uint32)
    left = keys.copy()
    total = np.zeros(len(keys), dtype=np.int64)
    for place in range(16, -1, -1):
        left, digit = np.divmod(left, 10)
        total += digit * WEIGHTS[place]
        digits[:, place] = digit + 48
    digits[:, 17] = _CHECKS[total % 11]
    return digits


def _read(texts: pl.Series) -> tuple[pl.Series, Texts, Flags]:
    """Texts that are no valid numbers: normal form, codes, and whether there is anything to compare."""
    plain = normal_number(pl.col("text").str.slice(0, 64))
    text = texts.cast(pl.String).alias("text").to_frame().select(plain)["text"]
    digits = text.str.count_matches(r"[0-9]")
    given = ((digits >= 4) & ~text.str.contains(_PLACEHOLDER)).fill_null(value=False)
    shown = _lengthened(text)
    return text, text_codes(shown, WIDTH), given.to_numpy().astype(bool)


def _lengthened(texts: pl.Series) -> pl.Series:
    """Numbers of which something is hidden or lost, in 18 places with stars for it where that can be told.

    A spreadsheet keeps the beginning and rounds the last digit it shows (9.9010E+17); a narrow field keeps the beginning.
    """
    odd = texts.str.contains(r"[^0-9X]|X.|^[0-9]{8,14}$").fill_null(value=False).arg_true()
    if not len(odd):
        return texts
    text = pl.col("text")
    rounded = text.str.extract(r"^([0-9]\.[0-9]+)[0-9]E\+17$").str.replace(".", "", literal=True)
    begun = pl.when(text.str.contains(r"^[0-9]{8,14}$")).then(text)
    starred = text.str.replace_all(_HIDING, "*")
    shown = pl.coalesce(
        pl.coalesce(rounded, begun).str.pad_end(18, "*"), plain_mask(starred), starred
    )
    return texts.scatter(odd, texts.gather(odd).alias("text").to_frame().select(shown).to_series())


def _stars(front: Codes) -> Flags:
    """Places that are hidden: by a star, or by one of several X on end; a single X is a check character, wherever it slipped to."""
    stars: Flags = front == _STAR
    crossed = front == ord("X")
    beside = np.zeros_like(crossed)
    beside[:, 1:] |= crossed[:, :-1]
    beside[:, :-1] |= crossed[:, 1:]
    hidden: Flags = stars | (crossed & beside)
    return hidden


def inside(numbers: pl.Series) -> pl.DataFrame:
    """What is inside (birth as Date, sex 男 or 女) of valid numbers, given as text or as identity keys; a damaged number's cannot be relied on."""
    key = pl.col("key")
    keys = numbers if numbers.dtype == pl.Int64 else number_keys(numbers.cast(pl.String))
    held = keys.alias("key").to_frame()
    return held.select(key_birth(key).alias("birth"), key_sex(key).alias("sex"))


def compare_numbers(
    left: Numbers, li: Rows, right: Numbers, ri: Rows
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Level of each pair, and of `visible_digits_agree` how often strangers agree so far (else NaN)."""
    codes = np.full(len(li), UNLIKE, dtype=np.uint8)
    chance = np.full(len(li), np.nan)
    lk, rk = left.key[li], right.key[ri]
    given = left.given[li] & right.given[ri]
    either = left.masked[li] | right.masked[ri]
    written = np.flatnonzero(given & ~left.masked[li] & ~right.masked[ri] & ((lk == 0) | (rk == 0)))
    codes[written] = _compare_written(left.text, li[written], right.text, ri[written])
    hidden = np.flatnonzero(given & either)
    if len(hidden):
        agree, bits = _visible(left, li[hidden], right, ri[hidden])
        codes[hidden] = np.where(agree, VISIBLE, CONTRADICT)
        chance[hidden] = np.where(agree, 2.0**-bits, np.nan)
    codes[(lk != 0) & (rk != 0)] = DIFFER
    codes[(lk != 0) & (lk == rk)] = EQUAL
    codes[~given] = _MISSING
    return codes, chance


def _compare_written(left: Texts, li: Rows, right: Texts, ri: Rows) -> npt.NDArray[np.uint8]:
    """Level of pairs of which nothing is hidden and one at least is not valid."""
    codes = np.full(len(li), UNLIKE, dtype=np.uint8)
    slips = count_slips(left, li, right, ri)
    la, lb = left.length[li], right.length[ri]
    full = (la == 18) & (lb == 18)
    codes[full & slips.two_in_place] = TWO_SLIPS
    codes[full & (slips.prefix >= 14)] = HEAD
    lost = _tail_lost(left, li) | _tail_lost(right, ri)
    codes[full & (slips.prefix >= 15) & lost] = TAIL_LOST
    codes[slips.one] = ONE_SLIP
    codes[(la == lb) & (slips.prefix == la)] = EQUAL
    return codes


def birth_bits(left: Numbers, li: Rows, right: Numbers, ri: Rows) -> npt.NDArray[np.float64]:
    """Bits of what is visible that the birth date and the sex inside the number carry, for pairs whose visible digits agree."""
    hidden_left = left.masked[li]
    a, b = left.text.front[li], right.text.front[ri]
    shown = (a != _STAR) & (b != _STAR) & (a == b)
    in_place = (shown[:, 6:14] @ _TENTHS[6:14]) / 10
    head = np.where(hidden_left, left.head[li], right.head[ri])
    ends = np.clip(head - 6, 0, 8) * _BIRTH
    same: npt.NDArray[np.float64] = np.where(
        left.text.length[li] == right.text.length[ri], in_place, ends
    )
    return same


def _shorter(left: Numbers, li: Rows, right: Numbers, ri: Rows, end: str) -> Counts:
    """Visible characters at one end: of the masked number, of two masked ones the fewer."""
    one = np.where(left.masked[li], getattr(left, end)[li], WIDTH)
    other = np.where(right.masked[ri], getattr(right, end)[ri], WIDTH)
    fewer: Counts = np.minimum(one, other)
    return fewer


def visible_bits(head: Counts, tail: Counts) -> npt.NDArray[np.float64]:
    """Bits that the first `head` and the last `tail` characters of a number carry."""
    from_front = np.concatenate([[0.0], np.cumsum(_PLACE_BITS[:18])])
    from_back = np.concatenate([[0.0], np.cumsum(_PLACE_BITS[:18][::-1])])
    bits: npt.NDArray[np.float64] = (
        from_front[np.minimum(head, 18)] + from_back[np.minimum(tail, 18)]
    )
    return bits


def _tail_lost(text: Texts, at: Rows) -> Flags:
    zeros: Flags = (text.front[at, 15:18] == ord("0")).all(axis=1)
    return zeros


def _visible(
    left: Numbers, li: Rows, right: Numbers, ri: Rows
) -> tuple[Flags, npt.NDArray[np.float64]]:
    """Whether what is visible on both sides agrees, and the bits that it carries."""
    a, b = left.text.front[li], right.text.front[ri]
    la, lb = left.text.length[li], right.text.length[ri]
    shown = (a != _STAR) & (b != _STAR) & (a != 0) & (b != 0)
    in_place = (equal_places(a, b) | ~shown).all(axis=1) & (la == lb)
    bits = (((a == b) & shown) @ _TENTHS) / 10
    # A mask of another length than what it hides: compare what stands before it and what stands behind it.
    head, tail = (_shorter(left, li, right, ri, end) for end in ("head", "tail"))
    back_a, back_b = reversed_codes(a, la), reversed_codes(b, lb)
    front_run = np.logical_and.accumulate(equal_places(a, b), axis=1).sum(axis=1)
    back_run = np.logical_and.accumulate(equal_places(back_a, back_b), axis=1).sum(axis=1)
    ends = (front_run >= head) & (back_run >= tail) & (la != lb)
    return in_place | ends, np.where(in_place, bits, visible_bits(head, tail))
