"""A row and a person side by side as they may be shown: masked, and where they differ told by position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from household.identity.numbers import key_birth, key_sex, normal_number, number_text
from household.schema.masking import mask_birth_date, mask_id_no, mask_name

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 4
"""Differing places that are named one by one."""

_WHOLE = 18
NOTHING = "（无）"


@dataclass(frozen=True, slots=True)
class Shown:
    """One field: its title, both values masked, how they differ (empty where they do not), and at which places, where both are as long.

    Places count from 1 in the whole value; a star in it differs from nothing. A masked number keeps its places, a masked name only its first.
    """

    title: str
    row: str
    person: str
    difference: str
    places: tuple[int, ...] = ()


def show_pair(row: pl.DataFrame, person: pl.DataFrame) -> tuple[Shown, ...]:
    """The fields of two lines: name, number, birth date, sex.

    Args:
        row, person: one line each, with `plans.ROW_COLUMNS`.
    """
    one, other = (line.select(_TOLD).row(0, named=True) for line in (row, person))
    return (
        _shown("姓名", one["normal"], other["normal"], mask=mask_name, unit="字"),
        _shown("证件号码", one["number"], other["number"], mask=_mask_number, unit="位"),
        _born(one["birth"], other["birth"]),
        Shown(
            "性别",
            one["sex"] or NOTHING,
            other["sex"] or NOTHING,
            _plain(one["sex"], other["sex"]),
        ),
    )


_TOLD = (
    pl.col("normal"),
    pl.coalesce(number_text(pl.col("key")), normal_number(pl.col("number"))).alias("number"),
    pl.coalesce("birth", key_birth(pl.col("key"))).cast(pl.String).alias("birth"),
    pl.coalesce("sex", key_sex(pl.col("key"))).alias("sex"),
)
"""What is shown: as stated, else as a valid number says."""


def _born(one: str | None, other: str | None) -> Shown:
    """Birth dates, with the parts that differ named."""
    row, person = (mask_birth_date(text) if text else NOTHING for text in (one, other))
    parts = zip("年月日", (one or "").split("-"), (other or "").split("-"), strict=False)
    differing = [part for part, a, b in parts if a != b] if one and other else []
    return Shown("出生日期", row, person, f"{'、'.join(differing)}不同" if differing else "")


def _mask_number(text: str) -> str:
    """A whole number as everywhere; of a cut one the end is part of the birth date and stays hidden."""
    return mask_id_no(text) if len(text) == _WHOLE else text[:3] + "*" * max(len(text) - 3, 1)


def _plain(one: str | None, other: str | None) -> str:
    return "不同" if one and other and one != other else ""


def _shown(
    title: str, one: str | None, other: str | None, *, mask: Callable[[str], str], unit: str
) -> Shown:
    row, person = (mask(text) if text else NOTHING for text in (one, other))
    return Shown(
        title, row, person, where_differing(one, other, unit), differing_places(one, other)
    )


def where_differing(one: str | None, other: str | None, unit: str) -> str:
    """Where two texts differ, without a character of them. A star agrees with everything.

    Args:
        one, other: the texts; nothing is told where one is missing. unit: what a place is called (字, 位).
    """
    if not one or not other or one == other:
        return ""
    if len(one) != len(other):
        front = _run(one, other)
        back = min(_run(one[::-1], other[::-1]), min(len(one), len(other)) - front)
        return f"长短不同（{len(one)} {unit}与 {len(other)} {unit}），前 {front} {unit}、后 {back} {unit}相同"
    places = differing_places(one, other)
    if not places:
        return "可见位相同"
    if len(places) > _MOST:
        return f"{len(places)} {unit}不同"
    return f"第 {'、'.join(map(str, places))} {unit}不同"


def differing_places(one: str | None, other: str | None) -> tuple[int, ...]:
    """The places, from 1, at which two texts of one length differ; none where they are not as long. A star agrees with everything."""
    if not one or not other or len(one) != len(other):
        return ()
    return tuple(
        place
        for place, (a, b) in enumerate(zip(one, other, strict=True), start=1)
        if a != b and "*" not in (a, b)
    )


def _run(one: str, other: str) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return length
