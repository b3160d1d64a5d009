"""Assets `pull_<source>`: one for every configured source, upstream of the datasets that it sends. None where none is configured.

A pull that fails is shown at its own asset and fails nothing else: the whole run never waits for one (`triggers.jobs`).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import dagster as dg

from connectors.sources.declaration import Source
from pipelines.configured import open_source
from pipelines.defs.naming import pull_name
from pipelines.defs.pull.brought import datasets_of
from pipelines.defs.pull.outcome import (
    BAD,
    check_results,
    check_specs,
    facts_of_pull,
    message_of,
)
from pipelines.guard import guarded
from pipelines.outside import outside_now
from pipelines.pulling import pull_source
from pipelines.resources import WORKPLACE, workplace_of

STEP = {"hedui/step": "pull"}
"""Tag by which pulls are told from the steps of a run."""

CONFIG = {
    "dataset": dg.Field(
        dg.Noneable(str),
        default_value=None,
        is_required=False,
        description="只取这一个数据集（如 real_estate）；不填取全部",
    )
}


def pool_of(source: str) -> str:
    """The pool in which calls to a source are made one after another."""
    return f"source_{source.replace('-', '__')}"


def pull_asset(source: Source) -> dg.AssetsDefinition:
    """The asset of one source."""
    name = pull_name(source.name)

    @dg.asset(
        name=name,
        group_name=source.department,
        description=f"{source.title}：从来源取数，放入收件目录；与人工放入的文件走同一道关。",
        metadata=facts_of_source(source),
        kinds={source.transport.kind},
        tags=STEP,
        pool=pool_of(source.name),
        freshness_policy=dg.FreshnessPolicy.time_window(
            fail_window=timedelta(hours=source.cadence.overdue_hours)
        ),
        check_specs=check_specs(name),
        config_schema=CONFIG,
        required_resource_keys={WORKPLACE},
    )
    def take(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
        yield from _pulled(
            context, source.name, only=context.op_execution_context.op_config["dataset"]
        )

    return take


def _pulled(
    context: dg.AssetExecutionContext, source: str, *, only: str | None
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """Checks first, so that they are known of a pull that failed too."""
    work = workplace_of(context)
    with guarded(work):
        deployment, settings = open_source(work, source)
        outside = outside_now(mounts=settings.secrets)
        events = pull_source(deployment, source, outside, only=only)
        checks = check_results(deployment, source, events, outside.today)
    yield from checks
    if any(event.outcome in BAD for event in events):
        raise dg.Failure(message_of(events), metadata=facts_of_pull(events), allow_retries=False)
    yield dg.MaterializeResult(metadata=facts_of_pull(events))


def facts_of_source(source: Source) -> dict[str, Any]:
    """Metadata: what is declared of a source."""
    agreement = source.agreement
    return {
        "来源": source.title,
        "方式": source.transport.kind,
        "周期": f"{source.cadence.cron}（北京时间）",
        "逾期": f"{source.cadence.overdue_hours} 小时没有新数据",
        "协议": f"{agreement.no}（{agreement.valid_from} 至 {agreement.valid_to or '长期'}）",
        "数据集": "、".join(datasets_of(source)),
    }


def pull_of_day(source: Source) -> dg.JobDefinition:
    """The back-fill of a source: what it offers for a day, taken whether it was taken before or not. A partition a day of as_of."""
    name = f"again_{pull_name(source.name).removeprefix('pull_')}"
    days = dg.DailyPartitionsDefinition(
        start_date=(source.agreement.valid_from - timedelta(days=BEFORE)).isoformat(),
        timezone="Asia/Shanghai",
        end_offset=1,
    )

    @dg.op(
        name=f"{name}_of_day",
        required_resource_keys={WORKPLACE},
        pool=pool_of(source.name),
    )
    def take_day(context: dg.OpExecutionContext) -> None:
        work = workplace_of(context)
        with guarded(work):
            deployment, settings = open_source(work, source.name)
            day = date.fromisoformat(context.partition_key)
            outside = outside_now(mounts=settings.secrets)
            events = pull_source(deployment, source.name, outside, as_of=day)
        told = facts_of_pull(events)
        if any(event.outcome in BAD for event in events):
            raise dg.Failure(message_of(events), metadata=told, allow_retries=False)
        context.log.info(f"{source.name} {day}：{told['结果']}；{told['说明']}")

    @dg.job(
        name=name,
        partitions_def=days,
        description=f"{source.title}：补取某些天（按数据截止日）的数据；已取过且内容相同的不重复收。",
    )
    def take_days() -> None:
        take_day()

    return take_days


BEFORE = 366
"""Days before the agreement of which extracts may still lie there: a year's deliveries."""

DATED = ("folder", "sftp", "s3")
"""Transports that can be asked for a day of the past: file names carry it. A view or an interface gives what is true now."""
