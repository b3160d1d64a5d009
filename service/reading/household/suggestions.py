"""What is suggested for an application, every programme, what was asked for first."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from household.rules.programmes import PROGRAMMES, all_rules
from service.reading.household.parts import Flip, Reason, Suggestion
from service.reading.records import records

if TYPE_CHECKING:
    import polars as pl

    from warehouse.current import CurrentTables


def read_suggestions(tables: CurrentTables, verdicts: pl.DataFrame) -> tuple[Suggestion, ...]:
    """The suggestions of one application with their reasons and deciding rows.

    Args:
        tables: the run. verdicts: rows of `household_verdict` that the reader may see.

    """
    order = {programme: at for at, programme in enumerate(PROGRAMMES)}
    ids = verdicts["verdict_id"].to_list()
    titles = rule_titles()
    asked = tables.ask("household_reasons", verdicts=ids).partition_by("verdict_id", as_dict=True)
    flips = tables.ask("household_flips", verdicts=ids).partition_by("verdict_id", as_dict=True)

    def named(row: dict[str, Any]) -> dict[str, Any]:
        return {"title": titles.get(row["rule_id"], row["rule_id"])}

    def parts(row: dict[str, Any]) -> dict[str, Any]:
        key = (row["verdict_id"],)
        return {
            "reasons": records(Reason, asked[key], named) if key in asked else (),
            "flips": records(Flip, flips[key]) if key in flips else (),
        }

    told = records(Suggestion, verdicts, parts)
    return tuple(sorted(told, key=lambda s: (not s.requested, order.get(s.programme, 99))))


@cache
def rule_titles() -> dict[str, str]:
    """What each rule asks, by its id."""
    return {rule.rule_id: rule.question_zh for rule in all_rules()}
