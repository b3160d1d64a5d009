"""What servers of Debian packages need: a folder that their account may enter, a free port, an account that is not root, an end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def needs(program: str | Path, package: str) -> str:
    """The program's path; the test is skipped where the package is not installed."""
    found = shutil.which(str(program))
    if found is None:
        pytest.skip(f"needs Debian's {package}")
    return found


@contextmanager
def own_port() -> Iterator[int]:
    """A port of loopback that is given to nobody else until the block ends.

    It is bound and does not listen: who calls is refused. A server that is told to listen there may, if it sets SO_REUSEADDR, as
    servers do.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def account(name: str) -> int | None:
    """Who the server runs as: its own account when we are root, ourselves otherwise (None)."""
    return pwd.getpwnam(name).pw_uid if os.getuid() == 0 else None


@contextmanager
def server_folder(owner: int | None) -> Iterator[Path]:
    """A folder with a short path (sockets have no long names) that the server owns; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="hd"))
    try:
        hand_over(folder, owner)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def hand_over(path: Path, owner: int | None) -> None:
    """Give a file or folder to the server's account and nobody else."""
    path.chmod(0o700)
    if owner is not None:
        os.chown(path, owner, -1)


def run(command: list[str], owner: int | None) -> None:
    """Run as that account, silently; what it said is shown when it fails."""
    done = subprocess.run(
        command, **_as_account(owner), capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stderr[-2000:]


def start(command: list[str], owner: int | None) -> subprocess.Popen[bytes]:
    """Start a server as that account."""
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, **_as_account(owner), stdout=nowhere, stderr=nowhere, cwd="/")


def _as_account(owner: int | None) -> dict[str, Any]:
    if owner is None:
        return {}
    return {"user": owner, "group": pwd.getpwuid(owner).pw_gid, "extra_groups": []}


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server, by force when it does not listen."""
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
