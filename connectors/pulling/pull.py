"""One pull of one source: offers, fetching into staging, checks, the event that commits, landing. Trouble with one thing never stops another.

Killed anywhere, nothing is lost or doubled: a file counts when its event is in the log, and `landing` finishes what was committed.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connectors.errors import ConnectorError, SourceLied, SourceUnreachable
from connectors.outside import SHANGHAI
from connectors.pulling.breaker import WAIT, breaker_of
from connectors.pulling.calling import CallsSpent, SourceCaller, calls_on, last_call_of
from connectors.pulling.declared import declare
from connectors.pulling.fetching import FETCHING, Job, fetch_one, fetching_folder
from connectors.pulling.landed import mapping_digest
from connectors.pulling.landing import clear_uncommitted, land_if_free
from connectors.pulling.memory import in_turn, taken_marks
from connectors.pulling.pull_log import (
    FAILED,
    LIED,
    NOTHING,
    REFUSED,
    RESTING,
    SPENT,
    PullEvent,
    append_pulls,
    blank_event,
    exchange_folder,
    next_seq,
    read_pulls,
)
from connectors.pulling.source_lock import source_held
from connectors.sources.agreement import hold_agreement
from connectors.sources.declaration import FileDataset
from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from connectors.outside import Outside
    from connectors.sources.declaration import DatasetSpec, Limits, Source
    from connectors.store import Store
    from connectors.transports.transport import Caller, Offer, Transport


def pull(
    source: Source,
    transport: Transport,
    store: Store,
    inbox: Path,
    outside: Outside,
    *,
    caller: SourceCaller | None = None,
    only: str | None = None,
    as_of: date | None = None,
) -> tuple[PullEvent, ...]:
    """Take what a source offers and was not taken yet.

    Args:
        source: as declared. transport: made for it, not entered yet; it is entered and left here. store: the working store.
        inbox: where files land. outside: clock, waiting, chance, and who pulls.
        caller: the one that the transport calls through, for the count of calls in the log; None counts none.
        only: one dataset's subject; None takes all. as_of: only what is offered for that day, whether it was taken before or not
            (a back-fill); the same content is still not taken twice.

    Returns:
        The events of this pull, in order: at least one a dataset, or the one that says why none was tried.

    Raises:
        InputError: the source has no such dataset. ConnectorError: the source is being pulled elsewhere, or our disk fails; whatever has
            an event stays.

    """
    with source_held(store, source.name):
        pulling = _Pulling(source, lambda: transport, store, outside, caller)
        return _pull(pulling, inbox, only=only, as_of=as_of)


def pull_from(
    source: Source,
    store: Store,
    inbox: Path,
    outside: Outside,
    *,
    opening: Callable[[Source, Outside, Caller], Transport],
    only: str | None = None,
    as_of: date | None = None,
    now: bool = False,
) -> tuple[PullEvent, ...]:
    """`pull` through a transport opened here, with calls paced and counted as the agreement says, those of earlier pulls today included.

    Args:
        opening: makes the transport of a source (`transports.opening.open_transport`). The others as for `pull`.
        now: somebody has mended what failed, so the rest after failures is not waited for. What the source asked for (Retry-After) is.

    """
    with source_held(store, source.name):
        log = read_pulls(store, source.name)
        spent = calls_on(log, outside.today)
        caller = SourceCaller(source, outside, spent, last_call=last_call_of(log))
        pulling = _Pulling(source, lambda: opening(source, outside, caller), store, outside, caller)
        if now:
            pulling.rests = source.limits.model_copy(update={"breaker_rest_minutes": 0})
        return _pull(pulling, inbox, only=only, as_of=as_of)


def _pull(
    pulling: _Pulling, inbox: Path, *, only: str | None, as_of: date | None
) -> tuple[PullEvent, ...]:
    source, store, sleep = pulling.source, pulling.store, pulling.outside.sleep
    if only is not None and only not in source.datasets:
        raise InputError(
            f"来源 {source.name} 没有数据集 {only}", f"请从中选择：{'、'.join(source.datasets)}"
        )
    declare(store, source)
    clear_uncommitted(store, source.name)
    land_if_free(store, inbox, sleep=sleep, own=source.name)
    pulling.log = read_pulls(store, source.name)
    if source.datasets:
        named = {subject: f"{source.department}.{subject}" for subject in source.datasets}
        pulling.run([only] if only is not None else in_turn(pulling.log, named), as_of)
    land_if_free(store, inbox, sleep=sleep, own=source.name)
    return tuple(pulling.told)


@dataclass(slots=True)
class _Pulling:
    """A pull under way.

    `told`: what it tells its caller. `listed`: datasets of which every offer was seen. `pending`: half-fetched things that the next pull
    may go on with. `counted`: calls that events tell of already. `rests`: limits by which the source is left alone after failures.
    """

    source: Source
    opening: Callable[[], Transport]
    store: Store
    outside: Outside
    caller: SourceCaller | None
    log: list[PullEvent] = field(default_factory=list)
    told: list[PullEvent] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)
    pending: set[str] = field(default_factory=set)
    counted: int = 0
    rests: Limits = field(init=False)

    def __post_init__(self) -> None:
        self.rests = self.source.limits

    def run(self, subjects: list[str], as_of: date | None) -> None:
        """Take the datasets in turn, until the source may not be called any more."""
        with ExitStack() as open_while:
            trouble: BaseException | None = None
            try:
                hold_agreement(self.source, self.outside.today)
                if not self._may_call(subjects[0]):
                    return
                transport = open_while.enter_context(self.opening())
            except BaseException as error:
                trouble = _foreseen(error)
            if trouble is not None:
                for subject in subjects:
                    self._append(self._trouble(self._blank(subject), trouble))
                return
            for subject in subjects:
                if not (self._may_call(subject) and self._dataset(transport, subject, as_of)):
                    break
        self._clear_fetching()

    def _dataset(self, transport: Transport, subject: str, as_of: date | None) -> bool:
        """Take one dataset. False when the source may not be called any more."""
        spec = self.source.datasets[subject]
        offers = self._offers(transport, subject, spec, as_of)
        seen = False
        while True:
            trouble: BaseException | None = None
            try:
                offer = next(offers, None)
            except BaseException as error:
                trouble = _foreseen(error)
            if trouble is not None:
                return self._append(self._trouble(self._blank(subject), trouble))
            if offer is None:
                self.listed.add(subject)
                break
            seen = True
            if not (self._may_call(subject) and self._one(transport, subject, offer)):
                return False
        if not seen:
            message = f"来源没有 {as_of} 的数据" if as_of else ""
            self._append(replace(self._blank(subject), outcome=NOTHING, message=message))
        return True

    def _offers(
        self, transport: Transport, subject: str, spec: DatasetSpec, as_of: date | None
    ) -> Iterator[Offer]:
        """What is offered and was not taken. A file is asked for again for its day; rows are only ever those of now."""
        again = as_of is not None and isinstance(spec, FileDataset)
        dataset = self._blank(subject).dataset
        marks = {} if again else taken_marks(self.log, dataset, mapping=mapping_digest(spec))
        for offer in transport.offers(subject, spec, marks):
            if as_of in (None, offer.as_of):
                yield offer

    def _one(self, transport: Transport, subject: str, offer: Offer) -> bool:
        blank = replace(
            self._blank(subject), origin=offer.origin, region=offer.region, as_of=offer.as_of
        )
        job = Job(
            self.source,
            self.source.datasets[subject],
            offer,
            self.store,
            self.outside,
            self.log,
            blank,
        )
        try:
            event = fetch_one(job, transport)
        except BaseException as error:
            event = self._trouble(blank, _foreseen(error))
            if isinstance(error, SourceUnreachable):
                self.pending.add(fetching_folder(self.store, self.source.name, offer).name)
        return self._append(event)

    def _blank(self, subject: str) -> PullEvent:
        return blank_event(self.source, self.outside, seq=next_seq(self.log), subject=subject)

    def _trouble(self, blank: PullEvent, error: BaseException) -> PullEvent:
        """The event of an error. Our own disk's trouble is no source's, and is raised on."""
        if isinstance(error, CallsSpent):
            return replace(blank, outcome=SPENT, message=str(error))
        if isinstance(error, SourceUnreachable):
            asked = {} if error.wait is None else {WAIT: error.wait}
            return replace(blank, outcome=FAILED, message=str(error), mark=asked)
        if isinstance(error, ConnectorError):
            raise error
        if isinstance(error, InputError):
            outcome = LIED if isinstance(error, SourceLied) else REFUSED
            return replace(blank, outcome=outcome, message=str(error))
        # a driver's own words may quote secrets and rows: only the error's kind is told
        kind = type(error).__name__
        return replace(blank, message=f"取数时出现未预料的错误（{kind}）；请将此行告知系统维护人员")

    def _append(self, event: PullEvent) -> bool:
        """Commit an event. False when it says that the source may not be called any more."""
        made = self.caller.made if self.caller is not None else 0
        event = replace(event, at=self.outside.stamp, calls=made - self.counted)
        event = replace(event, until=self._rests_until(event))
        stops = event.outcome in (SPENT, RESTING)
        said = self._said_already(event) if stops and not event.calls else None
        if said is None:
            append_pulls(self.store, self.source.name, [event])
            self.log.append(event)
            self.counted = made
        self.told.append(said or event)
        return not stops

    def _rests_until(self, event: PullEvent) -> str:
        """What the breaker makes of an event, written down with it: whoever reads the log need not work it out."""
        log = (*self.log, event)
        until = breaker_of(log, self.source.limits, now=self.outside.now()).until
        return until.astimezone(SHANGHAI).isoformat(timespec="seconds") if until else ""

    def _said_already(self, event: PullEvent) -> PullEvent | None:
        """The event that says the same: a source that rests, or is spent for the day, is told of once. No call has been made since."""
        for earlier in reversed(self.log):
            if earlier.outcome == event.outcome:
                same_day = earlier.at[:10] == event.at[:10]
                return earlier if event.outcome == RESTING or same_day else None
            if earlier.calls:
                break
        return None

    def _may_call(self, subject: str) -> bool:
        """Whether the breaker lets a call through. When not, the log tells so once an opening."""
        now = self.outside.now()
        breaker = breaker_of(self.log, self.rests, now=now)
        if breaker.until is None:
            return True
        until = breaker.until.astimezone(SHANGHAI)
        asked = breaker.failures < self.source.limits.breaker_failures
        why = "来源要求暂缓" if asked else f"连续 {breaker.failures} 次取数失败"
        todo = "到时自动再试" if asked else "到时自动再试；已排除故障的，可用 --now 立即再取"
        message = (
            f"{why}，{until:%m-%d %H:%M} 前不再调用来源；"
            f"请查看之前的失败原因并与来源单位联系，{todo}"
        )
        return self._append(replace(self._blank(subject), outcome=RESTING, message=message))

    def _clear_fetching(self) -> None:
        """Remove half-fetched things that nobody will go on with: their origin has changed, or was refused."""
        folder = exchange_folder(self.store, self.source.name) / FETCHING
        for left in folder.iterdir() if folder.is_dir() else ():
            if left.name.rpartition("-")[0] in self.listed and left.name not in self.pending:
                shutil.rmtree(left, ignore_errors=True)


def _foreseen(error: BaseException) -> BaseException:
    """An error that is the source's trouble, or what it sent made of a library: a panic (pyo3) is no Exception. Raises what ends us.

    Whoever calls this goes on after its `except`: an event that cannot be written there would carry the driver's words as its context.
    """
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return error
    raise error
