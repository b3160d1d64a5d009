"""Assets `core_<source>__<subject>`: the rows of a dataset that stand across all its files, and the gate before them.

A shut gate stops nothing: the dataset counts as not delivered, and the run goes on without it.
"""

import dagster as dg

from household.schema.column import Dataset
from household.schema.datasets import DATASETS
from pipelines.defs.naming import core_name, facts_of, raw_name
from pipelines.gating import count_checks, settle_dataset
from pipelines.guard import guarded
from pipelines.resources import WORKPLACE, workplace_of
from quality.gate import GateResult

GATE = "gate"
WARNINGS = "warnings"


def core_asset(dataset: Dataset) -> dg.AssetsDefinition:
    """The asset of one dataset's standing rows, with its two checks."""
    name = core_name(dataset)

    @dg.asset(
        name=name,
        group_name=dataset.source,
        deps=[raw_name(dataset)],
        description=f"{dataset.title_zh}：各文件之间谁替代谁，最终有效的行；质量门禁不通过时按未送达处理。",
        metadata=facts_of(dataset),
        kinds={"parquet", "polars"},
        check_specs=[
            dg.AssetCheckSpec(
                GATE, asset=name, description="结构性检查；不通过则本数据集按未送达处理"
            ),
            dg.AssetCheckSpec(WARNINGS, asset=name, description="其余检查；不通过只提示"),
        ],
        required_resource_keys={WORKPLACE},
    )
    def settle_rows(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows it only without
        work = workplace_of(context)
        with guarded(work), work.holding():
            gate = settle_dataset(work, dataset.name)
        work.tell("core", {"gates": 1, "shut": int(not gate.open)}, about=dataset.name)
        return _settled(gate)

    return settle_rows


def _settled(gate: GateResult) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows it only without
    counts = count_checks([gate])
    warned = [r for r in gate.results if r.passed is False and r.check_id not in gate.shut_by]
    return dg.MaterializeResult(
        metadata={"门禁": "开" if gate.open else "关", "提示": counts["warned"]},
        check_results=[
            dg.AssetCheckResult(
                passed=gate.open,
                check_name=GATE,
                severity=dg.AssetCheckSeverity.ERROR,
                metadata={"未通过": "、".join(gate.shut_by) or "无"},
            ),
            dg.AssetCheckResult(
                passed=not warned,
                check_name=WARNINGS,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={
                    "通过": counts["passed"],
                    "提示": counts["warned"],
                    "无从衡量": counts["unmeasured"],
                    **{f"{r.title_zh}（{r.check_id}）": r.observed for r in warned},
                },
            ),
        ],
    )


CORE_ASSETS = [core_asset(dataset) for dataset in DATASETS.values()]
