"""`hedui inquiries` as those meet it who ask: files out, answers in, silence that stays silence, reminders, the supervisor, the page."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from asked_county import ANSWERED, ASKED, GONE, LATE, AskedCounty, deploy
from driven_counties import ROOT, run_inbox

from connectors.asking.layouts.institutions import read_institutions
from connectors.sources.reading import read_sources
from warehouse.current import reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result
    from conftest import RunCounty


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, silent: RunCounty) -> Iterator[AskedCounty]:
    """The whole story once; what each step said is kept under its name."""
    place = deploy(tmp_path_factory.mktemp("asked"), silent.inbox, silent.warehouse)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("HEDUI_PERSON_KEY", raising=False)
        place.on(ASKED, patch)
        place.said["planned"] = place.hedui("ask", "banking", "--dry-run", "--json", deployed=True)
        place.said["planned_left"] = _files(place)
        place.said["asked"] = place.hedui("ask", "banking", "--json", deployed=True)
        place.said["asked_again"] = place.hedui("ask", "banking", deployed=True)
        place.on(ANSWERED, patch)
        place.answer()
        place.said["answered"] = place.hedui("ask", "banking", "--json", deployed=True)
        run_inbox(place.inbox, place.warehouse, as_of=ANSWERED)
        place.said["listed"] = place.hedui("list", "--state", "all", "--limit", 999, "--json")
        place.on(LATE, patch)
        place.said["late"] = place.hedui("overdue", "--json")
        place.said["reminded"] = place.hedui("overdue", "--remind", "--json", deployed=True)
        place.said["reminded_again"] = place.hedui("overdue", "--remind", deployed=True)
        place.said["listed_late"] = place.hedui("list", "--overdue")
        place.on(GONE, patch)
        place.said["escalated"] = place.hedui("overdue", "--escalate", "--clerk", "王某", "--json")
        place.said["turnaround"] = place.hedui("turnaround", "--json")
        place.said["page"] = place.hedui("turnaround", "banking", "--out", place.root / "t.html")
        yield place


def _files(place: AskedCounty) -> Any:
    return sorted(place.banks.rglob("*.*")), sorted((place.inbox / "banking").glob("*.parquet"))


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def published(place: AskedCounty, table: str) -> pl.DataFrame:
    with reading(place.warehouse) as tables:
        return tables.frame(table)


def test_a_rehearsal_tells_what_would_be_asked_and_touches_nothing(county: AskedCounty) -> None:
    planned = told(county.said["planned"])
    assert planned["to_ask"] == 3 * planned["persons"] > 0
    assert set(planned["by_institution"]) == {"J1", "J2", "J3"}
    assert county.said["planned_left"] == ([], [])
    assert not any("sent" in name for name in planned)


def test_what_was_rehearsed_is_what_goes_out(county: AskedCounty) -> None:
    asked = told(county.said["asked"])
    assert asked["to_ask"] == told(county.said["planned"])["to_ask"]
    assert (asked["sent_files"], asked["sent_requests"]) == (3, asked["to_ask"])
    assert asked["failed"] == {}
    assert len(county.requests()) == asked["persons"]


def test_nobody_is_asked_twice(county: AskedCounty) -> None:
    again = county.said["asked_again"]
    assert again.exit_code == 0
    assert "应查询    0 件" in again.output
    assert "已在查询中，等待答复" in again.output


def test_answers_come_in_and_silence_stays_silence(county: AskedCounty) -> None:
    asked, answered = told(county.said["asked"]), told(county.said["answered"])
    assert answered["answers"] == 2 * asked["persons"]
    assert (answered["records"], answered["answer_files"]) == (1, 2)
    assert (answered["withheld"], answered["unasked_lines"], answered["troubles"]) == (0, 0, 0)
    inquiry = published(county, "inquiry").with_columns(pl.col("state").cast(pl.String))
    states = inquiry.group_by("institution_code", "state").len()
    people = asked["persons"]
    assert sorted(states.rows()) == [
        ("J1", "found", 1),
        ("J1", "identity_mismatch", 1),
        ("J1", "none", people - 2),
        ("J2", "none", people),
        ("J3", "asked", people),
    ]


def test_the_households_know_who_answered_and_who_did_not(county: AskedCounty) -> None:
    coverage = published(county, "coverage").with_columns(pl.col("state").cast(pl.String))
    ours = coverage.filter(pl.col("institution").is_in(["J1", "J2", "J3"]))
    by_bank = {
        str(bank): set(part["state"])
        for (bank,), part in ours.group_by("institution", maintain_order=True)
    }
    assert by_bank == {
        "J1": {"found", "identity_mismatch", "none"},
        "J2": {"none"},
        "J3": {"no_answer"},
    }
    waiting = ours.filter(pl.col("institution") == "J3")
    assert waiting["replied_on"].null_count() == waiting.height
    assert set(waiting["asked_on"]) == {ASKED}


def test_list_tells_states_and_next_steps(county: AskedCounty) -> None:
    rows = told(county.said["listed"])
    asked = told(county.said["asked"])
    assert len(rows) == asked["to_ask"]
    (mismatch,) = [r for r in rows if r["state"] == "identity_mismatch"]
    assert mismatch["actor"] == "commissioner"
    assert not {"name", "id_no", "birth"} & set(rows[0])


def test_what_was_answered_is_shown_only_while_it_may_be_read(
    county: AskedCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    county.on(date(2029, 1, 2), monkeypatch)
    papers = pl.read_csv(
        next((county.inbox / "approval").glob("authorisation_*.csv")), infer_schema=False
    )
    unending = set(papers.filter(pl.col("有效期至").is_null())["授权人证件号码"])
    asked = county.requests()
    known = ["--institution", "J1", "--as-of", f"{ANSWERED}", "--limit", 999, "--json"]
    shown = county.hedui("list", "--state", "all", *known)
    numbers = {r["查询编号"]: r["证件号码"] for r in asked}
    rows = {numbers[r["request_id"]] for r in told(shown)}
    assert rows == set(numbers.values()) & unending
    assert f"另有 {len(asked) - len(rows)} 条的授权已失效，不予显示" in shown.stderr
    assert 0 < len(rows) < len(asked)
    assert "J3" in county.hedui("list", "--state", "asked", *known[2:]).stdout


def test_only_the_silent_one_is_overdue_and_is_reminded_once(county: AskedCounty) -> None:
    people = told(county.said["asked"])["persons"]
    (late,) = told(county.said["late"])
    assert (late["institution_code"], late["late"], late["remind"]) == ("J3", people, people)
    (reminded,) = told(county.said["reminded"])
    assert (reminded["remind"], reminded["reminded"]) == (0, people)
    assert "应催办 0 件" in county.said["reminded_again"].output
    (letter,) = (county.banks / "J3/out").glob("CB_*.csv")
    assert letter.read_text(encoding="utf-8-sig").count("催办") == people
    assert f"共 {people} 条" in county.said["listed_late"].output
    assert "已催办，等待机构答复" in county.said["listed_late"].output


def test_what_is_given_up_goes_to_the_supervisor_under_a_name(county: AskedCounty) -> None:
    people = told(county.said["asked"])["persons"]
    (handed,) = told(county.said["escalated"])
    assert (handed["given_up"], handed["escalated"]) == (people, people)
    events = county.warehouse.with_suffix(".store") / "exchange/banking/inquiries/events"
    newest = pl.read_parquet(sorted(events.glob("*.parquet"))[-1])
    assert set(newest.select("kind", "by").iter_rows()) == {("escalated", "王某")}


def test_the_silent_stand_first_and_do_not_look_fast(county: AskedCounty) -> None:
    rows = {row["institution_code"]: row for row in told(county.said["turnaround"])}
    people = told(county.said["asked"])["persons"]
    assert (rows["J1"]["answered"], rows["J1"]["in_time"]) == (people, people)
    assert (rows["J3"]["silent"], rows["J3"]["median_with_open"]) == (people, None)
    page = (county.root / "t.html").read_text(encoding="utf-8")
    assert page.index("沉默银行") < page.index("示范银行")
    assert "未达到" in page


def test_the_page_lies_beside_the_quality_pages(county: AskedCounty) -> None:
    site = county.warehouse.with_suffix(".store") / "data_docs"
    assert "示范农商行" in (site / "turnaround.html").read_text(encoding="utf-8")
    assert 'href="turnaround.html"' in (site / "index.html").read_text(encoding="utf-8")


def test_nobody_is_named_anywhere(county: AskedCounty) -> None:
    canaries = {row[c] for row in county.requests() for c in ("证件号码", "客户名称")}
    texts = [r.output for r in county.said.values() if hasattr(r, "output")]
    site = county.warehouse.with_suffix(".store") / "data_docs" / "turnaround.html"
    pages = [p.read_text(encoding="utf-8") for p in (county.root / "t.html", site)]
    assert canaries
    assert not [c for c in canaries for text in (*texts, *pages) if c in text]
    assert not [page for page in pages if "http://" in page.replace("http://www.w3.org", "")]


def test_what_the_guide_shows_can_be_read(tmp_path: Path) -> None:
    guide = (ROOT / "docs/howto/ask-institutions.md").read_text(encoding="utf-8")
    for path, text in re.findall(r"```yaml\n# (\S+)\n(.*?)```", guide, re.DOTALL):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    found = read_sources(tmp_path / "sources")["banking"]
    assert list(read_institutions(tmp_path / "sources/banking", found)) == ["J1"]


def test_another_key_is_refused(county: AskedCounty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDUI_PERSON_KEY", "another")
    refused = county.hedui("ask", "banking", deployed=True)
    assert refused.exit_code == 1
    assert "密钥" in str(refused.exception)
    assert len(list(county.banks.glob("J1/out/*"))) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["overdue", "--escalate"],
        ["overdue", "--remind"],
        ["overdue", "--escalate", "--clerk", "王某", "--as-of", "2026-05-27"],
        ["turnaround", "--out", "时效.pdf"],
    ],
)
def test_wrong_usage_is_exit_2(county: AskedCounty, arguments: list[str]) -> None:
    assert county.hedui(*arguments).exit_code == 2


def test_trouble_with_one_bank_is_one_line_and_keeps_no_other(
    county: AskedCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = deploy(tmp_path, county.inbox, county.warehouse)
    other.on(GONE, monkeypatch)
    (other.banks / "J1").rename(tmp_path / "gone")
    done = other.hedui("ask", "banking", "--again", deployed=True)
    assert done.exit_code == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("hedui: ")]
    assert len(lines) == 1
    assert lines[0].startswith("hedui: 示范银行：")
    assert list((other.banks / "J3/out").glob("HD_*.csv")), "the third was asked again"
