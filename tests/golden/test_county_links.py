"""The product's own linkage on synthetic counties, against their truth: rows that no valid number gives to anybody (tiers C and D).

Intake and linkage as in a run, without gates and publishing. Judged are rows of people of the rosters whose number is missing, masked or
damaged, by what happened to it, and rows of people whose own number on the roster is. Floors were measured on other seeds.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from connectors.intake.inbox import survey
from connectors.intake.taking import take_all
from connectors.settling.settle import settle
from connectors.settling.settled import core_rows
from connectors.store import open_store
from household.assess import Identified, Inputs, identify
from household.extracts import Extracts
from household.linkage.subjects import SUBJECTS
from household.rules.packs import read_packs
from household.schema.datasets import DATASETS
from quality.rows import examine
from synthetic.county import write_county
from synthetic.rates import NoiseRates

if TYPE_CHECKING:
    from synthetic.county import CountyTruth

PACKS = Path(__file__).parents[2] / "rulepacks"
COUNTIES = ((1, 1.0), (2, 4.0))
"""Seed, and how many times the noise of a usual county."""

HOUSEHOLDS = 300
AT = ["dataset", "file", "line", "id_column"]

FOUND = {
    # linked at tier C / rows, measured on six counties: seeds 3, 5, 7 with the usual noise and 4, 6, 8 with four times that
    "as_delivered": (777, 781),
    "digit_doubled": (91, 92),
    "digit_dropped": (111, 111),
    "digit_wrong": (616, 620),
    "digits_swapped": (288, 289),
    "masked_otherwise": (98, 114),
    "number_masked": (129, 130),
    "other_x": (46, 46),
    "roster_unusable": (242, 243),
    "tail_cut": (88, 88),
    "trailing_zeros": (67, 67),
}
"""What happened to the number -> how many such rows are found. `as_delivered`: masked in every row, as banks send it; `roster_unusable`:
the row's number is valid, the person's own on the roster is not. Most of `masked_otherwise` that are missed show two characters."""

ONLY_A_NAME = ("number_missing", "placeholder")
"""Their datasets (accounts, benefits, contributions, farms) state no birth date, so nothing but a name is left. A name alone accepts
nothing (assessment §3): none of them is linked, and none could be without guessing. This is what limits recall."""


@dataclass(frozen=True)
class Judged:
    """Rows of people of the rosters, and links, of all seeds.

    Attributes:
        rows: dataset, channel, tier (C, D, null where the row is not linked to its person), person (and county). links: tier, right.
    """

    rows: pl.DataFrame
    links: pl.DataFrame


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    parts = [
        _county(tmp_path_factory.mktemp(f"links{seed}"), seed, noise=noise)
        for seed, noise in COUNTIES
    ]
    return Judged(pl.concat([p.rows for p in parts]), pl.concat([p.links for p in parts]))


def _county(folder: Path, seed: int, *, noise: float) -> Judged:
    county = write_county(
        folder, households=HOUSEHOLDS, seed=seed, rates=NoiseRates().scaled(noise)
    )
    extracts = _settled(county, folder)
    who = identify(Inputs(extracts, read_packs(PACKS), b"key"))
    whose = _whose(county, who)
    links = _links(extracts, who).join(whose, left_on="linked", right_on="seat", how="left")
    true = _truth(county, "row_person")
    right = links.join(true, on=["dataset", "file", "line", "person"], how="semi")
    rows = _rows(extracts, who, true, whose).join(
        right.select("dataset", "file", "line", "person", "tier").unique(),
        on=["dataset", "file", "line", "person"],
        how="left",
    )
    spoilt = _truth(county, "noise").filter(pl.col("column").str.contains("id_no"))
    # the last to hit a cell is what is left of it: a number damaged and then dropped is missing
    channels = spoilt.rename({"column": "id_column"}).unique(AT, keep="last", maintain_order=True)
    told = rows.join(channels.select(*AT, "channel"), on=AT, how="left").with_columns(
        pl.when("keyless")
        .then(pl.lit("roster_unusable"))
        # what is masked or empty wherever it stands in a dataset is no noise
        .otherwise(pl.col("channel").fill_null("as_delivered"))
        .alias("channel")
    )
    is_right = links.select(
        "tier",
        pl.struct("dataset", "file", "line", "person")
        .is_in(right.select(pl.struct("dataset", "file", "line", "person")).to_series().implode())
        .alias("right"),
    )
    who_is = pl.format("{}/{}", pl.lit(seed), "person").alias("person")
    return Judged(told.select("dataset", "channel", "tier", who_is), is_right)


def _settled(county: CountyTruth, folder: Path) -> Extracts:
    """Intake as in a run."""
    store = open_store(folder / "store")
    intake = take_all(survey(county.inbox), store, examine=examine)
    settled = {name: settle(name, intake.arrivals, store) for name in DATASETS}
    return Extracts(
        lambda name: core_rows(settled[name], store),
        pl.concat([s.extracts for s in settled.values()]),
        inspect.signature(write_county).parameters["as_of"].default,
        pl.concat([s.ledger for s in settled.values()]).select(
            "dataset", "_file", "file", "sha256"
        ),
    )


def _truth(county: CountyTruth, table: str) -> pl.DataFrame:
    frame = pl.read_parquet(county.truth / f"{table}.parquet")
    return frame.cast({"line": pl.Int64}) if "line" in frame.columns else frame


def _whose(county: CountyTruth, who: Identified) -> pl.DataFrame:
    """seat (person of the roster), person (of the truth), keyless: whether the roster holds no usable number of that person."""
    true = _truth(county, "person").select(
        "application_id", pl.col("member_no").cast(pl.Int64), "person"
    )
    keyless = who.roster.persons.select("person", pl.col("key").is_null().alias("keyless"))
    seats = who.roster.members.select("application_id", "member_no", "person").join(
        keyless, on="person"
    )
    return (
        seats.rename({"person": "seat"})
        .join(true, on=["application_id", "member_no"])
        .select("seat", "person", "keyless")
        .unique()
    )


def _placed(extracts: Extracts, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with `file` and `line` as the truth names them."""
    files = extracts.files.select("dataset", "_file", "file").unique()
    return rows.join(files, on=["dataset", "_file"]).with_columns(
        pl.col("_line").cast(pl.Int64).alias("line")
    )


