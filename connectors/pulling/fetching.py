"""One offer into staging: fetched, held against what was said and against the extract before it, named. Nothing is committed here."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connectors.errors import FileRefused, SourceLied
from connectors.intake.manifest import read_manifest
from connectors.intake.naming import FileName
from connectors.pulling.columns import columns_of
from connectors.pulling.honesty import (
    check_as_of,
    check_columns,
    check_manifest,
    check_most,
    check_said,
    check_size,
    clock_skew,
    shrunk,
)
from connectors.pulling.landed import (
    is_incremental,
    landed_manifest,
    landed_name,
    mapping_digest,
    said_digest,
)
from connectors.pulling.landing import staging, write_manifest
from connectors.pulling.memory import (
    MAPPING,
    SAID,
    UNKNOWN,
    before,
    newest_day,
    next_part,
    taken_of,
)
from connectors.pulling.pull_log import TAKEN, UNCHANGED, PullEvent, exchange_folder
from connectors.sources.declaration import FileDataset, PageDataset
from connectors.store import digest_of, failure, to_disk
from household.schema.datasets import DATASETS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from connectors.outside import Outside
    from connectors.pulling.columns import Came
    from connectors.sources.declaration import DatasetSpec, Source
    from connectors.store import Store
    from connectors.transports.transport import Fetched, Offer, Transport

FETCHING = "fetching"


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to fetch. `log`: the source's events so far; `blank`: the event of this one before anything came."""

    source: Source
    spec: DatasetSpec
    offer: Offer
    store: Store
    outside: Outside
    log: Sequence[PullEvent]
    blank: PullEvent

    @property
    def taken(self) -> list[PullEvent]:
        """What was taken of this dataset for this region."""
        return taken_of(self.log, self.blank.dataset, region=self.offer.region)


@dataclass(frozen=True, slots=True)
class _Whole:
    """What came and held: the bytes at `path`, and what is known of them."""

    path: Path
    sha256: str
    size: int
    fetched: Fetched
    manifest: Mapping[str, object]
    came: Came
    skew: float | None
    remarks: tuple[str, ...]


def fetch_one(job: Job, transport: Transport) -> PullEvent:
    """Fetch an offer and stage it under the number of the job's event.

    Returns:
        The event to append: taken (the file and its manifest are staged, on the disk) or unchanged (nothing is staged).

    Raises:
        SourceUnreachable, SourceRefused, SourceLied: nothing is staged; what was fetched so far stays for the next try.
        ConnectorError: the disk cannot be written.

    """
    _hold_region(job)
    folder = fetching_folder(job.store, job.source.name, job.offer)
    target = folder / f"data.{job.offer.ext}"
    try:
        if not isinstance(job.spec, FileDataset):  # rows are read from the beginning
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise failure("取数暂存区", error) from error
    if job.offer.size is not None:  # an oversized file is not fetched to find out
        check_most(job.offer.size, job.source.limits.bytes_most)
    whole = _checked(job, transport.fetch(job.offer, job.spec, target), target)
    event = _stage(job, whole) if _is_new(job, whole) else _event(job, whole, UNCHANGED)
    shutil.rmtree(folder, ignore_errors=True)
    return event


def _hold_region(job: Job) -> None:
    """An extract of another's region would replace that region's own. Raises SourceLied."""
    agreed, told = job.spec.region or job.source.region, job.offer.region
    if not told.startswith(agreed):
        raise SourceLied(
            f"来源送来地区 {told} 的数据，约定的是 {agreed}",
            "请与来源核实；确由其报送的，请为该地区另设一个来源目录",
        )


def fetching_folder(store: Store, source: str, offer: Offer) -> Path:
    """Where one state of one offered thing is fetched to; the same for the next try at it, so that it can go on there."""
    said = json.dumps([offer.origin, offer.mark], sort_keys=True, default=str)
    key = hashlib.sha256(said.encode()).hexdigest()[:16]
    return exchange_folder(store, source) / FETCHING / f"{offer.subject}-{key}"


