"""Assets `raw_<source>__<subject>`: the files of one dataset, taken into the store as sent and read to typed rows."""

from collections.abc import Mapping, Sequence

import dagster as dg

from household.schema.column import Dataset
from household.schema.datasets import DATASETS
from pipelines.defs.naming import STRAYS, facts_of, raw_name
from pipelines.guard import guarded
from pipelines.intake import take_in
from pipelines.resources import WORKPLACE, workplace_of


def raw_asset(dataset: Dataset, pulls: Sequence[str] = ()) -> dg.AssetsDefinition:
    """The asset of one dataset's files. `pulls`: names of the assets that bring them, where sources are pulled."""

    @dg.asset(
        name=raw_name(dataset),
        deps=list(pulls),
        group_name=dataset.source,
        description=f"{dataset.title_zh}：收件目录中的文件，原件存档，逐行读为规定类型；读不了的行隔离并注明原因。",
        metadata=facts_of(dataset),
        kinds={"file", "polars"},
        required_resource_keys={WORKPLACE},
    )
    def take_files(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows it only without
        return _taken(context, dataset.name)

    return take_files


@dg.asset(
    name=STRAYS,
    group_name="inbox",
    description="收件目录中不属于任何数据集的条目：名称不合规、来源不明、缺数据文件的清单。逐个拒收并说明。",
    kinds={"file"},
    required_resource_keys={WORKPLACE},
)
def take_strays(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows it only without
    """Entries of the inbox that belong to no dataset."""
    return _taken(context, None)


def _taken(context: dg.AssetExecutionContext, dataset: str | None) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows it only without
    work = workplace_of(context)
    with guarded(work):
        counts = take_in(work, dataset)
    work.tell("raw", counts, about=dataset or STRAYS)
    return dg.MaterializeResult(
        metadata={
            "文件": counts["files"],
            "新到": counts["new"],
            "拒收": counts["refused"],
            "dagster/row_count": counts["rows"],
            "隔离行": counts["quarantined"],
        }
    )


def raw_assets(pulls: Mapping[str, Sequence[str]]) -> list[dg.AssetsDefinition]:
    """One for every dataset and one for strays. `pulls`: dataset to the assets that bring it."""
    return [*(raw_asset(d, pulls.get(name, ())) for name, d in DATASETS.items()), take_strays]


RAW_ASSETS = raw_assets({})
