"""A download under way: the file that grows, and beside it what it is the beginning of, so that a later try goes on instead of over.

Only bytes that were brought to the disk are ever built upon, and only while the remote file is still the one that they are of.
"""

from __future__ import annotations

import json
import os
from typing import IO, TYPE_CHECKING

from connectors.store import failure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RESUME_SUFFIX = ".resume.json"
_CHECKPOINT = 256 << 20
_CALLED = "取数暂存文件"


class Growing:
    """A target that is being filled from its front. As a context manager: left well it is whole, left by an error it can be resumed.

    Attributes:
        size: bytes that the target holds.

    """

    def __init__(self, target: Path, state: Mapping[str, object]) -> None:
        """`state` (JSON-able) tells the remote file's content: size and time of change, or its ETag."""
        self._target = target
        self._beside = target.with_name(target.name + RESUME_SUFFIX)
        self._state = dict(state)
        self._file: IO[bytes] | None = None
        self._kept = 0
        self.size = 0

    def __enter__(self) -> Growing:
        try:
            self.size = self._kept = self._beginning()
            self._file = self._target.open("r+b" if self.size else "wb")
            self._file.truncate(self.size)
            self._file.seek(self.size)
        except OSError as error:
            raise failure(_CALLED, error) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._file is None:
            return
        try:
            with self._file:
                if kind is not None:
                    self._keep()
            if kind is None:  # whoever takes the file brings it to the disk
                self._beside.unlink(missing_ok=True)
        except OSError as error:
            if kind is None:
                raise failure(_CALLED, error) from error

    def write(self, block: bytes) -> None:
        """Append a block. Raises ConnectorError when the disk does not take it."""
        assert self._file is not None
        try:
            self._file.write(block)
            self.size += len(block)
            if self.size - self._kept >= _CHECKPOINT:
                self._keep()
        except OSError as error:
            raise failure(_CALLED, error) from error

    def begin_anew(self) -> None:
        """Throw away what there is: it turned out to be of something else."""
        assert self._file is not None
        try:
            self._beside.unlink(missing_ok=True)
            self._file.seek(0)
            self._file.truncate(0)
        except OSError as error:
            raise failure(_CALLED, error) from error
        self.size = self._kept = 0

    def _keep(self) -> None:
        """Bring what was written to the disk and note how much that is."""
        assert self._file is not None
        self._file.flush()
        os.fsync(self._file.fileno())
        self._kept = self.size
        written = self._beside.with_name(self._beside.name + ".part")
        written.write_text(json.dumps({"state": self._state, "bytes": self.size}), encoding="utf-8")
        written.replace(self._beside)

    def _beginning(self) -> int:
        """Bytes of an earlier try that may be kept; 0 where there was none, or of another state of the remote file."""
        try:
            said = json.loads(self._beside.read_bytes())
            size = int(said["bytes"])
            whole = said["state"] == self._state and self._target.stat().st_size >= size >= 0
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return 0
        return size if whole else 0


def discard(target: Path) -> None:
    """Remove a target that proved worthless, with what stands beside it. Raises ConnectorError."""
    try:
        target.unlink(missing_ok=True)
        target.with_name(target.name + RESUME_SUFFIX).unlink(missing_ok=True)
    except OSError as error:
        raise failure(_CALLED, error) from error
