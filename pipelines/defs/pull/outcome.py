"""What Dagster is told of a pull: counts, checks, and whether the asset failed. Words and numbers of the log only; nothing is decided here."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from connectors.pulling.declared import source_row
from connectors.pulling.pull_log import FAILED, GOOD, LIED, REFUSED, RESTING, SPENT, TAKEN
from household.exchange import SOURCES_SCHEMA, Exchange
from pipelines.exchange import pulls_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from connectors.pulling.pull_log import PullEvent
    from pipelines.pulling import Deployment

ANSWERED, ON_TIME = "answered", "on_time"
OUTCOME_ZH = {
    "taken": "已取",
    "unchanged": "未变",
    "nothing": "无新内容",
    "failed": "未应答",
    "refused": "被拒绝",
    "lied": "内容不可信",
    "resting": "停歇中",
    "spent": "额度用完",
}
BAD = (FAILED, REFUSED, LIED, RESTING)
"""Outcomes that fail the asset. Spent calls do not: the agreement is kept, and tomorrow the rest is taken."""


def check_specs(name: str) -> list[dg.AssetCheckSpec]:
    """The checks of a pull asset."""
    return [
        dg.AssetCheckSpec(ANSWERED, asset=name, description="来源应答，且所给的内容可信"),
        dg.AssetCheckSpec(ON_TIME, asset=name, description="按约定的周期有新数据，没有逾期"),
    ]


def check_results(
    deployment: Deployment, source: str, events: Sequence[PullEvent], on: date
) -> list[dg.AssetCheckResult]:
    """The answers to both checks, from this pull and from the log."""
    wrong = [event for event in events if event.outcome not in GOOD]
    stopped = all(event.outcome == SPENT for event in wrong)
    status = _status(deployment, source, on)
    late = status["overdue_since"]
    return [
        dg.AssetCheckResult(
            passed=not wrong,
            check_name=ANSWERED,
            severity=dg.AssetCheckSeverity.WARN if stopped else dg.AssetCheckSeverity.ERROR,
            metadata={"说明": message_of(events) or "正常"},
        ),
        dg.AssetCheckResult(
            passed=late is None,
            check_name=ON_TIME,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={
                "逾期自": str(late or "未逾期"),
                "最近成功": str(status["last_good_on"] or "从未"),
            },
        ),
    ]


def facts_of_pull(events: Sequence[PullEvent]) -> dict[str, Any]:
    """Metadata of a pull: outcomes, files, rows, the newest day, and what went wrong."""
    taken = [event for event in events if event.outcome == TAKEN]
    days = [event.as_of for event in events if event.as_of is not None and event.outcome in GOOD]
    counts = Counter(event.outcome for event in events)
    told: dict[str, Any] = {
        "结果": "、".join(f"{word}{counts[o]}" for o, word in OUTCOME_ZH.items() if counts[o]),
        "文件": len(taken),
        "调用次数": sum(event.calls for event in events),
        "数据截至": max(days).isoformat() if days else "—",
        "说明": message_of(events) or "正常",
    }
    rows = [event.rows for event in taken]
    if rows and None not in rows:
        told["dagster/row_count"] = sum(n for n in rows if n is not None)
    return told


def message_of(events: Sequence[PullEvent]) -> str:
    """The lines of what did not go well, each once, in order."""
    return " | ".join(dict.fromkeys(event.message for event in events if event.outcome not in GOOD))


def _status(deployment: Deployment, source: str, on: date) -> dict[str, Any]:
    """The row of `source_status` as it is today."""
    declared = pl.DataFrame([source_row(deployment.source(source))], schema=SOURCES_SCHEMA)
    pulls = pulls_of(deployment.store).filter(pl.col("source") == source)
    return Exchange(pulls, declared).tables(on)["source_status"].row(0, named=True)
