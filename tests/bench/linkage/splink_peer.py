"""Splink 5 on one register of a corpus: trained, warm (trained before), or warm behind an exact join.

    python tests/bench/linkage/splink_peer.py --corpus DIR --source hukou --mode train|warm|staged --model FILE --out PARQUET

The clock runs from the raw parquet files to the frame of links; process start, imports and lookup tables are outside it. One JSON line is printed:
seconds, rss_mib, stages. `train` writes the model to FILE, the other two read it. `staged` links by equal number and equal name first, and
lets Splink look at the remaining rows only: what is asked for in its issue 2825.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from accuracy import best_links
from splink import DuckDBAPI, Linker, block_on
from splink_model import settings, training_rules
from splink_shares import counted_shares
from standard import standard, warm_up
from truth import ONE_ROW_A_PERSON, SOURCES

FLOOR = 0.01
"""Links below this probability are not told."""

NUMBER_RECALL = 0.85
"""What share of true pairs has equal numbers, for the prior: what Splink asks of its user."""

CERTAIN = 1.0 - 1e-9
"""Probability told of links of the exact join."""


@dataclass
class Clock:
    """Seconds of each stage, one after another."""

    last: float = field(default_factory=time.perf_counter)
    stages: dict[str, float] = field(default_factory=dict)

    def stage(self, name: str) -> None:
        now = time.perf_counter()
        self.stages[name] = self.stages.get(name, 0.0) + now - self.last
        self.last = now


def _tables(con: duckdb.DuckDBPyConnection, people: pl.DataFrame, rows: pl.DataFrame) -> None:
    """Both tables inside DuckDB: read again and again from Arrow they would be slower."""
    for name, frame in (("people", people), ("rows", rows)):
        con.register("sent", frame.to_arrow())
        con.execute(f"create table {name} as select * from sent")
        con.unregister("sent")


def _linker(con: duckdb.DuckDBPyConnection, given: object) -> Linker:
    api = DuckDBAPI(con)
    people = api.register("people", dataset_display_name="a_people")
    rows = api.register("rows", dataset_display_name="b_rows")
    return Linker([people, rows], given, log_level=logging.getLogger("splink").level)


def train(con: duckdb.DuckDBPyConnection, columns: list[str], pairs: float) -> Linker:
    """A linker with prior, u of random pairs, and m of two sessions of EM."""
    linker = _linker(con, settings(columns, counted_shares(con, columns)))
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("id_key")], recall=NUMBER_RECALL
    )
    training.estimate_u_using_random_sampling(max_pairs=pairs, seed=1)
    for rule in training_rules(columns):
        training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True
        )
    return linker


def predict(linker: Linker) -> pl.DataFrame:
    """Scored pairs: row, person, probability, the best links of them."""
    scored = linker.inference.predict(threshold_match_probability=FLOOR)
    table = scored.physical_name
    return linker._db_api.duckdb_con.sql(
        "select unique_id_r as row, unique_id_l as person, match_probability as probability"
        f" from {table}"
    ).pl()


def exact_links(people: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Links by equal valid number and equal normal name."""
    keys = ["id_key", "name"]
    return (
        rows.drop_nulls(keys)
        .join(people.drop_nulls(keys), on=keys)
        .select(
            pl.col("unique_id").alias("row"),
            pl.col("unique_id_right").alias("person"),
            pl.lit(CERTAIN).alias("probability"),
        )
    )


def _trained(model: Path, pairs: int, first: pl.DataFrame | None) -> dict[str, Any]:
    """The trained model; behind an exact join with the prior of the pairs that are left, which are fewer matches on fewer pairs."""
    trained: dict[str, Any] = json.loads(model.read_text(encoding="utf-8"))
    if first is not None and pairs:
        prior = "probability_two_random_records_match"
        left = trained[prior] * trained["pairs_of_training"] - len(first)
        trained[prior] = max(left, 1.0) / pairs
    trained.pop("pairs_of_training", None)
    return trained


def _save(linker: Linker, model: Path, pairs: int) -> None:
    trained = linker.misc.save_model_to_json() | {"pairs_of_training": pairs}
    model.write_text(json.dumps(trained), encoding="utf-8")


def link(asked: argparse.Namespace, clock: Clock) -> pl.DataFrame:
    """Links of one register, best of each row (and of each person where a person has one row)."""
    people = standard(asked.corpus / "roster.parquet", "person")
    rows = standard(asked.corpus / f"{asked.source}.parquet", "row")
    columns = [c for c in people.columns if c in rows.columns]
    clock.stage("prepare")
    first = None
    if asked.mode == "staged":
        first = exact_links(people, rows)
        rows = rows.join(first, left_on="unique_id", right_on="row", how="anti")
        clock.stage("join")
    with duckdb.connect() as con:
        _tables(con, people.select(columns), rows.select(columns))
        clock.stage("load")
        if asked.mode == "train":
            linker = train(con, columns, asked.pairs)
            clock.stage("train")
            _save(linker, asked.model, len(people) * len(rows))
        else:
            linker = _linker(con, _trained(asked.model, len(people) * len(rows), first))
        links = predict(linker)
        clock.stage("predict")
    if first is not None:
        links = pl.concat([first, links.cast(first.schema)])
    links = best_links(links, one_row_a_person=asked.source in ONE_ROW_A_PERSON)
    clock.stage("choose")
    return links


def main() -> None:
    """Read the command line, link, write, tell."""
    parser = argparse.ArgumentParser(description="Splink 5 on one register of a corpus")
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--source", choices=SOURCES, required=True)
    parser.add_argument("--mode", choices=("train", "warm", "staged"), required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pairs", type=float, default=2e6, help="random pairs for u")
    parser.add_argument("--talk", action="store_true", help="let Splink tell what it does")
    asked = parser.parse_args()
    logging.getLogger("splink").setLevel(logging.INFO if asked.talk else logging.ERROR)
    warm_up()
    clock = Clock()
    start = clock.last
    links = link(asked, clock)
    seconds = time.perf_counter() - start
    links.write_parquet(asked.out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {k: round(v, 3) for k, v in clock.stages.items()}
    print(json.dumps({"seconds": round(seconds, 3), "rss_mib": round(peak), "stages": told}))


if __name__ == "__main__":
    main()
