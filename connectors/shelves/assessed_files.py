"""Answers in the working store, from one run to the next: frames named by the digest of their bytes, and one list of what is in use.

Published tables are Parquet, so that the hand-off of the run can be the very file; the frames beside them hold amounts, whole numbers of
128 bits, which only Arrow's own form can. `assessed/<digest>.*` never changes; `assessed/current.json` says which frame is which and on what all of them hang. It is written last and whole, so a killed run leaves the
former list and its frames. Frames that the list does not name are removed. All of it can be worked out again: if anything is missing,
damaged or of another form, nothing was kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import polars as pl

from connectors.store import Store, write_whole
from household.dependence import Basis
from household.joining import PARTS, TABLES, WATCHED, Kept

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
"""Version of the list. Another one is not read."""

_FORMS = (".arrow", ".parquet")
_NAMES = {PARTS, *TABLES, *WATCHED}


class AssessedShelf:
    """The shelf of `household.joining` on the files of a store. What is kept counts after `close`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._named: dict[str, str] = {}

    def kept(self) -> Kept | None:
        """What the former run left; None where nothing was left or anything of it is not as it was written."""
        try:
            said = _read_list(self._store)
            basis, named = Basis(**said["basis"]), dict(said["frames"])
            if set(named) != _NAMES:
                return None
            files = {name: self._file(name, str(digest)) for name, digest in named.items()}
            if any(_bytes_digest(file) != file.stem for file in files.values()):
                return None
        except (OSError, ValueError, TypeError, KeyError):
            return None
        self._named = named
        return Kept(basis, lambda name: _read(files[name]))

    def keep(self, name: str, frame: pl.DataFrame) -> None:
        """Keep a frame in the place of the former one of that name. Raises ConnectorError."""
        data = io.BytesIO()
        if name in WATCHED:
            frame.write_ipc(data, compression="zstd")
        else:
            frame.write_parquet(data, compression="zstd", compression_level=1)
        digest = hashlib.sha256(data.getbuffer()).hexdigest()
        target = self._file(name, digest)
        if not target.is_file() or _bytes_digest(target) != digest:
            write_whole(target, lambda path: _write(path, data.getvalue()))
        self._named[name] = digest

    def hand_over(self, name: str, target: Path) -> None:
        """Put the kept file of a table where the next step looks for it, without writing it twice. Raises ConnectorError."""
        source = self._file(name, self._named[name])

        def link(path: Path) -> None:
            try:
                os.link(source, path)
            except OSError:  # a file system without links
                shutil.copyfile(source, path)

        write_whole(target, link)

    def close(self, basis: Basis) -> None:
        """Name the frames that were kept and remove the others. Raises ConnectorError."""
        said = {"format": FORMAT, "basis": asdict(basis), "frames": self._named}
        text = json.dumps(said, sort_keys=True)
        write_whole(_list_file(self._store), lambda path: _write(path, text.encode()))
        used = {self._file(*named) for named in self._named.items()}
        for file in _folder(self._store).iterdir():
            if file.suffix in _FORMS and file not in used:
                file.unlink(missing_ok=True)

    def _file(self, name: str, digest: str) -> Path:
        form = _FORMS[0] if name in WATCHED else _FORMS[1]
        return _folder(self._store) / f"{digest}{form}"


def _read_list(store: Store) -> dict[str, Any]:
    """The list. Raises OSError, ValueError, TypeError or KeyError where there is none that can be read."""
    said: dict[str, Any] = json.loads(_list_file(store).read_bytes())
    if said["format"] != FORMAT:
        raise ValueError("another form")
    return said


def _bytes_digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _folder(store: Store) -> Path:
    return store.root / "assessed"


def _read(file: Path) -> pl.DataFrame:
    return pl.read_ipc(file) if file.suffix == _FORMS[0] else pl.read_parquet(file)


def _list_file(store: Store) -> Path:
    return _folder(store) / "current.json"


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.chmod(0o600)
