"""The system administrator's pages: accounts made, narrowed, closed; what is shown once; what nobody may do to himself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doors import enter, person, send, visitor
from signing import new_account

from casework.accounts import find_account, set_second_factor
from service.access.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI
    from starlette.testclient import TestClient

    from casework.accounts import Account
    from casework.audit.entry import Entry
    from service.deployment import Deployment

_ONCE = re.compile(r"<dd><code>([^<]+)</code></dd>")
NEW = {
    "login": "li",
    "name": "李某",
    "role": "analyst",
    "regions": "3300，340102",
    "programmes": "dibao",
}


def known(deployment: Deployment, account_id: str) -> Account:
    found = find_account(deployment.casework, account_id=account_id)
    assert found is not None
    return found


def test_an_account_is_added_and_its_password_shown_once(
    application: FastAPI, deployment: Deployment, client_of: Callable[..., TestClient], written: list[Entry]
):  # fmt: skip
    administrator = client_of(Role.SYSTEM_ADMINISTRATOR)
    shown = send(administrator, "/accounts", "/accounts", **NEW)
    password = _ONCE.search(shown.text)[1]  # type: ignore[index]
    assert password not in repr(written)
    added = next(e for e in written if e.action == "account.added")
    assert added.details == {
        "role": "analyst",
        "regions": ("3300", "340102"),
        "programmes": ("dibao",),
    }
    account = known(deployment, added.subject_id)
    assert (account.login, account.regions, account.must_change) == ("li", ("3300", "340102"), True)
    assert password not in administrator.get(f"/accounts/{account.account_id}").text
    client = visitor(application)
    assert enter(client, "li", password).status_code == 303
    assert client.get("/queue").headers["location"] == "/account/password"
    again = send(administrator, "/accounts", "/accounts", **NEW)
    assert (again.status_code, "登录名已被使用" in again.text) == (422, True)


def test_scope_role_state_are_changed_by_another(
    deployment: Deployment, client_of: Callable[..., TestClient], written: list[Entry]
):
    administrator = client_of(Role.SYSTEM_ADMINISTRATOR)
    other = new_account(deployment, Role.SUPERVISOR)
    page = f"/accounts/{other.account_id}"
    for path, fields in (
        ("/scope", {"regions": "3300", "programmes": "dibao tekun"}),
        ("/role", {"role": "analyst"}),
        ("/subject", {"subject": "sub-7"}),
        ("/disable", {}),
    ):
        assert send(administrator, page + path, page, **fields).status_code == 303
    found = known(deployment, other.account_id)
    assert (found.regions, found.programmes, found.role) == (
        ("3300",),
        ("dibao", "tekun"),
        "analyst",
    )
    assert (found.oidc_subject, found.disabled_at is not None) == ("sub-7", True)
    assert send(administrator, page + "/enable", page).status_code == 303
    set_scope = next(e for e in written if e.action == "account.scope_set")
    assert (set_scope.subject_id, set_scope.details["regions"]) == (other.account_id, ("3300",))
    assert send(administrator, page + "/scope", page, regions="33%").status_code == 422
    assert send(administrator, "/accounts/A-none/scope", page, regions="33").status_code == 404


def test_nobody_raises_himself(deployment: Deployment, client_of: Callable[..., TestClient]):
    administrator = client_of(Role.SYSTEM_ADMINISTRATOR)
    own = administrator.account.account_id  # type: ignore[attr-defined]
    page = f"/accounts/{own}"
    before = known(deployment, own)
    for path, fields in (
        ("/scope", {"regions": "*"}),
        ("/role", {"role": "auditor"}),
        ("/disable", {}),
        ("/enable", {}),
        ("/reset", {}),
        ("/subject", {"subject": "x"}),
    ):
        answer = send(administrator, page + path, page, **fields)
        assert answer.status_code == 422, path
        assert "自己" in answer.text
    assert known(deployment, own) == before


def test_a_password_is_reset_and_sessions_end(
    application: FastAPI, deployment: Deployment, client_of: Callable[..., TestClient]
):
    administrator = client_of(Role.SYSTEM_ADMINISTRATOR)
    account = person(deployment, "wang")
    client = visitor(application)
    enter(client, "wang")
    page = f"/accounts/{account.account_id}"
    password = _ONCE.search(send(administrator, page + "/reset", page).text)[1]  # type: ignore[index]
    assert client.get("/account").status_code == 303
    assert enter(client, "wang").status_code == 422
    assert enter(client, "wang", password).status_code == 303
    set_second_factor(deployment.casework, account.account_id, "A" * 32)
    assert send(administrator, page + "/reset", page, what="second_factor").status_code == 303
    assert known(deployment, account.account_id).totp_secret is None
    assert client.get("/account").status_code == 303
    enter(client, "wang", password)
    assert send(administrator, page + "/sessions/end", page).status_code == 303
    assert client.get("/account").status_code == 303


def test_keys_are_made_shown_once_and_revoked(
    deployment: Deployment, client_of: Callable[..., TestClient], written: list[Entry]
):
    administrator = client_of(Role.SYSTEM_ADMINISTRATOR)
    system, analyst = new_account(deployment, Role.SERVICE), new_account(deployment, Role.ANALYST)
    page = f"/accounts/{system.account_id}"
    made = send(administrator, page + "/keys", page, days="30")
    key = _ONCE.search(made.text)[1]  # type: ignore[index]
    key_id, secret = key.split("_")[1:]
    assert secret not in administrator.get(page).text + repr(written)
    asked = {"Authorization": f"Bearer {key}"}
    answered = visitor(administrator.app).get("/api/v1/none", headers=asked)  # type: ignore[arg-type]
    assert answered.status_code == 404
    for days in ("0", "367", "x", ""):
        assert send(administrator, page + "/keys", page, days=days).status_code == 422
    other = f"/accounts/{analyst.account_id}"
    assert send(administrator, other + "/keys", page, days="30").status_code == 422
    assert send(administrator, f"{other}/keys/{key_id}/revoke", page).status_code == 404
    assert send(administrator, f"{page}/keys/{key_id}/revoke", page).status_code == 303
    assert "已失效" in administrator.get(page).text


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
