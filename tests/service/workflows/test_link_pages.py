"""Clerical review: what waits is shown masked, what is answered is kept and does not come back, the second reader reads blind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
import pytest

from casework.judgements import read_judgements
from command.links import QUEUES as COMMAND_QUEUES
from household.linkage.judgements import link_ids
from household.linkage.queues import QUEUES, is_read_twice
from service.access.roles import Role
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment

LINK = re.compile(r'href="/links/([0-9a-f]{16})\?')


def waiting(client: TestClient, queue: str = "clerical") -> list[str]:
    return LINK.findall(client.get(f"/links?queue={queue}").text)


def answer(client: TestClient, link: str, said: str, **more: str) -> str:
    page = client.get(f"/links/{link}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    data = {"csrf_token": token[1], "answer": said, "preset": "name_and_birth", **more}
    reply = client.post(f"/links/{link}", data=data)
    assert reply.status_code == 303, reply.text
    return str(reply.headers["location"])


@pytest.fixture
def candidates(county: CountyFiles) -> pl.DataFrame:
    """Links of tiers C and D of the county, with their ids."""
    links = read_current(county.warehouse, "person_link")
    links = links.with_columns(link_ids(links))
    return links.filter(pl.col("tier").is_in(["C", "D"]), pl.col("decided_by") != "clerk")


def test_the_queue_holds_what_waits_for_a_clerk(
    client_of: Callable[..., TestClient], candidates: pl.DataFrame
):
    shown = waiting(client_of(Role.ANALYST))
    assert 0 < len(candidates) <= 50, "one page"
    assert set(shown) == set(candidates["link_id"])


def test_a_pair_shows_no_key_and_marks_what_differs(
    client_of: Callable[..., TestClient], candidates: pl.DataFrame
):
    analyst, marked = client_of(Role.ANALYST), 0
    for row in candidates.head(12).iter_rows(named=True):
        page = analyst.get(f"/links/{row['link_id']}")
        assert page.status_code == 200
        assert row["record_key"] not in page.text
        assert "data:image/svg+xml;base64," in page.text
        if re.search(r"第 [\d、]+ [字位]不同", page.text):
            assert '<mark class="differs">' in page.text
            marked += 1
    assert marked, "some pair of the county differs at a place"


def test_an_answer_is_kept_and_the_pair_does_not_come_back(
    client_of: Callable[..., TestClient], deployment: Deployment
):
    analyst = client_of(Role.ANALYST)
    before = waiting(analyst)
    target = answer(analyst, before[0], "same", reason="已核对")
    assert target.startswith("/links/next")
    log = read_judgements(deployment.casework)
    assert log.select("answer", "clerk", "reason").rows() == [
        ("same", analyst.account.account_id, "姓名与出生日期一致；已核对")
    ]
    assert before[0] not in waiting(analyst)
    answer(analyst, before[1], "unsure", preset="unclear")
    assert before[1] in waiting(analyst), "who is unsure leaves it to others"


def test_a_reason_with_a_number_of_somebody_is_refused(
    client_of: Callable[..., TestClient], deployment: Deployment
):
    analyst = client_of(Role.ANALYST)
    link = waiting(analyst)[0]
    page = analyst.get(f"/links/{link}").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    data = {"csrf_token": token[1], "answer": "same", "reason": "见 99010119900101001X"}
    assert analyst.post(f"/links/{link}", data=data).status_code == 422
    assert read_judgements(deployment.casework).is_empty()


def test_the_second_reader_reads_blind_and_contradictions_go_to_a_supervisor(
    client_of: Callable[..., TestClient], candidates: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("household.linkage.queues.ONE_IN", 1)  # everything is drawn
    first, second = client_of(Role.ANALYST), client_of(Role.ANALYST)
    link = waiting(first)[0]
    answer(first, link, "same")
    assert link not in waiting(first, "second_reader"), "nobody reads his own a second time"
    assert link in waiting(second, "second_reader")
    blind = second.get(f"/links/{link}?queue=second_reader").text
    assert "您看不到先前的结论" in blind
    assert "data:image/svg+xml" not in blind
    assert "已有判定：" not in blind
    answer(second, link, "not_same", queue="second_reader")
    supervisor = client_of(Role.SUPERVISOR)
    assert link in waiting(supervisor, "conflicts")
    assert first.get("/links?queue=conflicts").status_code == 404
    assert "其中相反 1 对" in supervisor.get("/links").text


def test_the_command_line_knows_the_same_queues():
    assert COMMAND_QUEUES == QUEUES


def test_whether_a_pair_is_read_twice_is_nobodys_choice():
    drawn = [f"{number:016x}" for number in range(4000) if is_read_twice(f"{number:016x}")]
    assert 320 < len(drawn) < 480
    assert drawn == [one for one in drawn if is_read_twice(one)]


def test_out_of_area_there_is_no_such_pair(
    client_of: Callable[..., TestClient], candidates: pl.DataFrame
):
    stranger = client_of(Role.ANALYST, regions=("110101",))
    assert waiting(stranger) == []
    assert stranger.get(f"/links/{candidates['link_id'][0]}").status_code == 404
