"""The run of the command line: the same assets that `dagster dev` shows, in this process.

In two stretches: files are taken in first, and when that brings nothing new there is nothing to assess.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

from household.errors import HouseholdError
from pipelines.defs.core.assets import CORE_ASSETS
from pipelines.defs.link.assets import LINK_ASSETS
from pipelines.defs.mart.assets import MART_ASSETS
from pipelines.defs.publish.assets import PUBLISH_ASSETS
from pipelines.defs.raw.assets import RAW_ASSETS
from pipelines.logs import log_to
from pipelines.outcome import Outcome, read_outcome
from pipelines.resources import WORKPLACE, made_already
from pipelines.settings import Order, check_order
from pipelines.trouble import TROUBLE, describe_error
from pipelines.workplace import Workplace
from warehouse.locking import writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.workplace import Listener, Watcher

LOGGER = "file"
CANCELLED = ("PIPELINE_CANCELED", "PIPELINE_CANCELING")
INTERRUPTIONS = (dg.DagsterExecutionInterruptedError.__name__, KeyboardInterrupt.__name__)
STEPS_AFTER = (*CORE_ASSETS, *LINK_ASSETS, *MART_ASSETS, *PUBLISH_ASSETS)


class RunFailed(HouseholdError):  # noqa: N818 - what it says
    """A step failed for a reason that is ours to mend."""


def drive(
    order: Order, listener: Listener | None = None, *, watcher: Watcher | None = None
) -> Outcome:
    """Take in, assess and publish; or find that nothing is new.

    Args:
        order: what to do.
        listener: told of every step that is done: raw, core, link, mart or publish, and its counts.
        watcher: told the same, and between step and counts what the step was done to: a dataset, or a part of the step.

    Returns:
        What the warehouse's newest run is now, and whether this call published it.

    Raises:
        HouseholdError: one clear line. Nothing was published.
        KeyboardInterrupt: the run was interrupted. Nothing was published.

    """
    check_order(order)
    with writing(order.warehouse) as lock:
        work = Workplace(order, lock=lock, listener=listener, watcher=watcher)
        work.read_ahead()
        _clear(work)
        with work.store.held(), _instance() as instance:
            job = dg.Definitions(
                assets=[*RAW_ASSETS, *STEPS_AFTER],
                resources={WORKPLACE: made_already(work)},
                loggers={LOGGER: log_to(work.store.run)},
                executor=dg.in_process_executor,
            ).resolve_implicit_global_asset_job_def()
            _execute(job, RAW_ASSETS, work, instance=instance)
            news = work.has_news
            if news:
                _execute(job, STEPS_AFTER, work, instance=instance)
        return read_outcome(work, published=news)


def _execute(
    job: dg.JobDefinition,
    assets: Sequence[dg.AssetsDefinition],
    work: Workplace,
    *,
    instance: dg.DagsterInstance,
) -> None:
    """Run some of the assets, and raise what ended them."""
    result = job.execute_in_process(
        instance=instance,
        run_config={"loggers": {LOGGER: {}}},
        asset_selection=[asset.key for asset in assets],
        raise_on_error=False,
    )
    if result.success:
        return
    if isinstance(work.trouble, HouseholdError | KeyboardInterrupt):
        raise work.trouble
    if work.trouble is not None:
        raise RunFailed(
            describe_error(work.trouble),
            f"未发布任何内容；请将 {work.store.root / TROUBLE} 交给维护人员",
        )
    if _was_interrupted(result):
        raise KeyboardInterrupt
    failed = [e.asset_check_evaluation_data for e in _failed_checks(result)]
    names = "、".join(f"{c.asset_key.to_user_string()} {c.check_name}" for c in failed)
    raise RunFailed(
        f"发布前的检查未通过（{names or '见运行日志'}）",
        f"未发布任何内容；请将 {work.store.run / 'log'} 交给维护人员",
    )


def _was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether an interruption met Dagster outside a step's guarded body. One that was not asked of itself it takes for a failure."""
    if any(event.event_type_value in CANCELLED for event in result.all_events):
        return True
    failed = result.filter_events(lambda event: event.is_job_failure)
    errors = [event.job_failure_data.error for event in failed]
    return any(error is not None and error.cls_name in INTERRUPTIONS for error in errors)


def _failed_checks(result: dg.ExecuteInProcessResult) -> list[dg.DagsterEvent]:
    """Blocking checks that failed; a shut gate stops nothing and is none of them."""
    return [
        event
        for event in result.filter_events(lambda e: e.event_type_value == "ASSET_CHECK_EVALUATION")
        if event.asset_check_evaluation_data.blocking
        and not event.asset_check_evaluation_data.passed
    ]


def _clear(work: Workplace) -> None:
    """The hand-offs of the run before are gone before the first step; a step never meets another run's."""
    shutil.rmtree(work.store.run, ignore_errors=True)
    work.store.run.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _instance() -> Iterator[dg.DagsterInstance]:
    """Dagster's memory of runs: that of DAGSTER_HOME when it is set, else one that ends with the run."""
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    made = (
        dg.DagsterInstance.get()
        if os.environ.get("DAGSTER_HOME")
        else dg.DagsterInstance.ephemeral()
    )
    with made as instance:
        yield instance
