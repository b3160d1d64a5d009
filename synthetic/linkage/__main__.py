"""`python -m synthetic.linkage --out DIR --people N --rows N --seed S --errors E`."""

from __future__ import annotations

import argparse
from pathlib import Path

from synthetic.linkage.corpus import SOURCES, write_corpus


def main() -> None:
    """Write one corpus into a folder."""
    parser = argparse.ArgumentParser(prog="python -m synthetic.linkage", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--errors", type=float, default=1.0)
    parser.add_argument("--sources", nargs="+", choices=SOURCES, default=SOURCES)
    asked = parser.parse_args()
    write_corpus(
        asked.out,
        people=asked.people,
        rows=asked.rows,
        seed=asked.seed,
        errors=asked.errors,
        sources=asked.sources,
    )


if __name__ == "__main__":
    main()
