"""Printing: the register knows every copy, many reports make one ZIP, and a report that has been overtaken says so."""

from __future__ import annotations

import io
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import openpyxl
import pytest

from casework.errors import BusyError, TakenError
from casework.reports import add_printings, count_printings, find_printings, printings_of
from casework.store import Address, address_of
from pipelines.workplace import store_root
from service.reports import press as press_module
from service.reports.batch import SHEET, SUMS, TITLES, file_name, workbook, write_zip
from service.reports.checking import check_seal
from service.reports.press import Maker, Press, chosen
from service.reports.standing import Standing, standing
from warehouse.current import reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from served_counties import CountyFiles

    from service.reports.making import Report
    from service.reports.seal_keys import Ed25519Signer
    from service.reports.typeset import Typesetter

MAKER = Maker("A1", "示范核对员", date(2026, 5, 21), "2026-05-21T01:00:00+00:00")


@pytest.fixture
def register(tmp_path: Path) -> Address:
    return address_of(tmp_path / "county.store")


@pytest.fixture
def press(
    county: CountyFiles, register: Address, typesetter: Typesetter, signer: Ed25519Signer
) -> Press:
    return Press(county.warehouse, register, typesetter=typesetter, signer=signer)


def _printed(press: Press, county: CountyFiles, wanted: Sequence[str]) -> list[Report]:
    with reading(county.warehouse) as tables:
        return list(press.print_many(tables, wanted, maker=MAKER))


def _some(county: CountyFiles, count: int) -> list[str]:
    with reading(county.warehouse) as tables:
        return chosen(tables)["application_id"].unique(maintain_order=True).to_list()[:count]


def test_every_printing_is_entered_and_the_second_is_a_copy(
    press: Press, county: CountyFiles, register: Address
) -> None:
    (wanted,) = _some(county, 1)
    (first,) = _printed(press, county, [wanted])
    (second,) = _printed(press, county, [wanted])
    assert first.report_no == second.report_no
    assert first.data != second.data
    entered = find_printings(register, number=first.report_no)
    assert [one.ordinal for one in entered] == [0, 1]
    assert [one.file_sha256 for one in entered] == [
        sha256(r.data).hexdigest() for r in (first, second)
    ]
    assert {one.made_by for one in entered} == {"A1"}
    assert find_printings(register, code=first.check_code) == entered
    assert find_printings(register, number=first.report_no, code="AAAA-AAAA-AAAA-AAAA") == ()
    assert find_printings(register) == ()
    assert printings_of(register, wanted) == entered
    assert count_printings(register, [first.report_no, "HD"]) == {first.report_no: 2}


def test_two_who_print_at_once_do_not_both_get_the_original(
    press: Press,
    county: CountyFiles,
    register: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (wanted,) = _some(county, 1)
    (first,) = _printed(press, county, [wanted])
    counted = iter([{}, {first.report_no: 1}])
    monkeypatch.setattr(press_module, "count_printings", lambda *_asked: next(counted))
    _printed(press, county, [wanted])
    assert [one.ordinal for one in find_printings(register, number=first.report_no)] == [0, 1]
    monkeypatch.setattr(press_module, "count_printings", lambda *_asked: {})
    with pytest.raises(BusyError):
        _printed(press, county, [wanted])
    (taken, _) = find_printings(register, number=first.report_no)
    with pytest.raises(TakenError):
        add_printings(register, [taken])


def test_a_zip_has_the_same_bytes_again_and_its_sums_hold(
    press: Press, county: CountyFiles, tmp_path: Path
) -> None:
    reports = _printed(press, county, _some(county, 4))
    packed = []
    for _ in range(2):
        target = io.BytesIO()
        assert write_zip(target, reports, as_of=date(2026, 5, 20)) == 4
        packed.append(target.getvalue())
    assert packed[0] == packed[1]
    with zipfile.ZipFile(io.BytesIO(packed[0])) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
        names = set(archive.namelist())
    assert names == {*(file_name(r) for r in reports), SHEET, SUMS}
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS], cwd=tmp_path, capture_output=True, check=False
    )
    assert checked.returncode == 0
    assert checked.stdout.count(b": OK") == 5
    sheet = openpyxl.load_workbook(tmp_path / SHEET).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == TITLES
    assert {row[0] for row in rows[1:]} == {r.report_no for r in reports}
    for report in reports:
        check_seal((tmp_path / file_name(report)).read_bytes())


def test_a_formula_in_the_list_stays_text() -> None:
    hostile = '=HYPERLINK("http://x")'
    book = openpyxl.load_workbook(
        io.BytesIO(workbook([(hostile, "+1", "@x")], as_of=date(2026, 5, 20)))
    )
    sheet = book.active
    assert sheet is not None
    assert [cell.data_type for cell in sheet[2][:3]] == ["s", "s", "s"]
    assert sheet["A2"].value == hostile


def test_a_file_name_takes_no_way_out_of_its_folder(report: Report) -> None:
    header = replace(report.contents.header, application_id="../../etc/passwd\n" + "长" * 300)
    name = file_name(replace(report, contents=replace(report.contents, header=header)))
    assert "/" not in name
    assert len(name.encode()) < 150


def test_choosing_by_region_programme_and_suggestion(county: CountyFiles) -> None:
    with reading(county.warehouse) as tables:
        whole = chosen(tables)
        assert whole.equals(chosen(tables, region="99"))
        assert chosen(tables, region="11").is_empty()
        parts = [
            chosen(tables, suggestion=one)
            for one in (
                "eligible",
                "ineligible",
                "needs_review",
                "data_incomplete",
                "not_authorised",
            )
        ]
        assert sum(part.height for part in parts) == whole.height
        programme = whole["programme"][0]
        assert set(chosen(tables, programme=programme)["programme"]) == {programme}


def test_a_report_of_the_newest_run_is_computed_again(press: Press, county: CountyFiles) -> None:
    (made,) = _printed(press, county, _some(county, 1))
    claims = check_seal(made.data).seal.claims
    with reading(county.warehouse) as tables:
        assert standing(claims, tables, county.warehouse) is Standing.CURRENT
        tampered = replace(claims, contents="0" * 64)
        assert standing(tampered, tables, county.warehouse) is Standing.DIFFERS
        elsewhere = replace(claims, application="SQ0000000000")
        assert standing(elsewhere, tables, county.warehouse) is Standing.GONE


def test_a_report_of_an_earlier_run_is_overtaken(press: Press, county: CountyFiles) -> None:
    (made,) = _printed(press, county, _some(county, 1))
    claims = replace(check_seal(made.data).seal.claims, run="R000000-20260420-00000000")
    with reading(county.warehouse) as tables:
        assert standing(claims, tables, county.warehouse) is Standing.SAME_SUGGESTIONS
        other = replace(claims, verdicts=claims.verdicts.replace("V", "W", 1))
        assert standing(other, tables, county.warehouse) is Standing.SUPERSEDED


def test_without_its_store_a_warehouse_still_gives_a_report(
    county: CountyFiles, tmp_path: Path, typesetter: Typesetter, signer: Ed25519Signer
) -> None:
    lone = tmp_path / "lone.duckdb"
    lone.write_bytes(county.warehouse.read_bytes())
    register = address_of(store_root(lone))
    press = Press(lone, register, typesetter=typesetter, signer=signer)
    (wanted,) = _some(county, 1)
    for _ in range(2):  # the second time the folder of the register is there
        with reading(lone) as tables:
            made = press.print_one(tables, wanted, maker=MAKER)
        assert not made.contents.header.papers_read
