"""Which request each line of an answer belongs to. A line that belongs to none, or to more than one, gets none.

An answer is somebody's only when nothing in it speaks against it: our request number with another person's identity number is an answer
for somebody who was not asked.
"""

from __future__ import annotations

import re

import polars as pl

from household.identity.masks import PLACES, plain_mask
from household.identity.names import normal_names
from household.identity.numbers import normal_number, number_keys, number_text

_HIDDEN = "[*＊×○●□]"
"""Signs that hide characters of a name. 某 is not one: it is a character that a name may have."""


def attach(lines: pl.DataFrame, asked: pl.DataFrame, *, by_number: bool) -> pl.DataFrame:
    """Find the request of each line.

    Args:
        lines: `_line`, and request_no (by_number) or id_no and name; String. asked: rows of REQUEST_SCHEMA that this institution was asked,
            in the order of asking. by_number: whether lines repeat our request number.

    Returns:
        `lines` with `request_id` (null: nobody who was asked, or not certain who) and `unsure` (true: more than one could be meant).

    """
    known = _known(asked)
    told = _told(lines).with_row_index("_row")
    pairs = _by_request(told, known) if by_number else _by_person(told, known)
    found = pairs.group_by("_row").agg(
        pl.col("request_id").n_unique().alias("_many"), pl.col("request_id").first()
    )
    many = pl.col("_many") > 1
    return (
        told.join(found, on="_row", how="left", maintain_order="left")
        .with_columns(
            pl.when(many.not_()).then("request_id").alias("request_id"),
            many.fill_null(value=False).alias("unsure"),
        )
        .select(*lines.columns, "request_id", "unsure")
    )


def _known(asked: pl.DataFrame) -> pl.DataFrame:
    """request_id, asked_full (the number as 18 places where it is one), asked_key, asked_name."""
    numbers = asked.select(normal_number(pl.col("id_no")).alias("id_no"))["id_no"]
    return asked.select(
        "request_id",
        number_keys(numbers).alias("asked_key"),
        numbers.alias("asked_plain"),
        normal_names(asked["name"]).alias("asked_name"),
    ).with_columns(pl.coalesce(number_text(pl.col("asked_key")), "asked_plain").alias("asked_full"))


def _told(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with what they say of the person: _key, _plain, _mask, _name."""
    empty = pl.lit(None, dtype=pl.String)
    number = pl.col("id_no") if "id_no" in lines.columns else empty
    name = (
        lines["name"]
        if "name" in lines.columns
        else pl.Series([None] * lines.height, dtype=pl.String)
    )
    shown = name.str.replace_all(_HIDDEN, "*")
    said = lines.with_columns(
        normal_number(number).alias("_plain"), normal_names(shown).alias("_name")
    )
    return said.with_columns(
        number_keys(said["_plain"]).alias("_key"), plain_mask(pl.col("_plain")).alias("_mask")
    )


def _by_request(told: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """_row, request_id of lines whose request number is known and whose person is not another."""
    numbered = told.with_columns(pl.col("request_no").str.strip_chars().alias("request_id"))
    pairs = numbered.join(known, on="request_id", how="inner")
    whole = pl.col("_plain").is_not_null() & pl.col("_mask").is_null()
    seen = (
        pl.when(whole).then(_same_number()).when(pl.col("_mask").is_not_null()).then(_seen_agrees())
    )
    pairs = pairs.filter(seen.fill_null(value=True))
    # a whole number that agrees settles it: names are written in many ways, and linkage will look at this one
    differs = pl.col("_name") != pl.col("asked_name")
    doubtful = pairs.filter(whole.not_() & differs.fill_null(value=False))
    others = doubtful.filter(_names_differ(doubtful)).select("_row")
    return pairs.join(others, on="_row", how="anti").select("_row", "request_id")


def _by_person(told: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """_row, request_id of lines whose number and name are those of a request; of several about one person the last asked."""
    last = known.unique(["asked_full", "asked_name"], keep="last", maintain_order=True)
    number = pl.coalesce(number_text(pl.col("_key")), "_plain")
    whole = told.filter(pl.col("_mask").is_null()).with_columns(number.alias("_full"))
    exact = whole.join(
        last, left_on=["_full", "_name"], right_on=["asked_full", "asked_name"], how="inner"
    )
    masked = told.filter(pl.col("_mask").is_not_null()).join(
        last, left_on="_name", right_on="asked_name", how="inner"
    )
    fits = masked.filter(_seen_agrees())
    return pl.concat([exact.select("_row", "request_id"), fits.select("_row", "request_id")])


def _same_number() -> pl.Expr:
    return pl.coalesce(
        pl.col("_key") == pl.col("asked_key"), pl.col("_plain") == pl.col("asked_plain")
    )


def _seen_agrees() -> pl.Expr:
    """Whether every place of a masked number that can be seen is that of the number asked."""
    places = [
        (pl.col("_mask").str.slice(i, 1) == "*")
        | (pl.col("_mask").str.slice(i, 1) == pl.col("asked_full").str.slice(i, 1))
        for i in range(PLACES)
    ]
    return (pl.col("asked_full").str.len_chars() == PLACES) & pl.all_horizontal(places)


def _names_differ(pairs: pl.DataFrame) -> pl.Series:
    """Whether a name told is another's: characters that can be seen differ. Masked names are set against both edges."""
    said, asked = pairs["_name"].to_list(), pairs["asked_name"].to_list()
    return pl.Series(
        [not _name_fits(s, a) for s, a in zip(said, asked, strict=True)], dtype=pl.Boolean
    )


def _name_fits(said: str, asked: str | None) -> bool:
    if asked is None:
        return False
    if "*" not in said:
        return said == asked
    pieces = [re.escape(p) for p in re.split(r"\*+", said)]
    return re.fullmatch(".+".join(pieces), asked) is not None
