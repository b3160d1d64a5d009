"""What a report says is what was published, no more and no less, and names nobody."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from printed_text import squeezed

from household.errors import InputError
from pipelines.rerun import open_newest
from service.reading.papers import open_shelf
from service.reports.cells import members, money, percent
from service.reports.evidence_rows import why_away
from service.reports.gathering import gather
from service.reports.making import Printing, Report, make_report, sections_of
from warehouse.current import reading

if TYPE_CHECKING:
    from served_counties import CountyFiles

    from service.reports.contents import Contents
    from service.reports.seal_keys import Ed25519Signer
    from service.reports.typeset import Typesetter


def test_every_published_row_of_every_household_is_told(
    county: CountyFiles, gathered: dict[str, Contents]
) -> None:
    with reading(county.warehouse) as tables:
        frames = {
            n: tables.frame(n)
            for n in ("household_verdict", "income_line", "roster_person", "coverage", "evidence")
        }
    verdicts = frames["household_verdict"]
    assert len(gathered) == verdicts["application_id"].n_unique()
    for application, told in gathered.items():
        mine = {n: f.filter(pl.col("application_id") == application) for n, f in frames.items()}
        assert {v.verdict_id for v in told.verdicts} == set(mine["household_verdict"]["verdict_id"])
        assert len(told.income) == mine["income_line"].height
        assert len(told.people) == mine["roster_person"].height
        assert {p.person_ref for p in told.people} == set(mine["roster_person"]["person_ref"])
        # Rows of one source, institution and state stand together: together they are all people that were asked about.
        asked = sum(len(answer.members) for answer in told.coverage)
        assert asked == mine["coverage"].height
        listed = len(told.holdings) + len(told.spending) + len(told.benefits)
        summed = sum(row.rows for row in (*told.grants, *told.income_left_out))
        shown = {r.evidence_id for r in told.cited} - {
            r.evidence_id for r in (*told.holdings, *told.spending, *told.benefits)
        }
        others = mine["evidence"].filter(
            pl.col("quantity").cast(pl.String).is_in(["death", "custody", "disability"])
        )
        counted_income = mine["evidence"].filter(
            pl.col("quantity").cast(pl.String).is_in(["wage", "business", "property", "transfer"]),
            pl.col("counted"),
        )
        rest = others.height + counted_income.height
        assert listed + summed + rest == mine["evidence"].height
        assert shown <= set(others["evidence_id"]) | set(counted_income["evidence_id"]) | set(
            mine["evidence"].filter(~pl.col("counted"))["evidence_id"]
        )


def test_every_reason_and_what_settles_it_is_printed(
    gathered: dict[str, Contents],
    printing: Printing,
    typesetter: Typesetter,
    signer: Ed25519Signer,
) -> None:
    by_suggestion = {v.suggestion: c for c in gathered.values() for v in c.requested}
    assert len(by_suggestion) >= 3
    for contents in by_suggestion.values():
        text = squeezed(make_report(contents, printing, typesetter=typesetter, signer=signer).data)
        for verdict in contents.requested:
            for reason in verdict.reasons:
                assert "".join(reason.text_zh.split()) in text
                assert "".join((reason.settles_it or "").split()) in text
                assert "".join((reason.source_document or "").split()) in text
            for flip in verdict.flips:
                assert flip.evidence_id in text


def test_nobody_is_named(
    county: CountyFiles, report: Report, gathered: dict[str, Contents]
) -> None:
    newest = open_newest(county.warehouse)
    people = newest.rows("approval.member").collect()
    text = squeezed(report.data)
    for name, number in people.select("name", "id_no").iter_rows():
        assert name not in text
        assert not number or number not in text
    for told in gathered.values():
        said = repr(told)
        assert not any(name in said for name in people["name"])
        assert not any(number in said for number in people["id_no"].drop_nulls())


def test_the_coverage_statement_lists_who_kept_silent(gathered: dict[str, Contents]) -> None:
    silent = [c for c in gathered.values() if any(a.state == "no_answer" for a in c.coverage)]
    assert silent
    section = sections_of(silent[0])[2]
    listed, whole = section.grids
    assert "沉默名单" in listed.caption
    assert {row[2] for row in listed.rows} <= {"未答复", "身份不符", "数据过期", "未送达"}
    assert len(whole.rows) == len(silent[0].coverage)


def test_who_was_not_asked_about_is_told(gathered: dict[str, Contents]) -> None:
    told = 0
    for contents in gathered.values():
        asked = {no for answer in contents.coverage for no in answer.members}
        places = {p.person_ref: p.member_no for p in reversed(contents.people)}
        silent = [no for no in places.values() if no not in asked]
        paragraphs = "".join(sections_of(contents)[2].paragraphs)
        assert ("没有查询成员" in paragraphs) == bool(silent and asked)
        told += bool(silent and asked)
        by_source: dict[str, set[int]] = {}
        for answer in contents.coverage:
            by_source.setdefault(answer.source, set()).update(answer.members)
        partly = any(asked - found for found in by_source.values())
        assert ("没有这些成员的查询记录" in paragraphs) == partly
        told += partly
    assert told


def test_where_nobody_was_looked_up_no_data_are_said_to_suffice(
    gathered: dict[str, Contents],
) -> None:
    told = next(
        found
        for found in gathered.values()
        if any(verdict.suggestion == "not_authorised" for verdict in found.requested)
    )
    section = next(s for s in sections_of(told) if s.title.startswith("十、"))
    assert "未获授权（授权不全，未作核算）" in "".join(section.paragraphs)
    assert "足以得出" not in "".join(section.paragraphs)


def test_who_is_in_custody_is_not_said_to_be_counted(report: Report) -> None:
    contents = report.contents
    row = replace(contents.cited[0], quantity="custody", counted=True)
    away = replace(contents.people[0], role="member", left_out=True, because=why_away([row]))
    section = sections_of(replace(contents, people=(away, *contents.people[1:])))[1]
    assert section.grids[0].rows[0][-1] == "按规则不计入（查到服刑羁押信息，见附件证据）"
    assert section.grids[0].rows[1][-1] != section.grids[0].rows[0][-1]


def test_papers_that_cannot_be_read_are_said_so(county: CountyFiles) -> None:
    with reading(county.warehouse) as tables:
        application = tables.frame("household_verdict")["application_id"][0]
        told = gather(tables, application, papers=None)
    assert not told.header.papers_read
    commission, household, *_ = sections_of(told)
    assert any("未能读取" in note for note in commission.notes)
    assert {row[3] for row in household.grids[0].rows} == {"未能读取"}


def test_papers_tell_who_commissioned_and_who_signed(
    county: CountyFiles, gathered: dict[str, Contents]
) -> None:
    told = next(c for c in gathered.values() if len(c.people) > 2 and c.authorisations)
    assert told.header.commissioned_by
    assert all(person.relation for person in told.people)
    assert {a.member_no for a in told.authorisations} <= {p.member_no for p in told.people} | {None}
    with reading(county.warehouse) as tables:
        assert open_shelf(tables, county.warehouse).papers_of(["none such"]) == {}


def test_an_unknown_application_is_refused(county: CountyFiles) -> None:
    with reading(county.warehouse) as tables, pytest.raises(InputError, match="没有申请"):
        gather(tables, "SQ0000000000", papers=None)


def test_unknown_is_a_dash() -> None:
    assert money(None) == percent(None) == "—"
    assert money(Decimal("1234.005")) == "1,234.01"
    assert percent(Decimal("0.599999")) == "59.9999%"
    assert percent(Decimal("0")) == "0%"
    assert members([1, 2, 3, 5, 6, 9]) == "1–3、5、6、9"
