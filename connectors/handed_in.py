"""What was handed in by page or API, on its way into the inbox. Files only; who may hand in what is decided elsewhere.

A batch is made in a folder of its own and counts for nothing until the folder is renamed. From then on whoever is alone in the store next
(the service, a run) moves its files into the inbox, so that no run sees half of a batch, and a process killed anywhere neither loses nor
doubles a row. See docs/adr/0023.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

import polars as pl

from connectors.errors import ConnectorError
from connectors.intake.naming import MANIFEST_SUFFIX
from connectors.pulling.landing import put_whole
from connectors.store import failure, to_disk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from connectors.store import Store

FOLDER = "handed_in"
_MAKING = ".making"
_CALLED = "委托暂存区"


def making(store: Store, batch_id: str) -> Path:
    """An empty folder in which the files of a batch are made. Raises ConnectorError."""
    folder = store.root / FOLDER / (batch_id + _MAKING)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise failure(_CALLED, error) from error
    return folder


def write_made(frame: pl.DataFrame, target: Path, *, batch_id: str) -> None:
    """Write rows as Parquet into such a folder. Raises ConnectorError.

    The file names its batch: rows changed back are news, and the bytes of an earlier file of the day would count for nothing.
    Under their own name at once, and not by way of a temporary one: a run that begins meanwhile clears those away.
    """
    try:
        named = {"hedui.batch": batch_id}
        frame.write_parquet(target, compression="zstd", compression_level=1, metadata=named)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise failure(_CALLED, error) from error


def name_file(folder: Path, made: str, file: str, said: Mapping[str, object]) -> None:
    """Give a file that was made in the folder its path below the inbox, with its manifest beside. Raises ConnectorError."""
    target = folder / file
    try:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        beside = target.with_name(target.name + MANIFEST_SUFFIX)
        beside.write_text(json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1), "utf-8")
        (folder / made).replace(target)
        for path in (target, beside, target.parent):
            to_disk(path)
    except OSError as error:
        raise failure(_CALLED, error) from error


def finish(store: Store, batch_id: str) -> None:
    """Rename the folder: from now on the batch is on its way. Nothing happens where it is so already. Raises ConnectorError."""
    folder = store.root / FOLDER / batch_id
    try:
        with suppress(FileNotFoundError):
            folder.with_name(batch_id + _MAKING).replace(folder)
            to_disk(folder.parent)
    except OSError as error:
        raise failure(_CALLED, error) from error


def give_up(store: Store, batch_id: str) -> None:
    """Remove what was made for a batch that is not to be."""
    shutil.rmtree(store.root / FOLDER / (batch_id + _MAKING), ignore_errors=True)


def unfinished(store: Store) -> tuple[str, ...]:
    """Batches whose folder is there and not renamed: being made, or left by a killed process."""
    return tuple(sorted(p.name.removesuffix(_MAKING) for p in _entries(store, _MAKING)))


def waiting(store: Store) -> tuple[str, ...]:
    """Batches that are on their way and not in the inbox yet."""
    return tuple(sorted(p.name for p in _entries(store, "") if not p.name.endswith(_MAKING)))


def land_handed_in(store: Store, inbox: Path) -> tuple[str, ...]:
    """Move the files of every finished batch into the inbox, each manifest before its file. Call while alone in the store.

    Returns:
        The files that came into the inbox, as paths below it.

    Raises:
        ConnectorError: the disk cannot be written; what is left is moved by the next call.

    """
    landed = []
    for batch_id in waiting(store):
        folder = store.root / FOLDER / batch_id
        try:
            landed += _move(folder, inbox)
        except OSError as error:
            raise ConnectorError(
                f"委托的文件无法放入收件目录（{error.strerror}）",
                "请检查收件目录的权限与剩余空间后再次运行",
            ) from error
        shutil.rmtree(folder, ignore_errors=True)
    return tuple(landed)


def _move(folder: Path, inbox: Path) -> list[str]:
    moved = []
    for source in sorted(p for p in folder.rglob("*") if p.is_file()):
        if source.name.endswith(MANIFEST_SUFFIX):
            continue
        file = source.relative_to(folder).as_posix()
        target = inbox / file
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = source.with_name(source.name + MANIFEST_SUFFIX)
        if beside.exists():
            put_whole(beside, target.with_name(beside.name))
        put_whole(source, target)
        to_disk(target.parent)
        moved.append(file)
    return moved


def _entries(store: Store, suffix: str) -> list[Path]:
    folder = store.root / FOLDER
    if not folder.is_dir():
        return []
    return [p for p in folder.iterdir() if p.is_dir() and p.name.endswith(suffix)]
