"""Lines in doubt: which tier C rows and objections would give another answer, and who decides about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.rules.rule import Rule, answer_column, outcome_of
from household.schema.datasets import DATASETS
from household.telling.topics import TOPIC_QUANTITIES, topic_of
from household.telling.words import told

if TYPE_CHECKING:
    from household.case import CaseFile
    from household.rules.worlds import Worlds

OUTCOMES_ZH = {1: "通过", 0: "待定", -1: "不通过"}
_WORLDS = ("with_c", "uncontested", "bare")
CENTRAL = "central_out"


def doubt_column(topic: str) -> str:
    """The column that names the tier C rows that bear on a topic."""
    return f"doubt:{topic}"


def doubtful_rows(case: CaseFile) -> pl.DataFrame:
    """app, and by topic the tier C rows that would count: whose place, which dataset."""
    titles = {name: declared.title_zh for name, declared in DATASETS.items()}
    rows = case.lines.all().filter(pl.col("tier") == "C", pl.col("why_not").is_null())
    rows = (
        rows.select("app", "member_no", "dataset", "quantity")
        .unique()
        .sort("app", "member_no", "dataset", "quantity")
        .with_columns(
            pl.format(
                "第{}位的“{}”",
                "member_no",
                pl.col("dataset").replace_strict(titles, return_dtype=pl.String),
            ).alias("row")
        )
    )
    return rows.group_by("app", maintain_order=True).agg(
        pl.col("row")
        .filter(pl.col("quantity").is_in(quantities))
        .unique(maintain_order=True)
        .str.join("、")
        .replace("", None)
        .alias(doubt_column(topic))
        for topic, quantities in TOPIC_QUANTITIES.items()
    )


def other_answers(worlds: Worlds, rules: tuple[Rule, ...]) -> list[pl.DataFrame]:
    """For each world of doubt its outcomes by `app`, as `<world>:<rule_id>` beside `<world>:asked`."""
    return [
        getattr(worlds, world).select(
            "app",
            pl.lit(value=True).alias(f"{world}:asked"),
            *(outcome_of(answer_column(rule)).alias(f"{world}:{rule.rule_id}") for rule in rules),
        )
        for world in (*_WORLDS, CENTRAL)
    ]


def turned(rule: Rule, world: str) -> pl.Expr:
    """Whether a world answers a rule otherwise than what stands."""
    asked = pl.col(f"{world}:asked").fill_null(value=False)
    return asked & pl.col(f"{world}:{rule.rule_id}").ne_missing(outcome_of(answer_column(rule)))


def in_doubt(rule: Rule) -> pl.Expr:
    """Whether some line in doubt turns the answer."""
    return pl.any_horizontal(turned(rule, world) for world in _WORLDS)


def doubt_words(rule: Rule) -> pl.Expr:
    """What the answer would be otherwise, and who says which it is; null where nothing in doubt decides."""
    row = pl.coalesce(doubt_column(topic_of(rule)), pl.lit("证据行中"))
    by_c = pl.format(
        "{}C级匹配行如属本人，本项{}；由匹配复核人员核实是否为同一人",
        row,
        _otherwise(rule, "with_c"),
    )
    contested = pl.format(
        "有未办结异议：所涉证据行如剔除，本项{}；由经办人员核实并答复异议",
        _otherwise(rule, "uncontested"),
    )
    all_of_it = pl.format(
        "对全部数据有未办结异议：如全部剔除，本项{}；由经办人员核实并答复异议",
        _otherwise(rule, "bare"),
    )
    return told(
        pl.when(turned(rule, "with_c")).then(by_c),
        pl.when(turned(rule, "uncontested")).then(contested),
        pl.when(turned(rule, "bare")).then(all_of_it),
    )


def _otherwise(rule: Rule, world: str) -> pl.Expr:
    said = {outcome: f"转为{word}" for outcome, word in OUTCOMES_ZH.items()}
    outcome = pl.col(f"{world}:{rule.rule_id}")
    return outcome.replace_strict(said, default="不再适用", return_dtype=pl.String)
