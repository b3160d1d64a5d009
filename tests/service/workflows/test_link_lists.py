"""Lists of links: what is kept in memory is what would be read, notes stand in words, what differs is marked, the blind stay blind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from casework.errors import BusyError
from casework.judgements import add_judgements
from household.linkage.judgements import PAIR, Judgement, link_ids
from service.access.actor import Scope
from service.access.roles import Role
from service.reading.explanations import Explanations
from service.reading.link_notes import OTHER, WORDS, Said, read_note
from service.reading.link_review import links_of_area
from service.reading.waiting_links import WaitingLinks
from warehouse.current import CurrentTables

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from fastapi import FastAPI
    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment

EVERYWHERE = Scope(("*",))


def judge(deployment: Deployment, pair: tuple[str, ...], answer: str, clerk: str) -> None:
    """One answer."""
    said = Judgement(*pair, answer, clerk, "核对了证件", "2026-05-21T09:30:00")
    add_judgements(deployment.casework, [said])


def links(deployment: Deployment, tier: str) -> list[tuple[str, ...]]:
    """Pairs of a tier."""
    with deployment.warehouse.borrowed() as tables:
        return tables.frame("person_link").filter(tier=tier).sort(PAIR).select(PAIR).rows()


def test_what_is_kept_in_memory_is_what_would_be_read(deployment: Deployment):
    waiting = WaitingLinks(deployment)
    with deployment.warehouse.borrowed() as tables:
        verdicts = tables.frame("household_verdict", columns=["region_code", "programme"])
    scopes = [
        EVERYWHERE,
        Scope((verdicts["region_code"].sort()[0][:9],)),
        Scope(("*",), (str(verdicts["programme"][0]),)),
        Scope(("110101",)),
    ]

    def compare() -> list[int]:
        with deployment.warehouse.borrowed() as tables:
            found = [waiting.of_area(tables, scope) for scope in scopes]
            for one, scope in zip(found, scopes, strict=True):
                read = links_of_area(tables, deployment, scope)
                assert one.select(sorted(one.columns)).equals(read.select(sorted(read.columns)))
        return [len(one) for one in found]

    counts = compare()
    assert counts[0] > counts[1] > counts[3] == 0
    weighed, sure = links(deployment, "C"), links(deployment, "A")
    judge(deployment, weighed[0], "same", "甲")
    judge(deployment, weighed[0], "not_same", "乙")
    judge(deployment, sure[0], "not_same", "甲")
    other = next(pair[2] for pair in sure if pair[2] != sure[1][2])
    judge(deployment, (*sure[1][:2], other), "same", "甲")
    assert compare()[0] > counts[0], "judged links are there, too"


def test_a_run_is_read_once(deployment: Deployment, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    ask = CurrentTables.ask

    def watched(self: CurrentTables, name: str, **values: object) -> pl.DataFrame:
        asked.append(name)
        return ask(self, name, **values)

    monkeypatch.setattr(CurrentTables, "ask", watched)
    waiting = WaitingLinks(deployment)
    with deployment.warehouse.borrowed() as tables:
        waiting.of_area(tables, EVERYWHERE)
        first = asked.copy()
        waiting.of_area(tables, EVERYWHERE)
        assert asked == first
        judge(deployment, links(deployment, "C")[0], "unsure", "甲")
        waiting.of_area(tables, EVERYWHERE)
    assert asked.count("link_candidates") == 1


def test_notes_are_read_in_words():
    note = "name_homophone+10.2 number_one_slip-3.1 repair=the number of this person; runner_up=+3.0; clerk_same 经人工认定为本人（判定 3）"
    told = read_note(note)
    assert told == (
        Said("name_homophone", "+10.2"),
        Said("number_one_slip", "-3.1"),
        Said("repair"),
        Said("runner_up", "+3.0"),
        Said("clerk_same"),
    )
    assert [one.against for one in told] == [False, True, False, False, False]
    assert read_note(note, blind=True) == told[:4]
    assert read_note("name_conflict 姓名不一致; former_id_no 原号码") == (
        Said("name_conflict"),
        Said("former_id_no"),
    )
    assert read_note(None) == ()
    assert read_note("99010119800101001X") == (Said(OTHER),)


def test_every_note_of_a_county_has_its_words_in_both_languages(
    deployment: Deployment, application: FastAPI
):
    with deployment.warehouse.borrowed() as tables:
        notes = tables.frame("person_link")["note"].unique().to_list()
    said = {one.word for note in notes for one in read_note(note)}
    assert {"name_equal", "name_conflict"} < said
    assert OTHER not in said
    for word in WORDS:
        for language in ("zh", "en"):
            assert application.state.pages.say(language, f"links.said_{word}")


def test_the_list_says_notes_in_words_and_marks_what_differs(
    client_of: Callable[..., TestClient],
):
    analyst = client_of(Role.ANALYST)
    for language, words in (("zh", "姓名相同"), ("en", "Same name")):
        analyst.cookies.set("hedui_language", language)
        page = analyst.get("/links").text
        assert words in page
        assert '<mark class="differs">' in page
        assert not re.search(r"name_equal|birth_equal|runner_up|repair=", page)
        assert not re.search(r"99[0-9]{15}[0-9Xx]", page)


def test_who_reads_blind_is_not_told_by_the_list(
    deployment: Deployment,
    own_county: CountyFiles,
    client_of: Callable[..., TestClient],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("household.linkage.queues.ONE_IN", 1)
    pair = links(deployment, "C")[0]
    judge(deployment, pair, "same", "A00009999")
    own_county.run_again()
    schema = dict.fromkeys(PAIR, pl.String())
    link = link_ids(pl.DataFrame([pair], schema=schema, orient="row"))[0]
    page = client_of(Role.ANALYST).get("/links?queue=second_reader").text
    row = next(part for part in page.split("<tr") if f"/links/{link}?" in part)
    assert "人工" not in row
    assert "<td>—</td>" in row, "nor by the tier that followed"
    assert "姓名" in row


def test_a_list_whose_sides_must_wait_is_there_all_the_same(
    client_of: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
):
    def busy(*_: object) -> None:
        raise BusyError("正在解释的行太多", "请稍后再试")

    monkeypatch.setattr(Explanations, "sides", busy)
    page = client_of(Role.ANALYST).get("/links")
    assert page.status_code == 200
    assert "姓名相同" in page.text
    assert "暂不能并列显示" in page.text
