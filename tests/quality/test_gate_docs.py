from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from core_frames import AS_OF, core, ledger, line, number

from household.errors import InputError
from household.schema.datasets import DATASETS
from quality.data_docs import build_data_docs
from quality.gate import GateResult, hold_gate
from quality.profile import Profile, profile

if TYPE_CHECKING:
    from pathlib import Path

CANARIES = ("金丝雀", number(777, born="19770707"), "990A7777")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def _gates() -> list[GateResult]:
    vehicle, income = DATASETS["public_security.vehicle"], DATASETS["tax.income"]
    name, id_no, plate = CANARIES
    broken = core(
        vehicle,
        plate_no=[plate] * 4,
        owner_name=[name, None, name, name],
        owner_id_no=[id_no] * 4,
        use=[name] * 4,
    )

    def crash() -> Profile:
        raise ValueError(name)

    return [
        hold_gate(
            vehicle,
            profile(vehicle, broken.lazy(), ledger=ledger(line(vehicle)), as_of=AS_OF),
        ),
        hold_gate(
            income, profile(income, core(income).lazy(), ledger=ledger(line(income)), as_of=AS_OF)
        ),
        hold_gate(DATASETS["finance.payroll"], crash),
    ]


@pytest.fixture(scope="module")
def gates() -> list[GateResult]:
    return _gates()


@pytest.fixture
def site(gates: list[GateResult], tmp_path: Path) -> Path:
    return build_data_docs(gates, tmp_path / "docs", as_of=AS_OF).parent


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_one_page_a_dataset_an_index_and_a_stylesheet(site: Path) -> None:
    assert list(contents(site)) == [
        "data_docs.css",
        "index.html",
        "public_security.vehicle.html",
        "tax.income.html",
    ]
    assert [p.name for p in site.parent.iterdir()] == ["docs"], "nothing is left beside it"


def test_no_page_refers_to_any_outside_host_or_runs_a_script(site: Path) -> None:
    for name, body in contents(site).items():
        text = body.decode()
        assert not re.search(r"https?:|[\"'(]\s*//|<script|@import|url\(", text, re.I), name
        assert not re.search(r"\son[a-z]+=", text), name


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        given = dict(attrs)
        self.links += [v for k in ("href", "src") if (v := given.get(k))]
        if given.get("id"):
            self.ids.add(str(given["id"]))


def test_every_link_leads_somewhere(site: Path) -> None:
    for page in site.glob("*.html"):
        seen = _Links()
        seen.feed(page.read_text(encoding="utf-8"))
        assert seen.links, page.name
        for link in seen.links:
            if link.startswith("#"):
                assert link[1:] in seen.ids, f"{page.name} {link}"
            else:
                assert (site / link).is_file(), f"{page.name} {link}"


def test_no_personal_value_is_on_any_page(site: Path) -> None:
    for name, body in contents(site).items():
        for canary in CANARIES:
            assert canary not in body.decode(), name


def test_pages_say_what_failed_in_chinese(site: Path) -> None:
    page = (site / "public_security.vehicle.html").read_text(encoding="utf-8")
    assert "必填项「所有人」无空值 required_present.owner_name" in page
    assert "空值 1 / 4 行" in page
    assert "fa-times" in page
    index = (site / "index.html").read_text(encoding="utf-8")
    assert "主键在结算后唯一" in index
    assert "门禁检查自身出错(ValueError)" in index
    assert 'href="tax.income.html"' in index
    assert 'href="finance.payroll.html"' not in index


def test_two_builds_are_equal_byte_by_byte(
    gates: list[GateResult], site: Path, tmp_path: Path
) -> None:
    again = build_data_docs(gates, tmp_path / "again", as_of=AS_OF).parent
    assert contents(again) == contents(site)


def test_results_handed_over_as_json_build_the_same_pages(
    gates: list[GateResult], site: Path, tmp_path: Path
) -> None:
    handed = [GateResult.from_dict(g.to_dict()) for g in gates]
    again = build_data_docs(handed, tmp_path / "again", as_of=AS_OF).parent
    assert contents(again) == contents(site)


def test_a_site_built_before_is_replaced_whole(gates: list[GateResult], site: Path) -> None:
    build_data_docs(gates[1:], site, as_of=AS_OF)
    assert not (site / "public_security.vehicle.html").exists()


def test_somebody_elses_folder_is_not_touched(gates: list[GateResult], tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "letter.txt").write_text("keep")
    with pytest.raises(InputError, match="未写入"):
        build_data_docs(gates, tmp_path / "theirs", as_of=AS_OF)
    assert contents(tmp_path / "theirs") == {"letter.txt": b"keep"}


def test_gates_still_hold_after_the_docs_were_built(site: Path) -> None:
    assert [g.open for g in _gates()] == [False, True, False]


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_chromium_shows_the_pages(site: Path) -> None:
    for page, expected in (("index.html", "数据质量校验"), ("tax.income.html", "通过项")):
        shown = subprocess.run(
            [
                str(CHROMIUM),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--dump-dom",
                (site / page).as_uri(),
            ],
            capture_output=True,
            timeout=300,
            check=True,
        )
        assert expected in shown.stdout.decode()
