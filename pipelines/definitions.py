"""Everything that Dagster is shown: the assets of all steps, the whole run and the pulls as jobs, and what starts them by themselves."""

from __future__ import annotations

import dagster as dg

from pipelines.configured import configured_sources
from pipelines.defs.core.assets import CORE_ASSETS
from pipelines.defs.link.assets import LINK_ASSETS
from pipelines.defs.mart.assets import MART_ASSETS
from pipelines.defs.publish.assets import PUBLISH_ASSETS
from pipelines.defs.pull.asking import ask_asset
from pipelines.defs.pull.assets import DATED, pull_asset, pull_of_day
from pipelines.defs.pull.brought import asked_of, bringing, pulled_of
from pipelines.defs.raw.assets import raw_assets
from pipelines.defs.triggers.jobs import WHOLE_RUN
from pipelines.defs.triggers.schedules import every_night
from pipelines.defs.triggers.sensors import inbox_changed
from pipelines.defs.triggers.sources import source_triggers
from pipelines.resources import FROM_ENVIRONMENT, WORKPLACE


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the code location."""
    configured = configured_sources()
    for mistake in configured.mistakes:
        dg.get_dagster_logger().error(f"来源未加载：{mistake}")
    sources = list(configured.sources.values())
    pulled = [source for source in sources if pulled_of(source)]
    triggers = [pair for source in sources for pair in source_triggers(source)]
    return dg.Definitions(
        assets=[
            *map(pull_asset, pulled),
            *(ask_asset(source) for source in sources if asked_of(source)),
            *raw_assets(bringing(sources)),
            *CORE_ASSETS,
            *LINK_ASSETS,
            *MART_ASSETS,
            *PUBLISH_ASSETS,
        ],
        jobs=[
            WHOLE_RUN,
            *(job for job, _ in triggers),
            *(pull_of_day(source) for source in pulled if source.transport.kind in DATED),
        ],
        schedules=[every_night, *(schedule for _, schedule in triggers)],
        sensors=[inbox_changed],
        resources={WORKPLACE: FROM_ENVIRONMENT},
        executor=dg.in_process_executor,
    )
