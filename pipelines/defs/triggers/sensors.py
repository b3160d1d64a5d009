"""A run when the inbox has changed and has come to rest: a file that is still growing is left alone until the next look."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import dagster as dg

from household.errors import HouseholdError
from pipelines.defs.triggers.jobs import WHOLE_RUN
from pipelines.resources import on_day, shanghai_day
from pipelines.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path

SECONDS_BETWEEN = 60


@dg.sensor(
    job=WHOLE_RUN,
    minimum_interval_seconds=SECONDS_BETWEEN,
    description="收件目录有新文件或改动、且一分钟内不再变化时，以当天为核对基准日运行。",
)
def inbox_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """A run for a new state of the inbox, once two looks in a row have found it the same."""
    try:
        inbox = read_settings().inbox
    except HouseholdError as error:
        return dg.SkipReason(str(error))
    if inbox is None or not inbox.is_dir():
        return dg.SkipReason("没有收件目录；请设置 HEDUI_INBOX")
    state = describe_state(inbox)
    if state != context.cursor:
        return dg.SensorResult(cursor=state, skip_reason="收件目录仍在变化，下次再看")
    day = shanghai_day(time.time())
    # a state has one run: the same key is never run twice
    return dg.SensorResult(
        cursor=state, run_requests=[dg.RunRequest(run_key=state, run_config=on_day(day))]
    )


def describe_state(inbox: Path) -> str:
    """SHA-256 over names, sizes and times of change of every file below the inbox."""
    seal = hashlib.sha256()
    for file in sorted(inbox.rglob("*")):
        try:
            found = file.stat()
        except OSError:  # gone since it was listed, or a broken link; the next look tells
            continue
        if file.is_file():
            name = file.relative_to(inbox).as_posix().encode(errors="surrogateescape")
            seal.update(name + f"\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return seal.hexdigest()
