"""How many pairs linkage looks at in the newest run, block by block: measured when asked for, kept beside the warehouse run by run.

Counts only: no row and no person leaves this module.
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from casework.errors import BusyError
from connectors.store import write_whole
from household.authorisation import grants
from household.linkage.known import gather_known
from household.linkage.links import gather_side
from household.linkage.subjects import DATASETS_LINKED
from household.linkage.volume import BlockVolume, Volume, dataset_volume
from household.roster import build_roster
from pipelines.rerun import open_newest
from pipelines.workplace import store_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FOLDER = "volumes"
FORMAT = 1


@dataclass(frozen=True)
class RunVolume:
    """What was measured of a run, dataset by dataset. `run_id`: of the run."""

    run_id: str
    datasets: tuple[Volume, ...]


def measure_volume(warehouse: Path) -> RunVolume:
    """Count the pairs of the newest run and keep the counts. What has arrived since that run is counted too.

    Raises:
        BusyError: somebody else is measuring. InputError: there is no store beside the warehouse. ConnectorError: it cannot be written.

    """
    with _alone(warehouse):
        newest = open_newest(warehouse)
        run, extracts = newest.run, newest.extracts()
        roster = build_roster(extracts, b"", run.region_code)
        granted = grants(extracts, roster.applications, roster.members)
        side = gather_side(extracts, roster, gather_known(extracts, roster, granted))
        found = RunVolume(
            run.run_id,
            tuple(dataset_volume(name, extracts.rows(name), side) for name in DATASETS_LINKED),
        )
        text = json.dumps({"format": FORMAT, **asdict(found)}, sort_keys=True).encode()
        write_whole(_file(warehouse, run.run_id), lambda path: _write(path, text))
        return found


def volumes_of(warehouse: Path, run_ids: Iterable[str]) -> list[RunVolume]:
    """What was measured of these runs, in their order. A run that nobody measured, or whose file cannot be read, is left out."""
    found = [_read(_file(warehouse, run_id)) for run_id in run_ids]
    return [one for one in found if one is not None]


def _read(file: Path) -> RunVolume | None:
    try:
        said = json.loads(file.read_bytes())
        if said["format"] != FORMAT:
            return None
        datasets = [
            Volume(**{**one, "blocks": tuple(BlockVolume(**b) for b in one["blocks"])})
            for one in said["datasets"]
        ]
        return RunVolume(str(said["run_id"]), tuple(datasets))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it can be measured again


@contextmanager
def _alone(warehouse: Path) -> Iterator[None]:
    """Be the only one who measures. The system lets go of the lock however the process ends. Raises BusyError."""
    folder = store_root(warehouse) / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BusyError("正在测算候选量", "请稍后刷新页面") from None
    finally:
        os.close(handle)


def _file(warehouse: Path, run_id: str) -> Path:
    return store_root(warehouse) / FOLDER / f"{run_id}.json"


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.chmod(0o600)
