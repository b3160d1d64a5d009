"""From staging into the inbox. A staged file whose event is in the log is moved there, however often this is called.

The pull appends the event between staging and landing. So a pull that is killed anywhere neither loses nor doubles: before the event
nothing was taken and it is fetched again; after it the next `land` finishes the move. The bytes are kept in the raw layer on the way, so a
correction that comes before any run has looked still leaves both.
"""

from __future__ import annotations

import errno
import json
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from connectors.errors import ConnectorError, FileRefused, StoreHeld
from connectors.intake.naming import LANDING_SUFFIX, MANIFEST_SUFFIX
from connectors.pulling.pull_log import TAKEN, exchange_folder, pulled_sources, read_pulls
from connectors.store import failure, keep_raw, to_disk, when_free
from household.errors import HouseholdError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from connectors.store import Store

STAGED = "staged"
_CALLED = "取数暂存区"


def staging(store: Store, source: str, seq: int) -> Path:
    """Where the file of the event that will have number `seq` is made: an empty folder of its own, made here.

    Call it while holding the source (`source_lock.source_held`). What a killed pull left under the same number is cleared.

    Raises:
        ConnectorError: the disk cannot be written.

    """
    folder = exchange_folder(store, source) / STAGED / f"{seq:08d}"
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700, parents=True)
        to_disk(folder.parent)
    except OSError as error:
        raise failure(_CALLED, error) from error
    return folder


def write_manifest(folder: Path, name: str, said: Mapping[str, object]) -> Path:
    """Stage the manifest of a staged file, on the disk before this returns. Raises ConnectorError.

    It is written in place and not by way of a temporary name: until the event is in the log the whole folder counts for nothing.
    """
    path = folder / (name + MANIFEST_SUFFIX)
    try:
        path.write_text(
            json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1), encoding="utf-8"
        )
        to_disk(path)
        to_disk(folder)
    except OSError as error:
        raise failure(_CALLED, error) from error
    return path


def clear_uncommitted(store: Store, source: str) -> None:
    """Remove what killed pulls left in staging without an event. Call while holding the source. Raises ConnectorError."""
    waiting = exchange_folder(store, source) / STAGED
    if not waiting.is_dir():
        return
    committed = {f"{e.seq:08d}" for e in read_pulls(store, source) if e.outcome == TAKEN}
    try:
        for folder in waiting.iterdir():
            if folder.name not in committed:
                shutil.rmtree(folder)
    except OSError as error:
        raise failure(_CALLED, error) from error


def land(store: Store, inbox: Path, sources: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Finish every committed pull: move its file and manifest into the inbox. Call while holding the store, so that no run sees half.

    Args:
        store: the working store. inbox: the inbox folder. sources: which; None takes all that have a log.

    Returns:
        The files that came into the inbox, as paths below it, in the order in which they were taken.

    Raises:
        ConnectorError: the disk cannot be written; what is left is moved by the next call.

    """
    landed = []
    for source in pulled_sources(store) if sources is None else sources:
        waiting = exchange_folder(store, source) / STAGED
        if not waiting.is_dir() or not any(waiting.iterdir()):
            continue
        committed = {f"{e.seq:08d}": e for e in read_pulls(store, source) if e.outcome == TAKEN}
        for folder in sorted(waiting.iterdir()):
            event = committed.get(folder.name)
            if event is None:
                continue  # a pull that is under way, or was killed: the next pull of this source clears it
            if _move(store, folder, inbox / event.file):
                landed.append(event.file)
            shutil.rmtree(folder, ignore_errors=True)
    return tuple(landed)


def land_if_free(
    store: Store, inbox: Path, *, sleep: Callable[[float], None], own: str | None = None
) -> tuple[str, ...] | None:
    """Land everything that waits, unless a run holds the store; then it does so when it begins next.

    Other pulls hold the store for a moment only, so a few short waits (`sleep`) are worth while. With `own` only that source's trouble is
    raised: what waits of another and cannot be moved stays, and is told when that one is pulled, and by the next run.

    Returns:
        The files that came into the inbox; None when the store stayed held.

    Raises:
        ConnectorError: the disk cannot be written.

    """

    def alone() -> tuple[str, ...]:
        with store.held():
            if own is None:
                return land(store, inbox)
            landed = list(land(store, inbox, (own,)))
            for other in pulled_sources(store):
                with suppress(HouseholdError):
                    landed += land(store, inbox, (other,))
            return tuple(landed)

    try:
        return when_free(alone, sleep=sleep)
    except StoreHeld:
        return None


def _move(store: Store, folder: Path, target: Path) -> bool:
    """Manifest first, then the file: a file is never seen without what holds it. False where it had been moved already."""
    staged = folder / target.name
    if not staged.exists():
        return False
    ext = target.suffix.removeprefix(".")
    keep_raw(staged, store, ext=ext)
    if target.is_file():  # no run may have seen it yet: carried in by hand, or pulled before
        with suppress(FileRefused):
            keep_raw(target, store, ext=ext)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for name in (target.name + MANIFEST_SUFFIX, target.name):
            if (folder / name).exists():
                put_whole(folder / name, target.with_name(name))
        to_disk(target.parent)
    except OSError as error:
        raise ConnectorError(
            f"文件无法放入收件目录（{error.strerror}）", "请检查收件目录的权限与剩余空间后再次运行"
        ) from error
    return True


def put_whole(staged: Path, target: Path) -> None:
    """Whole or not at all; renamed where both lie on one disk, else copied under a name that no survey looks at."""
    try:
        staged.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    else:
        return
    beside = target.with_name(f".{target.name}{LANDING_SUFFIX}")
    shutil.copyfile(staged, beside)
    to_disk(beside)
    beside.replace(target)
    staged.unlink()
