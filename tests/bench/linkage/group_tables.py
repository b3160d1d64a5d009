"""The page about errors by group: tables in Markdown from counts by register and group (`groups.told_of`). Nothing is linked here."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl
from tables import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

COUNTS = ["pairs", "found", "wrong", "hard_pairs", "hard_found", "hard_wrong"]
ALLOWED = 0.02
"""How far a group's recall may lie under that of all."""

_ROUNDING = 1e-9
"""Two points under, as written, is not more than two points under, as reckoned in floats."""

FEWEST = 200
"""True pairs that a group must have before its recall is held against that of all."""

UNDATED = ("housing", "bank")
"""Registers that state no birth date: without a number, a name, a telephone and an address are all there is."""

HEADS = {
    "family": "Name family 姓名类别",
    "length": "Characters of the name 姓名字数",
    "rare": "A character outside GB 2312 生僻字",
    "number_kind": "Number of the row, as sent 该行号码的样子",
    "number_noise": "What happened to the row's number (truth) 号码受损方式",
    "name_noise": "What happened to the row's name (truth) 姓名受损方式",
}
_ROW_GROUPINGS = ("family", "length", "rare", "number_kind")

INTRO = """# Linkage errors by group / 关联误差分组表

本页说明：身份关联对不同人群是否一样可靠。按姓名类别（汉名、带间隔号的姓名、其他）、字数、生僻字、号码受损方式分组，列出查全率（应关联的关联上了多少）和查准率（关联的对了多少），附 95% 威尔逊区间。数据全部为合成。
要求：任何一组（不少于 {fewest} 对）的查全率不得比总体低 2 个百分点以上；做不到的组列在“未达到要求的组”，并说明原因。

Does the linkage serve everybody alike? Recall and precision by group of people, with Wilson intervals of 95 %, on made registers (`synthetic.linkage`), whose truth is
known. No group of {fewest} pairs or more may have a recall more than 2 points under that of all; those that have are listed with the reason. A true pair is of the group of
its person's name; a wrong link of that of the row's own name; the kind of number is the row's own. *Hard* pairs are those whose cleaned numbers do not agree: 89 in 100 pairs
are found by their number, the rest is the model's work. *Best* is the threshold with the best F1 of each register, which only the truth knows; links are accepted at p ≥ .95.

    {command}

{setting}. Written by that command, never by hand."""


def wilson(found: int, count: int) -> tuple[float, float] | None:
    """The 95 % interval of Wilson (1927) of a share; none of nothing."""
    if not count:
        return None
    z = 1.959964
    share, z2 = found / count, z * z / count
    middle = (share + z2 / 2) / (1 + z2)
    half = z * math.sqrt(share * (1 - share) / count + z2 / (4 * count)) / (1 + z2)
    return max(0.0, middle - half), min(1.0, middle + half)


def share(found: int, count: int) -> str:
    """A share with its interval; a dash where nothing can be said."""
    interval = wilson(found, count)
    if interval is None:
        return "–"
    return f"{found / count:.4f} ({interval[0]:.4f}–{interval[1]:.4f})"


def summed(told: pl.DataFrame) -> pl.DataFrame:
    """Counts by at, grouping and group, registers and seeds added up, with `recall` and how far it is `under` that of all."""
    counts = told.group_by("at", "grouping", "group", maintain_order=True).agg(pl.col(COUNTS).sum())
    whole = counts.filter(grouping="all").select(
        "at", (pl.col("found") / pl.col("pairs")).alias("whole")
    )
    recall = pl.when(pl.col("pairs") > 0).then(pl.col("found") / pl.col("pairs"))
    return (
        counts.with_columns(recall.alias("recall"))
        .join(whole, on="at", how="left", maintain_order="left")
        .with_columns((pl.col("whole") - pl.col("recall")).alias("under"))
        .drop("whole")
    )


def lagging(told: pl.DataFrame) -> pl.DataFrame:
    """Groups of `FEWEST` pairs or more whose recall is more than `ALLOWED` under that of all; see `summed`."""
    return summed(told).filter(
        pl.col("pairs") >= FEWEST,
        pl.col("under") > ALLOWED + _ROUNDING,
        pl.col("grouping").is_in([*_ROW_GROUPINGS, "number_noise"]),
    )


def _rows(counts: pl.DataFrame, grouping: str) -> Iterable[tuple[str, dict[str, int], float]]:
    """group, counts at `stated`, recall at `best`."""
    of = counts.filter(grouping=grouping).sort("group")
    best = dict(of.filter(at="best").select("group", "recall").iter_rows())
    for row in of.filter(at="stated").iter_rows(named=True):
        yield row["group"], row, best[row["group"]]


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _points(under: float | None) -> str:
    """Points above (+) or under (-) all."""
    return _figure(None if under is None else round(-100 * under, 2) + 0.0, "+.2f")


def group_table(told: pl.DataFrame, grouping: str) -> str:
    """One grouping, all registers together."""
    counts = summed(told)
    heads = ["", "pairs", "recall at p ≥ .95", "to all, points", "recall, best"]
    heads += ["precision at p ≥ .95", "hard pairs", "hard recall", "hard precision"]
    rows = []
    for group, c, best in _rows(counts, grouping):
        # of a channel nobody can tell the wrong links
        precision = ["–", "–"]
        if grouping in (*_ROW_GROUPINGS, "all"):
            precision = [
                share(c["found"], c["found"] + c["wrong"]),
                share(c["hard_found"], c["hard_found"] + c["hard_wrong"]),
            ]
        rows.append(
            [
                group or "none",
                f"{c['pairs']:,}",
                share(c["found"], c["pairs"]),
                _points(c["under"]),
                _figure(best, ".4f"),
                precision[0],
                f"{c['hard_pairs']:,}",
                share(c["hard_found"], c["hard_pairs"]),
                precision[1],
            ]
        )
    return markdown(heads, rows)


