"""Land, homes, business premises and vehicles, as agriculture.

Housing and the traffic police register them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.draws import Array, amounts, choose, choose_index, days_before, happens
from synthetic.households import HEAD, SPOUSE

if TYPE_CHECKING:
    from synthetic.people import People

FARM_YEARS = (2024, 2025, 2026)
PLATES = (
    "小型汽车",
    "新能源小型汽车",
    "普通摩托车",
    "轻便摩托车",
    "大型汽车",
    "拖拉机",
    "残疾人专用车",
)
_PLATE_WEIGHTS = (0.44, 0.1, 0.27, 0.08, 0.03, 0.06, 0.02)
_PLATE_VALUES = (26_000.0, 45_000.0, 1_800.0, 900.0, 60_000.0, 30_000.0, 2_500.0)
PLANTED_CAR_YUAN = 80_000


def farm_rows(rng: np.random.Generator, people: People) -> pl.DataFrame:
    """agriculture.farm.

    Contracted land of rural households in the hands of their heads, three years of it.
    """
    heads = np.flatnonzero((people.households.slot == HEAD) & people.alive & ~people.urban)
    heads = heads[happens(rng, len(heads), chance=0.72) & (people.age[heads] >= 20)]
    count = len(heads)
    mu = rng.integers(80, 1300, count)
    transferred = np.where(
        happens(rng, count, chance=0.35), mu * rng.integers(30, 101, count) // 100, 0
    )
    rent = transferred * rng.integers(250, 500, count)
    year = np.repeat(np.array(FARM_YEARS), count)
    all_rows = np.tile(np.arange(count), len(FARM_YEARS))
    return pl.DataFrame(
        {
            "_p": heads[all_rows],
            "season_year": year,
            "contracted_mu": mu[all_rows],
            "subsidy": mu[all_rows] * 80,
            "transferred_mu": transferred[all_rows],
            "transfer_rent": rent[all_rows],
            "large_machines": choose_index(rng, 3, count=len(year), weights=(0.96, 0.035, 0.005)),
        }
    )


def real_estate_rows(
    rng: np.random.Generator, people: People, *, poor: Array, planted: Array
) -> pl.DataFrame:
    """housing.real_estate: homes of heads, often shared with the spouse, further units.

    Business units of the `planted`.
    """
    slot = people.households.slot
    heads = np.flatnonzero((slot == HEAD) & people.alive & (people.age >= 20))
    owns = np.where(people.urban[heads], 0.62, 0.88) - np.where(poor[heads], 0.1, 0.0)
    first = heads[happens(rng, len(heads), chance=owns)]
    second = first[happens(rng, len(first), chance=np.where(poor[first], 0.035, 0.08))]
    extra = heads[happens(rng, len(heads), chance=np.where(poor[heads], 0.008, 0.03))]
    owner = np.r_[first, second, extra, planted]
    count = len(owner)
    is_home = np.arange(count) < len(first) + len(second)
    rural_home = is_home & ~people.urban[owner]
    use = choose(rng, ["商业", "办公", "车位"], count=count, weights=(0.4, 0.15, 0.45))
    is_planted = np.arange(count) >= count - len(planted)
    hazard = choose(rng, ["A", "B", "C", "D"], count=count, weights=(0.72, 0.16, 0.07, 0.05))
    status = choose(rng, ["现势", "历史", "预告登记"], count=count, weights=(0.95, 0.03, 0.02))
    units = pl.DataFrame(
        {
            "_p": owner,
            "unit": np.arange(count),
            "use": use,
            "area": np.where(
                is_home, rng.integers(4200, 16_500, count), rng.integers(1200, 9000, count)
            ),
            "hazard_grade": hazard,
            "registered_on": days_before(rng, people.as_of, least=200, most=6500, count=count),
            "status": status,
            "rural": rural_home,
            "home": is_home,
            "planted": is_planted,
        }
    ).with_columns(
        pl.when("rural")
        .then(
            pl.when(pl.col("unit") % 31 == 0).then(pl.lit("祖屋")).otherwise(pl.lit("宅基地自建房"))
        )
        .when("home")
        .then(pl.lit("住宅"))
        .when("planted")
        .then(pl.lit("商业"))
        .otherwise("use")
        .alias("use"),
        pl.when("rural").then("hazard_grade").alias("hazard_grade"),
        pl.when("planted").then(pl.lit("现势")).otherwise("status").alias("status"),
    )
    return _with_titles(_share_with_spouses(rng, people, units=units))


def _share_with_spouses(
    rng: np.random.Generator, people: People, *, units: pl.DataFrame
) -> pl.DataFrame:
    """A third of the couples hold their home in halves: a second row of the same unit."""
    owner = units["_p"].to_numpy()
    neighbour = np.minimum(owner + 1, len(people) - 1)
    has_spouse = (people.households.slot[neighbour] == SPOUSE) & people.alive[neighbour]
    shared = has_spouse & units["home"].to_numpy() & happens(rng, len(units), chance=0.33)
    own = units.with_columns(pl.when(pl.Series(shared)).then(50).alias("share"))
    other = own.filter(pl.Series(shared)).with_columns(_p=pl.Series(neighbour[shared]))
    return pl.concat([own.with_columns(holder=0), other.with_columns(holder=1)])


def _with_titles(units: pl.DataFrame) -> pl.DataFrame:
    """Title and unit numbers and the place, from the unit's serial."""
    serial = pl.col("unit").cast(pl.String).str.zfill(8)
    return units.with_columns(
        title_no="ZH" + serial + pl.col("holder").cast(pl.String),
        unit_no="UZH" + serial,
        address="示范县幸福路" + (pl.col("unit") % 900 + 1).cast(pl.String) + "号",
    ).select(
        "_p", "title_no", "unit_no", "share", "use", "area", "hazard_grade", "address",
        "registered_on", "status",
    )  # fmt: skip


