"""Random inspections (双随机): which households are drawn, and which two inspectors go to each. Chance hangs on the recorded seed alone.

Drawn are households that draw a benefit, by programme and township, or applications for 特困 that wait for confirmation, of which the
county inspects at least 30 % (民发〔2021〕43号). Lots are digests of seed and name (`sampling`): who has the seed and the run can draw again
and must find the same households, years later and with any program.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import polars as pl

from household.errors import InputError
from household.sampling import allocate, draw_strata, lots_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ASSISTANCE = (
    "tekun",
    "dibao",
    "single_person",
    "orphan",
    "de_facto_orphan",
    "dibao_edge",
    "rigid",
)
"""Benefits of which households are inspected; one that draws several stands under the first. Allowances are no inspection's business."""

HOUSEHOLDS, CONFIRMATIONS = "households", "tekun-applications"
KINDS = (HOUSEHOLDS, CONFIRMATIONS)
TEKUN = "tekun"
TEKUN_SHARE = Decimal("0.3")
WAITING_ZH = "tekun申请"
TOWN = 9

UNIT: dict[str, pl.DataType] = {
    "household_no": pl.String(),
    "region_code": pl.String(),
    "programme": pl.String(),
    "stratum": pl.String(),
}
"""What may be drawn: a household's number, or an application's where confirmations are inspected."""


@dataclass(frozen=True, slots=True)
class Inspector:
    """Somebody who inspects. `region` is the township they belong to and are not sent to, empty where none was given."""

    name: str
    region: str = ""


def households_drawing(benefits: pl.DataFrame) -> pl.DataFrame:
    """Households with a benefit of ASSISTANCE that runs (UNIT).

    Args:
        benefits: published `current_benefit` rows.

    """
    order = {name: place for place, name in enumerate(ASSISTANCE)}
    programme = pl.col("programme").cast(pl.String)
    rows = benefits.with_columns(programme).filter(programme.is_in(ASSISTANCE))
    first = rows.sort(
        programme.replace_strict(order, return_dtype=pl.Int8), "region_code", "benefit_id"
    ).unique("household_no", keep="first", maintain_order=True)
    return _units(first, pl.col("programme"))


def waiting_for_confirmation(
    verdicts: pl.DataFrame, places: pl.DataFrame, benefits: pl.DataFrame
) -> pl.DataFrame:
    """Applications for 特困 of whose people nobody draws it yet (UNIT).

    Args:
        verdicts: published `household_verdict` rows. places: `roster_person`. benefits: `current_benefit`.

    """
    drawing = benefits.filter(pl.col("programme").cast(pl.String) == TEKUN).select("person_ref")
    confirmed = places.join(drawing.drop_nulls(), on="person_ref", how="semi")
    asked = verdicts.filter("requested", pl.col("programme").cast(pl.String) == TEKUN)
    rows = asked.join(confirmed, on="application_id", how="anti").select(
        pl.col("application_id").alias("household_no"),
        "region_code",
        pl.col("programme").cast(pl.String),
    )
    return _units(rows, pl.lit(WAITING_ZH))


def _units(rows: pl.DataFrame, kind: pl.Expr) -> pl.DataFrame:
    stratum = pl.format("{}/{}", kind, pl.col("region_code").str.slice(0, TOWN))
    told = rows.with_columns(stratum.alias("stratum"))
    return told.select(pl.col(name).cast(dtype) for name, dtype in UNIT.items()).sort(
        "household_no"
    )


def share_of(text: str) -> Decimal:
    """A share as people write it: 30%, 0.3.

    Raises:
        InputError: it is no share above 0 and up to 1.

    """
    plain = text.strip().replace("％", "%")
    try:
        share = Decimal(plain.removesuffix("%"))
    except InvalidOperation:
        share = Decimal(0)
    share = share / 100 if plain.endswith("%") else share
    if not (share.is_finite() and 0 < share <= 1):
        raise InputError("抽取比例无法读取", "请写成 30% 或 0.3 的形式，大于 0、不超过 100%")
    return share


