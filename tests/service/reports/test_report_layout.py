"""The page: its sections, its numbers, hostile and rare texts, households larger than a page, and the same bytes each time."""

from __future__ import annotations

import dataclasses
import io
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pypdf
import pytest
import typst
from printed_text import pages, squeezed

from household.errors import InputError
from service.reports.cells import Column, Section, grid
from service.reports.checking import check_seal
from service.reports.making import Printing, Report, make_report, page_of, sections_of
from service.reports.printable import LONGEST, printable
from service.reports.typeset import Page, Typesetter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.reports.contents import Contents
    from service.reports.seal_keys import Ed25519Signer

HOSTILE = (
    '#panic() #import "@preview/x:1" $sum_1^n$ \\ *粗* _斜_ `码` <b>&amp;</b> = 标题',
    '#{ sys.inputs } #read("/etc/passwd") ]] }}',
    "<script>alert(1)</script>{{7*7}}${7*7}",
    '=HYPERLINK("http://x")',
)


def _page(*texts: str) -> Page:
    table = grid("表", (Column("甲"), Column("乙")), ((text, "x") for text in texts))
    section = Section("节 " + texts[0], texts, table, texts)
    return Page(
        "题", "副", "言", "委 " + texts[0], "HD1", "AAAA", "印", "印", "脚", date(2026, 5, 20), (section,)
    )  # fmt: skip


def test_all_sections_and_page_numbers_are_there(report: Report) -> None:
    text = squeezed(report.data)
    for section in sections_of(report.contents):
        assert "".join(section.title.split()) in text
    told = pages(report.data)
    assert len(told) > 2
    for number, page in enumerate(told, start=1):
        assert f"第{number}页共{len(told)}页" in re.sub(r"\s+", "", page)
        assert report.report_no in page
        assert report.check_code in page
        assert "示范核对员" in page
    assert "供审核确认机关参考，不作为唯一依据；只核对不认定" in text


def test_a_table_has_its_head_on_every_page(typesetter: Typesetter) -> None:
    rows = ((f"行{n}", "内容") for n in range(200))
    section = Section("节", (), grid("", (Column("独特表头"), Column("乙")), rows))
    page = dataclasses.replace(_page("x"), sections=(section,))
    told = pages(typesetter.pdf(page))
    assert len(told) >= 4
    assert all("独特表头" in text for text in told if "行" in text)


def test_the_same_contents_give_the_same_bytes_in_another_typesetter(
    report: Report, printing: Printing, signer: Ed25519Signer
) -> None:
    again = make_report(report.contents, printing, typesetter=Typesetter(), signer=signer)
    assert again.data == report.data


def test_it_is_pdf_a_and_its_dates_are_those_of_the_run(report: Report) -> None:
    reader = pypdf.PdfReader(io.BytesIO(report.data), strict=True)
    told = reader.xmp_metadata
    assert told is not None
    assert told.pdfaid_part == "2"
    assert told.pdfaid_conformance == "B"
    assert reader.metadata is not None
    assert reader.metadata["/CreationDate"].startswith("D:20260520000000")
    assert report.data.endswith(b"%%EOF\n")


def test_a_copy_is_marked(
    report: Report, printing: Printing, typesetter: Typesetter, signer: Ed25519Signer
) -> None:
    copy = make_report(
        report.contents,
        dataclasses.replace(printing, before=2),
        typesetter=typesetter,
        signer=signer,
    )
    assert copy.report_no == report.report_no
    assert "补打第2次·副本" in squeezed(copy.data)
    assert "副本" not in squeezed(report.data)


def test_markup_in_data_stays_text(typesetter: Typesetter) -> None:
    text = squeezed(typesetter.pdf(_page(*HOSTILE)))
    for hostile in HOSTILE:
        assert "".join(hostile.split()) in text


def test_hostile_text_in_every_field_of_a_report_is_inert(
    report: Report, printing: Printing, typesetter: Typesetter, signer: Ed25519Signer
) -> None:
    count = 0

    def spoilt(value: object) -> object:
        nonlocal count
        if isinstance(value, str):
            count += 1
            return f"{HOSTILE[count % len(HOSTILE)]}\u202e\x1b[2J{count}#"
        if isinstance(value, tuple):
            return tuple(spoilt(one) for one in value[:3])
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {f.name: spoilt(getattr(value, f.name)) for f in dataclasses.fields(value)}
            return dataclasses.replace(value, **fields)
        return value

    contents = spoilt(report.contents)
    evil = dataclasses.replace(printing, by="#panic() <b>\u202e")
    made = make_report(contents, evil, typesetter=typesetter, signer=signer)  # type: ignore[arg-type]
    assert count > 100
    text = squeezed(made.data)
    assert "".join(HOSTILE[0].split()) in text
    assert "〔U+202E〕〔U+001B〕[2J" in text
    assert "\u202e" not in text
    assert check_seal(made.data).seal.claims.application.endswith("#")


