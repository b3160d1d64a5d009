"""The system administrator's pages: accounts made, narrowed, closed; what is shown once; what nobody may do to himself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from doors import enter, person, send, visitor
from signing import new_account

from casework.accounts import all_accounts, find_account, set_scope, set_second_factor
from casework.proposals import proposals, propose
from service.access.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI
    from httpx import Response
    from starlette.testclient import TestClient

    from casework.accounts import Account
    from casework.audit.entry import Entry
    from service.deployment import Deployment

_ONCE = re.compile(r"<dd><code>([^<]+)</code></dd>")
NEW = {
    "login": "li",
    "name": "李某",
    "role": "supervisor",
    "regions": "3300，340102",
    "programmes": "dibao",
    "reason": "新任主管",
}


def known(deployment: Deployment, account_id: str) -> Account:
    found = find_account(deployment.casework, account_id=account_id)
    assert found is not None
    return found


def agree(second: TestClient, decision: str = "agreed") -> int:
    """Settle the newest thing that waits; the answer's status."""
    waits = re.findall(r'action="/proposals/(T[0-9a-f]{20})"', second.get("/proposals").text)
    return send(
        second, f"/proposals/{waits[0]}", "/proposals", decision=decision, reason="核对无误"
    ).status_code


@pytest.fixture
def administrator(client_of: Callable[..., TestClient]) -> TestClient:
    return client_of(Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def second(client_of: Callable[..., TestClient]) -> TestClient:
    return client_of(Role.SYSTEM_ADMINISTRATOR)


def test_an_account_is_added_with_nothing_and_gets_what_two_people_say(
    application: FastAPI, deployment: Deployment, administrator: TestClient, second: TestClient, written: list[Entry]
):  # fmt: skip
    assert send(administrator, "/accounts", "/accounts", **NEW | {"reason": ""}).status_code == 422
    assert "li" not in [one.login for one in all_accounts(deployment.casework)]
    shown = send(administrator, "/accounts", "/accounts", **NEW)
    password = _ONCE.search(shown.text)[1]  # type: ignore[index]
    assert password not in repr(written)
    added = next(e for e in written if e.action == "account.added")
    account = known(deployment, added.subject_id)
    assert (account.login, account.role, account.regions, account.must_change) == (
        "li",
        "analyst",
        (),
        True,
    )
    assert password not in administrator.get(f"/accounts/{account.account_id}").text
    client = visitor(application)
    assert enter(client, "li", password).status_code == 303
    assert client.get("/queue").headers["location"] == "/account/password"
    again = send(administrator, "/accounts", "/accounts", **NEW)
    assert (again.status_code, "登录名已被使用" in again.text) == (422, True)
    assert "340102" in second.get("/proposals").text
    assert agree(second) == 303
    found = known(deployment, account.account_id)
    assert (found.role, found.regions, found.programmes) == (
        "supervisor",
        ("3300", "340102"),
        ("dibao",),
    )


def test_what_is_less_holds_at_once_and_what_is_more_waits(
    deployment: Deployment, administrator: TestClient, second: TestClient, written: list[Entry]
):
    other = new_account(deployment, Role.SUPERVISOR)
    page = f"/accounts/{other.account_id}"

    def grant(**told: str) -> int:
        return send(administrator, page + "/grant", page, **told).status_code

    less = {"role": "analyst", "regions": "3300 3401", "programmes": "dibao tekun"}
    assert grant(**less) == 303
    found = known(deployment, other.account_id)
    assert (found.regions, found.programmes, found.role) == (
        ("3300", "3401"),
        ("dibao", "tekun"),
        "analyst",
    )
    changed = next(e for e in written if e.action == "account.changed")
    assert (changed.subject_id, changed.details["regions"]) == (other.account_id, ("3300", "3401"))
    for more in (
        {"role": "supervisor"}, {"role": "auditor"}, {"role": "data_steward"}, {"role": "system_administrator"},
        {"regions": "33"}, {"regions": "*"}, {"regions": "3300 3401 11"}, {"programmes": "*"}, {"programmes": "dibao linshi"},
    ):  # fmt: skip
        assert grant(**less | more) == 422, "no reason"
        assert grant(**less | more, reason="工作调整") == 303
        assert known(deployment, other.account_id) == found
        assert agree(second, "refused") == 303
    assert grant(**less | {"regions": "330001"}) == 303
    assert known(deployment, other.account_id).regions == ("330001",)
    assert grant(**less | {"regions": "33%"}, reason="工作调整") == 422
    assert send(administrator, "/accounts/A-none/grant", page, regions="33").status_code == 404
    assert send(administrator, page + "/disable", page).status_code == 303
    assert known(deployment, other.account_id).disabled_at is not None
    assert grant(**less | {"regions": "*"}, reason="工作调整") == 422
    assert send(administrator, page + "/enable", page).status_code == 303


def test_nobody_agrees_to_his_own_wish_or_to_what_concerns_himself(
    deployment: Deployment, administrator: TestClient, second: TestClient
):
    new_account(deployment, Role.SUPERVISOR)  # who could agree
    own = second.account.account_id  # type: ignore[attr-defined]
    page = f"/accounts/{own}"
    asked = {"role": "auditor", "regions": "*", "programmes": "*", "reason": "转岗"}
    assert send(administrator, page + "/grant", page, **asked).status_code == 303
    assert agree(administrator) == 422
    assert agree(second) == 422
    assert known(deployment, own).role == "system_administrator"


def test_nobody_raises_himself(
    deployment: Deployment, administrator: TestClient, second: TestClient
):
    own = administrator.account.account_id  # type: ignore[attr-defined]
    page = f"/accounts/{own}"
    before = known(deployment, own)
    for path, fields in (
        ("/grant", {"regions": "*"}),
        ("/grant", {"role": "auditor", "regions": "*", "programmes": "*"}),
        ("/disable", {}),
        ("/enable", {}),
        ("/reset", {}),
        ("/reset", {"what": "second_factor"}),
        ("/subject", {"subject": "x"}),
        ("/subject", {"subject": ""}),
    ):
        answer = send(administrator, page + path, page, **fields, reason="试试")
        assert answer.status_code == 422, path
        assert "自己" in answer.text
    assert known(deployment, own) == before
    assert "等待" not in second.get(page).text


def test_a_supervisor_agrees_within_the_own_area_only(
    deployment: Deployment, administrator: TestClient, client_of: Callable[..., TestClient]
):
    """Where there is one administrator, a supervisor is the second person; not beyond what he may see himself."""
    other = new_account(deployment, Role.ANALYST, regions=("330001",))
    page = f"/accounts/{other.account_id}"

    def ask(regions: str) -> Response:
        told = {"role": "analyst", "regions": regions, "programmes": "*", "reason": "工作调整"}
        return send(administrator, page + "/grant", page, **told)

    refused = ask("3300")
    assert (refused.status_code, "hedui accounts" in refused.text) == (422, True)
    client_of(Role.ANALYST)
    client_of(Role.SUPERVISOR, regions=("3400",))
    assert ask("3300").status_code == 422, "none of them may agree"
    near = client_of(Role.SUPERVISOR, regions=("33",))
    assert ask("3300").status_code == 303
    far = client_of(Role.SUPERVISOR, regions=("34",))
    assert "/proposals/T" not in far.get("/proposals").text
    assert agree(near) == 303
    assert known(deployment, other.account_id).regions == ("3300",)
    assert ask("*").status_code == 422


def test_an_administrator_sees_no_proposal_about_a_family(
    deployment: Deployment, administrator: TestClient, client_of: Callable[..., TestClient]
):
    for kind in ("objection.reject", "export.queue", "something.else"):
        told = {
            "kind": kind,
            "subject": ("application", "SQ-SECRET"),
            "payload": {},
            "reason": "说明",
        }
        propose(deployment.casework, **told, by="A1", at="2026-05-20", expires_at="2999-01-01")  # type: ignore[arg-type]
    text = administrator.get("/proposals").text
    assert "SQ-SECRET" not in text
    (proposal, *_) = proposals(deployment.casework, kinds=("objection.reject",))
    told = {"decision": "agreed", "reason": "同意"}
    answer = send(administrator, f"/proposals/{proposal.proposal_id}", "/account", **told)
    assert answer.status_code == 404
    assert "SQ-SECRET" in client_of(Role.SUPERVISOR).get("/proposals").text


def test_a_password_is_reset_by_two_and_sessions_end(
    application: FastAPI, deployment: Deployment, administrator: TestClient, second: TestClient
):
    account = person(deployment, "wang")
    client = visitor(application)
    enter(client, "wang")
    page = f"/accounts/{account.account_id}"
    assert send(administrator, page + "/reset", page).status_code == 422, "no reason"
    assert send(administrator, page + "/reset", page, reason="忘记口令").status_code == 303
    (asked,) = proposals(deployment.casework)
    early = send(administrator, f"{page}/reset/{asked.proposal_id}", page)
    assert (early.status_code, client.get("/account").status_code) == (422, 200)
    assert agree(second) == 303
    assert send(second, f"{page}/reset/{asked.proposal_id}", page).status_code == 422, "not his"
    other = person(deployment, "li")
    wrong = f"/accounts/{other.account_id}/reset/{asked.proposal_id}"
    assert send(administrator, wrong, page).status_code == 422, "not about that account"
    assert client.get("/account").status_code == 200
    assert f"{page}/reset/{asked.proposal_id}" in administrator.get(page).text
    shown = send(administrator, f"{page}/reset/{asked.proposal_id}", page)
    password = _ONCE.search(shown.text)[1]  # type: ignore[index]
    assert client.get("/account").status_code == 303
    assert enter(client, "wang").status_code == 422
    assert enter(client, "wang", password).status_code == 303
    assert send(administrator, f"{page}/reset/{asked.proposal_id}", page).status_code == 422, "once"
    assert send(administrator, page + "/sessions/end", page).status_code == 303
    assert client.get("/account").status_code == 303


def test_a_second_factor_is_taken_away_and_an_identity_linked_by_two(
    application: FastAPI, deployment: Deployment, administrator: TestClient, second: TestClient
):
    account = person(deployment, "wang")
    client = visitor(application)
    enter(client, "wang")
    set_second_factor(deployment.casework, account.account_id, "A" * 32)
    page = f"/accounts/{account.account_id}"
    told = {"what": "second_factor", "reason": "手机遗失"}
    assert send(administrator, page + "/reset", page, **told).status_code == 303
    assert known(deployment, account.account_id).second_factor
    assert agree(second) == 303
    assert not known(deployment, account.account_id).second_factor
    assert client.get("/account").status_code == 303
    assert (
        send(administrator, page + "/subject", page, subject="sub-7", reason="接入").status_code
        == 303
    )
    assert known(deployment, account.account_id).oidc_subject is None
    assert agree(second) == 303
    assert known(deployment, account.account_id).oidc_subject == "sub-7"
    assert send(administrator, page + "/subject", page, subject="").status_code == 303
    assert known(deployment, account.account_id).oidc_subject is None


def test_keys_are_made_by_two_shown_once_and_revoked(
    deployment: Deployment, administrator: TestClient, second: TestClient, written: list[Entry]
):
    system, analyst = new_account(deployment, Role.SERVICE), new_account(deployment, Role.ANALYST)
    page = f"/accounts/{system.account_id}"
    for days in ("0", "367", "x", ""):
        assert (
            send(administrator, page + "/keys", page, days=days, reason="接入").status_code == 422
        )
    other = f"/accounts/{analyst.account_id}"
    assert send(administrator, other + "/keys", page, days="30", reason="接入").status_code == 422
    assert send(administrator, page + "/keys", page, days="30", reason="接入").status_code == 303
    assert agree(second) == 303
    (asked,) = proposals(deployment.casework)
    made = send(administrator, f"{page}/keys/{asked.proposal_id}", page)
    key = _ONCE.search(made.text)[1]  # type: ignore[index]
    key_id, secret = key.split("_")[1:]
    assert secret not in administrator.get(page).text + repr(written)
    wanted = {"Authorization": f"Bearer {key}"}
    answered = visitor(administrator.app).get("/api/v1/none", headers=wanted)  # type: ignore[arg-type]
    assert answered.status_code == 404
    assert send(administrator, f"{other}/keys/{key_id}/revoke", page).status_code == 404
    assert send(administrator, f"{page}/keys/{key_id}/revoke", page).status_code == 303
    assert "已失效" in administrator.get(page).text


def test_what_the_facts_refuse_says_why_and_is_put_forward_again_by_one_click(
    deployment: Deployment, administrator: TestClient, second: TestClient
):
    other = new_account(deployment, Role.ANALYST, regions=("330001",))
    page = f"/accounts/{other.account_id}"
    wish = {"role": "supervisor", "regions": "330001", "programmes": "*", "reason": "任主管"}
    assert send(administrator, page + "/grant", page, **wish).status_code == 303
    set_scope(deployment.casework, other.account_id, regions=["330002"], programmes=["*"], by="x")
    assert agree(second) == 422
    (refused,) = proposals(deployment.casework)
    assert (refused.decision, refused.failure) == ("agreed", "账号的角色或范围在提出之后已变")
    assert known(deployment, other.account_id).role == "analyst"
    assert "未能办理：账号的角色或范围在提出之后已变" in second.get("/proposals").text
    told = administrator.get(page).text
    assert "未能办理：账号的角色或范围在提出之后已变" in told
    again = f"/proposals/{refused.proposal_id}/again"
    assert again in told
    assert send(administrator, again, page).headers["location"] == page
    assert send(administrator, again, page).status_code == 422, "it waits already"
    assert again not in administrator.get(page).text
    assert agree(second) == 303
    found = known(deployment, other.account_id)
    assert (found.role, found.regions) == ("supervisor", ("330001",))


def test_whoever_may_not_propose_puts_nothing_forward_again(
    deployment: Deployment, client_of: Callable[..., TestClient], administrator: TestClient, second: TestClient
):  # fmt: skip
    other = new_account(deployment, Role.ANALYST, regions=("330001",))
    page = f"/accounts/{other.account_id}"
    send(administrator, page + "/reset", page, what="second_factor", reason="手机遗失")
    send(administrator, page + "/disable", page)
    assert agree(second) == 422
    (refused,) = proposals(deployment.casework)
    again = f"/proposals/{refused.proposal_id}/again"
    for role in (Role.ANALYST, Role.SUPERVISOR, Role.AUDITOR):
        assert send(client_of(role), again).status_code == 404
    assert send(administrator, again).status_code == 422, "still closed"
    send(administrator, page + "/enable", page)
    assert send(administrator, again).status_code == 303


def test_texts_of_strangers_are_inert(deployment: Deployment, client_of: Callable[..., TestClient]):
    administrator = client_of(Role.SYSTEM_ADMINISTRATOR)
    hostile = "<script>alert(1)</script>{{7*7}}"
    new_account(deployment, Role.ANALYST, name=hostile)
    text = administrator.get("/accounts").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in text


def test_pages_are_told_in_english_too(client_of: Callable[..., TestClient]):
    administrator = client_of(Role.SYSTEM_ADMINISTRATOR)
    administrator.cookies.set("hedui_language", "en")
    assert "Add an account" in administrator.get("/accounts").text
    assert "Change password" in administrator.get("/account").text
