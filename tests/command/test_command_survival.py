"""What a killed, interrupted or cramped run leaves behind: nothing half-published, and the next run is whole."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest
from driven_counties import (
    clean_environment,
    copy_inbox,
    copy_warehouse,
    hedui,
    hedui_line,
    run_inbox,
    run_options,
)
from servers.waiting import PATIENCE

from warehouse.current import latest
from warehouse.digest import digest_current

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCounty

DIE = """
import importlib, os, signal
module = importlib.import_module({module!r})
real, calls = getattr(module, {name!r}), 0
def die(*given, **named):
    global calls
    calls += 1
    if calls == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)
setattr(module, {name!r}, die)
"""


STUCK = """
import time
import pipelines.gating, pipelines.workplace

def stuck(*_, **__):
    print("stuck", flush=True)
    time.sleep(600)

pipelines.{where} = stuck
"""


def heed_interruptions() -> None:
    """Whoever is started in the background by a shell inherits that SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize(
    ("module", "name", "call"),
    [
        ("connectors.intake.taking", "write_rows", 7),
        ("connectors.intake.taking", "append_arrivals", 20),
        ("pipelines.gating", "save_settled", 15),
        ("pipelines.assessing", "save_tables", 2),
        ("warehouse.publish", "_check_closed", 1),
    ],
)
def test_a_killed_run_is_made_good_by_the_next(
    noisy: RunCounty, tmp_path: Path, *, module: str, name: str, call: int
) -> None:
    path = tmp_path / "w.duckdb"
    prelude = DIE.format(module=module, name=name, call=call)
    done = hedui(*run_options(noisy.inbox, path), prelude=prelude)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not path.exists() or latest(path) is None
    outcome = run_inbox(noisy.inbox, path)
    assert outcome.published
    assert digest_current(path) == digest_current(noisy.warehouse)


def test_a_killed_second_run_leaves_the_first_standing(noisy: RunCounty, tmp_path: Path) -> None:
    path, first = copy_warehouse(noisy.warehouse, tmp_path / "w.duckdb"), noisy.outcome
    inbox = copy_inbox(noisy.inbox, tmp_path / "inbox")
    came = next(inbox.glob("justice/custody_*.csv"))
    came.with_name("custody_990101_20260509.csv").write_bytes(came.read_bytes() + b"\n")
    prelude = DIE.format(module="warehouse.publish", name="_check_closed", call=1)
    assert hedui(*run_options(inbox, path), prelude=prelude).returncode == -signal.SIGKILL
    assert latest(path) == first.run
    second = run_inbox(inbox, path)
    assert (second.published, second.run.sequence) == (True, 2)


@pytest.mark.parametrize(
    "where", ["gating.settle", "workplace.Workplace.tell"], ids=["in a step", "after its work"]
)
def test_an_interrupted_run_says_one_line_and_publishes_nothing(
    noisy: RunCounty, tmp_path: Path, where: str
) -> None:
    path = tmp_path / "w.duckdb"
    line = hedui_line(*run_options(noisy.inbox, path), prelude=STUCK.format(where=where))
    with subprocess.Popen(
        line,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
        preexec_fn=heed_interruptions,  # noqa: PLW1509 - it only sets a signal back
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "stuck\n"
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    *before, last = said.splitlines(keepends=True)
    assert last == "hedui: 已中断，未发布任何内容；再次运行即可继续\n"
    assert all(line.startswith("收件") for line in before)
    assert not path.exists()


CRAMPED = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
"""


def test_a_full_disk_is_one_line_and_heals(noisy: RunCounty, tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    done = hedui(*run_options(noisy.inbox, path), prelude=CRAMPED)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("hedui: ")
    assert "Traceback" not in done.stderr
    assert not path.exists() or latest(path) is None
    assert run_inbox(noisy.inbox, path).published
    assert digest_current(path) == digest_current(noisy.warehouse)
