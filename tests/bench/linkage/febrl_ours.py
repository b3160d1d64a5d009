"""Our engine on a FEBRL set: the same engine, another field mapping; the model is estimated in the run, without labels.

python tests/bench/linkage/febrl_ours.py --set DIR/febrl4 --out FILE
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import replace
from pathlib import Path

import polars as pl

from household.linkage.engine.linking import link_prepared, prepare, train_prepared
from household.linkage.engine.plan import Field, Plan

_KINDS = {
    "given_name": "latin",
    "surname": "latin",
    "street_number": "code",
    "address_1": "latin",
    "address_2": "latin",
    "suburb": "latin",
    "postcode": "code",
    "state": "code",
    "date_of_birth": "code",
    "soc_sec_id": "code",
}
PLAN = Plan(
    fields=tuple(Field(name, kind, (name,), (name,)) for name, kind in _KINDS.items()),
    blocks=(
        ("soc_sec_id.code",),
        ("date_of_birth.code",),
        ("given_name.word", "surname.word"),
        ("surname.word", "postcode.code"),
        ("given_name.word", "postcode.code"),
        ("surname.begin", "suburb.word"),
        ("given_name.begin", "address_1.word"),
        ("street_number.code", "address_1.word"),
        ("suburb.word", "address_1.word"),
    ),
)


def run(folder: Path, out: Path) -> dict[str, object]:
    """Train and link one set; the clock runs from the raw files to the links."""
    start = time.perf_counter()
    rows = pl.read_parquet(folder / "duplicate.parquet")
    people = pl.read_parquet(folder / "original.parquet")
    # only FEBRL 4 has each person once on either side
    ready = prepare(rows, people, replace(PLAN, once=folder.name == "febrl4"))
    model = train_prepared(ready, household=None, origin=folder.name)
    links = link_prepared(ready, model)
    seconds = time.perf_counter() - start
    links.scored.select("row", "person", "probability").write_parquet(out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "rss_mib": peak, "pairs": len(links.pairs)}


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    print(json.dumps(run(asked.set, asked.out)))


if __name__ == "__main__":
    main()
