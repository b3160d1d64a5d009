"""Answers of rules as rows: what each rule of a programme said of an application, in the units in which it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from household.money import yuan_six
from household.rules.library.people import HOUSEHOLD
from household.rules.programmes import PROGRAMMES
from household.rules.rule import Outcome, Rule, answer_column, outcome_of
from household.rules.steadiness import DOUBTS_AND_BARE, compare_worlds, rules_of, turned

if TYPE_CHECKING:
    from household.rules.worlds import Worlds

COUNTED = frozenset({"人", "辆", "套", "处", "个"})
"""Units of counts; everything else that is measured is held in units of 10⁻⁸."""

ANSWERS_SCHEMA: dict[str, pl.DataType] = {
    "application_id": pl.String(),
    "programme": pl.String(),
    "seq": pl.Int64(),
    "rule_id": pl.String(),
    "outcome": pl.String(),
    "certain": pl.Boolean(),
    "measured": pl.Decimal(18, 6),
    "limit_value": pl.Decimal(18, 6),
}
_DOUBTS = (*DOUBTS_AND_BARE, "central_out")
_WORD = {int(outcome): outcome.name.lower() for outcome in Outcome}


def answers_told(worlds: Worlds, verdicts: pl.DataFrame) -> pl.DataFrame:
    """What the rules of these verdicts said (ANSWERS_SCHEMA), by application, programme and `seq`.

    The columns are those of `verdict_reason`. An application that may not be read has answers but no figures.

    Args:
        verdicts: app, application_id, programme, suggestion, persons_counted; those that are asked about.
    """
    judged = compare_worlds(worlds).join(verdicts, on="app", how="semi")
    frames = [pl.DataFrame(schema=ANSWERS_SCHEMA)]
    for programme in PROGRAMMES:
        mine = verdicts.filter(programme=programme).select(
            "app", "application_id", "suggestion", "persons_counted"
        )
        asked = enumerate(rules_of(programme), start=1)
        frames += [_of_rule(judged, rule, mine, at=(programme, seq)) for seq, rule in asked]
    return pl.concat(frames).sort("application_id", "programme", "seq")


def _of_rule(
    judged: pl.DataFrame, rule: Rule, mine: pl.DataFrame, *, at: tuple[str, int]
) -> pl.DataFrame:
    answer = answer_column(rule)
    told = judged.filter(answer.is_not_null()).select(
        "app",
        outcome_of(answer).alias("stands"),
        turned(rule, _DOUBTS).alias("doubtful"),
        shown(rule.measured, rule.unit).alias("measured"),
        shown(rule.limit, rule.unit).alias("limit_value"),
    )
    hidden = pl.col("suggestion") == "not_authorised"
    known = pl.when(hidden.not_())
    said = pl.col("stands").replace_strict(_WORD, return_dtype=pl.String)
    # aid in an emergency counts the roster where not everybody signed, as its verdict says
    heads = shown(pl.col("persons_counted").cast(pl.Int128), HOUSEHOLD.unit)
    row = {
        "application_id": pl.col("application_id"),
        "programme": pl.lit(at[0]),
        "seq": pl.lit(at[1]),
        "rule_id": pl.lit(rule.rule_id),
        "outcome": known.then(said).otherwise(pl.lit("unknown")),
        "certain": (pl.col("stands") != 0) & pl.col("doubtful").not_() & hidden.not_(),
        "measured": known.then(heads if rule is HOUSEHOLD else "measured"),
        "limit_value": pl.col("limit_value"),
    }
    return told.join(mine, on="app").select(
        row[name].cast(dtype).alias(name) for name, dtype in ANSWERS_SCHEMA.items()
    )


def shown(value: pl.Expr, unit: str) -> pl.Expr:
    """A measured value or limit in its unit, six places: money and ratios are held in units, counts as they are."""
    return yuan_six(value * 10**8 if unit in COUNTED else value)
