"""Asset `publish_warehouse__run`: the whole run in the warehouse, or nothing of it."""

import dagster as dg

from pipelines.defs.naming import LEDGER, RESULTS, RUN, VERDICTS
from pipelines.guard import guarded
from pipelines.publishing import publish_run
from pipelines.resources import WORKPLACE, workplace_of


@dg.asset(
    name=RUN,
    group_name="publish",
    deps=[VERDICTS, LEDGER, RESULTS],
    description="整体发布到结果库，并生成质量页面；与上次发布的输入完全相同时不再发布。",
    kinds={"duckdb"},
    required_resource_keys={WORKPLACE},
)
def publish_warehouse(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows it only without
    """The run, published."""
    work = workplace_of(context)
    with guarded(work), work.holding():
        record = publish_run(work)
    work.tell("publish", {"published": int(record is not None)})
    if record is None:
        return dg.MaterializeResult(metadata={"发布": "没有新的输入，未发布"})
    return dg.MaterializeResult(
        metadata={
            "运行编号": record.run_id,
            "核对基准日": record.as_of.isoformat(),
            "申请": record.applications,
            "人员": record.persons,
            "建议": record.verdicts,
            "未处理预警": record.alerts_open,
            "输入摘要": record.input_digest,
        }
    )


PUBLISH_ASSETS = [publish_warehouse]
