"""What is written is what the contract describes: names, formats, titles, values, manifests, and every dataset."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from synthetic_reading import columns_of, dataset_of, is_readable, normal_title, read_file

from household.schema.datasets import CATALOGUED

if TYPE_CHECKING:
    from synthetic_counties import SmallCounty

NAME = re.compile(r"[a-z_]+_\d{6,12}_\d{8}(_\w+)?\.(csv|xlsx|parquet|txt)")
FATAL = {
    "missing_required",
    "impossible_date",
    "negative_amount",
    "unreadable_amount",
    "unknown_code",
    "duplicate_key",
    "scientific",
}


def files_of(county: SmallCounty, *states: str) -> list[dict[str, Any]]:
    files = county.truth["file"]
    return files.filter(pl.col("state").is_in(states)).to_dicts()


def test_every_dataset_and_every_listed_file_is_there(county: SmallCounty) -> None:
    listed = set(county.truth["file"]["file"])
    found = {
        str(path.relative_to(county.inbox))
        for path in county.inbox.rglob("*")
        if path.is_file() and not path.name.endswith(".manifest.json")
    }
    assert found == listed
    assert {dataset_of(file).name for file in found} == set(CATALOGUED)
    assert all(NAME.fullmatch(file.split("/")[1]) for file in found)


def test_every_form_of_the_contract_occurs(county: SmallCounty) -> None:
    files = county.truth["file"]
    forms = set(files.select("ext", "encoding", "separator").rows())
    assert {
        ("csv", "utf-8", ","),
        ("csv", "utf-8-sig", ","),
        ("csv", "gb18030", "|"),
        ("csv", "gb18030", "\t"),
        ("xlsx", "", ""),
        ("parquet", "", ""),
        ("txt", "gb18030", ""),
    } <= forms
    assert set(files["state"]) == {"done", "superseded", "refused", "duplicate"}
    assert files.filter(pl.col("region").str.len_chars() == 9)["region"].n_unique() == 12


def test_titles_and_values_are_those_of_the_catalogue(quiet_county: SmallCounty) -> None:
    date_spellings, unknown_titles, english, wide = set(), set(), 0, 0
    for entry in files_of(quiet_county, "done", "superseded"):
        dataset = dataset_of(entry["file"])
        titles, rows = read_file(
            quiet_county.inbox,
            entry["file"],
            encoding=entry["encoding"],
            separator=entry["separator"],
        )
        at = columns_of(titles, dataset)
        assert set(at) == {column.name for column in dataset.columns}
        assert len(rows) == entry["rows"]
        unknown_titles |= {normal_title(t) for t in titles} - {
            t for c in dataset.columns for t in (c.title_zh, c.name)
        }
        english += entry["ext"] != "txt" and titles[0] == dataset.columns[0].name
        wide += any("（" in title for title in titles)
        for column in dataset.columns:
            for value in {row[at[column.name]] for row in rows}:
                if value is None or value == "":
                    assert not column.required, (entry["file"], column.name)
                    continue
                assert is_readable(value, column), (entry["file"], column.name)
                if column.kind == "date":
                    date_spellings.add(re.sub(r"\d", "9", str(value)))
    assert unknown_titles == {"备注"}
    assert english == 1
    assert wide >= 1
    assert {"9999-99-99", "99999999", "9999/9/9", "9999年9月9日"} <= date_spellings


def test_noise_breaks_exactly_the_rows_it_names(county: SmallCounty) -> None:
    noise = county.truth["noise"]
    assert set(noise["channel"]) >= FATAL
    unreadable = set(
        noise.filter(
            pl.col("channel").is_in(
                [
                    "missing_required",
                    "impossible_date",
                    "unreadable_amount",
                    "unknown_code",
                    "scientific",
                ]
            )
        )
        .select("file", "line", "column")
        .rows()
    )
    found = set()
    for entry in files_of(county, "done"):
        dataset = dataset_of(entry["file"])
        first_line = 1 if entry["ext"] == "txt" else 2
        titles, rows = read_file(
            county.inbox, entry["file"], encoding=entry["encoding"], separator=entry["separator"]
        )
        at = columns_of(titles, dataset)
        for column in dataset.columns:
            values = [row[at[column.name]] for row in rows]
            bad = {
                value
                for value in set(values)
                if (column.required if value in {None, ""} else not is_readable(value, column))
            }
            found |= {
                (entry["file"], line, column.name)
                for line, value in enumerate(values, start=first_line)
                if value in bad
            }
    assert found == unreadable


def test_keys_name_one_row_each_without_noise(quiet_county: SmallCounty) -> None:
    for entry in files_of(quiet_county, "done"):
        dataset = dataset_of(entry["file"])
        titles, rows = read_file(
            quiet_county.inbox,
            entry["file"],
            encoding=entry["encoding"],
            separator=entry["separator"],
        )
        at = columns_of(titles, dataset)
        keys = [tuple(row[at[c.name]] for c in dataset.keys) for row in rows]
        assert len(set(keys)) == len(keys), entry["file"]


def test_manifests_hold_but_for_the_refused_file(county: SmallCounty) -> None:
    states = dict(county.truth["file"].select("file", "state").rows())
    rows = dict(county.truth["file"].select("file", "rows").rows())
    held = {}
    for beside in county.inbox.rglob("*.manifest.json"):
        manifest = json.loads(beside.read_text("utf-8"))
        path = beside.with_name(beside.name.removesuffix(".manifest.json"))
        file = str(path.relative_to(county.inbox))
        assert manifest["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert manifest["dataset"] == dataset_of(file).name
        held[states[file]] = manifest["rows"] == rows[file]
    assert held == {"done": True, "refused": False}


def test_repeated_file_is_the_same_bytes(county: SmallCounty) -> None:
    folder = county.inbox / "justice"
    first, second = sorted(folder.iterdir())
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("state", ["superseded", "done"])
def test_extracts_of_other_days_are_among_the_files(county: SmallCounty, state: str) -> None:
    days = county.truth["file"].filter(pl.col("state") == state)["as_of"]
    newest = county.truth["file"]["as_of"].max()
    assert (days < newest).any()