def how_many(
    units: pl.DataFrame, *, size: int | None, share: Decimal | None, kind: str
) -> dict[str, int]:
    """How many of each stratum: a share of each, rounded up, or a size over all (`sampling.allocate`).

    Raises:
        InputError: there is nothing to draw from, the size is too small, or of 特困 confirmations less than 30 % would be inspected.

    """
    populations = {
        str(stratum): int(count)
        for stratum, count in units.group_by("stratum").len().sort("stratum").iter_rows()
    }
    if share is None:
        shares = allocate(populations, size or 0, what="家庭", unit="户")
    elif not populations:
        raise InputError("没有可抽取的家庭", "请先运行 hedui run，并确认所选地区与救助类型")
    else:
        above, below = share.as_integer_ratio()
        shares = {name: -(-count * above // below) for name, count in populations.items()}
    drawn, whole = sum(shares.values()), sum(populations.values())
    if kind == CONFIRMATIONS and drawn < TEKUN_SHARE * whole:
        raise InputError(
            f"特困人员认定的抽查不足 30%（{whole} 份中抽 {drawn} 份）",
            "民发〔2021〕43号要求不低于 30%，请增大 --size 或 --share",
        )
    return shares


def draw_units(units: pl.DataFrame, shares: Mapping[str, int], seed: int) -> pl.DataFrame:
    """The units drawn (UNIT), with `population` and `drawn` of their stratum, sorted by household_no."""
    counted = units.with_columns(pl.len().over("stratum").cast(pl.Int64).alias("population"))
    wanted = counted.filter(pl.col("stratum").is_in(list(shares)))
    drawn = draw_strata(wanted, shares, by="household_no", seed=seed)
    return drawn.with_columns(pl.len().over("stratum").cast(pl.Int64).alias("drawn")).sort(
        "household_no"
    )


def send_inspectors(
    drawn: pl.DataFrame, inspectors: Sequence[Inspector], seed: int
) -> pl.DataFrame:
    """The drawn units with `inspector` and `second_inspector`.

    Each goes to the two who have the fewest so far, ties by lot; nobody goes to the township that they belong to.

    Raises:
        InputError: for some township there are not two; the same name stands twice.

    """
    names = [inspector.name for inspector in inspectors]
    if len(set(names)) != len(names):
        raise InputError("检查人员名单中有重名", "请在姓名后加工号以示区别")
    load = dict.fromkeys(names, 0)
    order = drawn.with_columns(
        pl.Series("lot", lots_of(drawn["household_no"], seed), dtype=pl.String)
    ).sort("lot")
    told: dict[str, tuple[str, str]] = {}
    for household, region in order.select("household_no", "region_code").iter_rows():
        able = [i.name for i in inspectors if not (i.region and region.startswith(i.region))]
        lots = dict(zip(able, lots_of((f"{household}|{name}" for name in able), seed), strict=True))
        chosen = sorted(able, key=lambda name: (load[name], lots[name]))[:2]
        if len(chosen) < 2:
            raise InputError(
                f"乡镇 {region[:TOWN]} 可派的检查人员不足两名", "请补充其他乡镇或县级的检查人员"
            )
        for name in chosen:
            load[name] += 1
        told[household] = (chosen[0], chosen[1])
    pairs = [told[household] for household in drawn["household_no"]]
    return drawn.with_columns(
        pl.Series("inspector", [first for first, _ in pairs], dtype=pl.String),
        pl.Series("second_inspector", [second for _, second in pairs], dtype=pl.String),
    )


def batch_of(*parts: object) -> str:
    """The name of a draw, of everything that it hangs on: drawing the same again gives the same name."""
    return "J" + hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:8]


def faults_of(record: pl.DataFrame, units: pl.DataFrame) -> list[str]:
    """What does not follow from seed and run in the record of one batch; nothing where all of it does.

    Args:
        record: rows of one batch (`casework.DRAW_SCHEMA`). units: what could be drawn in the run that the record names.

    """
    seed = int(record["seed"][0])
    shares = {str(s): int(n) for s, n in record.group_by("stratum").len().iter_rows()}
    again = draw_units(units.filter(pl.col("stratum").is_in(list(shares))), shares, seed)
    faults = []
    for stratum in sorted(shares):
        said = record.filter(pl.col("stratum") == stratum)
        found = again.filter(pl.col("stratum") == stratum)
        if set(said["household_no"]) != set(found["household_no"]):
            faults.append(f"{stratum}：抽中的户与按种子重抽的不同")
        elif said["population"].to_list() != [
            len(units.filter(pl.col("stratum") == stratum))
        ] * len(said):
            faults.append(f"{stratum}：总户数与该次运行的不同")
    return faults
