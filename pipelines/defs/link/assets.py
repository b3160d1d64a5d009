"""Asset `link_person__identities`: rosters, authorisations, and every row that belongs to somebody."""

import dagster as dg

from household.schema.datasets import DATASETS
from pipelines.assessing import identify_people
from pipelines.defs.naming import IDENTITIES, core_name
from pipelines.guard import guarded
from pipelines.resources import WORKPLACE, workplace_of


@dg.asset(
    name=IDENTITIES,
    group_name="link",
    deps=[core_name(dataset) for dataset in DATASETS.values()],
    description="谁是谁：申请家庭名册、授权范围，以及每一行属于谁、凭什么、有多大把握。",
    kinds={"polars"},
    required_resource_keys={WORKPLACE},
)
def link_person(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows it only without
    """Rosters, authorisations and links."""
    work = workplace_of(context)
    with guarded(work), work.holding():
        counts = identify_people(work)
    work.tell("link", counts)
    return dg.MaterializeResult(
        metadata={
            "申请": counts["applications"],
            "人员": counts["persons"],
            "dagster/row_count": counts["linked_rows"],
        }
    )


LINK_ASSETS = [link_person]
