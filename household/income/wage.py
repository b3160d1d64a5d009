"""Wages: per month and employer the first source that speaks (assessment §5; 广州市核对规则 2019: 工资以个税为先).

Tax record, then public payroll, then the employment register, then the pension-insurance base of an employer. Different employers add.
Remuneration for labour (劳务报酬) adds without asking for an employer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.identity.names import normal_employer
from household.lines import as_lines, first_reason, seat_rows
from household.money import units
from household.periods import month_index

if TYPE_CHECKING:
    from collections.abc import Mapping

LABOUR = 0
SELF_EMPLOYED = "灵活就业"
PLACE = ("app", "person", "labour", "employer", "month")
"""Where one wage stands: of the rows of one place one counts."""
_RUNNING_KINDS = ("单位就业", "公益性岗位", "灵活就业")
_KEEP = (
    "rank",
    "month_from",
    "month_to",
    "value",
    "uscc",
    "employer_name",
    "extract_as_of",
    "_part",
    "post",
)

OUTSIDE = "不在收入核算期内"
NO_AMOUNT = "来源未提供金额"
SUPERSEDED = "同月同单位已由更优先来源计入"


def wage_lines(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    """Lines that may be wages: `month_from`…`month_to` clipped to the window, `value` a month in units, `rank` of the source.

    `windows`: app, window_from, window_to (month indices, both inside).
    """
    return pl.concat(
        [
            _tax(linked, seats, windows),
            _payroll(linked, seats, windows),
            _employment(linked, seats, windows),
            _bases(linked, seats, windows),
            _fund_bases(linked, seats, windows),
        ]
    )


def _tax(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    rows = seat_rows(linked, seats, "tax.income").filter(
        pl.col("item").is_in(["工资薪金", "劳务报酬"])
    )
    rows = _clipped(rows, windows, month_index(pl.col("month")), month_index(pl.col("month")))
    labour = pl.col("item") == "劳务报酬"
    rows = rows.with_columns(
        pl.when(labour).then(LABOUR).otherwise(1).cast(pl.Int8).alias("rank"),
        units(pl.col("amount")).alias("value"),
        _uscc("payer_uscc"),
        normal_employer(pl.col("payer")).alias("employer_name"),
        pl.lit(False).alias("post"),
    )
    return as_lines(
        rows, "wage", amount=pl.col("value"), why_not=first_reason(_outside()), keep=_KEEP
    )


def _payroll(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    rows = seat_rows(linked, seats, "finance.payroll")
    rows = _clipped(rows, windows, month_index(pl.col("from_date")), month_index(pl.col("to_date")))
    rows = rows.with_columns(
        pl.lit(2, dtype=pl.Int8).alias("rank"),
        units(pl.col("monthly_pay")).alias("value"),
        _uscc("employer_uscc"),
        normal_employer(pl.col("employer")).alias("employer_name"),
        pl.lit(False).alias("post"),
    )
    why_not = first_reason(
        (pl.col("kind") == "退休", "退休人员，不是工资"),
        (pl.col("value").is_null(), NO_AMOUNT),
        _outside(),
    )
    return as_lines(rows, "wage", amount=pl.col("value"), why_not=why_not, keep=_KEEP)


def _employment(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    rows = seat_rows(linked, seats, "human_resources.employment")
    rows = _clipped(
        rows, windows, month_index(pl.col("started_on")), month_index(pl.col("ended_on"))
    )
    rows = rows.with_columns(
        pl.lit(3, dtype=pl.Int8).alias("rank"),
        units(pl.col("monthly_wage")).alias("value"),
        _uscc("employer_uscc"),
        normal_employer(pl.col("employer")).alias("employer_name"),
        (pl.col("kind") == "公益性岗位").alias("post"),
    )
    why_not = first_reason(
        (pl.col("kind").is_in(_RUNNING_KINDS).not_(), "登记类型不产生工资"),
        (pl.col("value").is_null(), NO_AMOUNT),
        _outside(),
    )
    return as_lines(rows, "wage", amount=pl.col("value"), why_not=why_not, keep=_KEEP)


def _bases(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    rows = seat_rows(linked, seats, "human_resources.contribution")
    rows = _clipped(rows, windows, month_index(pl.col("month")), month_index(pl.col("month")))
    rows = rows.with_columns(
        pl.lit(4, dtype=pl.Int8).alias("rank"),
        units(pl.col("base")).alias("value"),
        _uscc("employer_uscc"),
        normal_employer(pl.col("employer")).alias("employer_name"),
        pl.lit(False).alias("post"),
    )
    name = pl.col("employer_name")
    own_account = name.is_null() | (name == SELF_EMPLOYED)
    why_not = first_reason(
        (pl.col("scheme") != "城镇职工养老", "非城镇职工养老险种，不作工资依据"),
        (own_account, "灵活就业缴费基数只作提示，不计收入"),
        _outside(),
    )
    return as_lines(rows, "wage", amount=pl.col("value"), why_not=why_not, keep=_KEEP)


def _fund_bases(
    linked: Mapping[str, pl.DataFrame], seats: pl.DataFrame, windows: pl.DataFrame
) -> pl.DataFrame:
    """Never income (P06); they are shown, and their names of employers help to tell employers apart."""
    rows = seat_rows(linked, seats, "housing.provident_fund").join(windows, on="app")
    rows = rows.with_columns(
        pl.lit(5, dtype=pl.Int8).alias("rank"),
        pl.col("window_from").alias("month_from"),
        pl.col("window_to").alias("month_to"),
        units(pl.col("base")).alias("value"),
        _uscc("employer_uscc"),
        normal_employer(pl.col("employer")).alias("employer_name"),
        pl.lit(False).alias("post"),
    )
    return as_lines(
        rows,
        "wage",
        amount=pl.col("value"),
        why_not=pl.lit("公积金缴存基数只作提示，不计收入"),
        keep=_KEEP,
    )


def _uscc(column: str) -> pl.Expr:
    text = pl.col(column).str.normalize("NFKC").str.strip_chars().str.to_uppercase()
    return pl.when(text != "").then(text).alias("uscc")


def _clipped(
    rows: pl.DataFrame, windows: pl.DataFrame, start: pl.Expr, end: pl.Expr
) -> pl.DataFrame:
    """With month_from and month_to of the row inside its application's window; an open end runs on."""
    return rows.join(windows, on="app").with_columns(
        pl.max_horizontal(start, "window_from").alias("month_from"),
        pl.min_horizontal(end, "window_to").alias("month_to"),  # a null end leaves the window's
    )


