"""Reaching institutions: each one apart, so that a slow or broken one holds nobody else up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from connectors.errors import ConnectorError, SourceLied
from connectors.pulling.calling import SourceCaller, calls_on, last_call_of
from connectors.pulling.pull_log import FAILED, LIED, REFUSED
from connectors.transports.opening import open_transport
from household.errors import HouseholdError, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from connectors.asking.layouts.institution import Institution
    from connectors.outside import Outside
    from connectors.pulling.pull_log import PullEvent
    from connectors.sources.declaration import Source
    from connectors.transports.transport import Carrier

T = TypeVar("T")
AT_ONCE = 16


class Exchanger(Protocol):
    """A transport that is asked by calls (`transports.http_pages.HttpTransport`)."""

    def exchange(
        self, path: str, payload: Mapping[str, object], *, idempotency_key: str
    ) -> dict[str, Any]:
        """Send one request and give the answer; the same key again is the same request."""
        ...


class Opener(Protocol):
    """Connects to institutions."""

    @property
    def made(self) -> int:
        """Calls made so far, tries included."""
        ...

    def carrier(self, institution: Institution) -> AbstractContextManager[Carrier]:
        """An institution that is asked by files."""
        ...

    def exchanger(self, institution: Institution) -> AbstractContextManager[Exchanger]:
        """An institution that is asked by calls."""
        ...


class Connections:
    """The real ones: the institution's own transport, else the source's, all under the source's one agreement and its pace."""

    def __init__(self, source: Source, outside: Outside, *, log: Sequence[PullEvent] = ()) -> None:
        """Nothing is connected yet. `log`: the source's events, for the calls that were made today and the last of them."""
        self._source, self._outside = source, outside
        spent = calls_on(log, outside.today)
        self._caller = SourceCaller(source, outside, spent, last_call=last_call_of(log))

    @property
    def made(self) -> int:
        """Calls made so far, tries included."""
        return self._caller.made

    def carrier(self, institution: Institution) -> AbstractContextManager[Carrier]:
        """Files: SFTP, a store that speaks S3, or a folder. Raises SourceRefused where a secret is not there."""
        return cast("AbstractContextManager[Carrier]", self._open(institution))

    def exchanger(self, institution: Institution) -> AbstractContextManager[Exchanger]:
        """Calls: HTTP. Raises SourceRefused where a secret or certificate is not there."""
        return cast("AbstractContextManager[Exchanger]", self._open(institution))

    def _open(self, institution: Institution) -> object:
        source = self._source
        if institution.transport is not None:
            source = source.model_copy(update={"transport": institution.transport})
        return open_transport(source, self._outside, self._caller)


@dataclass(frozen=True)
class Trouble:
    """What went wrong with an institution or one of its files: one Chinese line, naming no person.

    `outcome`: of the pull log (failed, refused, lied). `file`: what it was about, as a log may show it; empty for the institution as a whole.
    """

    institution: str
    outcome: str
    message: str
    file: str = ""


@dataclass(frozen=True)
class Reached(Generic[T]):
    """What one institution gave, or the trouble with it."""

    value: T | None
    trouble: Trouble | None = None


def reach_all(
    institutions: Mapping[str, Institution], visit: Callable[[Institution], T]
) -> dict[str, Reached[T]]:
    """Visit every institution, several at once, and give what came of each in the order of their codes.

    Args:
        institutions: by code. visit: talks to one; writes nothing on our side. Whatever it raises is that institution's trouble only.

    """

    def one(institution: Institution) -> Reached[T]:
        try:
            return Reached(visit(institution))
        except Exception as error:
            return Reached(None, trouble_of(institution, error))

    ordered = [institutions[code] for code in sorted(institutions)]
    with ThreadPoolExecutor(max_workers=max(1, min(AT_ONCE, len(ordered)))) as pool:
        return {i.code: r for i, r in zip(ordered, pool.map(one, ordered), strict=True)}


def trouble_of(institution: Institution, error: Exception, *, file: str = "") -> Trouble:
    """An error as trouble of an institution; its line begins with the institution's name. Of what nobody foresaw only the kind is told."""
    outcome = FAILED
    if not isinstance(error, HouseholdError):
        said = f"出现未预料的错误（{type(error).__name__}）；请将此行告知系统维护人员"
        return Trouble(institution.code, outcome, f"{institution.name}：{said}", file)
    if isinstance(error, SourceLied):
        outcome = LIED
    elif isinstance(error, InputError) and not isinstance(error, ConnectorError):
        outcome = REFUSED
    return Trouble(institution.code, outcome, f"{institution.name}：{error}", file)