def test_rare_characters_are_printed(typesetter: Typesetter) -> None:
    text = squeezed(typesetter.pdf(_page("𬎆𠮷", "阿卜杜·热合曼", "㐱䶮")))
    assert "𬎆𠮷" in text
    assert "阿卜杜·热合曼" in text
    assert "㐱䶮" in text


def test_what_no_font_shows_is_told_by_its_code(typesetter: Typesetter) -> None:
    text = squeezed(typesetter.pdf(_page("甲བ乙ꀀ", "\ue863", "a\u202eb\x00c\u2066", "\ud800")))
    for told in (
        "甲〔U+0F56〕乙〔U+A000〕",
        "〔U+E863〕",
        "a〔U+202E〕b〔U+0000〕c〔U+2066〕",
        "〔U+D800〕",
    ):
        assert told in text


def test_long_texts_and_ids_break_within_their_cell(typesetter: Typesetter) -> None:
    long_id, long_text, twenty = "A1" * 300, "很长" * 1500, "B-00000000000000000X"
    narrow = grid("", tuple(Column("窄") for _ in range(12)), ((twenty, "c" * 64, *(["d"] * 10)),))
    page = _page(long_id, long_text)
    section = dataclasses.replace(page.sections[0], grids=(*page.sections[0].grids, *narrow))
    pdf = typesetter.pdf(dataclasses.replace(page, sections=(section,)))
    text = squeezed(pdf)
    assert long_id in text
    assert "c" * 64 in text
    assert text.count("很长") == 3 * 1500  # paragraph, cell, note
    width = float(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].mediabox.width)
    pieces = list(_pieces(pdf))
    assert max(end for _, _, end in pieces) < width
    cell = (width - 2 * 45.4) / 12
    assert all(end - start < cell for told, start, end in pieces if set(told) <= set(twenty + "c"))


def _pieces(pdf: bytes) -> Iterator[tuple[str, float, float]]:
    """Pieces of horizontal Latin text with where they begin and, roughly, end; the watermark stands aslant."""
    found: list[tuple[str, float, float]] = []

    def visit(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        told = text.strip()
        if told and told.isascii() and tm[1] == 0:
            found.append((told, float(tm[4]), float(tm[4]) + 0.45 * float(size) * len(told)))

    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=visit)
    return iter(found)


def test_a_text_beyond_measure_is_cut_and_says_so() -> None:
    told = printable("长" * (LONGEST + 1))
    assert told.endswith("（过长，此处从略）")
    assert printable(" a\n\tb ") == "a b"


def test_thirty_people_and_five_hundred_rows_make_many_pages(
    gathered: dict[str, Contents],
    report: Report,
    printing: Printing,
    typesetter: Typesetter,
    signer: Ed25519Signer,
) -> None:
    first = report.contents
    people = tuple(
        dataclasses.replace(first.people[0], member_no=n, person_ref=f"P{n:020d}")
        for n in range(1, 31)
    )
    row = next(r for c in gathered.values() for r in c.holdings)
    holdings = tuple(
        dataclasses.replace(row, evidence_id=f"E{n:020d}", member_no=n % 30 + 1) for n in range(500)
    )
    large = dataclasses.replace(first, people=people, holdings=holdings)
    made = make_report(large, printing, typesetter=typesetter, signer=signer)
    told = pages(made.data)
    text = re.sub(r"\s+", "", "".join(told))
    assert all(f"E{n:020d}" in text for n in range(500))
    assert len(told) > 10
    # Nothing is cut: what a row says stands on one page.
    assert sum(len(re.findall(r"E0{17}\d{3}", page)) for page in told) == 500


def test_without_a_chinese_font_one_line_tells_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("service.reports.typeset.FAMILIES", ("No such font",))
    (tmp_path / "no font at all.ttf").write_bytes(b"-")
    with pytest.raises(InputError, match="fonts-noto-cjk"):
        Typesetter(tmp_path)


def test_a_folder_of_fonts_is_searched(typesetter: Typesetter, tmp_path: Path) -> None:
    family = typesetter.families[0]
    font = next(f.path for f in typst.Fonts().fonts() if f.family == family and f.path)
    (tmp_path / Path(font).name).symlink_to(font)
    found = typst.Fonts(include_system_fonts=False, font_paths=[str(tmp_path)])
    assert family in found.families()


def test_the_page_names_the_programme_applied_for(report: Report, printing: Printing) -> None:
    page = page_of(report.contents, printing, number="N", code="C")
    assert report.contents.header.application_id in page.subtitle
