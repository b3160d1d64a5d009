"""Everything that Dagster is shown: the assets of all steps, the whole run as a job, and what starts it by itself."""

from __future__ import annotations

import dagster as dg

from pipelines.defs.core.assets import CORE_ASSETS
from pipelines.defs.link.assets import LINK_ASSETS
from pipelines.defs.mart.assets import MART_ASSETS
from pipelines.defs.publish.assets import PUBLISH_ASSETS
from pipelines.defs.raw.assets import RAW_ASSETS
from pipelines.defs.triggers.jobs import WHOLE_RUN
from pipelines.defs.triggers.schedules import every_night
from pipelines.defs.triggers.sensors import inbox_changed
from pipelines.resources import FROM_ENVIRONMENT, WORKPLACE


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions of the code location."""
    return dg.Definitions(
        assets=[*RAW_ASSETS, *CORE_ASSETS, *LINK_ASSETS, *MART_ASSETS, *PUBLISH_ASSETS],
        jobs=[WHOLE_RUN],
        schedules=[every_night],
        sensors=[inbox_changed],
        resources={WORKPLACE: FROM_ENVIRONMENT},
        executor=dg.in_process_executor,
    )
