"""The auditor's pages: what they show, who may see them, and that looking at them is written down too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from casework.audit.entry import Entry
from casework.audit.harvest import ALARM, LIMIT
from casework.audit.reading import Where, newest
from casework.audit.segments import segment_file
from casework.audit.verify import verify
from service.access.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page
    from starlette.testclient import TestClient

    from casework.audit.entry import Line
    from service.deployment import Deployment

Clients = "Callable[..., TestClient]"


def entries(deployment: Deployment, **where: str) -> list[Line]:
    return newest(deployment.audit.folder, Where(**where), limit=1000).lines


def a_place(deployment: Deployment) -> tuple[str, str]:
    with deployment.warehouse.borrowed() as tables:
        row = tables.frame("roster_person").row(0, named=True)
    return row["person_ref"], row["application_id"]


def verify_form(client: TestClient) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', client.get("/audit").text)
    assert found is not None
    return {"csrf_token": found[1]}


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.AUDITOR, Role.SERVICE)])
def test_only_auditors(client_of: Callable[..., TestClient], deployment: Deployment, role: Role):
    client = client_of(role)
    for path in ("/audit", "/audit/persons/Pabc", "/audit/person?person_ref=Pabc"):
        assert client.get(path).status_code == 403
    (denied, *_) = entries(deployment, outcome="denied")
    assert denied.entry.actor_id == client.account.account_id  # type: ignore[attr-defined]


def test_a_look_is_listed_with_who_what_and_why(
    client_of: Callable[..., TestClient], deployment: Deployment
):
    deployment.audit.record(
        Entry(
            "person.unmask",
            "A77",
            "钱某",
            "analyst",
            subject_kind="person",
            subject_id="P1",
            reason="更正地址",
        )
    )
    page = client_of(Role.AUDITOR).get("/audit")
    assert page.status_code == 200
    for text in ("钱某", "person.unmask", "查看原文", "P1", "更正地址", "2026-05-20 09:00"):
        assert text in page.text
    assert entries(deployment)[0].entry.action == "audit.list"


def test_filters_and_older_pages(client_of: Callable[..., TestClient], deployment: Deployment):
    for number in range(120):
        deployment.audit.record(
            Entry("alert.read", f"U{number % 2}", subject_kind="alert", subject_id=f"AL{number}")
        )
    client = client_of(Role.AUDITOR)
    seen: list[str] = []
    path = "/audit?actor=U1&action=alert"
    while path:
        page = client.get(path).text
        seen += re.findall(r"<code>(AL\d+)</code>", page)
        found = re.search(r'href="(/audit\?[^"]*before=\d+)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == [f"AL{n}" for n in range(119, 0, -2)]
    assert "AL7<" in client.get("/audit?subject=AL7").text
    assert "AL7<" not in client.get("/audit?until=2026-05-19").text
    assert "AL7<" in client.get("/audit?subject=AL7&since=2026-05-20&until=2026-05-20").text


@pytest.mark.parametrize(
    "query",
    [
        "before=0",
        "before=x",
        "since=x&until=99",
        "actor=" + "x" * 500,
        "outcome=%3Cscript%3E",
        "subject=%00",
    ],
)
def test_odd_filters_do_no_harm(client_of: Callable[..., TestClient], query: str):
    answer = client_of(Role.AUDITOR).get(f"/audit?{query}")
    assert answer.status_code in (200, 400, 422)
    assert "<script>" not in answer.text


def test_hostile_texts_are_inert(client_of: Callable[..., TestClient], deployment: Deployment):
    hostile = '"><script>alert(1)</script>'
    deployment.audit.record(
        Entry(
            "household.read",
            hostile,
            hostile,
            hostile,
            subject_kind=hostile,
            subject_id=hostile,
            reason=hostile,
            address=hostile,
            details={hostile: hostile},
        )
    )
    assert "<script>alert" not in client_of(Role.AUDITOR).get("/audit").text


def test_verify_says_whole_and_then_where_not(
    client_of: Callable[..., TestClient], deployment: Deployment
):
    client = client_of(Role.AUDITOR)
    for number in range(5):
        deployment.audit.record(Entry("alert.read", "U1", subject_id=f"AL{number}"))
    assert client.post("/audit/verify").status_code == 403  # without the page's own token
    page = client.post("/audit/verify", data=verify_form(client))
    assert page.status_code == 200
    assert "完好" in page.text
    assert entries(deployment, action="audit.verified")[0].entry.outcome == "done"
    assert "到第" in client.get("/audit").text
    path = segment_file(deployment.audit.folder, 1)
    with path.open("r+b") as file:
        whole = file.read()
        file.seek(whole.index(b"AL3"))
        file.write(b"AL9")
    page = client.post("/audit/verify", data=verify_form(client))
    assert "该行内容被改动" in page.text
    assert entries(deployment, action="audit.verified")[0].entry.outcome == "failed"
    assert "有问题" in client.get("/audit").text


def test_bulk_reading_is_shown(client_of: Callable[..., TestClient], deployment: Deployment):
    for number in range(LIMIT + 1):
        deployment.audit.record(
            Entry(
                "household.read",
                "U9",
                "孙某",
                "analyst",
                subject_kind="application",
                subject_id=f"A{number}",
            )
        )
    assert len(entries(deployment, action=ALARM)) == 1
    assert f"孙某 一小时内查阅了 {LIMIT + 1} 户" in client_of(Role.AUDITOR).get("/audit").text


def test_a_persons_ledger(client_of: Callable[..., TestClient], deployment: Deployment):
    person, application = a_place(deployment)
    looker = client_of(Role.ANALYST, name="李某")
    assert looker.get(f"/applications/{application}").status_code == 200
    client = client_of(Role.AUDITOR)
    to = client.get(f"/audit/person?person_ref={person}")
    assert to.headers["location"] == f"/audit/persons/{person}"
    page = client.get(to.headers["location"])
    assert page.status_code == 200
    assert "李某" in page.text
    assert application in page.text
    assert entries(deployment)[0].entry.subject_id == person
    assert client.get("/audit/persons/Pnobody").status_code == 404
    assert client.get("/audit/person?person_ref=../x").status_code == 404


def test_the_service_anchors_and_its_log_holds(
    client_of: Callable[..., TestClient], deployment: Deployment
):
    client_of(Role.AUDITOR).get("/audit")
    deployment.audit.close()
    assert deployment.audit.anchors is not None
    (place,) = deployment.audit.anchors.places
    anchors = place.anchors()
    assert anchors[-1].seq == deployment.audit.head.seq
    assert verify(deployment.audit.folder, anchors=anchors).holds


def test_in_a_browser(signed_in_page: Callable[..., Page], deployment: Deployment):
    person, application = a_place(deployment)
    deployment.audit.record(
        Entry(
            "household.read",
            "U1",
            "周某",
            "analyst",
            subject_kind="application",
            subject_id=application,
            reason="复核",
        )
    )
    page = signed_in_page(Role.AUDITOR)
    trouble: list[str] = []
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.goto("/audit")
    page.get_by_label("人员代号").fill(person)
    page.get_by_role("button", name="查找").press("Enter")
    expect(page.get_by_text("周某").first).to_be_visible()
    page.goto("/audit")
    page.get_by_role("button", name="核验整条链").click()
    expect(page.get_by_role("status")).to_have_text("完好")
    page.goto("/audit")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Verify the whole chain")).to_be_visible()
    assert trouble == []
