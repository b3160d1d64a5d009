"""The book of a source's inquiries: what was asked, handed over and answered, as numbered Parquet segments that are never changed.

Each segment comes into being whole (written beside and renamed), so a process that is killed leaves one more or none. Personal values
stand inside the segments only, in folders that are closed to others; no file name says more than a number.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connectors.errors import ConnectorError
from connectors.pulling.pull_log import exchange_folder
from connectors.store import write_whole
from household.inquiries.log import EVENT_SCHEMA, REPLY_SCHEMA, REQUEST_SCHEMA, InquiryLog

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from connectors.store import Store

REQUESTS, EVENTS, REPLIES, RECORDS = "requests", "events", "replies", "records"
SEGMENT = "_segment"
"""The number of the segment that a row stands in, in the frames of a Book."""
_TAKEN = "taken"


@dataclass(frozen=True)
class Book:
    """A source's book as it stands.

    Attributes:
        source: its folder. requests, events, replies: in the schemas of `household.inquiries.log`, in the order of entry, and SEGMENT.
        taken: by institution and file name, the digest of the answer that was taken last. copies: by institution and digest, the
            names under which that answer was taken.

    """

    source: str
    requests: pl.DataFrame
    events: pl.DataFrame
    replies: pl.DataFrame
    taken: Mapping[tuple[str, str], str]
    copies: Mapping[tuple[str, str], frozenset[str]]

    def log(self, institutions: pl.DataFrame) -> InquiryLog:
        """For the core. `institutions`: INSTITUTION_SCHEMA (`institutions.institution_rows`)."""
        frames = (self.requests, self.replies, self.events)
        requests, replies, events = (frame.drop(SEGMENT) for frame in frames)
        return InquiryLog(
            requests=requests, replies=replies, events=events, institutions=institutions
        )


def book_folder(store: Store, source: str) -> Path:
    """Where a source's book is kept."""
    return exchange_folder(store, source) / "inquiries"


def read_book(store: Store, source: str) -> Book:
    """Read the book of a source; nobody was asked where there is none. Raises ConnectorError when a segment cannot be read."""
    folder = book_folder(store, source)
    taken: dict[tuple[str, str], str] = {}
    copies: dict[tuple[str, str], frozenset[str]] = {}
    for segment in _segments(folder, REPLIES):
        for institution, file, digest in _memory(segment):
            taken[institution, file] = digest
            known = copies.get((institution, digest), frozenset())
            copies[institution, digest] = known | {file}
    return Book(
        source,
        _read(folder, REQUESTS, REQUEST_SCHEMA),
        _read(folder, EVENTS, EVENT_SCHEMA),
        _read(folder, REPLIES, REPLY_SCHEMA),
        taken,
        copies,
    )


def add_requests(store: Store, source: str, requests: pl.DataFrame) -> None:
    """Write down what is to be asked, before anything is sent. Hold the source. Raises ConnectorError."""
    _add(book_folder(store, source), REQUESTS, requests.select(REQUEST_SCHEMA.keys()))


def add_events(store: Store, source: str, events: pl.DataFrame) -> None:
    """Write down what became of requests on our side. Hold the source. Raises ConnectorError."""
    _add(book_folder(store, source), EVENTS, events.select(EVENT_SCHEMA.keys()))


def add_answer(
    store: Store,
    source: str,
    replies: pl.DataFrame,
    records: pl.DataFrame,
    *,
    institution: str,
    files: Mapping[str, str],
) -> None:
    """Write down one answer: replies, their records, and that its files are taken, in one stroke.

    The records are written first under the same number. Only the replies commit: records without them were never taken.

    Args:
        store, source: hold it. replies: REPLY_SCHEMA; may be empty. records: request_id and the account dataset's columns, String.
        institution: its code. files: name to digest of what was read.

    Raises:
        ConnectorError: the disk cannot be written.

    """
    folder = book_folder(store, source)
    number = _next(folder, REPLIES)
    _write(records, folder / RECORDS / f"{number:08d}.parquet")
    said = [[institution, name, digest] for name, digest in files.items()]
    _write(
        replies.select(REPLY_SCHEMA.keys()),
        folder / REPLIES / f"{number:08d}.parquet",
        told={_TAKEN: json.dumps(said)},
    )


def records_of(store: Store, source: str, segments: pl.Series) -> pl.DataFrame:
    """The records that came with these segments of replies, with SEGMENT; request_id only where there are none. Raises ConnectorError."""
    folder = book_folder(store, source) / RECORDS
    paths = [(n, folder / f"{n:08d}.parquet") for n in segments.unique().sort()]
    frames = [_one(path).with_columns(_number(n)) for n, path in paths if path.exists()]
    if not frames:
        return pl.DataFrame(schema={"request_id": pl.String, SEGMENT: pl.Int64})
    return pl.concat(frames, how="diagonal")


def _segments(folder: Path, kind: str) -> list[Path]:
    return sorted((folder / kind).glob("*.parquet"))


def _next(folder: Path, kind: str) -> int:
    segments = _segments(folder, kind)
    return int(segments[-1].stem) + 1 if segments else 1


def _add(folder: Path, kind: str, frame: pl.DataFrame) -> None:
    if frame.height:
        _write(frame, folder / kind / f"{_next(folder, kind):08d}.parquet")


def _write(frame: pl.DataFrame, target: Path, *, told: Mapping[str, str] | None = None) -> None:
    metadata = dict(told) if told else None
    write_whole(
        target,
        lambda path: frame.write_parquet(
            path, compression="zstd", compression_level=1, metadata=metadata
        ),
    )


def _read(folder: Path, kind: str, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    frames = [
        _one(segment).select(schema.keys()).with_columns(_number(int(segment.stem)))
        for segment in _segments(folder, kind)
    ]
    empty = pl.DataFrame(schema={**schema, SEGMENT: pl.Int64})
    return pl.concat([empty, *frames])


def _number(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.Int64).alias(SEGMENT)


def _one(path: Path) -> pl.DataFrame:
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError):
        raise _broken(path) from None


def _memory(segment: Path) -> list[tuple[str, str, str]]:
    try:
        said = json.loads(pl.read_parquet_metadata(segment)[_TAKEN])
        return [(str(a), str(b), str(c)) for a, b, c in said]
    except (OSError, pl.exceptions.PolarsError, ValueError, KeyError, TypeError):
        raise _broken(segment) from None


def _broken(path: Path) -> ConnectorError:
    return ConnectorError(
        f"查询簿 {path.parent.name} 第 {int(path.stem)} 段损坏", "请从备份恢复工作库后重新运行"
    )
