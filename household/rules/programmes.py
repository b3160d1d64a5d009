"""Which rules each programme asks, in the order in which they are told (assessment §9). All must pass."""

from __future__ import annotations

from household.rules.library import income, people, temporary
from household.rules.library.assets import ASSETS, for_temporary
from household.rules.rule import Rule, all_of, answer_column, none_of

_DIBAO = (income.DIBAO, *ASSETS["plain"])
_EDGE = (income.EDGE_FLOOR, income.EDGE, *ASSETS["edge"])

NOT_COVERED = Rule(
    "rigid.not_covered",
    "是否不属于低保和低保边缘家庭",
    none_of([all_of([answer_column(rule) for rule in rules]) for rules in (_DIBAO, _EDGE)]),
    "income",
    law="民发〔2024〕57号",
)

PROGRAMMES: dict[str, tuple[Rule, ...]] = {
    "dibao": _DIBAO,
    "dibao_edge": _EDGE,
    "single_person": (*_EDGE, people.SINGLE_PERSON),
    "tekun": (people.ALONE, people.TEKUN_PERSON, income.TEKUN, *ASSETS["plain"], people.OBLIGORS),
    "rigid": (
        NOT_COVERED,
        income.RIGID_YEARLY,
        income.RIGID_FLOOR,
        *ASSETS["rigid"],
        income.RIGID_RATIO,
        income.RIGID_DEDUCTED,
    ),
    "temp_expenditure": (
        income.TEMP_INCOME,
        *(for_temporary(rule) for rule in ASSETS["plain"]),
        temporary.SAME_CAUSE["temp_expenditure"],
        temporary.THRESHOLD,
    ),
    "temp_emergency": (temporary.SAME_CAUSE["temp_emergency"],),
}
"""Programme -> its rules. `household.empty` comes before all of them."""

TITLES: dict[str, str] = {
    "dibao": "最低生活保障",
    "dibao_edge": "低保边缘家庭",
    "single_person": "单人保",
    "tekun": "特困人员救助供养",
    "rigid": "刚性支出困难家庭",
    "temp_expenditure": "临时救助(支出型)",
    "temp_emergency": "临时救助(急难型)",
}


def all_rules() -> tuple[Rule, ...]:
    """Every rule once; those that ask for the answers of others come last."""
    asked = {rule.rule_id: rule for rules in PROGRAMMES.values() for rule in rules}
    derived = asked.pop(NOT_COVERED.rule_id)
    return (people.HOUSEHOLD, *asked.values(), derived)


VARIANT: dict[str, str] = {
    "dibao": "plain",
    "dibao_edge": "edge",
    "single_person": "edge",
    "tekun": "plain",
    "rigid": "rigid",
    "temp_expenditure": "plain",
    "temp_emergency": "plain",
}
"""Whose asset limits a programme's row shows."""
