"""Flip facts: the single pieces of evidence that decide a suggestion, each shown by what would be suggested without it.

Every line that could matter is struck out in a copy of its application, and all worlds, rules and precedence are asked again of the copies
(counterfactual explanation by deletion; cf. Wachter, Mittelstadt and Russell 2018). What is found here is therefore no estimate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.flips.copies import Copies, strike_out
from household.flips.net import lines_that_may_decide
from household.money import yuan
from household.rules.judge import standing
from household.rules.programmes import PROGRAMMES
from household.rules.rule import answer_column
from household.rules.suggestion import suggest
from household.rules.worlds import Objections, Worlds, ask_all
from household.schema.published.verdicts import SUGGESTION_TITLES
from household.verdicts import authorised_for, signatures

if TYPE_CHECKING:
    from household.case import CaseFile

AT_ONCE = 20_000
"""Copies that are held in memory together."""

_SAID = {rule.rule_id: rule.question_zh for rules in PROGRAMMES.values() for rule in rules}


def flip_facts(
    case: CaseFile, worlds: Worlds, objections: Objections, suggestions: pl.DataFrame
) -> pl.DataFrame:
    """Lines whose absence alone would change a suggestion.

    Args:
        suggestions: see `suggestion.suggest`.

    Returns:
        app, programme, line, otherwise (the suggestion without the line), certain, amount (units), turned (ids of the rules that would answer
        otherwise, in the order in which the programme asks them).
    """
    net = lines_that_may_decide(case, worlds)
    found = [
        _without(
            strike_out(case, objections, net.slice(start, AT_ONCE)),
            stood=suggestions,
            base=worlds.base,
        )
        for start in range(0, max(len(net), 1), AT_ONCE)
    ]
    return pl.concat(found).sort("app", "programme", "line")


def _without(copies: Copies, *, stood: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    case = copies.case
    worlds = ask_all(case, standing(case), copies.objections)
    signed = signatures(case, worlds.measured.counted)
    asked = suggest(worlds, authorised_for(signed)).rename({"suggestion": "otherwise"})
    changed = (
        asked.join(copies.of, on="app")
        .join(
            stood.select(pl.col("app").alias("original"), "programme", "suggestion"),
            on=["original", "programme"],
        )
        .filter(pl.col("otherwise") != pl.col("suggestion"))
    )
    turned = _turned(worlds.base, base, copies.of, changed.select("app").unique())
    return changed.join(turned, on=["app", "programme"], how="left").select(
        pl.col("original").alias("app"),
        "programme",
        pl.col("struck").alias("line"),
        "otherwise",
        "certain",
        "amount",
        pl.col("turned").fill_null([]),
    )


def _turned(
    copied: pl.DataFrame, base: pl.DataFrame, of: pl.DataFrame, apps: pl.DataFrame
) -> pl.DataFrame:
    """Per copy (app) and programme, `turned`: rules whose answer on what stands is another without the line."""
    names = {
        rule.rule_id: f"answer:{rule.rule_id}" for rules in PROGRAMMES.values() for rule in rules
    }
    before = base.select(pl.col("app").alias("original"), *names.values())
    beside = (
        copied.select("app", *names.values())
        .join(apps, on="app", how="semi")
        .join(of.select("app", "original"), on="app")
        .join(before, on="original", suffix=":stood")
    )
    frames = []
    for programme, rules in PROGRAMMES.items():
        said = [
            pl.when(answer_column(rule).ne_missing(pl.col(f"answer:{rule.rule_id}:stood"))).then(
                pl.lit(rule.rule_id)
            )
            for rule in rules
        ]
        frames.append(
            beside.select(
                "app",
                pl.lit(programme).alias("programme"),
                pl.concat_list(said).list.drop_nulls().alias("turned"),
            )
        )
    return pl.concat(frames)


def flip_rows(flips: pl.DataFrame, verdicts: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Table `flip_fact`.

    Args:
        flips: see `flip_facts`. verdicts: app, programme, verdict_id, suggestion. named: see `evidence.name_lines`.
    """
    found = flips.join(
        verdicts.select("app", "programme", "verdict_id", "suggestion"), on=["app", "programme"]
    ).join(named.select("line", "evidence_id"), on="line")
    questions = pl.col("turned").list.eval(
        pl.element().replace_strict(_SAID, return_dtype=pl.String)
    )
    turned = pl.when(pl.col("turned").list.len() > 0).then(
        pl.format("；随之改变的规则：{}", questions.list.join("、"))
    )
    return found.select(
        "verdict_id",
        "evidence_id",
        "otherwise",
        "certain",
        yuan(pl.col("amount")).alias("amount"),
        pl.col("turned").alias("rule_ids"),
        pl.format(
            "若剔除此行，建议由“{}”变为“{}”{}",
            _title("suggestion"),
            _title("otherwise"),
            turned.fill_null(""),
        ).alias("text_zh"),
    )


def _title(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(SUGGESTION_TITLES, return_dtype=pl.String)
