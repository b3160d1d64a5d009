"""The grounds of a link or of none, as Chinese sentences. They name levels, bits and thresholds, never a value and never a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from household.linkage.by_number import FORMER_NAME, FORMER_NUMBER
from household.linkage.plans import plan_of
from household.linkage.residual import DIGITS, namesakes
from household.linkage.waterfall import probability_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from household.linkage.engine.explaining import Explanation
    from household.linkage.engine.model import Model
    from household.linkage.known import Known
    from household.linkage.residual import Scored

USES = {
    "A": "A 级：可作证据",
    "B": "B 级：可作证据，姓名不一致须留意",
    "C": "C 级：不单独决定结论，依它作出的不利结论须人工复核",
    "D": "D 级：不使用，待人工判定",
}
"""What a tier means (assessment §3)."""


def grounds_by_number(link: Mapping[str, Any], known: Known) -> tuple[str, ...]:
    """Tiers A, B, and C where nothing but the number agrees.

    Args:
        link: the row of a linked frame. known: what is known of people.
    """
    note = link["note"] or ""
    number = "原来的" if FORMER_NUMBER in note else "现用的"
    names = known.names.filter(person=link["person"], normal=link["row_name"])
    name = (
        "姓名与此人的曾用名相同"
        if FORMER_NAME in note
        else "姓名相同"
        if len(names)
        else "姓名缺失"
        if link["row_name"] is None
        else "姓名的规范写法不同"
    )
    stated = known.stated.filter(person=link["person"]).to_dicts()
    told = stated[0] if stated else {"sexes": [], "births": []}
    return (
        f"该行的证件号码有效，就是此人{number}号码",
        name,
        _beside("性别", link["row_sex"], told["sexes"]),
        _beside("出生日期", link["row_birth"], told["births"]),
        f"由号码规则决定：{USES[link['tier']]}"
        + ("（除号码外均不符，疑为他人号码）" if link["tier"] == "C" else ""),
    )


def _beside(title: str, value: object, told: list[object] | None) -> str:
    if value is None or not told:
        return f"{title}：一方没有填写，不作比较"
    return f"{title}{'相同' if value in told else '不同'}"


def grounds_by_weight(
    link: Mapping[str, Any],
    weights: Explanation,
    scored: Scored,
    *,
    model: Model,
    own: pl.DataFrame,
    rivals: pl.DataFrame,
) -> tuple[str, ...]:
    """Tiers C and D by the model: which condition of tier C holds and which does not.

    Args:
        link: the row of a linked frame, as the rules left it. scored: its dataset's. own: the person's lines.
        rivals: see `residual.rival_lines`.
    """
    words = {step.field: step.word for step in weights.steps if not step.counted}
    digits = words["number"] in DIGITS
    told = [
        _odds_told(weights),
        f"概率 {probability_text(weights.probability)}，采纳阈值 {model.accept:.0%}，复核阈值 {model.review:.0%}",
        *_others(scored, weights, row=_row_of(link, scored), person=link["person"]),
    ]
    if weights.again:
        told.append("该登记中一人只应有一行，此人另有一行由号码确定，或另有一行更相符")
    against = []
    if (weights.probability or 0.0) < model.accept:
        against.append("概率未达采纳阈值")
    if weights.rank != 1:
        against.append("同一行有人同样或更相符")
    if not _level_agrees(weights, "name"):
        against.append("姓名并不相同")
    if not digits and words.get("birth") != "birth_equal":
        against.append("出生日期与可见号码都不足以佐证：只凭姓名不采纳")
    if not digits and len(namesakes(own, rivals)):
        against.append("户籍中与此人同名同日出生的不止一人，须有号码才能分辨")
    said = f"；{'；'.join(against)}" if against and link["tier"] == "D" else ""
    return (*told, f"由权重决定：{USES[link['tier']]}{said}")


def grounds_of_no_link(
    row: pl.DataFrame,
    own: pl.DataFrame,
    scored: Scored,
    *,
    taken: pl.DataFrame,
    weights: Explanation | None,
    model: Model,
) -> tuple[str, ...]:
    """Why a row is not the person's.

    Args:
        row: the line as the engine takes it. own: the person's lines. scored: the dataset's residual. taken: key, person.
        weights: of the two, or None where the row has no name.
    """
    if weights is None:
        return ("该行没有可比较的姓名，号码也不是此人的：不作关联",)
    key, theirs = row["key"][0], own["key"].drop_nulls()
    if key is not None and (taken["key"] == key).any():
        return ("该行的有效号码是另一名已知人员的：这一行是那人的，不再与别人比较",)
    if key is not None and len(theirs):
        return ("双方的证件号码都有效而不同：按规则是两个人，其余相同也不关联",)
    return _not_linked(scored, weights, int(own["person"][0]), row=row, model=model)


def _not_linked(
    scored: Scored, weights: Explanation, person: int, *, row: pl.DataFrame, model: Model
) -> tuple[str, ...]:
    looked_at = _same_rows(scored, row)
    if not len(looked_at):
        return ("该行号码有效而此人没有可用号码；号码、出生日期都对不上，从未比较",)
    compared = np.isin(scored.left.owner[scored.pairs.li], looked_at.to_numpy())
    compared &= scored.right.owner[scored.pairs.ri] == person
    others = _others(scored, weights, row=int(looked_at[0]), person=person)
    if weights.probability is not None:
        below = (
            f"概率 {probability_text(weights.probability)}，低于复核阈值 {model.review:.0%}：不关联"
        )
        return (_odds_told(weights), *others, below)
    if compared.any():
        return (_odds_told(weights), *others, "比较过，概率不到万分之一：不关联")
    if weights.shared:
        return (*others, "虽有共同的分块，但该分块人数过多，分辨不了人，未作比较：不关联")
    return (
        *others,
        "没有共同的分块（读音与生日、号码片段等无一相同），从未比较：不关联；以下权重仅供参考",
    )


def _odds_told(weights: Explanation) -> str:
    against = "亲属" if weights.relatives < weights.strangers else "陌生人"
    return f"权重合计 {weights.odds:+.2f} 比特（对陌生人 {weights.strangers:+.2f}，对亲属 {weights.relatives:+.2f}，较难排除的是{against}）"


def _others(scored: Scored, weights: Explanation, *, row: int, person: int) -> tuple[str, ...]:
    """The row's other candidates, by rank and odds."""
    others = scored.table.filter(pl.col("row") == row, pl.col("person") != person).sort("rank")
    if not len(others):
        return ("这一行没有别的候选人",)
    best = others.row(0, named=True)
    who = "名册上的人" if best["person"] >= 0 else "户籍中不在名册上的人"
    beside = (
        "更相符"
        if best["odds"] > weights.odds
        else "同样相符"
        if best["odds"] == weights.odds
        else "不及此人"
    )
    return (
        f"这一行另有 {len(others)} 名候选人，最相符的是一名{who}：{best['odds']:+.2f} 比特，{beside}",
    )


def _row_of(link: Mapping[str, Any], scored: Scored) -> int:
    found = scored.rows.filter(_file=link["_file"], _line=link["_line"])
    return int(found["row"][0])


def _same_rows(scored: Scored, row: pl.DataFrame) -> pl.Series:
    """Rows looked at that are this one."""
    return scored.rows.join(row.select("_record_key"), on="_record_key", how="semi")["row"]


def _level_agrees(weights: Explanation, field: str) -> bool:
    word = next(step.word for step in weights.steps if step.field == field)
    levels = plan_of("")[field].handling.comparison.levels
    return next(level.agrees for level in levels if level.word == word)
