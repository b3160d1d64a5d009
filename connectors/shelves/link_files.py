"""Links in the working store, from one run to the next: frames named by the digest of their bytes, and one list of what is in use.

`links/<digest>.parquet` never changes; `links/current.json` names, for each dataset, its frames and what they hang on, and for the runs that
may be asked about what weighing made of their rows (`weighed_files`). The list is written last and whole, so a killed run leaves the
former list and its frames. Frames that the list does not name are removed.
All of it can be worked out again: what is missing, damaged or of another form is as good as never kept.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from connectors.intake.arrivals import ROWS_FORMAT
from connectors.settling.settled import Settled, core_rows
from connectors.store import Store, write_whole
from household.linkage.incremental import Basis, Kept, Source, program_digest, source_digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

FORMAT = 2
"""Version of the list. Another one is not read."""

_FRAMES = ("links", "left", "weighed", "dropped", "told")
_DIGESTS = ("people", "register", "model", "program")


@dataclass(frozen=True, slots=True)
class RunNamed:
    """A run whose links are kept: the digest of its input, how many events the log of arrivals had, and the run published before it."""

    digest: str
    arrivals: int
    before: str | None


class LinkShelf:
    """The shelf of `household.linkage.incremental` on the files of a store. What is kept is on the disk after `write`."""

    def __init__(self, store: Store, settled: Mapping[str, Settled]) -> None:
        self._store, self._settled = store, settled
        said = read_list(store)
        self._listed, self._runs = said["datasets"], said["runs"]
        self._new: dict[str, Kept] = {}
        self._read: dict[str, pl.DataFrame] = {}

    def source(self, dataset: str) -> Source:
        """The rows of a dataset that stand."""
        settled = self._settled[dataset]

        def rows(chosen: Collection[int]) -> pl.LazyFrame:
            pieces = tuple(p for p in settled.pieces if p.file_index in chosen)
            return core_rows(replace(settled, pieces=pieces), self._store)

        said = {
            p.file_index: f"{p.rows_name} {p.as_of.isoformat()} {p.part} {ROWS_FORMAT}"
            for p in settled.pieces
        }
        return Source(files=said, dropped=settled.dropped, rows=rows)

    def kept(self, dataset: str) -> Kept | None:
        """What was kept of a dataset; None where nothing was or it cannot be read."""
        said = self._listed.get(dataset)
        if said is None:
            return None
        try:
            frames = {name: self._frame(said["frames"][name]) for name in _FRAMES}
            return Kept(
                files={int(file): str(text) for file, text in said["files"]},
                dropped=frames["dropped"],
                basis=Basis(**{name: said[name] for name in _DIGESTS}, told=frames["told"]),
                links=frames["links"],
                left=frames["left"],
                weighed=frames["weighed"],
                single=bool(said["single"]),
            )
        except (OSError, ValueError, TypeError, KeyError, pl.exceptions.PolarsError):
            return None

    def keep(self, dataset: str, links: Kept) -> None:
        """Keep links; they are on the disk after `write`."""
        self._new[dataset] = links

    def write(self, run: RunNamed | None = None) -> None:
        """Bring what was kept to the disk and remove what nothing names any more. Raises ConnectorError.

        Args:
            run: whose links these are, so that it can be asked about them; None: nobody will ask.
        """
        if not self._new and run is None:
            return
        written: dict[int, str] = {}
        for dataset, kept in self._new.items():
            self._listed[dataset] = self._entry(kept, written)
        if run is not None:
            kept_runs = {name: said for name, said in self._runs.items() if name == run.before}
            self._runs = kept_runs | {run.digest: self._weighed_of(run)}
        said = {"format": FORMAT, "datasets": self._listed, "runs": self._runs}
        text = json.dumps(said, sort_keys=True)
        write_whole(_list_file(self._store), lambda path: _write(path, text.encode()))
        self._new.clear()
        self._remove_unnamed()

    def _weighed_of(self, run: RunNamed) -> dict[str, Any]:
        """A run's place in the list: of every dataset that stands its frame, and the digest of its rows."""
        sources = {name: self.source(name) for name in self._listed if name in self._settled}
        return {
            "arrivals": run.arrivals,
            "program": program_digest(),
            "weighed": {
                name: [self._listed[name]["frames"]["weighed"], source_digest(source)]
                for name, source in sources.items()
                if source.files
            },
        }

    def _entry(self, kept: Kept, written: dict[int, str]) -> dict[str, Any]:
        """A dataset's place in the list; its frames are on the disk. `written`: frames that are there already, by identity."""
        frames = {
            "links": kept.links,
            "left": kept.left,
            "weighed": kept.weighed,
            "dropped": kept.dropped,
            "told": kept.basis.told,
        }
        for frame in frames.values():
            if id(frame) not in written:
                written[id(frame)] = self._keep_frame(frame)
        return {
            "files": list(kept.files.items()),
            "single": kept.single,
            "frames": {name: written[id(frame)] for name, frame in frames.items()},
            **{name: getattr(kept.basis, name) for name in _DIGESTS},
        }

    def _keep_frame(self, frame: pl.DataFrame) -> str:
        data = io.BytesIO()
        frame.write_parquet(data, compression="zstd", compression_level=1)
        digest = hashlib.sha256(data.getbuffer()).hexdigest()
        target = self._file(digest)
        if _bytes_digest(target) != digest:
            write_whole(target, lambda path: _write(path, data.getvalue()))
        return digest

    def _frame(self, digest: str) -> pl.DataFrame:
        """A kept frame. Raises ValueError when its bytes are not those that the digest names."""
        if digest not in self._read:
            self._read[digest] = read_frame(self._store, digest)
        return self._read[digest]

    def _file(self, digest: str) -> Path:
        return _folder(self._store) / f"{digest}.parquet"

    def _remove_unnamed(self) -> None:
        named = {digest for said in self._listed.values() for digest in _named(said)}
        named |= {digest for said in self._runs.values() for digest, _ in said["weighed"].values()}
        for file in _folder(self._store).glob("*.parquet"):
            if file.stem not in named:
                file.unlink(missing_ok=True)


def read_list(store: Store) -> dict[str, dict[str, Any]]:
    """What the list says of `datasets` and of `runs`; both empty where there is none that can be read."""
    try:
        said = json.loads(_list_file(store).read_bytes())
        if said["format"] == FORMAT:
            listed = {str(name): entry for name, entry in said["datasets"].items() if _named(entry)}
            runs = {str(name): run for name, run in said["runs"].items() if _is_run(run)}
            return {"datasets": listed, "runs": runs}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass
    return {"datasets": {}, "runs": {}}


def read_frame(store: Store, digest: str) -> pl.DataFrame:
    """A kept frame. Raises OSError, and ValueError when its bytes are not those that the digest names."""
    data = (_folder(store) / f"{digest}.parquet").read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise ValueError("damaged")
    return pl.read_parquet(data)


def _is_run(said: Mapping[str, Any]) -> bool:
    """Whether a run's place in the list is whole. Raises as reading it does."""
    whole = all(frame and source for frame, source in said["weighed"].values())
    return whole and int(said["arrivals"]) >= 0 and bool(said["program"])


def _named(entry: Mapping[str, Any]) -> Iterable[str]:
    return [str(digest) for digest in entry["frames"].values()]


def _bytes_digest(file: Path) -> str | None:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None


def _folder(store: Store) -> Path:
    return store.root / "links"


def _list_file(store: Store) -> Path:
    return _folder(store) / "current.json"


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    path.chmod(0o600)
