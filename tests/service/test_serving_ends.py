"""`hedui serve` stopped politely: it closes what it opened, says nothing of a failure, and leaves with 0."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
from servers.processes import free_port

if TYPE_CHECKING:
    from served_counties import CountyFiles


def test_it_ends_without_failure_when_asked(own_county: CountyFiles):
    port = free_port()
    place = ["--warehouse", str(own_county.warehouse), "--port", str(port)]
    with subprocess.Popen(
        [sys.executable, "-m", "command", "serve", *place], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        while "openapi.json" not in (line := process.stderr.readline()):
            assert line, "it ended before it served"
        assert httpx.get(f"http://127.0.0.1:{port}/api/v1/health", timeout=20).status_code == 200
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "hedui:" not in told
    assert "Traceback" not in told
