"""Assets `ask_<source>`: sources that answer person by person are asked, and what they answered is brought in.

What one institution does not do is told in the check and keeps nobody else; the asset fails only when nobody could be asked at all.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dagster as dg

from connectors.sources.declaration import Source
from pipelines.asking import Asked, ask_source
from pipelines.configured import open_source
from pipelines.defs.naming import ask_name
from pipelines.defs.pull.assets import STEP, facts_of_source, pool_of
from pipelines.guard import guarded
from pipelines.outside import outside_now
from pipelines.resources import WORKPLACE, workplace_of

ANSWERED = "answered"
CONFIG = {
    "again": dg.Field(
        bool,
        default_value=False,
        is_required=False,
        description="对未答复、未送出的再问一轮；由工作人员决定，不自动进行",
    )
}


def ask_asset(source: Source) -> dg.AssetsDefinition:
    """The asset of one source that is asked."""
    name = ask_name(source.name)

    @dg.asset(
        name=name,
        group_name=source.department,
        description=f"{source.title}：按有效授权逐人查询，收取答复与回执；未答复的按未答复计，不视为没有。",
        metadata=facts_of_source(source),
        kinds={source.transport.kind},
        tags=STEP,
        pool=pool_of(source.name),
        freshness_policy=dg.FreshnessPolicy.time_window(
            fail_window=timedelta(hours=source.cadence.overdue_hours)
        ),
        check_specs=[
            dg.AssetCheckSpec(ANSWERED, asset=name, description="各机构均能送达、应答，所答可信")
        ],
        config_schema=CONFIG,
        required_resource_keys={WORKPLACE},
    )
    def ask(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
        again = bool(context.op_execution_context.op_config["again"])
        yield from _asked(context, source.name, again=again)

    return ask


def _asked(
    context: dg.AssetExecutionContext, source: str, *, again: bool
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    work = workplace_of(context)
    with guarded(work):
        deployment, settings = open_source(work, source)
        outside = outside_now(mounts=settings.secrets)
        asked = ask_source(work, deployment, source, outside, again=again)
    troubles = [*asked.sent.troubles, *asked.collected.troubles]
    yield dg.AssetCheckResult(
        passed=not troubles,
        check_name=ANSWERED,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"说明": " | ".join(dict.fromkeys(t.message for t in troubles)) or "正常"},
    )
    yield dg.MaterializeResult(metadata=_facts(asked))


def _facts(asked: Asked) -> dict[str, Any]:
    """Counts only: nobody is named in metadata."""
    return {
        "送出文件": asked.sent.files,
        "送出查询": asked.sent.requests,
        "未能送出": asked.sent.failed.height,
        "未获授权": asked.needs.held.height,
        "暂不查询": asked.needs.left_out.height,
        "收到文件": asked.collected.files,
        "收到答复": asked.collected.answers,
        "收到明细": asked.collected.records,
        "授权失效未收": asked.collected.withheld,
        "未问而答": asked.collected.unasked,
    }
