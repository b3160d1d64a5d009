"""What the wall says of a source is what was accepted of it: a refused file neither hides older data nor makes it newer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
import pytest

from household.schema.published import PUBLISHED
from service.access.actor import Scope
from service.reading.quality.sources import extracts, wall

EVERYWHERE = Scope(("*",))
TODAY = date(2026, 6, 20)


@dataclass(frozen=True)
class _Run:
    as_of: date = TODAY


@dataclass(frozen=True)
class _Tables:
    """A newest run that holds a ledger and nothing else."""

    ledger: pl.DataFrame
    run: _Run = _Run()

    def holds(self, _: str) -> bool:
        return False

    def frame(self, name: str, **_: object) -> pl.DataFrame:
        if name == "intake_ledger":
            return self.ledger
        return pl.DataFrame(schema={c.name: c.dtype for c in PUBLISHED[name].all_columns})

    def ask(self, *_: object, **__: object) -> pl.DataFrame:
        return pl.DataFrame(
            schema={
                "source": pl.String,
                "institution": pl.String,
                "state": pl.String,
                "lines": pl.Int64,
                "newest_as_of": pl.Date,
            }
        )


def _file(
    dataset: str, as_of: date, rows: int, state: str = "done", part: str = ""
) -> dict[str, Any]:
    read = 0 if state == "refused" else rows
    return {
        "run_id": "R1",
        "file": f"{dataset}_{as_of:%Y%m%d}{part}.csv",
        "dataset": dataset,
        "region_code": "990101",
        "as_of": as_of,
        "rows_in": read,
        "rows_accepted": read,
        "rows_quarantined": 0,
        "rows_superseded": 0,
        "state": state,
    }


def _wall(*files: dict[str, Any]) -> dict[str, Any]:
    tables: Any = _Tables(pl.DataFrame(list(files), infer_schema_length=None))
    return wall(tables, EVERYWHERE).row(
        by_predicate=pl.col("source") == "public_security", named=True
    )


APRIL, MAY, JUNE = date(2026, 4, 8), date(2026, 5, 8), date(2026, 6, 8)


def test_a_refused_newest_extract_leaves_the_source_as_old_as_what_was_taken() -> None:
    told = _wall(
        _file("public_security.vehicle", MAY, 10),
        _file("public_security.vehicle", JUNE, 12, "refused"),
    )
    assert (told["newest_as_of"], told["age_days"], told["rows_newest"]) == (MAY, 43, 10)
    assert told["light"] == "look"


def test_a_dataset_whose_newest_was_refused_still_counts_in_the_age_of_its_source() -> None:
    told = _wall(
        _file("public_security.vehicle", APRIL, 10),
        _file("public_security.vehicle", JUNE, 10, "refused"),
        _file("public_security.population", JUNE, 30),
    )
    assert told["newest_as_of"] == APRIL
    assert told["rows_newest"] == 40


def test_a_source_of_which_nothing_was_taken_is_silent() -> None:
    told = _wall(_file("public_security.vehicle", JUNE, 10, "refused"))
    assert (told["light"], told["newest_as_of"]) == ("silent", None)


def test_an_earlier_refused_extract_is_no_usual_number_of_rows() -> None:
    told = _wall(
        _file("public_security.vehicle", APRIL, 100),
        _file("public_security.vehicle", MAY, 100, "refused"),
        _file("public_security.vehicle", JUNE, 100),
    )
    assert told["rows_usual"] is None


@pytest.mark.parametrize("rows", [40, 210])
def test_one_dataset_far_from_its_own_usual_is_seen_beside_a_large_one(rows: int) -> None:
    large = [_file("public_security.population", day, 5000) for day in (APRIL, MAY, JUNE)]
    told = _wall(
        *large,
        _file("public_security.vehicle", APRIL, 100),
        _file("public_security.vehicle", MAY, 100),
        _file("public_security.vehicle", JUNE, rows),
    )
    assert told["light"] == "look"


def test_a_dataset_that_came_for_the_first_time_makes_its_source_no_odder() -> None:
    told = _wall(
        *(_file("public_security.vehicle", day, 100) for day in (APRIL, MAY, JUNE)),
        _file("public_security.population", JUNE, 5000),
    )
    assert told["light"] == "good"
    assert told["rows_usual"] is None  # of all that came, no usual number is known


def test_what_was_taken_is_listed_beside_what_was_refused() -> None:
    tables: Any = _Tables(
        pl.DataFrame(
            [
                _file("public_security.vehicle", JUNE, 10),
                _file("public_security.vehicle", JUNE, 99, "refused", "_2"),
            ],
            infer_schema_length=None,
        )
    )
    row = extracts(tables, EVERYWHERE).row(0, named=True)
    assert (row["files"], row["refused"], row["rows_in"]) == (2, 1, 10)
