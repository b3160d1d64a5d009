"""A case file in parts: the parts one after another say what the whole says, to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from core_rule_cases import rule_county
from core_town import AS_OF
from polars.testing import assert_frame_equal

from household.assess import Inputs, assess, identify
from household.batches import batches
from household.evidence import counted_lines, evidence_of, name_lines
from household.linkage.links import STANDS
from household.objections import open_objections
from household.published_rows import as_declared, evidence_rows
from household.rules.judge import standing
from household.rules.suggestion import suggest
from household.rules.worlds import ask_all
from household.verdicts import authorised_for, signatures, verdict_rows

if TYPE_CHECKING:
    from household.assess import Identified
    from household.case import CaseFile


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    county = rule_county()
    # One objection to everything, so that a world of few applications is cut as well.
    row = county.rows["approval.application"][0]
    county.add(
        "approval.objection",
        {
            "objection_id": "O1",
            "application_id": row["application_id"],
            "ground": "other",
            "raised_on": AS_OF,
        },
    )
    return Inputs(county.extracts(), county.packs(), b"key")


@pytest.fixture(scope="module")
def who(inputs: Inputs) -> Identified:
    return identify(inputs)


@pytest.fixture(scope="module")
def case(inputs: Inputs, who: Identified) -> CaseFile:
    return assess(inputs, who).case


def told(inputs: Inputs, who: Identified, part: CaseFile) -> tuple[pl.DataFrame, pl.DataFrame]:
    named = name_lines(part.lines, part.applications, who.roster.persons)
    worlds = ask_all(
        part, standing(part), open_objections(inputs.extracts, part.applications, named)
    )
    signed = signatures(part, worlds.measured.counted)
    verdicts = verdict_rows(part, worlds.base, suggest(worlds, authorised_for(signed)), signed)
    settled = counted_lines(part, part.lines.where(STANDS), worlds.measured.counted)
    return verdicts, evidence_rows(evidence_of(part, named, worlds.measured.counted, settled))


@pytest.mark.parametrize("households", [29, 1000])
def test_the_parts_say_what_the_whole_says(
    inputs: Inputs, who: Identified, case: CaseFile, households: int
) -> None:
    whole = told(inputs, who, case)
    parts = list(batches(case, households))
    assert len(parts) == -(-len(case.applications) // households)
    said = [told(inputs, who, part) for part in parts]
    for table, one, many in zip(
        ("household_verdict", "evidence"), whole, zip(*said, strict=True), strict=True
    ):
        assert_frame_equal(as_declared(table, pl.concat(many)), as_declared(table, one))


def test_every_row_stands_in_exactly_one_part(case: CaseFile) -> None:
    parts = list(batches(case, 7))
    assert len(parts) == -(-len(case.applications) // 7)
    assert_frame_equal(pl.concat(p.applications for p in parts), case.applications)
    assert_frame_equal(pl.concat(p.terms.values for p in parts), case.terms.values)
    for name, frame in case.lines.groups.items():
        assert_frame_equal(pl.concat(p.lines[name] for p in parts), frame)
    for part in parts:
        apps = set(part.applications["app"])
        assert apps >= set(part.seats["app"]) | set(part.states["app"]) | set(part.receipts["app"])
    assert sum(len(p.receipts) for p in parts) == len(case.receipts)
    assert sum(len(p.unread_absences) for p in parts) == len(case.unread_absences)
