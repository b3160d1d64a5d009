"""A clear value leaves once, for a reason, written down before; in no other way."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from casework.audit.errors import AuditUnavailable
from service.access.roles import Role
from service.reading.papers import SourceShelves

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpx import Response
    from starlette.testclient import TestClient

    from service.deployment import Deployment

REASON = "入户核查时需与证件核对"


@pytest.fixture
def target(deployment: Deployment) -> dict[str, Any]:
    """An application, a person of it with papers, a bank row of it, and what stands there in clear."""
    with deployment.warehouse.borrowed() as tables:
        shelf = SourceShelves().of(tables, deployment.warehouse.path)
        assert shelf is not None
        rows = tables.frame("evidence").filter(
            pl.col("dataset").cast(pl.String) == "banking.account"
        )
        row = rows.row(0, named=True)
        place = tables.frame("evidence_source", evidence_id=row["evidence_id"]).row(0, named=True)
        _, bank = shelf.line(place["sha256"], place["line"])
        roster = tables.frame("roster_person", application_id=row["application_id"])
        number = roster.filter(person_ref=row["person_ref"])["member_no"][0]
        paper = shelf.roster(row["application_id"]).filter(member_no=number).row(0, named=True)
    return {**row, "bank": bank.row(0, named=True), "paper": paper}


def ask(client: TestClient, path: str, **form: str) -> Response:
    token = re.search(r'name="csrf_token" value="(\w+)"', client.get("/queue").text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **form}, headers={"HX-Request": "true"})


def entries(deployment: Deployment, action: str) -> list[dict[str, Any]]:
    lines = [
        json.loads(line)
        for file in sorted(deployment.audit.folder.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    return [line for line in lines if line["action"] == action]


def of_person(target: dict[str, Any]) -> str:
    return f"/applications/{target['application_id']}/people/{target['person_ref']}/unmask"


def of_row(target: dict[str, Any]) -> str:
    return f"/applications/{target['application_id']}/evidence/{target['evidence_id']}/unmask"


def test_one_group_is_shown_once_and_stands_in_the_log(
    deployment: Deployment, client_of: Callable[..., TestClient], target: dict[str, Any]
):
    client = client_of(Role.ANALYST)
    answer = ask(client, of_person(target), group="identity", reason=REASON)
    told = html.unescape(answer.text)
    assert answer.status_code == 200
    assert target["paper"]["name"] in told
    assert target["paper"]["id_no"] in told
    assert (target["paper"]["phone"] or "nothing") not in told
    assert "<html" not in told
    assert answer.headers["cache-control"] == "no-store"
    (entry,) = entries(deployment, "person.unmask")
    assert entry["reason"] == REASON
    assert (entry["subject_kind"], entry["subject_id"]) == ("person", target["person_ref"])
    assert entry["details"]["group"] == "identity"
    assert entry["details"]["applications"] == [target["application_id"]]
    assert target["paper"]["name"] not in json.dumps(entry, ensure_ascii=False)
    again = client.get(f"/applications/{target['application_id']}").text
    assert target["paper"]["name"] not in again


def test_a_row_shows_the_group_that_was_asked_for(
    client_of: Callable[..., TestClient], target: dict[str, Any]
):
    client = client_of(Role.ANALYST)
    account = html.unescape(ask(client, of_row(target), group="account", reason=REASON).text)
    assert target["bank"]["account_no"] in account
    assert target["bank"]["name"] not in account
    nothing = html.unescape(ask(client, of_row(target), group="health", reason=REASON).text)
    assert "没有这类脱敏内容" in nothing


UNFIT = (
    {"group": "identity"},
    {"group": "identity", "reason": "核查"},
    {"group": "identity", "reason": "   核   "},
    {"group": "identity", "reason": "核对本人 990101199001010011"},
    {"group": "identity", "reason": "核对本人 ９９０１０１１９９００１０１００１１"},
    {"group": "identity", "reason": "长" * 600},
    {"group": "everything", "reason": REASON},
)


def test_without_a_fit_reason_nothing_is_shown(
    deployment: Deployment, client_of: Callable[..., TestClient], target: dict[str, Any]
):
    client = client_of(Role.ANALYST)
    for form in UNFIT:
        answer = ask(client, of_person(target), **form)
        assert answer.status_code == 422, form
        assert target["paper"]["name"] not in html.unescape(answer.text)
        assert target["paper"]["id_no"] not in answer.text
    assert entries(deployment, "person.unmask") == []


def test_when_the_log_cannot_be_written_nothing_is_shown(
    deployment: Deployment,
    client_of: Callable[..., TestClient],
    target: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
):
    client, record = client_of(Role.ANALYST), deployment.audit.record

    def refuse(entry: Any) -> int:
        if entry.action == "person.unmask":
            raise AuditUnavailable("审计日志无法写入", "请联系维护人员")
        return record(entry)

    monkeypatch.setattr(deployment.audit, "record", refuse)
    answer = ask(client, of_person(target), group="identity", reason=REASON)
    assert answer.status_code == 503
    assert target["paper"]["name"] not in html.unescape(answer.text)


def test_only_by_a_signed_form(client_of: Callable[..., TestClient], target: dict[str, Any]):
    client = client_of(Role.ANALYST)
    assert client.get(of_person(target)).status_code == 405
    forged = client.post(of_person(target), data={"group": "identity", "reason": REASON})
    assert forged.status_code == 403
    for role in (Role.AUDITOR, Role.DATA_STEWARD, Role.SYSTEM_ADMINISTRATOR):
        assert client_of(role).post(of_person(target), data={}).status_code == 403


def test_a_person_of_another_application_does_not_come_by_way_of_this_one(
    deployment: Deployment, client_of: Callable[..., TestClient], target: dict[str, Any]
):
    with deployment.warehouse.borrowed() as tables:
        roster = tables.frame("roster_person")
    own = roster.filter(application_id=target["application_id"])["person_ref"]
    other = roster.filter(~pl.col("person_ref").is_in(own.implode()))["person_ref"][0]
    path = f"/applications/{target['application_id']}/people/{other}/unmask"
    assert ask(client_of(Role.ANALYST), path, group="identity", reason=REASON).status_code == 404