def register_table(told: pl.DataFrame, *, precision: bool) -> str:
    """Recall, or precision, of every group in every register at p ≥ .95."""
    stated = told.filter(at="stated")
    sources = stated["source"].unique(maintain_order=True).to_list()
    cells = stated.group_by("source", "grouping", "group").agg(pl.col(COUNTS).sum())
    by = {(r["source"], r["grouping"], r["group"]): r for r in cells.iter_rows(named=True)}
    rows = []
    for grouping in ("all", *_ROW_GROUPINGS):
        groups = cells.filter(grouping=grouping)["group"].unique().sort().to_list()
        for group in groups:
            told_here = [by.get((source, grouping, group)) for source in sources]
            figures = [
                "–"
                if c is None
                else share(c["found"], c["found"] + c["wrong"])
                if precision
                else share(c["found"], c["pairs"])
                for c in told_here
            ]
            rows.append([grouping, group, *figures])
    return markdown(["", "group", *sources], rows)


def lagging_table(told: pl.DataFrame) -> str:
    """Groups that miss what is asked, and what is left of it where registers state birth dates."""
    dated = summed(told.filter(~pl.col("source").is_in(UNDATED)))
    heads = ["at", "", "group", "pairs", "recall", "to all, points", "missed"]
    heads += ["of them in housing, bank", "to all, points, in the other registers"]
    rows = []
    for c in (
        lagging(told)
        .sort("at", "grouping", "group", descending=[True, False, False])
        .iter_rows(named=True)
    ):
        same = dated.filter(at=c["at"], grouping=c["grouping"], group=c["group"])
        missed = c["pairs"] - c["found"]
        there = int((same["pairs"] - same["found"]).sum())
        name = {"stated": "p ≥ .95", "best": "best"}[c["at"]]
        rows.append(
            [
                name,
                c["grouping"],
                c["group"],
                f"{c['pairs']:,}",
                f"{c['recall']:.4f}",
                _points(c["under"]),
                f"{missed:,}",
                f"{missed - there:,}",
                _points(None if same.is_empty() else same["under"].item()),
            ]
        )
    return markdown(heads, rows)


def limit_table(told: pl.DataFrame) -> str:
    """Rows without a number by what they give beside a name: what can be found of them."""
    heads = [
        "the row still gives",
        "pairs",
        "recall at p ≥ .95",
        "recall, best",
        "linked to another",
    ]
    rows = [
        [
            group,
            f"{c['pairs']:,}",
            share(c["found"], c["pairs"]),
            _figure(best, ".4f"),
            f"{c['wrong']:,}",
        ]
        for group, c, best in _rows(summed(told), "left")
    ]
    return markdown(heads, rows)


def group_page(told: pl.DataFrame, *, setting: str, command: str) -> str:
    """The whole page.

    Args:
        told: see `groups.told_of`, with `source`. setting: one line on sizes, seeds and machine. command: how it was made.
    """
    parts = [
        INTRO.format(fewest=FEWEST, setting=setting, command=command),
        "## All pairs 总体",
        group_table(told, "all"),
    ]
    for grouping, head in HEADS.items():
        parts += [f"## {head}", group_table(told, grouping)]
    parts += ["## Groups that miss what is asked 未达到要求的组", lagging_table(told), _REASON]
    parts += [
        "## What limits recall: rows without a number 没有号码的行",
        _LIMIT,
        limit_table(told),
    ]
    parts += ["## Recall by register 各登记的查全率", register_table(told, precision=False)]
    parts += ["## Precision by register 各登记的查准率", register_table(told, precision=True)]
    return "\n\n".join(parts) + "\n"


_REASON = """住房、银行两类登记没有出生日期：号码缺失、无效或遮盖时，行内只剩姓名，最多加电话、地址，能比较的字段本身就没有；有出生日期的登记中同一组与总体之差见末列。
“best”各行说明其中有多少只是采纳阈值从严。`other_persons_number` 是行内写着另一个人的有效号码，行内看不出来：系统宁可交人工判定，也不凭姓名和生日推翻有效号码。

Housing and bank state no birth date. Where the number is missing, a filler or masked, a name is left, with a telephone and an address at best: the field itself is not there
to be compared. The last column has the same group in the registers that do state one; the rows at *best* tell how much is mere caution. `other_persons_number` is a valid number
of somebody else, and nothing in the row says so. Such a row is compared only with people with whom it agrees as written (name and birth date, or telephone), and then a link is
left to a clerk rather than stated against a valid number."""
_LIMIT = """没有号码的行，除姓名外还写着什么、是否仍然属实，决定能不能找到。只剩姓名的行谁也分辨不了重名。

True pairs whose row has no number or a filler, by what else is filled on both sides and was not spoilt in the row (an old telephone is no telephone; the roster's own may still be
one, which is most of what is missed there). Rows that carry only a name limit recall: namesakes cannot be told apart by anybody, and a name that only one person of the roster
bears may still be a stranger's. *Linked to another*: at p ≥ .95."""