def _outside() -> tuple[pl.Expr, str]:
    return (pl.col("month_from") > pl.col("month_to"), OUTSIDE)


def settle_wages(lines: pl.DataFrame) -> pl.DataFrame:
    """Which lines count, and for how much.

    Returns:
        line, app, person, counted_amount: units over the window; a line that counts in no month is absent.
    """
    chosen = wage_months(lines).unique(PLACE, keep="first", maintain_order=True)
    return chosen.group_by("line", "app", "person").agg(
        pl.col("value").sum().alias("counted_amount")
    )


def wage_months(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines in play month by month, of each PLACE first the one that counts: the lines' columns, labour, employer and month (index).

    The source that speaks first; within it the later extract. Two rows of one extract that differ: the smaller amount, because what
    is certain is only that it was paid at least once.
    """
    months = (
        _same_employer(lines)
        .filter(pl.col("why_not").is_null())
        .with_columns(
            pl.int_ranges("month_from", pl.col("month_to") + 1, dtype=pl.Int32).alias("month")
        )
        .explode("month")
        # Labour asks for no employer of its own kind: it adds to whatever wage there is.
        .with_columns((pl.col("rank") == LABOUR).alias("labour"))
    )
    return months.sort(
        *PLACE,
        "rank",
        "extract_as_of",
        "_part",
        "value",
        "line",
        descending=[*[False] * 6, True, True, False, False],
    )


def _same_employer(lines: pl.DataFrame) -> pl.DataFrame:
    """With `employer`: the credit code; a row by name joins the code that another row of the person, of any month, gives that name."""
    codes = (
        lines.filter(pl.col("uscc").is_not_null() & pl.col("employer_name").is_not_null())
        .group_by("app", "person", "employer_name")
        .agg(pl.col("uscc").min().alias("code_of_name"))
    )
    return lines.join(codes, on=["app", "person", "employer_name"], how="left").with_columns(
        pl.coalesce(
            "uscc", "code_of_name", pl.format("name:{}", "employer_name"), pl.lit("")
        ).alias("employer")
    )
