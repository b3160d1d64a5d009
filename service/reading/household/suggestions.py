"""What is suggested for an application, every programme, what was asked for first."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from household.rules.programmes import PROGRAMMES, all_rules
from service.reading.household.parts import Flip, Reason, Suggestion
from service.reading.records import records_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.reading.records import Row
    from warehouse.current import CurrentTables


def read_suggestions(
    tables: CurrentTables, application: str, verdicts: Iterable[Row]
) -> tuple[Suggestion, ...]:
    """The suggestions of one application with their reasons and deciding rows.

    Args:
        tables: the run. application: its id. verdicts: its rows of `household_verdict` that the reader may see.

    """
    order = {programme: at for at, programme in enumerate(PROGRAMMES)}
    titles = rule_titles()
    reasons = _by_verdict(tables.rows("verdict_reason", application_id=application))
    flips = _by_verdict(tables.rows("flip_fact", application_id=application))

    def named(row: Row) -> Row:
        return {"title": titles.get(row["rule_id"], row["rule_id"])}

    def parts(row: Row) -> Row:
        own = row["verdict_id"]
        return {
            "reasons": records_of(Reason, reasons.get(own, ()), named),
            "flips": records_of(Flip, flips.get(own, ())),
        }

    told = records_of(Suggestion, verdicts, parts)
    return tuple(sorted(told, key=lambda s: (not s.requested, order.get(s.programme, 99))))


def _by_verdict(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["verdict_id"], []).append(row)
    return found


@cache
def rule_titles() -> dict[str, str]:
    """What each rule asks, by its id."""
    return {rule.rule_id: rule.question_zh for rule in all_rules()}