def vehicle_rows(
    rng: np.random.Generator, people: People, *, poor: Array, planted: Array
) -> pl.DataFrame:
    """public_security.vehicle with the owner's town in `_town`.

    The `planted` own a valued car above every cap.
    """
    adults = people.adults(18, 75)
    owner = adults[happens(rng, len(adults), chance=np.where(poor[adults], 0.11, 0.28))]
    owner = np.r_[owner, planted]
    count = len(owner)
    is_planted = np.arange(count) >= count - len(planted)
    kind = np.where(
        is_planted, 0, choose_index(rng, len(PLATES), count=count, weights=_PLATE_WEIGHTS)
    )
    value = amounts(rng, np.array(_PLATE_VALUES)[kind], spread=0.6, count=count) // 100 * 100
    value = np.where(is_planted, PLANTED_CAR_YUAN * 100, value)
    valued = happens(rng, count, chance=0.86) | is_planted
    status = choose(
        rng, ["正常", "注销", "报废", "被盗抢"], count=count, weights=(0.94, 0.03, 0.02, 0.01)
    )
    letter = pl.Series(list("ABCDEFGHJKLMNPQRSTUVWXYZ")).gather(np.arange(count) % 24)
    return (
        pl.DataFrame(
            {
                "_p": owner,
                "_town": people.town[owner],
                "plate_no": "990"
                + letter
                + pl.Series(np.arange(count)).cast(pl.String).str.zfill(5),
                "plate_type": pl.Series(PLATES).gather(kind),
                "use": choose(
                    rng, ["非营运", "营运", "货运"], count=count, weights=(0.95, 0.03, 0.02)
                ),
                "model": choose(rng, ["示范牌SF1", "示范牌SF3", "和顺牌HS7"], count=count),
                "first_registered_on": days_before(
                    rng, people.as_of, least=60, most=5500, count=count
                ),
                "status": status,
                "value": value,
                "_planted": is_planted,
            }
        )
        .with_columns(
            pl.when(pl.Series(valued)).then("value").alias("value"),
            pl.when("_planted").then(pl.lit("正常")).otherwise("status").alias("status"),
        )
        .drop("_planted")
    )
