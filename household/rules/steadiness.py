"""Which answers hold whatever becomes of the doubtful lines: the base frame with, for every rule, what the other worlds say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.rules.amounts import amount_of
from household.rules.library.people import HOUSEHOLD
from household.rules.programmes import PROGRAMMES
from household.rules.rule import PASS, Rule, answer_column, outcome_of

if TYPE_CHECKING:
    from household.rules.worlds import Worlds

DOUBTS = ("with_c", "uncontested")
"""Worlds that differ from what stands by lines in doubt."""

DOUBTS_AND_BARE = (*DOUBTS, "bare")
"""The same, where everything is under objection."""


def rules_of(programme: str) -> tuple[Rule, ...]:
    """A programme's rules, the household's emptiness before all."""
    return (HOUSEHOLD, *PROGRAMMES[programme])


def compare_worlds(worlds: Worlds) -> pl.DataFrame:
    """Base, and for every other world `<world>:asked`, `<world>:answer:<rule_id>` and `<world>:amount:<programme>`."""
    frame = worlds.base
    rule_ids = {rule.rule_id for programme in PROGRAMMES for rule in rules_of(programme)}
    for name in (*DOUBTS_AND_BARE, "central_out"):
        world: pl.DataFrame = getattr(worlds, name)
        frame = frame.join(
            world.select(
                "app",
                pl.lit(value=True).alias(f"{name}:asked"),
                *(
                    pl.col(f"answer:{rule_id}").alias(f"{name}:answer:{rule_id}")
                    for rule_id in sorted(rule_ids)
                ),
                *(
                    amount_of(programme).alias(f"{name}:amount:{programme}")
                    for programme in PROGRAMMES
                ),
            ),
            on="app",
            how="left",
        )
    return frame


def asked_in(world: str) -> pl.Expr:
    """Whether an application was judged in a world at all."""
    return pl.col(f"{world}:asked").fill_null(value=False)


def turned_in(rule: Rule, world: str) -> pl.Expr:
    """Whether a world answers a rule otherwise than what stands. A rule that is not asked is as good as passed."""
    otherwise = outcome_of(pl.col(f"{world}:answer:{rule.rule_id}")).fill_null(PASS)
    return asked_in(world) & (otherwise != outcome_of(answer_column(rule)).fill_null(PASS))


def turned(rule: Rule, worlds: tuple[str, ...]) -> pl.Expr:
    """Whether any of the worlds answers otherwise."""
    return pl.any_horizontal([turned_in(rule, world) for world in worlds])
