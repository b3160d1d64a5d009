"""What every transport answers: does it answer, what would be taken, and the taking of one of these. Shapes only.

A transport never writes anywhere but into the target that it is given, never keeps a memory of its own, and lets no text of a driver out:
whatever goes wrong is SourceUnreachable (trying again may help), SourceRefused or SourceLied (it will not).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from connectors.sources.declaration import DatasetSpec

T = TypeVar("T")
Mark = Mapping[str, object]
"""What tells one state of an offered thing from another; JSON-able, without personal values."""

Calling = Callable[[Callable[[], T]], T]


class Caller(Protocol):
    """Makes one call to the outside under the source's limits: pace, tries, backoff. Transports wrap every remote call in it."""

    def call(self, what: Callable[[], T]) -> T:
        """Call, again where SourceUnreachable was raised, and give what the call gave.

        Raises:
            SourceUnreachable: still, after the last attempt, or the day's calls are spent. SourceRefused, SourceLied: at once.

        """
        ...


@dataclass(frozen=True, slots=True)
class Probe:
    """A source answered. `server`: its kind and version in one word; `clock`: its time, where it says it."""

    server: str
    clock: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that would be taken: a file, or the rows of a view or an interface.

    Attributes:
        subject: of the dataset. region, as_of, part, ext: of the file that it becomes in the inbox.
        origin: path, view or interface, for the log; no address, secret or personal value.
        mark: tells whether this state of it was taken already. size: bytes, where known before.

    """

    subject: str
    region: str
    as_of: date
    part: str
    ext: str
    origin: str
    mark: Mark
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came. The bytes are in the target whole, or the fetch raised.

    Attributes:
        as_of: of the content, where only the content says it; else the offer's.
        mark: to be remembered for this origin (a watermark, size and time, an ETag).
        rows: how many were written, where the transport writes rows itself. said_rows, said_sha256: what the source says of it.
        columns: names as the source has them, where the transport knows them.
        manifest: what the source's own manifest says, for file transports; the pull adds to it and never overrides it.
        clock: the source's time, where it said it with the answer.

    """

    as_of: date
    mark: Mark
    rows: int | None = None
    said_rows: int | None = None
    said_sha256: str | None = None
    columns: tuple[str, ...] | None = None
    manifest: Mapping[str, object] = field(default_factory=dict)
    clock: datetime | None = None


class Transport(Protocol):
    """A connected source. Used as a context manager; closing never raises."""

    def probe(self) -> Probe:
        """Connect and say who answers."""
        ...

    def offers(self, subject: str, spec: DatasetSpec, taken: Mapping[str, Mark]) -> Iterator[Offer]:
        """What would be taken of a dataset, in the order in which it should be.

        Args:
            subject: of the dataset. spec: what source.yaml says of it.
            taken: by origin, the mark of what was taken last; what has not changed since is not offered.

        """
        ...

    def fetch(self, offer: Offer, spec: DatasetSpec, target: Path) -> Fetched:
        """Bring one offer into `target` whole. A file of that name may hold the beginning of an earlier try and be resumed."""
        ...

    def __enter__(self) -> Transport: ...

    def __exit__(self, *_: object) -> None: ...


class Carrier(Protocol):
    """A transport that can also hand files over and list answers: what institutions are asked through."""

    def put(self, content: bytes, path: str) -> None:
        """Write a file at their side, under another name first and renamed when whole. The same bytes again change nothing."""
        ...

    def names(self, folder: str) -> Sequence[str]:
        """Names of the files in a folder of theirs, sorted."""
        ...

    def get(self, path: str, *, at_most: int) -> bytes:
        """The bytes of a file of theirs. Raises SourceLied when it has more than `at_most`."""
        ...
