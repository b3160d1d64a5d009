"""The part of `hedui show` that sets what was declared against what was verified, and tells of every row that did not count."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from command.tables import table, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import polars as pl
    from rich.console import RenderableType
    from rich.table import Table

KINDS = {"wage": "工资性", "business": "经营", "property": "财产", "transfer": "转移"}
SPEAKERS = {
    "tax": "个税",
    "payroll": "财政工资",
    "employment": "就业登记",
    "contribution": "社保基数",
}
_NOTHING = Decimal(0)
_NO_LINES = "没有申报或核实的收入；未获全部授权的申请不列"


def income_parts(
    lines: pl.DataFrame, months: pl.DataFrame, evidence: pl.DataFrame, places: Mapping[str, int]
) -> list[RenderableType]:
    """Declared against verified, months in which sources of wages differ, and rows that did not count.

    Args:
        lines, months, evidence: the application's rows of income_line, income_month and evidence.
        places: person_ref -> place on the roster.
    """
    parts: list[RenderableType] = [
        _reconciled(lines, places) if len(lines) else f"[bold]收入核对[/]  {_NO_LINES}\n"
    ]
    wages = _differing(months)
    if wages:
        parts.append(_side_by_side(wages, places))
    uncounted = _uncounted(evidence)
    if len(uncounted):
        parts.append(_left_out(uncounted, places))
    return parts


def _reconciled(lines: pl.DataFrame, places: Mapping[str, int]) -> Table:
    """Differences first: the greatest first, then what agrees."""
    page = table(
        "收入核对（核算期，元）", "#成员", "类别", "#申报", "#核实", "#差额", "#采用", "说明"
    )
    rows = sorted(
        lines.iter_rows(named=True),
        key=lambda r: (-_apart(r), places.get(r["person_ref"], 0), r["kind"]),
    )
    for row in rows:
        declared, verified = row["declared"], row["verified"]
        gap = None if declared is None or verified is None else verified - declared
        page.add_row(
            words(places.get(row["person_ref"])),
            KINDS[row["kind"]],
            words(declared),
            words(verified),
            words(gap),
            words(row["adopted"]),
            _how(declared, verified),
        )
    return page


def _apart(row: Mapping[str, Any]) -> Decimal:
    apart: Decimal = (row["verified"] or _NOTHING) - (row["declared"] or _NOTHING)
    return abs(apart)


def _how(declared: Decimal | None, verified: Decimal | None) -> str:
    if declared is None:
        return "未申报，按核实"
    if verified is None:
        return "无核实数据，按申报"
    if declared == verified:
        return "一致"
    return "按核实（较大）" if verified > declared else "按申报（较大）"


def _differing(months: pl.DataFrame) -> list[dict[str, Any]]:
    """Months of wages in which two sources say different amounts."""
    import polars as pl

    said = pl.concat_list(list(SPEAKERS)).list.drop_nulls().list.n_unique()
    rows = months.filter(pl.col("kind") == "wage", said > 1)
    return rows.sort("person_ref", "employer_no", "labour", "period").to_dicts()


def _side_by_side(rows: list[dict[str, Any]], places: Mapping[str, int]) -> Table:
    """Months in which the same sources spoke and the same one counted stand in one line, summed; single months stand in income_month."""
    page = table(
        "工资：各来源说法不同的月份（各月之和，元；同一单位同一月份只计一次）",
        "#成员",
        "#单位",
        "月份",
        *(f"#{title}" for title in SPEAKERS.values()),
        "#计入",
        "采用来源",
    )
    ordered = sorted(rows, key=lambda r: (places.get(r["person_ref"], 0), r["employer_no"]))
    for run in _runs(ordered):
        first = run[0]
        span = first["period"]
        if len(run) > 1:
            span = f"{span} 至 {run[-1]['period']}（{len(run)}个月）"
        page.add_row(
            words(places.get(first["person_ref"])),
            words(first["employer_no"]),
            span,
            *(words(_sum(run, name)) for name in SPEAKERS),
            words(_sum(run, "adopted")),
            _title(first["adopted_source"]),
        )
    return page


def _runs(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    def alike(row: dict[str, Any]) -> tuple[object, ...]:
        spoke = tuple(row[name] is None for name in SPEAKERS)
        return (row["person_ref"], row["employer_no"], row["labour"], spoke, row["adopted_source"])

    for _, found in groupby(rows, key=alike):
        yield list(found)


def _sum(run: list[dict[str, Any]], name: str) -> Decimal | None:
    said: list[Decimal] = [row[name] for row in run if row[name] is not None]
    return sum(said, _NOTHING) if said else None


def _uncounted(evidence: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return (
        evidence.filter(pl.col("quantity").is_in(list(KINDS)), pl.col("counted").not_())
        .group_by("person_ref", "dataset", "why_not")
        .agg(
            pl.len().alias("rows"),
            # A source that gives no amounts is not one that gives noughts.
            pl.when(pl.col("amount").count() > 0).then(pl.col("amount").sum()),
        )
        .sort("person_ref", "dataset", "why_not")
    )


def _left_out(rows: pl.DataFrame, places: Mapping[str, int]) -> Table:
    page = table("未计入的收入记录", "#成员", "来源", "未计入原因", "#行数", "#来源金额合计")
    for row in sorted(rows.iter_rows(named=True), key=lambda r: places.get(r["person_ref"], 0)):
        page.add_row(
            words(places.get(row["person_ref"])),
            _title(row["dataset"]),
            words(row["why_not"]),
            str(row["rows"]),
            words(row["amount"]),
        )
    return page


def _title(dataset: str) -> str:
    from household.schema.datasets import DATASETS

    return DATASETS[dataset].title_zh
