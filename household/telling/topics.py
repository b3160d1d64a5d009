"""Which rows bear on a rule: its topic, and the quantities of a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from household.rules.rule import Rule

_ABSENCE = ("death", "custody")
"""Who is counted bears on everything that the household has."""

_INCOME = ("wage", "business", "property", "transfer")
_SPENDING = ("medical", "education", "voucher")
_HELD = ("financial", "vehicle", "home", "commercial", "business_entity")

TOPIC_QUANTITIES: dict[str, tuple[str, ...]] = {
    "income": (*_INCOME, *_ABSENCE),
    **{held: (held, *_ABSENCE) for held in _HELD},
    "spending": (*_SPENDING, *_ABSENCE),
    "share": (*_SPENDING, *_INCOME, *_ABSENCE),
    "covered": (*_INCOME, *_HELD, *_ABSENCE),
    "absence": _ABSENCE,
    "certificate": ("disability", *_ABSENCE),
    "obligor": ("drawing", "disability", *_ABSENCE),
    "grant": ("grant",),
}
"""Topic -> the quantities of evidence that bear on it."""

_OWN_TOPIC = {
    "rigid.ratio": "share",
    "rigid.deducted": "share",
    "rigid.not_covered": "covered",
}
"""Rules that set one thing against another."""


def topic_of(rule: Rule) -> str:
    """The topic under which a rule's evidence is found."""
    return _OWN_TOPIC.get(rule.rule_id, rule.topic)


def evidence_column(topic: str) -> str:
    """The column of evidence ids of a topic."""
    return f"evidence:{topic}"


def evidence_by_topic(decisive: pl.DataFrame) -> pl.DataFrame:
    """app, and for every topic the ids of the rows that bear on it, in order. `decisive`: see `evidence.decisive`."""
    rows = decisive.select("app", "quantity", "evidence_id").unique().sort("app", "evidence_id")
    return rows.group_by("app", maintain_order=True).agg(
        pl.col("evidence_id")
        .filter(pl.col("quantity").is_in(quantities))
        .alias(evidence_column(topic))
        for topic, quantities in TOPIC_QUANTITIES.items()
    )
