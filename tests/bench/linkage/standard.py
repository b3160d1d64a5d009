"""The standardised columns that both engines of the benchmark could use: ours are made by household.identity, for the peer too.

What is here beyond household.identity is what an expert user of Splink on DuckDB would prepare: see `coded`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from household.identity.folding import folded_names
from household.identity.names import normal_names
from household.identity.numbers import normal_number, number_keys, number_text
from household.identity.sounds import sounds

if TYPE_CHECKING:
    from pathlib import Path

_PREFIX = r"^(?:[^0-9]{1,4}?省)?(?:[^0-9]{1,4}?市){0,2}(?:[^0-9]{1,4}?[县区旗])?"
_TOWN = r"^[^0-9]{1,4}?(?:街道办事处|街道|镇|乡)"
_GROUP = r"第?(十[一二]|[一二三四五六七八九十])(?:村民小)?组"
_NUMERALS = {n: str(i + 1) for i, n in enumerate("一二三四五六七八九十")} | {
    "十一": "11",
    "十二": "12",
}


def coded(names: pl.Series) -> pl.Series:
    """Names with every character as one ASCII byte, so that DuckDB's similarities, which count bytes, count characters.

    Two different characters share a byte in about one of 90 cases; equality of names is never asked of this column.
    """
    lengths = names.str.len_chars().fill_null(0).to_numpy().astype(np.int32)
    text = names.fill_null("").str.join("").item() if len(names) else ""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    codes = (33 + ((points * np.uint64(2654435761)) >> np.uint64(16)) % np.uint64(90)).astype(
        np.uint8
    )
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    array = pa.StringArray.from_buffers(len(names), pa.py_buffer(offsets), pa.py_buffer(codes))
    texts = pl.Series(names.name, array, dtype=pl.String)
    return texts.to_frame().select(pl.when(texts != "").then(texts).alias(names.name)).to_series()


def _or_null(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)


def _numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """id_key (text of the valid number), id_text (the same, or what was sent if it is at least ten characters), id_mask (LIKE pattern)."""
    keys = number_keys(frame["id_no"])
    sent = normal_number(pl.col("id_no"))
    frame = frame.with_columns(keys.alias("_key"), sent.alias("_sent"))
    hidden = pl.col("_sent").str.contains(r"[*＊×#]")
    real = (
        pl.col("_sent")
        .str.contains(r"^[0-9]{6}[0-9X*]{4,}$")
        .and_(pl.col("_sent").str.contains(r"^(?:0{6}|1{6}|9{6}|123456)").not_())
    )
    valid = pl.when(pl.col("_key").is_not_null()).then(number_text(pl.col("_key")))
    return frame.with_columns(
        valid.alias("id_key"),
        pl.coalesce(valid, pl.when(hidden.not_() & real).then("_sent")).alias("id_text"),
        pl.when(hidden).then(pl.col("_sent").str.replace_all(r"[*＊×#]", "_")).alias("id_mask"),
    ).drop("_key", "_sent")


def _names(frame: pl.DataFrame) -> pl.DataFrame:
    """name, sound, folded, ordered, code; former too where the register has former names."""
    names = normal_names(frame["name"]).alias("name")
    folded = folded_names(frame["name"], normal=names)
    frame = frame.with_columns(names, sounds(names).alias("sound"), coded(names).alias("code"))
    frame = frame.with_columns(folded["folded"], folded["ordered"])
    former = (
        normal_names(frame["former_name"])
        if "former_name" in frame.columns
        else pl.Series([None] * len(frame), dtype=pl.String)
    )
    return frame.with_columns(former.alias("former"))


def _phone() -> pl.Expr:
    """The last eleven digits; what repeats one digit is no number."""
    digits = pl.col("phone").str.normalize("NFKC").str.replace_all(r"[^0-9]+", "").str.slice(-11)
    filler = digits.str.contains(r"^(?:0+|1+|8+|9+)$|^1[0-9]0{9}$|^123456")
    return pl.when((digits.str.len_chars() >= 7) & filler.not_()).then(digits)


def _address(frame: pl.DataFrame) -> pl.DataFrame:
    """place (road or village, without province, city, county and town), door (all the numbers), from the address as sent."""
    text = (
        pl.col("address")
        .str.normalize("NFKC")
        .str.replace_all(" ", "", literal=True)
        .str.replace(_PREFIX, "")
        .str.replace("村民委员会", "村", literal=True)
    )
    frame = frame.with_columns(text.alias("_text")).with_columns(
        pl.col("_text").str.extract(_GROUP).replace_strict(_NUMERALS, default=None).alias("_group"),
        pl.col("_text").str.replace(_GROUP, "#").alias("_text"),
    )
    head = pl.col("_text").str.extract(r"^([^0-9#第]*)")
    place = head.str.replace(_TOWN, "")
    numbers = pl.col("_text").str.extract_all(r"[0-9]+").list.join("-")
    door = pl.concat_str("_group", numbers, separator="-", ignore_nulls=True)
    return frame.with_columns(
        _or_null(pl.when(place != "").then(place).otherwise(head)).alias("place"),
        _or_null(door.str.strip_chars("-")).alias("door"),
    ).drop("_text", "_group")


def warm_up() -> None:
    """Load the lookup tables of names: they belong to the start of a process, which no engine's clock counts."""
    sent = pl.Series(["张三", "阿依古丽·买买提"])
    normal = normal_names(sent)
    sounds(normal)
    folded_names(sent, normal=normal)


def standard(path: Path, key: str) -> pl.DataFrame:
    """One table of a corpus, standardised.

    Args:
        path: roster.parquet or the file of a register.
        key: Its column of row numbers: `person` or `row`.

    Returns:
        unique_id, id_key, id_text, id_mask, name, sound, folded, ordered, code, former, and of birth, sex, phone, place, door, county those the file has.
    """
    frame = _names(_numbers(pl.read_parquet(path)))
    kept = ["unique_id", "id_key", "id_text", "id_mask", "name", "sound", "folded", "ordered"]
    kept += ["code", "former"]
    frame = frame.with_columns(pl.col(key).alias("unique_id"))
    if "birth_date" in frame.columns:
        birth = pl.col("birth_date").str.extract(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})$")
        frame = frame.with_columns(birth.alias("birth"))
    if "phone" in frame.columns:
        frame = frame.with_columns(_phone().alias("phone"))
    if "address" in frame.columns:
        frame = _address(frame)
    optional = ("birth", "sex", "phone", "place", "door", "county")
    return frame.select(*kept, *(c for c in optional if c in frame.columns))
