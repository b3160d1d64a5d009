"""How many seeded wrongs of a synthetic county its alerts find, and how many of them point at something real.

    python tests/bench/alerts.py [--households 5000] [--people 100000] [--seeds 1 2 3]

A county is made with its truth, run as a user would run it, and every alert of every code is held against the truth, subject by subject.
Of codes whose truth is not written down whole (`exhaustive` false) only recall is told. Nothing is asserted: figures are for people to read.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from household.alerts.codes import CODES
from household.identity.numbers import number_keys
from household.roster import person_refs
from household.shares import wilson
from pipelines.settings import DEMONSTRATION_KEY
from synthetic.county import CountyTruth, write_county
from warehouse.current import read_current

AS_OF = "2026-05-20"
HEDUI = Path(sys.executable).with_name("hedui")
FOUND = {
    "code": pl.String(),
    "seeded": pl.Int64(),
    "found": pl.Int64(),
    "raised": pl.Int64(),
    "real": pl.Int64(),
    "blocking": pl.Int64(),
    "blocking_real": pl.Int64(),
}
"""Subjects: seeded wrongs, of these found; alerts raised, of these real; alerts published at severity B, of these real. The last four are
null where the truth is not whole."""


def alert_accuracy(truth: Path, warehouse: Path) -> pl.DataFrame:
    """FOUND by code of a county that was run with the default person key."""
    wrong = pl.read_parquet(truth / "wrong.parquet").unique(["code", "subject"])
    raised = _by_truth(truth, warehouse)
    whole = wrong.filter("exhaustive").select("code").unique()
    key = ["code", "subject"]
    planted = wrong.filter("seeded")
    known = raised.join(whole, on="code", how="semi")
    counts = {
        "seeded": planted,
        "found": planted.join(raised, on=key, how="semi"),
        "raised": known,
        "real": known.join(wrong, on=key, how="semi"),
        "blocking": known.filter(pl.col("severity") == "B"),
        "blocking_real": known.join(wrong, on=key, how="semi").filter(pl.col("severity") == "B"),
    }
    told = pl.concat([wrong.select("code"), raised.select("code")]).unique()
    for name, rows in counts.items():
        told = told.join(rows.group_by("code").agg(pl.len().alias(name)), on="code", how="left")
    listed = pl.col("code").is_in(whole["code"].implode())
    nought = (pl.col(name).fill_null(0) for name in ("seeded", "found"))
    held = (pl.when(listed).then(pl.col(c).fill_null(0)).alias(c) for c in tuple(FOUND)[3:])
    return told.select("code", *nought, *held).cast(FOUND).sort("code")


def _by_truth(truth: Path, warehouse: Path) -> pl.DataFrame:
    """code, subject of every alert that is not closed; a person by the position in the true population, by roster place or by number."""
    people = pl.read_parquet(truth / "person.parquet")
    raised = read_current(warehouse, "alert").filter(pl.col("state") != "closed")
    place = ["application_id", "member_no"]
    seats = people.drop_nulls("application_id").select(*place, "person")
    seated = (
        read_current(warehouse, "roster_person")
        .with_columns(pl.col("member_no").cast(pl.Int32))
        .join(seats, on=place)
        .select("person_ref", "person")
    )
    numbers = people.unique("person", keep="first", maintain_order=True)
    keys = pl.Series([f"K{key}" for key in number_keys(numbers["id_no"])])
    numbered = numbers.select(person_refs(keys, DEMONSTRATION_KEY), "person")
    known = pl.concat([seated, numbered]).unique("person_ref", keep="first", maintain_order=True)
    named = raised.join(known, left_on="subject_id", right_on="person_ref", how="left")
    subject = (
        pl.when(pl.col("subject_kind") == "person")
        .then(pl.col("person").cast(pl.String))
        .otherwise("subject_id")
    )
    return named.select("code", subject.alias("subject"), "severity")


def accuracy_table(found: pl.DataFrame) -> str:
    """Recall and precision by code and for severity B in all, as Markdown, with Wilson's interval of 95 %."""
    lines = [
        "| code | severity | seeded | found | recall | raised | real | precision |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    blocking = [code for code, kind in CODES.items() if kind.severity == "B"]
    lines.extend(
        _line(row["code"], CODES[row["code"]].severity, row) for row in found.iter_rows(named=True)
    )
    whole = found.filter(pl.col("code").is_in(blocking))
    sums = {c: int(whole[c].sum()) for c in ("seeded", "found")}
    published = {
        c: int(found[f"blocking{n}"].sum()) for c, n in (("raised", ""), ("real", "_real"))
    }
    lines.append(_line("**all published at severity B**", "B", sums | published))
    missing = [c for c in blocking if c not in found["code"].to_list()]
    lines.append(f"\nNot seeded of severity B: {', '.join(missing) or 'none'}.")
    return "\n".join(lines)


def _line(name: str, severity: str, row: dict[str, int | None]) -> str:
    seeded, found = row["seeded"] or 0, row["found"] or 0
    recall = f"{found / seeded:.2%}" if seeded else "–"
    if row["raised"] is None:
        return f"| {name} | {severity} | {seeded} | {found} | {recall} | | | |"
    raised, real = row["raised"] or 0, row["real"] or 0
    if not raised:
        return f"| {name} | {severity} | {seeded} | {found} | {recall} | 0 | 0 | – |"
    low, high = wilson(real, raised)
    return f"| {name} | {severity} | {seeded} | {found} | {recall} | {raised} | {real} | {real / raised:.2%} ({low:.1%}–{high:.1%}) |"


def run_county(county: CountyTruth, warehouse: Path) -> None:
    """`hedui run` on a county, with the county's own rule pack where it has one."""
    command = [
        str(HEDUI),
        "run",
        "--inbox",
        str(county.inbox),
        "--warehouse",
        str(warehouse),
        "--as-of",
        AS_OF,
    ]
    if subprocess.run(
        [*command, *packs_of(county)], stderr=subprocess.DEVNULL, check=False
    ).returncode:
        raise SystemExit("hedui run failed")


def packs_of(county: CountyTruth) -> list[str]:
    """The option that names the county's own pack."""
    return ["--packs", str(county.packs)]


def main() -> None:
    """Make the counties, run them, print the table of all together."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, default=5_000)
    parser.add_argument("--people", type=int)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    asked = parser.parse_args()
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in asked.seeds:
            county = write_county(
                Path(folder) / str(seed),
                households=asked.households,
                people=asked.people,
                seed=seed,
            )
            warehouse = Path(folder) / f"{seed}.duckdb"
            run_county(county, warehouse)
            told.append(alert_accuracy(county.truth, warehouse))
    whole = pl.concat(told).group_by("code").agg(pl.col("seeded", "found").sum(), *(pl.when(pl.col(c).null_count() == 0).then(pl.col(c).sum()) for c in tuple(FOUND)[3:]))  # fmt: skip
    print(f"{asked.households} applications, seeds {asked.seeds}")
    print(accuracy_table(whole.sort("code")))


if __name__ == "__main__":
    main()
