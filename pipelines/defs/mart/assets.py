"""Assets `mart_*`: verdicts with their reasons, evidence and alerts; the ledger of what arrived; the answers of all checks."""

import dagster as dg
import polars as pl

from household.joining import nothing_again
from household.schema.datasets import DATASETS
from pipelines.assessing import account_for_intake, account_for_quality, assess_households
from pipelines.defs.naming import (
    IDENTITIES,
    LEDGER,
    RESULTS,
    STRAYS,
    VERDICTS,
    core_name,
)
from pipelines.guard import guarded
from pipelines.publishing import count_incomplete, count_unbalanced
from pipelines.resources import WORKPLACE, workplace_of

EVERY_PROGRAMME = "every_programme"
BALANCES = "balances"
CORES = [core_name(dataset) for dataset in DATASETS.values()]


@dg.asset(
    name=VERDICTS,
    group_name="mart",
    deps=[IDENTITIES, *CORES],
    description="每份申请对每个救助项目的建议、理由、证据、覆盖情况与预警。",
    kinds={"polars"},
    check_specs=[
        dg.AssetCheckSpec(
            EVERY_PROGRAMME,
            asset=VERDICTS,
            description="每份申请对每个项目恰有一条建议；否则不发布",
            blocking=True,
        )
    ],
    required_resource_keys={WORKPLACE},
)
def judge_households(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows it only without
    """Suggestions with everything that explains them."""
    work = workplace_of(context)
    with guarded(work), work.holding():
        tables = assess_households(work)
    rows = {name: table.height for name, table in tables.items()}
    incomplete = count_incomplete(tables["household_verdict"])
    again = work.reassessed or nothing_again(0)
    counts = {"reassessed": again.again.height, "verdicts": rows["household_verdict"]}
    work.tell("mart", {**counts, "alerts": rows["alert"]}, about=VERDICTS)
    return dg.MaterializeResult(
        metadata={
            **rows,
            "重新核算的申请": again.again.height,
            "申请": again.applications,
            "重新核算的原因": dict(again.because),
        },
        check_results=[_held(EVERY_PROGRAMME, incomplete, "份申请的建议不全或重复")],
    )


@dg.asset(
    name=LEDGER,
    group_name="mart",
    deps=[STRAYS, *CORES],
    description="每个文件的去向：收到、接受、隔离、被替代各多少行；以及每一行被隔离的原因。",
    kinds={"polars"},
    check_specs=[
        dg.AssetCheckSpec(
            BALANCES,
            asset=LEDGER,
            description="逐文件：收到 = 接受 + 隔离 + 被替代；否则不发布",
            blocking=True,
        )
    ],
    required_resource_keys={WORKPLACE},
)
def account_intake(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows it only without
    """Where every file and every row went."""
    work = workplace_of(context)
    with guarded(work), work.holding():
        tables = account_for_intake(work)
    ledger = tables["intake_ledger"]
    states = ledger.group_by(pl.col("state").cast(pl.String)).len().sort("state")
    counts = {"files": ledger.height, "quarantined": tables["quarantine"].height}
    work.tell("mart", {}, about=LEDGER)
    return dg.MaterializeResult(
        metadata={**counts, **dict(states.iter_rows())},
        check_results=[_held(BALANCES, count_unbalanced(ledger), "个文件的行数对不上")],
    )


@dg.asset(
    name=RESULTS,
    group_name="mart",
    deps=[IDENTITIES, *CORES],
    description="每个数据集每项质量检查的结果。",
    kinds={"polars"},
    required_resource_keys={WORKPLACE},
)
def account_quality(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows it only without
    """Every check's answer."""
    work = workplace_of(context)
    with guarded(work), work.holding():
        results = account_for_quality(work)["quality_result"]
    counts = {"checks": results.height, "failed": int((~results["passed"]).sum())}
    work.tell("mart", counts, about=RESULTS)
    return dg.MaterializeResult(metadata={**counts})


def _held(name: str, wrong: int, what: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=wrong == 0,
        check_name=name,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"不符": wrong, "说明": f"{wrong} {what}"},
    )


MART_ASSETS = [judge_households, account_intake, account_quality]
