"""From staging into the inbox. A staged file whose event is in the log is moved there, however often this is called.

The pull appends the event between staging and landing. So a pull that is killed anywhere neither loses nor doubles: before the event
nothing was taken and it is fetched again; after it the next `land` finishes the move.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from connectors.errors import ConnectorError
from connectors.intake.naming import MANIFEST_SUFFIX
from connectors.pulling.pull_log import TAKEN, exchange_folder, pulled_sources, read_pulls
from connectors.store import failure, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from connectors.store import Store

STAGED = "staged"


def staging(store: Store, source: str, seq: int) -> Path:
    """Where the file of the event that will have number `seq` is made: a folder of its own, made here."""
    folder = exchange_folder(store, source) / STAGED / f"{seq:08d}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise failure("取数暂存区", error) from error
    return folder


def write_manifest(folder: Path, name: str, said: Mapping[str, object]) -> None:
    """Stage the manifest of a staged file. Raises ConnectorError."""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1)
    write_whole(folder / (name + MANIFEST_SUFFIX), lambda path: _write(path, text))


def land(store: Store, inbox: Path, sources: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Finish every committed pull: move its file and manifest into the inbox. Call while holding the store, so that no run sees half.

    Args:
        store: the working store. inbox: the inbox folder. sources: which; None takes all that have a log.

    Returns:
        The files that came into the inbox, as paths below it.

    Raises:
        ConnectorError: the disk cannot be written; what is left is moved by the next call.

    """
    landed = []
    for source in pulled_sources(store) if sources is None else sources:
        waiting = exchange_folder(store, source) / STAGED
        if not waiting.is_dir():
            continue
        committed = {e.seq: e for e in read_pulls(store, source) if e.outcome == TAKEN}
        for folder in sorted(waiting.iterdir()):
            event = committed.get(int(folder.name)) if folder.name.isdigit() else None
            if event is None:
                continue  # a pull that is under way, or was killed: the next pull of this source clears it
            if _move(folder, inbox / event.file):
                landed.append(event.file)
            shutil.rmtree(folder, ignore_errors=True)
    return tuple(landed)


def _move(folder: Path, target: Path) -> bool:
    """Manifest first, then the file: a file is never seen without what holds it. False where it had been moved already."""
    staged = folder / target.name
    if not staged.exists():
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for name in (target.name + MANIFEST_SUFFIX, target.name):
            if (folder / name).exists():
                beside = target.with_name(f".{name}.part")
                shutil.copyfile(folder / name, beside)
                beside.replace(target.with_name(name))
    except OSError as error:
        raise ConnectorError(
            f"文件无法放入收件目录（{error.strerror}）", "请检查收件目录的权限与剩余空间后再次运行"
        ) from error
    return True


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
