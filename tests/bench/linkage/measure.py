"""One run of one engine on one register in a process of its own, and the repetitions of many, one after the other in turn."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@dataclass(frozen=True)
class Engine:
    """How an engine is started: a script with the common command line, a mode, whose model it uses, and more arguments."""

    name: str
    script: str
    mode: str
    model: str
    more: tuple[str, ...] = ()

    @property
    def trains(self) -> bool:
        """Whether the run writes the model, which others then read."""
        return self.mode == "train"

    def exists(self) -> bool:
        return (HERE / self.script).is_file()


def engines(*, long_pairs: float | None) -> tuple[Engine, ...]:
    """All engines, those that train first. With `long_pairs` the peer is trained twice, and the long training is what warm runs use."""
    peer = "splink_peer.py"
    base = "splink_long" if long_pairs else "splink"
    long = (
        (Engine("Splink train, long", peer, "train", base, ("--pairs", f"{long_pairs:g}")),)
        if long_pairs
        else ()
    )
    return (
        Engine("ours train", "ours.py", "train", "ours"),
        Engine("Splink train", peer, "train", "splink"),
        *long,
        Engine("ours warm", "ours.py", "warm", "ours"),
        Engine("Splink warm", peer, "warm", base),
        Engine("Splink staged", peer, "staged", base),
    )


@dataclass
class Runs:
    """What the repetitions of one engine on one register told."""

    engine: Engine
    corpus: Path
    source: str
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def out(self) -> Path:
        return self.corpus / "links" / f"{self.source}.{self.engine.name.replace(' ', '_')}.parquet"

    @property
    def model(self) -> Path:
        return self.corpus / "models" / f"{self.source}.{self.engine.model}.json"

    def figure(self, name: str) -> float | None:
        """Median of a figure over the repetitions; null where the engine does not tell it."""
        values = [run[name] for run in self.told if run.get(name) is not None]
        return float(median(values)) if values else None

    def once(self) -> None:
        """Start the engine's process, and keep what it tells. Its own message goes to the caller's terminal if it fails."""
        for path in (self.out, self.model):
            path.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(HERE / self.engine.script), "--corpus", str(self.corpus)]
        command += ["--source", self.source, "--mode", self.engine.mode]
        command += ["--model", str(self.model), "--out", str(self.out), *self.engine.more]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        self.told.append(json.loads(done.stdout.strip().splitlines()[-1]))


def repeat(runs: Sequence[Runs], times: int) -> None:
    """Every engine once, then every engine again: a slow minute of the machine then hits all of them."""
    for turn in range(times):
        for run in runs:
            run.once()
            say(f"{run.source} {run.engine.name} {turn + 1}/{times}: {run.told[-1]['seconds']} s")


def make_corpus(
    folder: Path, *, people: int, rows: int, seed: int, errors: float, sources: Iterable[str]
) -> Path:
    """The folder of a corpus, made in a process of its own if it is not there."""
    corpus = folder / f"{people}x{rows}-seed{seed}-errors{errors:g}"
    if all((corpus / "truth" / f"{source}.parquet").is_file() for source in sources):
        return corpus
    command = [sys.executable, "-m", "synthetic.linkage", "--out", str(corpus)]
    command += ["--people", str(people), "--rows", str(rows), "--seed", str(seed)]
    command += ["--errors", str(errors), "--sources", *sources]
    subprocess.run(command, cwd=ROOT, check=True)
    return corpus


def say(text: str) -> None:
    """Progress, beside the tables."""
    print(text, file=sys.stderr, flush=True)
