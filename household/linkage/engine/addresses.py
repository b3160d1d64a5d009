"""Comparing addresses: the place (road, estate, village) and the numbers behind it, however the rest is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.linkage.engine.levels import Comparison, Level, missing
from household.linkage.engine.mixing import hashed

if TYPE_CHECKING:
    import numpy.typing as npt

    from household.linkage.engine.slips import Rows

LEVELS = Comparison(
    (
        missing("address_missing", "地址缺失"),
        Level("address_equal", "地址相同", 0.6, 1e-4, 0.6, by_value="address", agrees=True),
        Level("address_same_door", "同一处、门牌号部分相同", 0.1, 1e-3, 0.1),
        Level("address_same_place", "同一道路或村，门牌号不同", 0.05, 5e-3, 0.05),
        Level("address_differs", "地址不同", 0.25, 0.99, 0.25),
    )
)
_MISSING, EQUAL, DOOR, PLACE, DIFFERS = range(5)

_ABOVE = r"^[^0-9]*(?:[省市县区镇乡旗盟州]|街道|苏木|自治区|办事处)"
"""Everything down to the town, the last name of an area before the first number."""

_NUMERALS = "一二三四五六七八九"


def _spelt(number: int) -> str:
    """A number from 1 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    leading = ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" if tens else ""
    return leading + (_NUMERALS[ones - 1] if ones else "")


_REWRITTEN = {
    **{f"第{_spelt(n)}村民小组": f"{n}组" for n in range(40, 0, -1)},
    **{f"第{_spelt(n)}组": f"{n}组" for n in range(40, 0, -1)},
    **{f"{_spelt(n)}组": f"{n}组" for n in range(40, 0, -1)},
    "村民委员会": "村", "村委会": "村", "村民小组": "组",
    "小区": "小囗", "社区": "社囗", "开发区": "开发囗", "市场": "囗场",
}  # fmt: skip
"""One way to write a group of a village; and signs of an area inside places that are none, put out of sight."""


@dataclass(frozen=True)
class Addresses:
    """Addresses of one side: hashes of the place, of all numbers behind it, of the first and of the last of them; 0 where there is none."""

    place: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    value: pl.Series

    def __len__(self) -> int:
        return len(self.place)


def encode_addresses(texts: pl.Series) -> Addresses:
    """Addresses read into place and numbers. What stands above the town is left out: every department writes it differently."""
    distinct = texts.cast(pl.String).drop_nulls().unique().to_frame("sent")
    plain = (
        pl.col("sent")
        .str.slice(0, 100)
        .str.normalize("NFKC")
        .str.replace_many(list(_REWRITTEN), list(_REWRITTEN.values()), leftmost=True)
        .str.replace(_ABOVE, "")
    )
    read = distinct.with_columns(plain.alias("text")).select(
        "sent",
        pl.col("text").str.extract(r"^[^\p{Han}0-9]*(\p{Han}+)").alias("place"),
        pl.col("text").str.extract_all(r"[0-9]+").list.join("-").alias("numbers"),
    )
    there = (pl.col("place").str.len_chars() > 0) | (pl.col("numbers").str.len_chars() > 0)
    read = read.with_columns(
        pl.when(there)
        .then(pl.concat_str(pl.col("place").fill_null(""), pl.lit("|"), "numbers"))
        .alias("value")
    )
    held = (
        texts.cast(pl.String)
        .alias("sent")
        .to_frame()
        .join(read, on="sent", how="left", maintain_order="left")
    )
    numbers = held["numbers"].replace("", None)
    return Addresses(
        hashed(held["place"]),
        hashed(numbers),
        hashed(numbers.str.extract(r"^([0-9]+)")),
        hashed(numbers.str.extract(r"([0-9]+)$")),
        held["value"],
    )


def compare_addresses(
    left: Addresses, li: Rows, right: Addresses, ri: Rows
) -> npt.NDArray[np.uint8]:
    """Level of each pair."""
    place_a, place_b = left.place[li], right.place[ri]
    numbers_a, numbers_b = left.numbers[li], right.numbers[ri]
    codes = np.full(len(li), DIFFERS, dtype=np.uint8)
    same = (place_a == place_b) & (place_a != 0)
    codes[same] = PLACE
    for one, other in (
        (left.first, right.first),
        (left.last, right.last),
        (left.first, right.last),
        (left.last, right.first),
    ):
        codes[same & (one[li] == other[ri]) & (one[li] != 0)] = DOOR
    codes[(place_a == place_b) & (numbers_a == numbers_b)] = EQUAL
    nothing_a, nothing_b = (place_a == 0) & (numbers_a == 0), (place_b == 0) & (numbers_b == 0)
    codes[nothing_a | nothing_b] = _MISSING
    return codes
