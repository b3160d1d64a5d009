"""What is known of the county and not sent.

Who a row is of, what noise it carries, what wrong is in it, how files should end.

One Parquet table each, in `truth/` beside the inbox. Persons are named by their position in the
population.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthetic.identities import identity_columns

if TYPE_CHECKING:
    from pathlib import Path

    from synthetic.arrivals import Parcel
    from synthetic.people import People
    from synthetic.roster import Roster
    from synthetic.spoiling import Notes

ROW_PERSON = {
    "dataset": pl.String(),
    "file": pl.String(),
    "line": pl.Int32(),
    "id_column": pl.String(),
    "person": pl.Int32(),
}
NOISE = {
    "dataset": pl.String(),
    "file": pl.String(),
    "line": pl.Int32(),
    "column": pl.String(),
    "channel": pl.String(),
}
FILE = {
    "file": pl.String(),
    "dataset": pl.String(),
    "region": pl.String(),
    "as_of": pl.Date(),
    "ext": pl.String(),
    "encoding": pl.String(),
    "separator": pl.String(),
    "rows": pl.Int64(),
    "state": pl.String(),
}


def row_persons(parcel: Parcel, file: str, *, rows: pl.DataFrame, first_line: int) -> pl.DataFrame:
    """ROW_PERSON lines of one file, one a row and number column that names a person."""
    line = pl.Series(np.arange(len(rows), dtype=np.int32) + first_line)
    parts = [
        pl.DataFrame({"line": line, "person": rows[person].cast(pl.Int32)})
        .filter(pl.col("person") >= 0)
        .select(
            pl.lit(parcel.dataset).alias("dataset"),
            pl.lit(file).alias("file"),
            "line",
            pl.lit(number).alias("id_column"),
            "person",
        )
        for number, _, person in identity_columns(parcel.dataset)
    ]
    return pl.concat([pl.DataFrame(schema=ROW_PERSON), *parts])


def noise_lines(parcel: Parcel, file: str, *, notes: Notes, first_line: int) -> pl.DataFrame:
    """NOISE lines of one file."""
    parts = [
        pl.DataFrame({"line": (rows + first_line).astype(np.int32)}).select(
            pl.lit(parcel.dataset).alias("dataset"),
            pl.lit(file).alias("file"),
            "line",
            pl.lit(column).alias("column"),
            pl.lit(channel).alias("channel"),
        )
        for channel, column, rows in notes.taken
    ]
    return pl.concat([pl.DataFrame(schema=NOISE), *parts])


def person_table(people: People, roster: Roster, *, members: pl.DataFrame) -> pl.DataFrame:
    """Every person with number and name, and where on a roster (a line each.

    Null for people of no roster).
    """
    lines = members.select(
        pl.col("_p").cast(pl.Int32).alias("person"),
        "application_id",
        pl.col("member_no").cast(pl.Int32),
        "role",
    )
    unregistered = np.zeros(len(people), dtype=bool)
    unregistered[roster.unregistered] = True
    everyone = pl.DataFrame(
        {
            "person": people.everyone.astype(np.int32),
            "id_no": people.number,
            "name": people.name,
            "ethnicity": people.ethnicity.astype(np.int8),
            "died": people.died,
            "registered": ~unregistered,
        }
    )
    return everyone.join(lines, on="person", how="left", maintain_order="left_right")


def write_truth(folder: Path, tables: dict[str, pl.DataFrame]) -> None:
    """`<name>.parquet` for each table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=False)
