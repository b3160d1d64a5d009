"""Our engine on one register of a made corpus, in a process of its own: raw Parquet in, links out, one line of JSON.

python tests/bench/linkage/ours.py --corpus DIR --source hukou --mode train|warm --model FILE --out FILE
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

import polars as pl
from plans import plan_of, read_people, read_rows

from household.identity.names import normal_names
from household.identity.sounds import sounds
from household.linkage.engine.linking import link_prepared, prepare, train_prepared
from household.linkage.engine.model import model_text, read_model


def run(corpus: Path, source: str, mode: str, model_file: Path, out: Path) -> dict[str, object]:
    """Link one register; the clock runs from the raw files to the links."""
    plan = plan_of(source)
    # lookup tables belong to the start of the process, as the peer's do
    sounds(normal_names(pl.Series(["张三", "阿依古丽·买买提"])))
    stages: dict[str, float] = {}
    start = time.perf_counter()
    rows, people = read_rows(corpus, source), read_people(corpus)
    stages["read"] = time.perf_counter() - start
    ready = prepare(rows, people, plan)
    stages["prepare"] = time.perf_counter() - start - stages["read"]
    if mode == "train":
        model = train_prepared(ready, household="household", origin=f"bench {source}")
        model_file.write_text(model_text(model), encoding="utf-8")
    else:
        model = read_model(model_file)
    stages["model"] = time.perf_counter() - start - stages["read"] - stages["prepare"]
    links = link_prepared(ready, model)
    best = pl.concat(
        [
            links.settled.select("row", "person", pl.lit(1 - 1e-6).alias("probability")),
            links.scored.select("row", "person", "probability"),
        ]
    )
    seconds = time.perf_counter() - start
    best.write_parquet(out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "seconds": seconds,
        "rss_mib": peak,
        "stages": stages,
        "pairs": len(links.pairs),
        "settled": len(links.settled),
        "crowded": links.crowded,
    }


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--mode", choices=("train", "warm"), required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    print(
        json.dumps(
            run(asked.corpus, asked.source, asked.mode, asked.model, asked.out), ensure_ascii=False
        )
    )


if __name__ == "__main__":
    main()
