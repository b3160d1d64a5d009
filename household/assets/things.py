"""Vehicles, homes, commercial units and businesses (assessment §7): counted things, each once a household."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.lines import as_lines, first_reason, seat_rows
from household.money import units

if TYPE_CHECKING:
    from collections.abc import Mapping

DWELLINGS = ("住宅", "宅基地自建房")
PREMISES = ("商业", "办公")
IN_FORCE = "现势"
HOLDING = (IN_FORCE, "预告登记")
UNSAFE = ("C", "D")
WHOLE_SHARE = 990_000
"""Members' shares, in millionths, from which they hold the whole: three times a printed 0.33 is all of it."""


def vehicle_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, exempt: pl.DataFrame
) -> pl.DataFrame:
    """Lines of quantity `vehicle`: `thing` (plate and type), `value` (units, null when not valued).

    `exempt`: app, vehicle_exempt (list of plate types; null = parameter missing, then none is exempt).
    """
    rows = seat_rows(linked, seats, "public_security.vehicle").join(exempt, on="app")
    rows = rows.with_columns(
        units(pl.col("value")).alias("value"),
        pl.concat_str("plate_no", pl.lit("|"), "plate_type").alias("thing"),
    )
    why_not = first_reason(
        (pl.col("status") != "正常", "车辆已注销、报废或被盗抢"),
        (pl.col("plate_type").is_in(pl.col("vehicle_exempt")), "号牌种类不计入"),
    )
    return as_lines(
        rows,
        "vehicle",
        amount=pl.col("value"),
        why_not=why_not,
        keep=("value", "thing", "status", "plate_type"),
    )


def real_estate_lines(linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame) -> pl.DataFrame:
    """Lines of quantity `home` or `commercial`: `thing` (unit), `area` and `share` in millionths."""
    rows = seat_rows(linked, seats, "housing.real_estate")
    use = pl.col("use")
    quantity = pl.when(use.is_in(PREMISES)).then(pl.lit("commercial")).otherwise(pl.lit("home"))
    why_not = first_reason(
        (use.is_in([*DWELLINGS, *PREMISES]).not_(), "用途不计入住房"),
        (use.is_in(PREMISES) & (pl.col("status") != IN_FORCE), "非现势权属"),
        (pl.col("status").is_in(HOLDING).not_(), "历史权属"),
        (
            use.is_in(DWELLINGS) & pl.col("hazard_grade").str.to_uppercase().is_in(UNSAFE),
            "C、D级危房不计入",
        ),
    )
    rows = rows.with_columns(
        pl.col("unit_no").alias("thing"),
        (pl.col("area") * 1_000_000).cast(pl.Int128).alias("area_micro"),
        (pl.coalesce("share", pl.lit(1)) * 1_000_000)
        .cast(pl.Int128)
        .alias("share_micro"),  # the catalogue: empty = sole owner
    )
    nothing = pl.lit(None, dtype=pl.Int128)
    return as_lines(
        rows, quantity, amount=nothing, why_not=why_not, keep=("thing", "area_micro", "share_micro")
    )


def business_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, roles: pl.DataFrame
) -> pl.DataFrame:
    """Lines of quantity `business_entity`: `thing` is the credit code. `roles`: app, business_roles (list; null = missing)."""
    rows = seat_rows(linked, seats, "market_regulation.entity").join(roles, on="app")
    rows = rows.with_columns(pl.col("uscc").alias("thing"))
    why_not = first_reason(
        (pl.col("status") != "存续", "主体已吊销或注销"),
        (pl.col("role").is_in(pl.col("business_roles")).not_(), "该角色不计入"),
    )
    capital = units(pl.col("capital"))
    return as_lines(
        rows, "business_entity", amount=capital, why_not=why_not, keep=("thing", "status", "role")
    )


def count_commercial(lines: pl.DataFrame) -> pl.DataFrame:
    """Per application: app, commercial: distinct shops and offices held."""
    in_play = lines.filter(pl.col("why_not").is_null() & (pl.col("quantity") == "commercial"))
    return in_play.group_by("app").agg(
        pl.col("thing").n_unique().cast(pl.Int64).alias("commercial")
    )


def count_businesses(lines: pl.DataFrame, roles: pl.DataFrame) -> pl.DataFrame:
    """Per application: app, businesses: distinct running entities in one of `roles` (app, business_roles)."""
    held = lines.filter(pl.col("status") == "存续").join(roles, on="app")
    held = held.filter(pl.col("role").is_in(pl.col("business_roles")).fill_null(value=False))
    return held.group_by("app").agg(pl.col("thing").n_unique().cast(pl.Int64).alias("businesses"))


def count_vehicles(lines: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """Per application: app, vehicles, over_cap, unvalued, dearest (units). One vehicle seen twice is worth the greatest value stated.

    `limits`: app, vehicle_exempt (list or null), vehicle_value_cap (units or null).
    """
    road = lines.filter(pl.col("status") == "正常").join(limits, on="app")
    road = road.filter(
        pl.col("plate_type").is_in(pl.col("vehicle_exempt")).fill_null(value=False).not_()
    )
    vehicles = road.group_by("app", "thing").agg(
        pl.col("value").max(), pl.col("vehicle_value_cap").first()
    )
    return vehicles.group_by("app").agg(
        pl.len().cast(pl.Int64).alias("vehicles"),
        (pl.col("value") > pl.col("vehicle_value_cap"))
        .fill_null(value=False)
        .any()
        .alias("over_cap"),
        pl.col("value").is_null().any().alias("unvalued"),
        pl.col("value").max().alias("dearest"),
    )


def count_homes(lines: pl.DataFrame) -> pl.DataFrame:
    """Per application: app, homes, home_area (millionths of m²): the whole unit when members hold all shares, else their part.

    Every row is a share of its own, also where one person holds two.
    """
    homes = (
        lines.filter(pl.col("why_not").is_null() & (pl.col("quantity") == "home"))
        .group_by("app", "thing")
        .agg(pl.col("area_micro").max(), pl.col("share_micro").sum())
    )
    share = pl.col("share_micro")
    whole = share >= WHOLE_SHARE
    part = pl.col("area_micro") * share // 1_000_000
    return homes.group_by("app").agg(
        pl.len().cast(pl.Int64).alias("homes"),
        pl.when(whole).then("area_micro").otherwise(part).sum().alias("home_area"),
    )
