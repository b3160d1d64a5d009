"""Dagster's own server on loopback as `make dev` starts it: web server, daemon and our code location, in one process group."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from servers.processes import own_port
from servers.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]


@contextmanager
def dagster_server(home: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """Serve our definitions until the block ends; gives the address. `home`: an empty folder. `settings`: HEDUI_… variables."""
    shutil.copyfile(ROOT / "pipelines" / "dagster.yaml", home / "dagster.yaml")
    with own_port() as port:
        command = [sys.executable, "-m", "dagster", "dev", "-w", str(ROOT / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]  # fmt: skip
        log = home / "server.log"
        with log.open("wb") as said:
            server = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | settings | {"DAGSTER_HOME": str(home)},
                stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        try:
            await_that(
                lambda: _answers(server, url, log),
                "Dagster's server answers",
                seconds=300,
                pause=0.2,
            )
            yield url
        finally:
            os.killpg(server.pid, signal.SIGTERM)  # its children go with it
            try:
                server.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def _answers(server: subprocess.Popen[bytes], url: str, log: Path) -> bool:
    assert server.poll() is None, log.read_text(encoding="utf-8", errors="replace")[-2000:]
    try:
        with urlopen(f"{url}/server_info", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
