"""Invented addresses, and the forms in which registers write them.

A place is a few numbers per household (town, street or village, house, unit, room); text is made
of them only for the rows that are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from synthetic.draws import Array, happens

PROVINCE, CITY = "示例省", "测试市"
DISTRICTS = {
    990101: "核对县", 990102: "验证区", 990103: "样本区", 990104: "试行区",
    990121: "演算县", 990122: "示范县", 990123: "假定县", 990181: "虚构市",
}  # fmt: skip
_FIRST = "青白金龙石清新东南西北高红长平安永兴太和"
_LAST = ("山", "水", "河", "塘", "桥", "泉", "岭", "湖", "坪", "溪")
TOWNS = tuple(a + b + ("镇" if i % 3 else "乡") for i, a in enumerate(_FIRST) for b in _LAST[:4])
STREETS = tuple(
    a + b + kind
    for kind in ("路", "街")
    for a in "和平解放人民建设中山文化胜利新华朝阳滨河"[::2]
    for b in "平放民设山化利华阳河东西南北"
)
VILLAGES = tuple(
    a + b + "村" for a in "大小上下前后东西石杨李王张刘赵高陈柳松竹" for b in "桥湾庄坪沟塘岭坝岗寨"
)
NUMERALS = ("零", *"一二三四五六七八九十", "十一", "十二")
FULL = 0
FORMS = 7


@dataclass(frozen=True, slots=True)
class Places:
    """One element a household; `road` is a position in STREETS (urban) or VILLAGES."""

    county: Array
    urban: Array
    town: Array
    road: Array
    house: Array
    unit: Array
    room: Array

    def at(self, households: Array) -> Places:
        """The places of some households."""
        return Places(*(getattr(self, name)[households] for name in self.__slots__))


def draw_places(rng: np.random.Generator, county: Array, *, kin: Array) -> Places:
    """A home per household; kin live in the same town, half of them in the same village."""
    count = len(county)
    near = happens(rng, count, chance=0.5)
    urban = happens(rng, count, chance=0.5)[kin]
    road = rng.integers(0, len(STREETS), count)
    return Places(
        county=county,
        urban=urban,
        town=rng.integers(0, 16, count)[kin] + county % 7 * 8,
        road=np.where(near, road[kin], road),
        house=rng.integers(1, 180, count),
        unit=rng.integers(1, 6, count),
        room=rng.integers(1, 12, count) * 100 + rng.integers(1, 5, count),
    )


def written(places: Places, form: Array) -> pl.Series:
    """Addresses as text, each in its form (0 is the full one, see FORMS)."""
    groups = np.minimum(places.unit * 2 + places.room % 2, 12)
    frame = pl.DataFrame(
        {
            "form": form.astype(np.int8),
            "urban": places.urban,
            "district": pl.Series(places.county).replace_strict(DISTRICTS, return_dtype=pl.String),
            "town": pl.Series(TOWNS).gather(places.town % len(TOWNS)),
            "street": pl.Series(STREETS).gather(places.road % len(STREETS)),
            "village": pl.Series(VILLAGES).gather(places.road % len(VILLAGES)),
            "house": places.house.astype(np.int32),
            "unit": places.unit.astype(np.int8),
            "room": places.room.astype(np.int32),
            "group": groups.astype(np.int8),
            "numeral": pl.Series(NUMERALS).gather(groups),
        }
    )
    return frame.select(
        pl.when("urban").then(_whole(_urban_tail())).otherwise(_whole(_rural_tail())).alias("text")
    )["text"]


def _head() -> pl.Expr:
    """What stands before street or village."""
    form = pl.col("form")
    full = pl.concat_str(pl.lit(PROVINCE + CITY), "district", "town")
    return (
        pl.when(form == FULL)
        .then(full)
        .when(form == 1)
        .then(pl.concat_str(pl.lit(CITY), "district", "town"))
        .when(form == 2)
        .then(pl.concat_str("district", "town"))
        .when(form == 3)
        .then(pl.col("town"))
        .when(form == 4)
        .then(pl.lit(""))
        .when(form == 5)
        .then(pl.concat_str("district", pl.lit(" "), "town"))
        .otherwise(pl.lit(PROVINCE) + pl.col("district"))
    )


def _whole(tail: pl.Expr) -> pl.Expr:
    return pl.concat_str(_head(), tail)


def _urban_tail() -> pl.Expr:
    form = pl.col("form")
    return (
        pl.when(form.is_in([FULL, 1]))
        .then(pl.format("{}{}号{}单元{}室", "street", "house", "unit", "room"))
        .when(form == 4)
        .then(pl.format("{}{}#{}-{}", "street", "house", "unit", "room"))
        .when(form == 5)
        .then(pl.format(" {} {}号 {}单元{}", "street", "house", "unit", "room"))
        .when(form == 6)
        .then(pl.format("{}{}号", "street", "house"))
        .otherwise(pl.format("{}{}号{}-{}", "street", "house", "unit", "room"))
    )


def _rural_tail() -> pl.Expr:
    form = pl.col("form")
    return (
        pl.when(form.is_in([FULL, 1]))
        .then(pl.format("{}{}组{}号", "village", "group", "house"))
        .when(form == 2)
        .then(pl.format("{}{}组{}号", "village", "numeral", "house"))
        .when(form == 3)
        .then(pl.format("{}民委员会{}组{}号", "village", "group", "house"))
        .when(form == 5)
        .then(pl.format("{}第{}村民小组{}号", "village", "numeral", "house"))
        .when(form == 6)
        .then(pl.format("{}{}组", "village", "group"))
        .otherwise(pl.format("{}{}号", "village", "house"))
    )
