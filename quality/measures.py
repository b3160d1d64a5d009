"""From a profile to the one number each check compares, with its counts and one Chinese line of what was observed.

Everything here is arithmetic on counts; nothing here knows Great Expectations or a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from quality.checks import Check, Limits
    from quality.profile import Profile


@dataclass(frozen=True, slots=True)
class Measure:
    """What a check sees. `value` null: could not be measured.

    `failed` of `total` count rows, or what the question is about: columns, files, numbers, cells or regions.
    """

    value: float | None
    failed: int | None
    total: int | None
    observed: str


def measure(profile: Profile, check: Check, *, limits: Limits) -> Measure:
    """The measure of one check.

    Raises:
        KeyError: the check asks a question that no measure answers.

    """
    if check.column is not None:
        row = profile.columns.row(by_predicate=pl.col("column") == check.column, named=True)
        return _OF_COLUMN[check.question](row)
    return _OF_DATASET[check.question](profile, limits)


# ---- of one column ----------------------------------------------------------------------------------------------


def _count(name: str, unit: str) -> Callable[[Mapping[str, Any]], Measure]:
    """A number of rows that should be none."""

    def measured(row: Mapping[str, Any]) -> Measure:
        failed = row[name]
        if failed is None:
            return Measure(None, None, row["rows"], "列缺失或类型不符, 无法核对")
        return Measure(failed, failed, row["rows"], f"{unit} {failed} / {row['rows']} 行")

    return measured


def _share(name: str, total: str, unit: str) -> Callable[[Mapping[str, Any]], Measure]:
    """A number of rows as a share of those the question concerns."""

    def measured(row: Mapping[str, Any]) -> Measure:
        failed, of = row[name], row[total]
        if failed is None or of is None:
            return Measure(None, None, None, "列缺失或类型不符, 无法核对")
        return Measure(_ratio(failed, of), failed, of, f"{unit} {failed} / {of}")

    return measured


def _terms(row: Mapping[str, Any]) -> Measure:
    if row["out_of_terms"] is None or row["nulls"] is None:
        return Measure(None, None, None, "列缺失或类型不符, 无法核对")
    failed, of = row["out_of_terms"], row["rows"] - row["nulls"]
    return Measure(_ratio(failed, of), failed, of, f"目录外用词 {failed} / {of} 个非空值")


def _number(row: Mapping[str, Any]) -> Measure:
    measured = _share("invalid", "numbers", "无效号码")(row)
    hidden = row["masked"]
    if not hidden:
        return measured
    text = f"{measured.observed}; 另有遮蔽号码 {hidden}"
    return Measure(measured.value, measured.failed, measured.total, text)


_OF_COLUMN: dict[str, Callable[[Mapping[str, Any]], Measure]] = {
    "required_present": _count("nulls", "空值"),
    "money_not_negative": _count("negative", "负数"),
    "number_valid": _number,
    "one_name": _share("shared_numbers", "keyed_numbers", "一号多名的号码"),
    "terms_known": _terms,
    "period_forward": _count("backwards", "终止早于起始"),
}


# ---- of the dataset ---------------------------------------------------------------------------------------------


def _columns_declared(profile: Profile, _: Limits) -> Measure:
    absent = profile.columns.filter(~pl.col("present"))["column"].to_list()
    failed = len(absent) + profile.fact["hand_off_missing"]
    listed = f": {', '.join(absent)}" if absent else ""
    return Measure(failed, failed, len(profile.columns), f"缺 {failed} 列{listed}")


def _types_declared(profile: Profile, _: Limits) -> Measure:
    wrong = profile.columns.filter(pl.col("present") & ~pl.col("typed"))["column"].to_list()
    failed = len(wrong) + profile.fact["hand_off_mistyped"]
    listed = f": {', '.join(wrong)}" if wrong else ""
    return Measure(failed, failed, len(profile.columns), f"{failed} 列类型不符{listed}")


def _ledger_balances(profile: Profile, _: Limits) -> Measure:
    fact = profile.fact
    n = fact["files_unbalanced"]
    text = (
        f"来行 {fact['rows_in']} = 接收 {fact['accepted']} + 隔离 {fact['quarantined']} "
        f"+ 替代 {fact['superseded']}; 不平衡文件 {n} 个"
    )
    return Measure(n, n, fact["files"], text)


def _rows_as_ledgered(profile: Profile, _: Limits) -> Measure:
    fact = profile.fact
    apart = abs(fact["rows"] - fact["accepted"])
    text = f"在用 {fact['rows']} 行, 台账接收 {fact['accepted']} 行"
    return Measure(apart, apart, fact["accepted"], text)


def _key_unique(profile: Profile, _: Limits) -> Measure:
    repeats, rows = profile.fact["key_repeats"], profile.fact["rows"]
    if repeats is None:
        return Measure(None, None, rows, "主键列缺失, 无法核对")
    return Measure(repeats, repeats, rows, f"主键重复 {repeats} / {rows} 行")


def _optional_filled(profile: Profile, limits: Limits) -> Measure:
    compared = profile.columns.filter(
        ~pl.col("required")
        & (pl.col("previous_filled_share") > 0)
        & (pl.col("rows") > 0)
        & pl.col("nulls").is_not_null()
    ).with_columns((1 - pl.col("nulls") / pl.col("rows")).alias("filled"))
    if compared.is_empty():
        return Measure(None, None, None, "无上期可比")
    floor = pl.col("previous_filled_share") * limits.filled_share_of_previous
    fallen = compared.filter(pl.col("filled") < floor)
    listed = "; ".join(
        f"{name} {before:.0%} → {now:.0%}"
        for name, before, now in fallen.select(
            "column", "previous_filled_share", "filled"
        ).iter_rows()
    )
    text = f"填报率骤降的列: {listed}" if listed else f"{len(compared)} 列填报率未骤降"
    return Measure(len(fallen), len(fallen), len(compared), text)


def _dates_not_ahead(profile: Profile, _: Limits) -> Measure:
    counted = profile.columns.filter(pl.col("ahead").is_not_null())
    if counted.is_empty():
        return Measure(None, None, None, "日期列缺失或类型不符, 无法核对")
    failed = int(counted["ahead"].sum())
    of = int((counted["rows"] - counted["nulls"]).sum())
    listed = ", ".join(
        f"{name} {n}"
        for name, n in counted.filter(pl.col("ahead") > 0).select("column", "ahead").iter_rows()
    )
    text = f"晚于提取日 {failed} / {of} 个日期" + (f": {listed}" if listed else "")
    return Measure(_ratio(failed, of), failed, of, text)


def _cells_as_agreed(profile: Profile, _: Limits) -> Measure:
    noted = profile.fact["noted"]
    cells = profile.fact["rows_in"] * len(profile.columns)
    listed = profile.fact["noted_text"]
    text = f"书写有异 {noted} / {cells} 个单元格" + (f": {listed}" if listed else "")
    return Measure(_ratio(noted, cells), noted, cells, text)


def _delivered(profile: Profile, _: Limits) -> Measure:
    n = profile.fact["files_read"]
    if not n:
        return Measure(0, None, None, "未送达")
    return Measure(n, 0, n, f"已读文件 {n} 个, 最新提取日 {profile.fact['newest_as_of']}")


def _files_readable(profile: Profile, _: Limits) -> Measure:
    refused, files = profile.fact["files_refused"], profile.fact["files"]
    return Measure(refused, refused, files, f"拒收文件 {refused} / {files} 个")


def _quarantined(profile: Profile, _: Limits) -> Measure:
    fact = profile.fact
    text = f"隔离 {fact['quarantined']} / {fact['rows_in']} 行"
    return Measure(fact["quarantined_share"], fact["quarantined"], fact["rows_in"], text)


def _usual_volume(profile: Profile, limits: Limits) -> Measure:
    fact = profile.fact
    share, now, before = fact["volume_share"], fact["volume_rows"], fact["volume_previous_rows"]
    if share is None:
        return Measure(None, None, None, "无上期可比")
    lost = max(before - now, 0) if share < limits.usual_volume_share else 0
    text = f"地区 {fact['volume_region']}: 上期 {before} 行, 本期 {now} 行"
    return Measure(share, lost, before, text)


def _fresh(profile: Profile, limits: Limits) -> Measure:
    ages = list(profile.fact["region_ages"])
    if not ages:
        return Measure(None, None, None, "未送达")
    stale = sum(age > limits.max_age_days for age in ages)
    text = f"最旧地区的提取距今 {max(ages)} 天, 超期地区 {stale} / {len(ages)} 个"
    return Measure(max(ages), stale, len(ages), text)


def _ratio(failed: int, of: int) -> float | None:
    """Share of failures; of nothing there is none."""
    return failed / of if of else None


_OF_DATASET: dict[str, Callable[[Profile, Limits], Measure]] = {
    "columns_declared": _columns_declared,
    "types_declared": _types_declared,
    "ledger_balances": _ledger_balances,
    "rows_as_ledgered": _rows_as_ledgered,
    "key_unique": _key_unique,
    "optional_filled": _optional_filled,
    "dates_not_ahead": _dates_not_ahead,
    "cells_as_agreed": _cells_as_agreed,
    "delivered": _delivered,
    "files_readable": _files_readable,
    "quarantined_share": _quarantined,
    "usual_volume": _usual_volume,
    "fresh": _fresh,
}
