"""A run every night: benefits, objections and time limits change with the day even when no file arrives."""

from __future__ import annotations

import dagster as dg

from pipelines.defs.triggers.jobs import WHOLE_RUN
from pipelines.resources import on_day, shanghai_day


@dg.schedule(
    cron_schedule="30 2 * * *",
    execution_timezone="Asia/Shanghai",
    job=WHOLE_RUN,
    description="每天 02:30（北京时间）以当天为核对基准日运行。",
)
def every_night(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """A run for the day of the tick."""
    day = shanghai_day(context.scheduled_execution_time.timestamp())
    return dg.RunRequest(run_key=day.isoformat(), run_config=on_day(day))
