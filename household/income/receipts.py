"""Business, property and transfer income: dated receipts that add up (assessment §5).

A month is only ever the sum of dated receipts; the farm's annual figures count whole, for the season before the application.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.income.wage import OUTSIDE
from household.lines import as_lines, first_reason, seat_rows
from household.money import units
from household.periods import month_index

if TYPE_CHECKING:
    from collections.abc import Mapping

PROPERTY_ITEMS = ("利息股息红利", "财产租赁")
_VALUES = ("value", "value_uncertain_out", "value_central_out")
_KEEP = (*_VALUES, "received")
_WHOLE_YEAR = pl.lit(None, dtype=pl.Int32).alias("received")


def receipt_lines(
    linked: Mapping[str, pl.DataFrame],
    seats: pl.DataFrame,
    windows: pl.DataFrame,
    central: pl.DataFrame,
) -> pl.DataFrame:
    """Lines of kinds business, property and transfer, with three values in units.

    `received` is the month (index) of a receipt, null of a whole year's figure. `value` follows the rule in force; `value_uncertain_out`
    also leaves out the central basic pension of months for which no value is in force; `value_central_out` leaves all of it out (特困).

    Args:
        windows: app, window_from, window_to, region_code, season (year), farm_yuan_per_mu (units or null).
        central: region_code, month, excluded (see `terms.central_basic_by_month`).
    """
    return pl.concat(
        [
            _taxed(linked, seats, windows),
            _farmed(linked, seats, windows),
            _rented(linked, seats, windows),
            _benefits(linked, seats, windows, central),
        ]
    )


def _plain(value: pl.Expr) -> list[pl.Expr]:
    return [value.alias(name) for name in _VALUES]


def _taxed(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    rows = seat_rows(linked, seats, "tax.income").filter(
        pl.col("item").is_in(["工资薪金", "劳务报酬"]).not_()
    )
    month = month_index(pl.col("month"))
    rows = rows.join(windows, on="app").with_columns(
        *_plain(units(pl.col("amount"))), month.alias("received")
    )
    kind = (
        pl.when(pl.col("item") == "经营所得").then(pl.lit("business")).otherwise(pl.lit("property"))
    )
    why_not = first_reason(
        (pl.col("item") == "财产转让", "财产转让是财产形态变化，不是收入"),
        (pl.col("item").is_in(["经营所得", *PROPERTY_ITEMS]).not_(), "未列入收入的所得项目"),
        ((month < pl.col("window_from")) | (month > pl.col("window_to")), OUTSIDE),
    )
    return as_lines(rows, kind, amount=pl.col("value"), why_not=why_not, keep=_KEEP)


_OTHER_SEASON = (pl.col("season_year") != pl.col("season"), "不是申请上一年度")


def _farmed(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    rows = seat_rows(linked, seats, "agriculture.farm").join(windows, on="app")
    # Land of which the contracted area is not given is left out whole: its transferred part alone would count against it.
    worked = pl.col("contracted_mu") - pl.col("transferred_mu").fill_null(0)
    tilled = (worked * 1_000_000).cast(pl.Int128) * pl.col("farm_yuan_per_mu") // 1_000_000
    tilled = pl.coalesce(tilled, pl.lit(0, dtype=pl.Int128))
    subsidy = pl.coalesce(units(pl.col("subsidy")), pl.lit(0, dtype=pl.Int128))
    rows = rows.with_columns(*_plain(tilled + subsidy), _WHOLE_YEAR)
    why_not = first_reason(
        (pl.col("farm_yuan_per_mu").is_null(), "本地未规定每亩净收入，不计"), _OTHER_SEASON
    )
    return as_lines(rows, "business", amount=pl.col("value"), why_not=why_not, keep=_KEEP)


def _rented(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    rows = seat_rows(linked, seats, "agriculture.farm").filter(
        pl.col("transfer_rent").is_not_null()
    )
    rows = rows.join(windows, on="app")
    rows = rows.with_columns(*_plain(units(pl.col("transfer_rent"))), _WHOLE_YEAR)
    return as_lines(
        rows, "property", amount=pl.col("value"), why_not=first_reason(_OTHER_SEASON), keep=_KEEP
    )


def _benefits(
    linked: Mapping[str, pl.DataFrame],
    seats: pl.DataFrame,
    windows: pl.DataFrame,
    central: pl.DataFrame,
) -> pl.DataFrame:
    rows = seat_rows(linked, seats, "human_resources.benefit").with_columns(
        month_index(pl.col("month")).alias("month_no")
    )
    rows = rows.join(windows, on="app").join(
        central,
        left_on=["region_code", "month_no"],
        right_on=["region_code", "month"],
        how="left",
        maintain_order="left",
    )
    whole = units(pl.col("amount"))
    part = pl.coalesce(units(pl.col("central_basic")), pl.lit(0, dtype=pl.Int128))
    excluded = pl.col("excluded")
    rows = rows.with_columns(
        (whole - pl.when(excluded).then(part).otherwise(0)).alias("value"),
        (whole - pl.when(excluded.fill_null(value=True)).then(part).otherwise(0)).alias(
            "value_uncertain_out"
        ),
        (whole - part).alias("value_central_out"),
        whole.alias("whole"),
        pl.col("month_no").alias("received"),
    )
    month = pl.col("month_no")
    why_not = first_reason(
        ((month < pl.col("window_from")) | (month > pl.col("window_to")), OUTSIDE)
    )
    return as_lines(rows, "transfer", amount=pl.col("whole"), why_not=why_not, keep=_KEEP)