def _checked(job: Job, fetched: Fetched, path: Path) -> _Whole:
    """Hold what came against what was said. Raises SourceLied, SourceUnreachable."""
    source, offer, limits = job.source, job.offer, job.source.limits
    dataset = DATASETS[job.blank.dataset]
    size = path.stat().st_size
    check_size(size, offered=offer.size)
    check_most(size, limits.bytes_most)
    now = job.outside.now()
    skew = clock_skew(fetched.clock, now, limit=limits.clock_skew_seconds)
    newest = newest_day(job.taken)
    live = not isinstance(job.spec, FileDataset) and dataset.keep == "snapshot"
    dated = check_as_of(fetched.as_of, today=job.outside.today, newest=newest, strict=live)
    check_manifest(
        fetched.manifest,
        dataset=dataset.name,
        ours=offer.subject,
        region=offer.region,
        as_of=fetched.as_of,
    )
    sha256 = digest_of(path)
    manifest = landed_manifest(
        source, job.spec, offer, fetched, sha256=sha256, rows=fetched.rows, outside=job.outside
    )
    try:
        read = read_manifest(write_manifest(path.parent, path.name, manifest))
    except FileRefused as error:
        raise SourceLied(error.what, error.todo) from None
    came = columns_of(path, offer.ext, dataset, manifest=read)
    check_said(fetched, sha256=sha256, rows=came.rows)
    part = None if is_incremental(job.spec) else offer.part
    earlier = before(job.taken, as_of=fetched.as_of, part=part)
    remarks = [dated]
    if earlier is not None:
        check_columns(
            dataset,
            came,
            before=earlier.columns,
            unknown_before=int(str(earlier.mark.get(UNKNOWN, 0))),
            absent=job.spec.absent,
            sparse=is_incremental(job.spec) and isinstance(job.spec, PageDataset),
        )
        remarks.append(_collapse(job, earlier, rows=_rows(fetched, came), size=size))
    return _Whole(path, sha256, size, fetched, manifest, came, skew, tuple(filter(None, remarks)))


def _collapse(job: Job, earlier: PullEvent, *, rows: int | None, size: int) -> str:
    """A remark on an extract that shrank; increments tell nothing by their size."""
    if is_incremental(job.spec):
        return ""
    if rows is not None and earlier.rows is not None:
        return shrunk(rows, earlier.rows, unit="行")
    if earlier.size is not None and earlier.file.endswith(f".{job.offer.ext}"):
        return shrunk(size, earlier.size, unit="字节")
    return ""


def _is_new(job: Job, whole: _Whole) -> bool:
    """Whether what was taken last for this day and name (increments number theirs: from this origin) was another thing."""
    that_day = [e for e in job.taken if e.as_of == whole.fetched.as_of]
    same_words = [e for e in that_day if e.mark.get(MAPPING) == mapping_digest(job.spec)]
    if is_incremental(job.spec) and whole.fetched.rows == 0 and same_words:
        return False
    if is_incremental(job.spec):
        before_it = [e for e in that_day if e.origin == job.offer.origin]
    else:
        before_it = [e for e in that_day if e.file == _file(job, whole.fetched)]
    last = before_it[-1] if before_it else None
    if last is None:
        return True
    said = said_digest(whole.manifest)
    return (last.sha256, last.mark.get(SAID)) != (whole.sha256, said)


def _stage(job: Job, whole: _Whole) -> PullEvent:
    """Put the file and its manifest where landing finds them once the event is in the log."""
    event = _event(job, whole, TAKEN)
    folder = staging(job.store, job.source.name, event.seq)
    name = event.file.rpartition("/")[2]
    try:
        whole.path.replace(folder / name)
        to_disk(folder / name)
    except OSError as error:
        raise failure("取数暂存区", error) from error
    write_manifest(folder, name, whole.manifest)
    return event


def _event(job: Job, whole: _Whole, outcome: str) -> PullEvent:
    fetched = whole.fetched
    marks = {
        MAPPING: mapping_digest(job.spec),
        SAID: said_digest(whole.manifest),
        UNKNOWN: whole.came.unknown,
    }
    return replace(
        job.blank,
        outcome=outcome,
        message="；".join(whole.remarks),
        file=_file(job, fetched),
        sha256=whole.sha256,
        rows=_rows(fetched, whole.came),
        size=whole.size,
        as_of=fetched.as_of,
        mark={**fetched.mark, **marks},
        columns=whole.came.columns,
        clock_skew=whole.skew,
    )


def _file(job: Job, fetched: Fetched) -> str:
    """What it is called below the inbox. Raises SourceLied as `landed_name` does."""
    offer, part = job.offer, job.offer.part
    if is_incremental(job.spec):
        part = next_part([e for e in job.taken if e.as_of == fetched.as_of])
    name = FileName(offer.subject, offer.region, fetched.as_of, part, offer.ext)
    return landed_name(job.source.department, name)


def _rows(fetched: Fetched, came: Came) -> int | None:
    return came.rows if came.rows is not None else fetched.rows
