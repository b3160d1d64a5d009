"""The same seed makes the same bytes, and the truth tells the truth about what was written."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest
from synthetic_reading import columns_of, dataset_of, read_file

from household.identity.numbers import number_keys
from household.schema.codes import PROGRAMME
from synthetic.county import write_county

if TYPE_CHECKING:
    from pathlib import Path

    from synthetic_counties import SmallCounty

NUMBER_CHANNELS = {
    "former_number": True,
    "fifteen_digits": True,
    "lower_x": True,
    "full_width": True,
    "spaces_in_number": True,
    "digit_wrong": False,
    "digits_swapped": False,
    "number_masked": False,
}


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_arguments_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_county(tmp_path / name, households=40, seed=3)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_another_seed_makes_another_county(tmp_path: Path) -> None:
    for seed in (3, 4):
        write_county(tmp_path / str(seed), households=40, seed=seed)
    one, two = digests(tmp_path / "3"), digests(tmp_path / "4")
    assert set(one) == set(two)
    assert all(one[name] != two[name] for name in one if name.endswith(".csv"))


def test_too_small_a_population_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="raise people"):
        write_county(tmp_path, households=400, people=500)


def test_as_of_moves_the_whole_county(tmp_path: Path) -> None:
    write_county(tmp_path, households=40, seed=3, as_of=date(2027, 2, 10))
    applications = pl.read_csv(
        tmp_path / "inbox/approval/application_990101_20270129.csv", infer_schema=False
    )
    days = sorted(applications["申请日期"].drop_nulls().to_list())
    assert "2026-11-01" <= days[0] <= days[-1] <= "2027-02-07"


def test_counts(county: SmallCounty) -> None:
    counts, truth = county.counts, county.truth
    assert counts.applications == 120
    assert truth["person"]["application_id"].drop_nulls().n_unique() == 120
    assert 2300 <= counts.people <= 2400
    assert counts.rows == truth["file"]["rows"].sum()
    assert 9 <= counts.rows / counts.people <= 14


def sent_numbers(county: SmallCounty) -> pl.DataFrame:
    """File, line, number column and the number as sent, of all delimited and Parquet files."""
    parts = []
    named = set(county.truth["row_person"]["id_column"])
    for entry in county.truth["file"].filter(pl.col("state") != "refused").to_dicts():
        dataset = dataset_of(entry["file"])
        titles, rows = read_file(
            county.inbox, entry["file"], encoding=entry["encoding"], separator=entry["separator"]
        )
        at = columns_of(titles, dataset)
        first_line = 1 if entry["ext"] == "txt" else 2
        parts += [
            (entry["file"], line, column.name, row[at[column.name]] or None)
            for line, row in enumerate(rows, start=first_line)
            for column in dataset.id_columns
            if column.name in named
        ]
    return pl.DataFrame(parts, schema=["file", "line", "id_column", "sent"], orient="row")


def test_rows_carry_the_number_of_their_true_person(county: SmallCounty) -> None:
    truth, noise = county.truth, county.truth["noise"]
    people = truth["person"].unique("person").select("person", "id_no")
    rows = (
        sent_numbers(county)
        .join(truth["row_person"], on=["file", "line", "id_column"])
        .join(people, on="person")
    )
    rows = rows.with_columns(
        # width is for the reader to fold; here the digits count
        key=number_keys(rows["sent"].str.normalize("NFKC")),
        true=number_keys(rows["id_no"]),
    )
    touched = noise.select("file", "line", pl.col("column").alias("id_column"), "channel")
    rows = rows.join(touched, on=["file", "line", "id_column"], how="left")
    untouched = rows.filter(
        pl.col("channel").is_null(),
        pl.col("sent").is_not_null(),
        pl.col("sent").str.contains("*", literal=True).not_(),
    )
    assert len(untouched) > 20_000
    assert (untouched["key"] == untouched["true"]).all()
    for channel, valid in NUMBER_CHANNELS.items():
        hit = rows.filter(pl.col("channel") == channel)
        assert len(hit), channel
        assert hit["key"].is_not_null().all() if valid else hit["key"].is_null().all(), channel
        if valid and channel != "former_number":
            assert (hit["key"] == hit["true"]).all(), channel


def test_every_programme_and_role_occurs(county: SmallCounty) -> None:
    applications = pl.read_csv(
        county.inbox / "approval/application_990101_20260508.csv", infer_schema=False
    )
    readings = PROGRAMME.readings()
    asked = {readings[p] for p in applications["救助类型"].drop_nulls() if p in readings}
    assert asked == set(PROGRAMME.titles)
    assert set(county.truth["person"]["role"].drop_nulls()) == {"member", "obligor", "excluded"}


def test_names_of_several_parts_are_about_one_in_twelve(county: SmallCounty) -> None:
    people = county.truth["person"].unique("person")
    share = people["name"].str.contains("·", literal=True).mean()
    assert isinstance(share, float)
    assert 0.05 < share < 0.12
    assert people["id_no"].n_unique() == len(people)
    assert number_keys(people["id_no"]).is_not_null().all()
