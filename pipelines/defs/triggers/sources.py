"""A job and a schedule for every configured source: it is pulled or asked at its own cadence, and nobody waits for it.

Schedules are on as soon as Dagster's daemon runs: the cadence is what was agreed, and a source that nobody switched on would be silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from household.schema.datasets import DATASETS
from pipelines.defs.naming import ask_name, pull_name, raw_name
from pipelines.defs.pull.brought import asked_of, pulled_of

if TYPE_CHECKING:
    from connectors.sources.declaration import Source


def source_triggers(
    source: Source,
) -> list[tuple[dg.UnresolvedAssetJobDefinition, dg.ScheduleDefinition]]:
    """Jobs of one source alone, each with its schedule: what came is taken in too. What follows of it is the whole run's, which the inbox starts."""
    found = []
    for name, datasets, what in (
        (pull_name(source.name), pulled_of(source), "取数"),
        (ask_name(source.name), asked_of(source), "逐人查询"),
    ):
        if datasets:
            job = _job(name, datasets, f"{source.title}：单独{what}并收件；失败只影响本作业。")
            found.append((job, _schedule(name, source, job)))
    return found


def _job(name: str, datasets: tuple[str, ...], description: str) -> dg.UnresolvedAssetJobDefinition:
    raws = [raw_name(DATASETS[dataset]) for dataset in datasets]
    return dg.define_asset_job(
        f"{name}_alone",
        selection=dg.AssetSelection.assets(name, *raws),
        description=description,
    )


def _schedule(
    name: str, source: Source, job: dg.UnresolvedAssetJobDefinition
) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=f"{name}_on_time",
        cron_schedule=source.cadence.cron,
        execution_timezone="Asia/Shanghai",
        job=job,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"{source.title}：周期 {source.cadence.cron}（北京时间），见其 source.yaml。",
    )
