"""Sources of a deployment: reading them, looking at one, pulling one. Wiring only; the thinking is in `connectors.pulling`."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from connectors.pulling.calling import SourceCaller, calls_on, last_call_of
from connectors.pulling.declared import declare
from connectors.pulling.look import Answered, WouldTake, preview, probe_source
from connectors.pulling.pull import pull_from
from connectors.pulling.pull_log import read_pulls
from connectors.sources.reading import read_sources
from connectors.store import Store, open_store
from connectors.transports.opening import open_transport
from household.errors import HouseholdError, InputError
from pipelines.trouble import describe_error
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from connectors.outside import Outside
    from connectors.pulling.pull_log import PullEvent
    from connectors.sources.declaration import Source


@dataclass(frozen=True)
class Deployment:
    """The configured sources, and where what they send goes.

    Attributes:
        sources: by name. folder: where they stand. inbox: the inbox folder. warehouse: the DuckDB file, which need not exist yet.

    """

    sources: dict[str, Source]
    folder: Path
    inbox: Path
    warehouse: Path
    store: Store = field(init=False, repr=False)

    def __post_init__(self) -> None:
        root = store_root(self.warehouse)
        # clearing away half-written files is for whoever is alone in the store: a run may be on
        object.__setattr__(self, "store", Store(root) if root.exists() else open_store(root))

    def source(self, name: str) -> Source:
        """A source by name. Raises InputError."""
        if name not in self.sources:
            raise InputError(
                f"部署目录中没有来源 {name}", f"可用的有 {'、'.join(self.sources) or '（无）'}"
            )
        return self.sources[name]


def open_deployment(folder: Path, *, inbox: Path, warehouse: Path) -> Deployment:
    """Read a deployment. Raises InputError with the first mistake, SourceMistakesError with all; nothing is connected."""
    if not inbox.is_dir():
        raise InputError(f"收件目录 {inbox} 不存在或不是目录", "请检查 --inbox（HEDUI_INBOX）")
    if not warehouse.resolve().parent.is_dir():
        raise InputError(f"结果库所在目录 {warehouse.parent} 不存在", "请先建立该目录")
    return Deployment(read_sources(folder), folder, inbox, warehouse)


def pull_source(
    deployment: Deployment,
    name: str,
    outside: Outside,
    *,
    only: str | None = None,
    as_of: date | None = None,
    now: bool = False,
) -> tuple[PullEvent, ...]:
    """Pull one source.

    Args:
        deployment: where it stands. name: the source. outside: clock, chance and who acts.
        only: one dataset's subject. as_of: only what is offered for that day (a back-fill). now: do not rest after failures.

    Returns:
        What came of it, one event a thing; trouble with the source is among them and not raised.

    Raises:
        InputError: no such source or dataset. ConnectorError: it is being pulled elsewhere, or our disk fails.

    """
    source = deployment.source(name)
    declare(deployment.store, source)
    return pull_from(
        source,
        deployment.store,
        deployment.inbox,
        outside,
        opening=open_transport,
        only=only,
        as_of=as_of,
        now=now,
    )


def pull_each(
    deployment: Deployment, outside: Outside, *, as_of: date | None = None
) -> tuple[tuple[PullEvent, ...], tuple[str, ...]]:
    """Pull every source that has datasets, side by side: none waits for another.

    Returns:
        The events by source, and one line for each source of which nothing could even be written down.

    """
    names = [name for name, source in deployment.sources.items() if source.datasets]
    pulls = {
        name: _beside(partial(pull_source, deployment, name, outside, as_of=as_of))
        for name in names
    }
    events: list[PullEvent] = []
    broken: list[str] = []
    for name, pulled in pulls.items():
        try:
            events += pulled.result()
        except HouseholdError as error:
            broken.append(f"{name}：{error}")
        except Exception as error:  # of one source only; its own words may quote anything
            broken.append(f"{name}：{describe_error(error)}；请将这一行交给维护人员")
    return tuple(events), tuple(broken)


def _beside(pulling: Callable[[], tuple[PullEvent, ...]]) -> Future[tuple[PullEvent, ...]]:
    """Pull in a thread that nobody waits for who is interrupted: a pull may be killed anywhere."""
    came: Future[tuple[PullEvent, ...]] = Future()

    def pull() -> None:
        try:
            came.set_result(pulling())
        except BaseException as error:
            came.set_exception(error)

    threading.Thread(target=pull, daemon=True).start()
    return came


def look_at(
    deployment: Deployment, name: str, outside: Outside
) -> tuple[Answered, tuple[WouldTake, ...]]:
    """Whether a source answers, and what a pull would take. Nothing is written.

    Raises:
        InputError, ConnectorError: it cannot be connected to; one line.

    """
    source = deployment.source(name)
    log = read_pulls(deployment.store, name)
    spent = calls_on(log, outside.today)
    caller = SourceCaller(source, outside, spent, last_call=last_call_of(log))
    answered = probe_source(source, open_transport(source, outside, caller), outside)
    return answered, preview(source, open_transport(source, outside, caller), log)
