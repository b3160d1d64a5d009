"""Splink 5 on a set of FEBRL (febrl.py): trained on it, linked, judged by the same ruler as everything here.

python tests/bench/linkage/febrl_splink.py --set DIR/febrl4 --out FILE
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import duckdb
import polars as pl
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from accuracy import best_links, judge
from febrl import ONE_TO_ONE, read_truth
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

FLOOR = 0.01
PAIRS = 4e6


def _settings() -> SettingsCreator:
    """Names together, for they are exchanged; dates and numbers by edits; street, suburb and house number by likeness and frequency."""
    crossed = "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth"
    names = cl.CustomComparison(
        output_column_name="names",
        comparison_levels=[
            cll.CustomLevel(
                "(given_name_l is null or given_name_r is null) and (surname_l is null or surname_r is null)",
                "missing",
            ).configure(is_null_level=True),
            cll.CustomLevel("given_name_l = given_name_r and surname_l = surname_r", "both equal"),
            cll.CustomLevel("given_name_l = surname_r and surname_l = given_name_r", "exchanged"),
            cll.CustomLevel(
                "jaro_winkler_similarity(given_name_l, given_name_r) >= 0.88"
                " and jaro_winkler_similarity(surname_l, surname_r) >= 0.88",
                "both alike",
            ),
            cll.CustomLevel("jaro_winkler_similarity(surname_l, surname_r) >= 0.88", "surname"),
            cll.CustomLevel("jaro_winkler_similarity(given_name_l, given_name_r) >= 0.88", "given"),
            cll.ElseLevel(),
        ],
    )
    return SettingsCreator(
        link_type="link_only",
        comparisons=[
            names,
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.8]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            cl.JaroWinklerAtThresholds("suburb", [0.9]).configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"),
            block_on("given_name", "surname"),
            block_on("date_of_birth"),
            block_on("postcode", "street_number"),
            block_on("surname", "postcode"),
            block_on("given_name", "postcode"),
            block_on("substr(soc_sec_id, 1, 4)"),
            block_on("right(soc_sec_id, 4)"),
            block_on("address_1", "suburb"),
            crossed,
        ],
        retain_matching_columns=False,
    )


def splink_links(folder: Path) -> pl.DataFrame:
    """Links of one set by Splink, trained on it: row, person, probability, every pair of at least `FLOOR`."""
    with duckdb.connect() as con:
        for name, key in (("original", "person"), ("duplicate", "row")):
            frame = pl.read_parquet(folder / f"{name}.parquet").rename({key: "unique_id"})
            con.register("sent", frame.to_arrow())
            con.execute(f"create table {name} as select * from sent")
            con.unregister("sent")
        api = DuckDBAPI(con)
        sides = [
            api.register(name, dataset_display_name=name) for name in ("original", "duplicate")
        ]
        linker = Linker(sides, _settings(), log_level="ERROR")
        training = linker.training
        training.estimate_probability_two_random_records_match(
            [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
            recall=0.95,
        )
        training.estimate_u_using_random_sampling(max_pairs=PAIRS, seed=1)
        for rule in (block_on("date_of_birth"), block_on("postcode", "street_number")):
            training.estimate_parameters_using_expectation_maximisation(rule)
        scored = linker.inference.predict(threshold_match_probability=FLOOR).physical_name
        # the side that is left is the one whose name comes first: duplicate
        return con.sql(
            "select case source_dataset_l when 'duplicate' then unique_id_l else unique_id_r end as row,"
            " case source_dataset_l when 'original' then unique_id_l else unique_id_r end as person,"
            f" match_probability as probability from {scored}"
        ).pl()


def main() -> None:
    """Read the command line, link, tell."""
    parser = argparse.ArgumentParser(description="Splink 5 on a set of FEBRL")
    parser.add_argument("--set", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    start = time.perf_counter()
    links = best_links(splink_links(asked.set), one_row_a_person=asked.set.name in ONE_TO_ONE)
    seconds = time.perf_counter() - start
    links.write_parquet(asked.out)
    told = judge(links, read_truth(asked.set)).as_dict()
    told.pop("groups")
    print(json.dumps({"seconds": round(seconds, 2), **told}))


if __name__ == "__main__":
    main()
