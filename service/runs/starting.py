"""Starting a run: one at a time, in a process of its own that outlives the service. Whether it lives is told by a lock, not by a number.

The lock file is opened and locked here and handed to the child open; the system lets go of it when the child ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from casework.runs import (
    DAGSTER,
    DIED,
    FAILED,
    INTERRUPTED,
    NOTHING_NEW,
    PROCESS,
    PUBLISHED,
    Ending,
    RunOrder,
    add_order,
    end_order,
    name_outside,
    read_order,
)
from household.errors import HouseholdError, InputError
from pipelines import dagster_runs
from pipelines.outside import outside_now
from pipelines.workplace import casework_of, store_root
from service.submissions.handing_in import land_waiting
from warehouse.errors import BusyError
from warehouse.locking import writing

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from service.access.actor import Actor
    from service.deployment import Deployment

WORKER = "service.runs.worker"
LAUNCHING = timedelta(minutes=2)
DIED_TOLD = ("运行的进程已不在（被终止或机器重启），未发布任何内容", "再次启动即可")


class RunningAlreadyError(InputError):
    """Another run goes on. `order_id` is empty where it was not started from here."""

    def __init__(self, what: str, *, order_id: str = "") -> None:
        super().__init__(what, "请等它结束后再启动")
        self.order_id = order_id


@dataclass(frozen=True, slots=True)
class Start:
    """What a run is started with. `how`: in a process of this machine, or by Dagster's server."""

    as_of: date
    how: str = PROCESS


def start_run(deployment: Deployment, actor: Actor, start: Start) -> str:
    """Start a run in a child process.

    Returns:
        The id of the order, to watch it by.

    Raises:
        RunningAlreadyError: another run goes on. InputError: the service has no inbox. HouseholdError: a store cannot be written.

    """
    if deployment.settings.inbox is None:
        raise InputError(
            "本服务没有设置收件目录，不能启动运行", "请用 hedui serve --inbox 指定后重启"
        )
    _refuse_if_written(deployment.warehouse.path)
    outside = deployment.outside
    order = RunOrder(
        f"R{outside.today:%Y%m%d}-{outside.token_bytes(6).hex()}",
        start.how,
        start.as_of.isoformat(),
        actor.account_id,
        outside.stamp,
        deployment.warehouse.run.run_id,
    )
    if start.how == DAGSTER:
        return _by_dagster(deployment, order, start.as_of)
    held = _locked(_lock_file(deployment, order.order_id))
    try:
        _note(deployment, order)
        land_waiting(deployment)
        _spawn(deployment, order, held)
    except OSError as error:
        told = ("运行的进程无法启动", "请检查机器的内存与进程数后再试")
        end_order(deployment.casework, order.order_id, Ending(FAILED, outside.stamp, None, *told))
        raise InputError(*told) from error
    finally:
        os.close(held)
    return order.order_id


def _note(deployment: Deployment, order: RunOrder) -> None:
    other = add_order(deployment.casework, order, goes_on=lambda one: goes_on(deployment, one))
    if other is not None:
        raise RunningAlreadyError("已有一次运行正在进行", order_id=other.order_id)


def _by_dagster(deployment: Deployment, order: RunOrder, day: date) -> str:
    url = deployment.settings.dagster_url
    if url is None:
        raise InputError(
            "本服务没有设置 Dagster 的地址", "请用 hedui serve --dagster-url 指定后重启"
        )
    _note(deployment, order)
    try:
        land_waiting(deployment)
        name_outside(deployment.casework, order.order_id, dagster_runs.launch(url, day))
    except HouseholdError as error:
        ending = Ending(FAILED, deployment.outside.stamp, None, error.what, error.todo)
        end_order(deployment.casework, order.order_id, ending)
        raise
    return order.order_id


def goes_on(deployment: Deployment, order: RunOrder) -> bool:
    """Whether the child of an order lives; whether Dagster still says so of its run. A server that does not answer ends nothing."""
    if order.how == DAGSTER:
        return _dagster_state(deployment, order) == dagster_runs.GOES_ON
    try:
        handle = os.open(_lock_file(deployment, order.order_id), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def settled_order(deployment: Deployment, order: RunOrder) -> RunOrder:
    """The order as it stands; one whose process is gone without a word is noted as died."""
    if order.outcome is not None or goes_on(deployment, order):
        return order
    # The child notes its end before it goes, so what is read now is all that it said; an ending that stands is not changed.
    ending = Ending(DIED, deployment.outside.stamp, None, *DIED_TOLD)
    if order.how == DAGSTER:
        ending = _dagster_ending(deployment, order)
    end_order(deployment.casework, order.order_id, ending)
    found = read_order(deployment.casework, order.order_id)
    assert found is not None
    return found


def _dagster_state(deployment: Deployment, order: RunOrder) -> str:
    url = deployment.settings.dagster_url
    if order.outside_id is None:  # being launched, or whoever launched it was killed
        begun = datetime.fromisoformat(order.started_at)
        young = deployment.outside.now() - begun < LAUNCHING
        return dagster_runs.GOES_ON if young else dagster_runs.FAILED
    if url is None:
        return dagster_runs.FAILED
    try:
        return dagster_runs.state_of(url, order.outside_id)
    except HouseholdError:
        return dagster_runs.GOES_ON


def _dagster_ending(deployment: Deployment, order: RunOrder) -> Ending:
    state, at = _dagster_state(deployment, order), deployment.outside.stamp
    if state == dagster_runs.SUCCEEDED:
        run_id = deployment.warehouse.run.run_id
        return Ending(PUBLISHED if run_id != order.run_before else NOTHING_NEW, at, run_id)
    outcome = INTERRUPTED if state == dagster_runs.CANCELLED else FAILED
    return Ending(
        outcome, at, None, "Dagster 的运行没有完成，未发布任何内容", "请在 Dagster 页面查看原因"
    )


def _refuse_if_written(warehouse: Path) -> None:
    try:
        with writing(warehouse):
            pass
    except BusyError:
        raise RunningAlreadyError("结果库正被另一次运行写入") from None


def _lock_file(deployment: Deployment, order_id: str) -> Path:
    return store_root(deployment.warehouse.path) / "started" / f"{order_id}.lock"


def _locked(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def _spawn(deployment: Deployment, order: RunOrder, held: int) -> None:
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", WORKER, order.order_id, order.as_of],
        env=_environment(deployment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(held,),
    )
    # Waited for, so that it does not stay as a zombie; the service may end before it all the same.
    threading.Thread(target=child.wait, daemon=True, name=order.order_id).start()


def _environment(deployment: Deployment) -> dict[str, str]:
    """That of the service, with what the service was told in place of what the child would find."""
    settings, warehouse = deployment.settings, deployment.warehouse.path
    kept = {n: v for n, v in outside_now().environ.items() if not n.startswith("HEDUI_")}
    told: dict[str, object | None] = {
        "HEDUI_INBOX": settings.inbox and settings.inbox.resolve(),
        "HEDUI_WAREHOUSE": warehouse.resolve(),
        "HEDUI_PACKS": settings.packs and settings.packs.resolve(),
        "HEDUI_REGION": settings.region,
        "HEDUI_PERSON_KEY": settings.person_key and settings.person_key.decode(),
    }
    place = deployment.casework.address
    if place != casework_of(warehouse) or place.file is None:
        told["HEDUI_CASEWORK"] = place.url
    return kept | {name: str(value) for name, value in told.items() if value is not None}