def _links(extracts: Extracts, who: Identified) -> pl.DataFrame:
    """Links that no number made: dataset, file, line, linked (person of the roster), tier."""
    parts = [
        frame.filter(~pl.col("by_number")).select(
            pl.lit(dataset).alias("dataset"), "_file", "_line", pl.col("person").alias("linked"), "tier"
        )
        for dataset, frame in who.linked.items()
    ]  # fmt: skip
    return _placed(extracts, pl.concat(parts)).select("dataset", "file", "line", "linked", "tier")


def _rows(
    extracts: Extracts, who: Identified, true: pl.DataFrame, whose: pl.DataFrame
) -> pl.DataFrame:
    """AT, person, keyless of rows of people of the rosters that no valid number gives to them."""
    parts = [
        extracts.rows(subject.dataset)
        .select(
            pl.lit(subject.dataset).alias("dataset"),
            pl.lit(subject.number).alias("id_column"),
            "_file",
            "_line",
            pl.col(subject.key).is_null().alias("unusable"),
        )
        .collect()
        for subject in SUBJECTS
    ]
    people = whose.group_by("person").agg(pl.col("keyless").all())
    rows = _placed(extracts, pl.concat(parts)).join(true, on=AT).join(people, on="person")
    # both sides unusable is the row's own trouble: told with its channel
    rows = rows.with_columns(pl.col("keyless") & ~pl.col("unusable"))
    return (
        rows.filter("unusable")
        .select(*AT, "person", "keyless")
        .vstack(rows.filter(pl.col("keyless")).select(*AT, "person", "keyless"))
    )


def counts(rows: pl.DataFrame, channel: str) -> tuple[int, int]:
    """Rows of a channel linked at tier C, and all of them."""
    mine = rows.filter(channel=channel)
    return len(mine.filter(tier="C")), len(mine)


def test_nothing_is_linked_to_another(judged: Judged) -> None:
    """Measured on the six counties: none wrong of 2,553."""
    accepted = judged.links.filter(tier="C")
    assert len(accepted) > 400
    assert accepted.filter(~pl.col("right")).is_empty()


@pytest.mark.parametrize("channel", sorted(FOUND))
def test_rows_of_people_of_the_rosters_are_found(judged: Judged, channel: str) -> None:
    """As many as were measured, less two standard deviations of a binomial of the number of people here: the rows of one stand or fall together."""
    found, rows = counts(judged.rows, channel)
    measured = FOUND[channel][0] / FOUND[channel][1]
    assert rows >= 4
    people = judged.rows.filter(channel=channel)["person"].n_unique()
    # one person's worth keeps a share of all from having no margin
    spread = math.sqrt(max(measured * (1 - measured), 1 / people) / people)
    assert found / rows >= measured - 2 * spread, (found, rows)


def test_a_name_alone_links_nothing(judged: Judged) -> None:
    alone = judged.rows.filter(pl.col("channel").is_in(ONLY_A_NAME))
    assert len(alone) > 20
    assert alone["tier"].null_count() == len(alone)


def test_nearly_all_rows_with_some_of_their_digits_are_found(judged: Judged) -> None:
    """Of rows with a number of which something is left. Measured: 2,553 of 2,581."""
    rest = judged.rows.filter(~pl.col("channel").is_in(ONLY_A_NAME))
    assert len(rest.filter(tier="C")) / len(rest) >= 0.97
