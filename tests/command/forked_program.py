"""The program in processes of its own, forked from one that has imported what a run needs: starting one costs next to nothing.

A fresh interpreter needs about ten seconds of a processor until it holds Dagster and Great Expectations. What is started here is a process
like any other: it has its own memory, environment and limits, it is killed for good, and its end is the interpreter's. No test stands here.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_SECONDS = 300


class ForkedPrograms:
    """Where forks come from: one process that waits, and forks itself at each call."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._waiting = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(environment),
            start_new_session=True,
        )

    def run(
        self, body: str, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run Python source in a fork, with these arguments on its command line and this environment, and wait for its end."""
        assert self._waiting.stdin is not None
        assert self._waiting.stdout is not None
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            asked = {
                "body": body,
                "arguments": list(arguments),
                "environment": dict(environment),
                "folder": str(Path.cwd()),
                "files": [f"/proc/{os.getpid()}/fd/{file.fileno()}" for file in (out, err)],
            }
            print(json.dumps(asked), file=self._waiting.stdin, flush=True)
            told = self._end_of_fork(self._waiting.stdout)
            said = [_all_of(file) for file in (out, err)]
        return subprocess.CompletedProcess(list(arguments), int(told), *said)

    def _end_of_fork(self, told: IO[str]) -> str:
        ready, _, _ = select.select([told], [], [], MOST_SECONDS)
        if not ready:
            os.killpg(self._waiting.pid, signal.SIGKILL)
        ended = told.readline()
        assert ended, "the fork did not end in time, or the process that forks is no more"
        return ended

    def close(self) -> None:
        """End the process that forks."""
        with self._waiting:
            assert self._waiting.stdin is not None
            self._waiting.stdin.close()


def _all_of(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def _wait_and_fork() -> None:
    """Import what a run needs and, for every line that comes, fork and tell how the fork ended."""
    for needed in ("command.main", "pipelines.drive"):
        import_module(needed)
    import_module("quality.warm").engine()
    told = os.fdopen(os.dup(1), "w")
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(asked)
            exec(compile(asked["body"], "<forked>", "exec"), {"__name__": "__main__"})
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=told, flush=True)


def _become(asked: dict[str, Any]) -> None:
    """Be a process that was started with what was asked."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    out, err = (os.open(name, os.O_WRONLY | os.O_APPEND) for name in asked["files"])
    for file, place in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(file, place)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = ["-c", *asked["arguments"]]


if __name__ == "__main__":
    _wait_and_fork()
