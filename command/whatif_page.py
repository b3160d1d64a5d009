"""What a what-if tells, as sections of words and tables: the same for the screen and for the page. Nothing is counted here but sums of sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from command.whatif_parameters import Section, parameters_of
from household.comparison import totals
from household.rules.programmes import PROGRAMMES, TITLES
from household.schema.compared import GAIN, LOSS, OTHER, SAME
from household.schema.published.verdicts import SUGGESTION_TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from pipelines.whatif import WhatIf

DIRECTION_TITLES = {GAIN: "受益", LOSS: "受损", OTHER: "待定变化", SAME: "不变"}
PLACES = 20
"""Regions that are told one by one; finer codes are joined until there are no more."""
FIRST = 10
_STANDING = [name for name in PROGRAMMES if not name.startswith("temp_")]
NOTES = (
    "受益：由不符合变为符合，或金额增加；受损与之相反；待定变化：转入或转出“未有结论”（需人工复核、数据不全、参数缺失、未获授权），不算受益或受损。",
    "每月金额只含低保与刚性支出；临时救助是一次性的，另列；“无金额”是建议符合而办法没有规定金额的申请。无金额与未有结论的都不在合计之内，也不按零计。",
    "参数按每份申请的申请日取值。只试算本结果库中的申请，不重算在领待遇；只核对不认定，以上都是建议。",
)


def sections_of(found: WhatIf) -> list[Section]:
    """Everything that is told, in its order; tables without rows are left out."""
    asked = found.summary.filter("requested")
    moved = found.changes.filter("requested")
    told = [_head(found), parameters_of(found.parameters)]
    if found.changes.is_empty():
        told.append(Section("说明", NOTES[2:]))
    else:
        told += [
            Section("所申请的项目", tuple(headline(found)), illustrated=True),
            _by_programme("按项目（所申请的）", asked),
            _by_cost(asked),
            _by_region(asked),
            _movements(moved),
            _largest(moved),
            _by_programme("按项目（每份申请逐项试算，供参考，各项目不能相加）", found.summary),
            Section("说明", NOTES),
        ]
    return [section for section in told if section.rows or not section.columns]


def notices(found: WhatIf) -> list[str]:
    """What must be known before the figures are believed; empty in the usual case."""
    told = []
    if not found.parameters:
        told.append("规则包与现行的完全相同，没有变化")
    if not found.reproduced:
        told.append(
            "现行的规则包得不到已发布的建议：那次运行用了另外的规则包（请用 --packs 给出），或规则包之后改过。"
            "以下与已发布的建议相比，差别不全是这次改动引起的"
        )
    told += [
        f"规则包 {pack_id} 整个替换后不再给出 {count} 个参数；只想改动个别参数请加 --merge"
        for pack_id, count in found.dropped.items()
    ]
    if found.parameters and found.changes.is_empty():
        why = "没有任何建议或金额变化"
        if not found.in_force:
            why += "：改动的值在任何一份申请的申请日都不生效（参数按申请日取值，试算时请不写 from 和 to）"
        told.append(why)
    return told


def headline(found: WhatIf) -> Iterator[str]:
    """The programmes asked for, in a few lines."""
    moved = found.changes.filter("requested")
    people = totals(found.summary.filter("requested"), ["direction"]).rows_by_key(
        "direction", named=True, unique=True
    )
    words = []
    for direction in (GAIN, LOSS, OTHER, SAME):
        row = people.get(direction)
        words.append(f"{DIRECTION_TITLES[direction]} {_households(row)}")
    yield "，".join(words)
    elsewhere = moved.filter(
        pl.col("direction") == LOSS,
        pl.col("after") != "eligible",
        pl.col("eligible_for").list.set_intersection(_STANDING).list.len() > 0,
    )
    if len(elsewhere):
        yield f"不再符合所申请项目的，有 {len(elsewhere)} 户试算后符合其他长期救助"
    whole = totals(found.summary.filter("requested")).row(0, named=True)
    if whole["applications"] < found.run.applications:
        yield f"另有 {found.run.applications - whole['applications']} 份申请所申请的不在这七个项目之内"
    yield f"每月：{_sum_told(whole, 'month')}"
    yield f"一次性：{_sum_told(whole, 'once')}"
    yield (
        f"不在合计内：符合而无金额 {_moved_count(whole, 'unpriced')} 户，"
        f"未有结论 {_moved_count(whole, 'open')} 户"
    )


def places_of(summary: pl.DataFrame) -> pl.DataFrame:
    """The summary with `place`: codes cut to village, township, county, city or province until no more than PLACES are left."""
    cut = summary.with_columns(pl.col("region_code").alias("place"))
    for length in (12, 9, 6, 4, 2):
        cut = summary.with_columns(pl.col("region_code").str.slice(0, length).alias("place"))
        if cut["place"].n_unique() <= PLACES:
            break
    return cut


def money(value: Decimal | None, *, signed: bool = False) -> str:
    """Yuan in words; "-" where nothing is known or nothing is paid so."""
    if value is None:
        return "-"
    return f"{value:+,.2f}" if signed and value else f"{value:,.2f}"


def _head(found: WhatIf) -> Section:
    run = found.run
    line = f"批次 {run.run_id}，基准日 {run.as_of.isoformat()}，申请 {run.applications}；只试算，不发布"
    warned = tuple(f"注意：{notice}" for notice in notices(found))
    return Section("政策试算", (line, *warned))


def _households(row: dict[str, Any] | None) -> str:
    if row is None:
        return "0 户"
    unsure = f"，另有 {row['persons_unknown']} 户人数不明" if row["persons_unknown"] else ""
    return f"{row['applications']} 户（{row['persons']} 人{unsure}）"


def _sum_told(whole: dict[str, Any], how: str) -> str:
    before, after, change = (whole[f"{how}_{side}"] for side in ("before", "after", "change"))
    if before is None:
        return "没有按此发放的申请"
    return f"现行 {money(before)} 元，试算 {money(after)} 元，差额 {money(change, signed=True)} 元"


def _moved_count(row: dict[str, Any], name: str) -> str:
    before, after = row[f"{name}_before"], row[f"{name}_after"]
    return f"{before}" if before == after else f"{before} → {after}"


_COUNTS = ("#申请", "#受益", "#受损", "#待定变化", "#建议符合", "#其中无金额", "#未有结论")
_COSTS = ("#每月现行", "#每月试算", "#每月差额", "#一次性现行", "#一次性试算", "#一次性差额")
_PLACED = (
    *("#申请", "#受益", "#受损", "#待定变化", "#每月现行", "#每月试算", "#每月差额", "#一次性差额"),
    *("#无金额", "#未有结论"),
)


def _by_programme(title: str, summary: pl.DataFrame) -> Section:
    rows = (
        (TITLES[row["programme"]], *_counts(row))
        for row in _in_order(_directed(summary, "programme"))
    )
    return Section(title, (), ("救助类型", *_COUNTS), tuple(rows))


def _by_cost(asked: pl.DataFrame) -> Section:
    rows = (
        (TITLES[row["programme"]], *_costs(row, "month"), *_costs(row, "once"))
        for row in _in_order(totals(asked, ["programme"]).iter_rows(named=True))
        if row["month_before"] is not None or row["once_before"] is not None
    )
    return Section("金额（所申请的，元）", (), ("救助类型", *_COSTS), tuple(rows))


def _by_region(asked: pl.DataFrame) -> Section:
    rows = (
        (
            row["place"],
            *_counts(row)[:4],
            *_costs(row, "month"),
            _costs(row, "once")[2],
            *_counts(row)[5:],
        )
        for row in sorted(_directed(places_of(asked), "place"), key=lambda row: row["place"])
    )
    return Section("按区划（所申请的）", (), ("行政区划", *_PLACED), tuple(rows))


def _directed(summary: pl.DataFrame, key: str) -> list[dict[str, Any]]:
    """The totals by one key, with the number of applications of each direction."""
    ways = totals(summary, [key, "direction"]).select(key, "direction", "applications")
    counts = {(name, way): count for name, way, count in ways.iter_rows()}
    return [
        row | {way: counts.get((row[key], way), 0) for way in DIRECTION_TITLES}
        for row in totals(summary, [key]).iter_rows(named=True)
    ]


def _in_order(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    order = {name: place for place, name in enumerate(PROGRAMMES)}
    return sorted(rows, key=lambda row: order[row["programme"]])


def _counts(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        str(row["applications"]),
        *(str(row[way] or ".") for way in (GAIN, LOSS, OTHER)),
        *(_moved_count(row, name) for name in ("eligible", "unpriced", "open")),
    )


def _costs(row: dict[str, Any], how: str) -> tuple[str, str, str]:
    before, after, change = (row[f"{how}_{side}"] for side in ("before", "after", "change"))
    return money(before), money(after), money(change, signed=True)


def _movements(moved: pl.DataFrame) -> Section:
    """From which suggestion to which; money is told where both sides are known."""
    keys = ["programme", "before", "after", "direction"]
    grouped = moved.group_by(keys).agg(
        pl.len().alias("count"),
        pl.col("amount_change").sum().alias("change"),
        pl.col("amount_change").is_null().sum().alias("unknown"),
    )
    rows = _in_order(grouped.sort("before", "after", "direction").iter_rows(named=True))
    return Section(
        "由什么变为什么（所申请的）",
        (),
        ("救助类型", "现行", "试算", "方向", "#申请", "#金额变化"),
        tuple(
            (
                TITLES[row["programme"]],
                SUGGESTION_TITLES[row["before"]],
                SUGGESTION_TITLES[row["after"]],
                DIRECTION_TITLES[row["direction"]],
                str(row["count"]),
                _change_told(row),
            )
            for row in rows
        ),
    )


def _change_told(row: dict[str, Any]) -> str:
    if row["unknown"] == row["count"]:
        return "-"
    beside = f"（{row['unknown']} 户不明）" if row["unknown"] else ""
    return money(row["change"], signed=True) + beside


def _largest(moved: pl.DataFrame) -> Section:
    """The applications that change most, those whose suggestion turns before those whose amount alone does."""
    questions = {rule.rule_id: rule.question_zh for rules in PROGRAMMES.values() for rule in rules}
    chosen = moved.sort(
        pl.col("rule_id").is_null(),
        pl.col("amount_change").abs(),
        "application_id",
        "programme",
        descending=[False, True, False, False],
        nulls_last=True,
    ).head(FIRST)
    rows = tuple(
        (
            row["application_id"],
            TITLES[row["programme"]],
            f"{SUGGESTION_TITLES[row['before']]} → {SUGGESTION_TITLES[row['after']]}",
            money(row["amount_before"]),
            money(row["amount_after"]),
            questions.get(row["rule_id"], "金额" if row["rule_id"] is None else row["rule_id"]),
            _limits(row),
        )
        for row in chosen.iter_rows(named=True)
    )
    title = f"变化的申请（所申请的 {len(moved)} 份中的 {len(rows)} 份；全部见 --out 的 changes）"
    columns = ("申请编号", "救助类型", "建议", "#现行金额", "#试算金额", "起变化的规则", "#限值")
    return Section(title, (), columns, rows)


def _limits(row: dict[str, Any]) -> str:
    before, after = (_short(row[f"limit_{side}"]) for side in ("before", "after"))
    return before if before == after else f"{before} → {after}"


def _short(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:f}".rstrip("0").rstrip(".")
