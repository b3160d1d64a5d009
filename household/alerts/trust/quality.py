"""How often each rule is right, as it is published, and the alerts at the severity that follows from it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from household.alerts.trust.demotion import demote, percent, places_of, rule_states, told_of
from household.alerts.trust.precision import (
    NO_TALLY,
    Tally,
    share_text,
    standing_decisions,
    tally_decisions,
    window_of,
)
from household.schema.published.alert_quality import ALERT_PRECISION

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from household.alerts.trust.demotion import RuleState
    from household.rules.packs import Packs


def rate_alerts(
    alerts: pl.DataFrame, events: pl.DataFrame, *, packs: Packs, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The alerts at the severity that their rules have now, and table `alert_precision`. Without decisions nothing changes.

    Args:
        alerts: rows of table `alert`. events: the log of decisions (`casework.EVENT_SCHEMA`).
        packs: floor and least number. as_of: the day.

    """
    tallies = tally_decisions(standing_decisions(events), as_of)
    states = rule_states(tallies, places_of(alerts), packs=packs, as_of=as_of)
    return demote(alerts, states, as_of), precision_rows(tallies, states, as_of)


def precision_rows(tallies: pl.DataFrame, states: Iterable[RuleState], as_of: date) -> pl.DataFrame:
    """Table `alert_precision`: every tally, and the window of every rule and region, also where nobody has decided there yet.

    Args:
        tallies: see `precision.tally_decisions`. states: see `demotion.rule_states`. as_of: the day.

    """
    counted: dict[tuple[str, str | None], dict[str | None, Tally]] = {}
    for code, region, period, *rest in tallies.iter_rows():
        counted.setdefault((code, region), {})[period] = Tally(*rest)
    rows = [row for state in states for row in _rows(state, counted, as_of)]
    return pl.DataFrame(rows, schema=ALERT_PRECISION.polars_schema(), orient="row")


def _rows(
    state: RuleState,
    counted: dict[tuple[str, str | None], dict[str | None, Tally]],
    as_of: date,
) -> list[tuple[object, ...]]:
    window = window_of(as_of)
    periods = {window: NO_TALLY} | counted.get((state.code, state.region), {})
    return [
        _row(state, period, tally, told_of(state, as_of) if period == window else "")
        for period, tally in periods.items()
    ]


def _row(state: RuleState, period: str | None, tally: Tally, more: str) -> tuple[object, ...]:
    limits = tally.limits
    shares: tuple[Decimal | None, ...] = (None, None, None)
    if limits is not None:
        shares = tuple(share_text(s) for s in (tally.right / tally.decided, *limits))
    return (
        *(state.code, state.severity, state.region, period),
        *(tally.decided, tally.right, tally.wrong, *shares),
        state.limits.floor,
        *(state.severity_now, state.demoted),
        *(_yuan(tally.fen_over), _yuan(tally.fen_under)),
        "。".join(part for part in (_told(tally), more) if part),
    )


def _told(tally: Tally) -> str:
    limits = tally.limits
    if limits is None:
        return "没有已办结的预警"
    value = percent(share_text(tally.right / tally.decided))
    return (
        f"办结 {tally.decided} 件，查实 {tally.right} 件，未查实 {tally.wrong} 件；"
        f"准确率 {value}，95% 区间 {percent(share_text(limits[0]))} 至 {percent(share_text(limits[1]))}"
    )


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen).scaleb(-2)
