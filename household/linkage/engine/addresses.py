"""Comparing addresses: the place (road, estate, village) and the numbers behind it, however the rest is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from household.linkage.engine.levels import Comparison, Level, missing

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

_ABOVE = r"^.*?(?:省|自治区|特别行政区)|^[^省县区镇乡路街村0-9]{2,8}?(?:市|州|盟)|^[^镇乡路街村0-9]{2,8}?(?:县|区|旗|市)"
_TOWN = r"^[^路街村0-9]{1,8}?(?:街道办事处|街道|镇|乡|苏木)"
_PLACE = r"^(.*?(?:路|大街|街|巷|胡同|大道|村|社区|小区|花园|苑|里|嘎查|屯|庄))"


@dataclass(frozen=True)
class Addresses:
    """Addresses of one side: hashes of the place and of all numbers behind it, the first of the numbers; 0 where there is none."""

    place: npt.NDArray[np.uint64]
    numbers: npt.NDArray[np.uint64]
    first: npt.NDArray[np.uint64]
    value: pl.Series

    def __len__(self) -> int:
        return len(self.place)


def encode_addresses(texts: pl.Series) -> Addresses:
    """Addresses read into place and numbers. What stands above the town is left out: every department writes it differently."""
    distinct = texts.cast(pl.String).drop_nulls().unique().to_frame("sent")
    plain = pl.col("sent").str.normalize("NFKC").str.replace_all(r"[\s,.;:()\-#]+", "-")
    read = (
        distinct.with_columns(plain.str.slice(0, 100).alias("text"))
        .with_columns(pl.col("text").str.replace(_ABOVE, "").alias("text"))
        .with_columns(pl.col("text").str.replace(_ABOVE, "").alias("text"))
        .with_columns(pl.col("text").str.replace(_ABOVE, "").alias("text"))
        .with_columns(pl.col("text").str.replace(_TOWN, "").alias("text"))
        .select(
            "sent",
            pl.coalesce(
                pl.col("text").str.extract(_PLACE), pl.col("text").str.extract(r"^([^0-9]{2,})")
            )
            .str.strip_chars("-")
            .alias("place"),
            pl.col("text").str.extract_all(r"[0-9]+").list.join("-").alias("numbers"),
        )
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
    first = pl.col("numbers").str.extract(r"^([0-9]+)")
    hashed = held.select(
        *(
            pl.when(pl.col(name).str.len_chars() > 0)
            .then(pl.col(name).hash(seed=7))
            .otherwise(0)
            .fill_null(0)
            .alias(name)
            for name in ("place", "numbers")
        ),
        pl.when(first.is_not_null()).then(first.hash(seed=7)).otherwise(0).alias("first"),
    )
    return Addresses(
        hashed["place"].to_numpy(),
        hashed["numbers"].to_numpy(),
        hashed["first"].to_numpy(),
        held["value"],
    )


def compare_addresses(
    left: Addresses, li: Rows, right: Addresses, ri: Rows
) -> npt.NDArray[np.uint8]:
    """Level of each pair."""
    place_a, place_b = left.place[li], right.place[ri]
    numbers_a, numbers_b = left.numbers[li], right.numbers[ri]
    codes = np.full(len(li), DIFFERS, dtype=np.uint8)
    same = place_a == place_b
    codes[same] = PLACE
    codes[same & (left.first[li] == right.first[ri]) & (left.first[li] != 0)] = DOOR
    codes[same & (numbers_a == numbers_b)] = EQUAL
    nothing_a, nothing_b = (place_a == 0) & (numbers_a == 0), (place_b == 0) & (numbers_b == 0)
    codes[nothing_a | nothing_b] = _MISSING
    return codes
