"""Cells of an answer in the catalogue's words: codes, days, amounts. Exact, and what cannot be said exactly stays as sent.

What stays as sent meets the strict reading of the intake, as any other file's cell does: it is quarantined there with its reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from connectors.errors import FileRefused
from household.identity.numbers import normal_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.asking.layouts.institution import Answer

_PLACES = {"fen": -2, "yuan": 0, "wan_yuan": 4}
_PLAIN = r"^[+-]?[0-9]+(\.[0-9]+)?$"
_GROUPED = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
DAYS = ("replied_on", "as_of")


def in_our_words(frame: pl.DataFrame, answer: Answer, *, file: str) -> pl.DataFrame:
    """Apply what the institution's page says of codes, days and amounts.

    Args:
        frame: `_line` and the targets of `answer.fields`, String. answer: the page. file: its name in errors.

    Raises:
        FileRefused: a state that their code list does not have: its meaning would be guessed.

    """
    cells = frame.with_columns(
        pl.exclude("_line").str.strip_chars(" \t\u3000").replace("", None).name.keep()
    )
    if "state" in answer.codes:
        _hold_states(cells, answer.codes["state"], file)
    changed: list[pl.Expr] = []
    for name, codes in answer.codes.items():
        changed.append(pl.col(name).replace(codes).alias(name))
    for name, unit in answer.amounts.items():
        changed.append(moved(pl.col(name), _PLACES[unit]).alias(name))
    if answer.dates:
        days = [n for n in DAYS if n in cells.columns]
        cells = cells.with_columns(_day(cells[n], answer.dates) for n in days)
    return cells.with_columns(changed)


def _hold_states(cells: pl.DataFrame, codes: Mapping[str, str], file: str) -> None:
    known = pl.Series(list(codes), dtype=pl.String)
    strange = cells.filter(
        pl.col("state").is_null() | pl.col("state").is_in(known.implode()).not_()
    )
    if strange.height:
        raise FileRefused(
            f"{file} 第 {strange['_line'].item(0)} 行的答复状态不在约定的代码表内（共 {strange.height} 行）",
            "请向该机构核实代码表；确有新代码的，写入该机构的 codes.state 后重新收取",
        )


def moved(amount: pl.Expr, places: int) -> pl.Expr:
    """A written amount with its point moved by so many places to the right (left when negative), exactly; other texts stay as sent."""
    text = normal_number(amount)
    grouped = (
        pl.when(text.str.contains(_GROUPED)).then(text.str.replace_all(",", "")).otherwise(text)
    )
    plain = grouped.str.strip_prefix("+")
    if places == 0:
        return pl.when(plain.str.contains(_PLAIN)).then(plain).otherwise(amount)
    sign = pl.when(plain.str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit(""))
    bare = plain.str.strip_prefix("-")
    whole = bare.str.extract(r"^([0-9]+)")
    broken = bare.str.extract(r"\.([0-9]+)$").fill_null("")
    if places > 0:
        broken = broken.str.pad_end(places, "0")
        whole, broken = whole + broken.str.slice(0, places), broken.str.slice(places)
    else:
        whole = whole.str.zfill(1 - places)
        broken = whole.str.tail(-places) + broken
        whole = whole.str.head(places)
    point = pl.when(broken == "").then(pl.lit("")).otherwise(pl.lit("."))
    shifted = pl.concat_str(sign, whole.str.strip_chars_start("0").str.zfill(1), point, broken)
    return pl.when(plain.str.contains(_PLAIN)).then(shifted).otherwise(amount)


def _day(texts: pl.Series, pattern: str) -> pl.Series:
    """Days written by their pattern as ISO texts; others stay as sent."""
    said = {text: _iso(text, pattern) for text in texts.drop_nulls().unique()}
    return texts.replace(said)


def _iso(text: str, pattern: str) -> str:
    try:
        return datetime.strptime(text, pattern).date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return text
