"""`hedui serve` stopped politely: it closes what it opened, says nothing of a failure, and leaves with 0."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
from servers.processes import own_port
from servers.waiting import PATIENCE

if TYPE_CHECKING:
    from served_counties import CountyFiles


def test_it_ends_without_failure_when_asked(own_county: CountyFiles):
    with own_port() as port:
        place = ["--warehouse", str(own_county.warehouse), "--port", str(port)]
        command = [sys.executable, "-m", "command", "serve", *place]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            told = served_once(process, f"http://127.0.0.1:{port}/api/v1/health")
        finally:
            process.kill()
    assert process.returncode == 0
    assert "hedui:" not in told
    assert "Traceback" not in told


def served_once(process: subprocess.Popen[str], address: str) -> str:
    """What it said after it was asked to end."""
    assert process.stderr is not None
    while "openapi.json" not in (line := process.stderr.readline()):
        assert line, "it ended before it served"
    assert httpx.get(address, timeout=PATIENCE).status_code == 200
    process.send_signal(signal.SIGTERM)
    return process.communicate(timeout=PATIENCE)[1]
