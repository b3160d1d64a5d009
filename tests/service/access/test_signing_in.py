"""Signing in: what the answer shows and does not, growing delays, tokens that are new each time, sessions that end at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from doors import PASSWORD, enter, person, send, token_in, visitor

from casework.accounts import (
    disable_account,
    second_factor_secret,
    set_password,
    set_role,
    set_scope,
    set_second_factor,
)
from casework.audit.errors import AuditUnavailable
from casework.tables.accounts import KNOWN_DEVICE
from service.access.second_factor import STEP_SECONDS, _made, new_secret
from service.app import create_app
from service.settings import ServiceSettings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from casework.audit.entry import Entry
    from service.deployment import Deployment

WRONG = "another wrong guess"


def test_a_person_signs_in_and_out(
    application: FastAPI, deployment: Deployment, written: list[Entry]
):
    person(deployment, "wang")
    client = visitor(application)
    asked = client.get("/account")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=/account")
    done = enter(client, "ＷＡＮＧ ", next="/account")
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    cookie = next(c for c in done.headers.get_list("set-cookie") if "hedui_session" in c)
    assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
    assert client.get("/account").status_code == 200
    kept = client.cookies["hedui_session"]
    assert send(client, "/sign-out").headers["location"] == "/sign-in"
    client.cookies.set("hedui_session", kept)
    assert client.get("/account").status_code == 303
    told = [e.action for e in written if e.action.startswith("session")]
    assert told == ["session.login", "session.logout"]


def test_cookies_go_over_tls_only_behind_tls(deployment: Deployment):
    behind = replace(deployment, settings=ServiceSettings(behind_tls=True))
    person(deployment, "wang")
    client = visitor(create_app(behind))
    client.base_url = client.base_url.copy_with(scheme="https")
    page = client.get("/sign-in")
    done = client.post(
        "/sign-in", data={"csrf_token": token_in(page), "login": "wang", "password": PASSWORD}
    )
    cookies = [*page.headers.get_list("set-cookie"), *done.headers.get_list("set-cookie")]
    assert len(cookies) == 4
    assert all("Secure" in cookie for cookie in cookies)
    assert "max-age" in done.headers["strict-transport-security"]


def test_what_was_wrong_is_not_told(
    application: FastAPI, deployment: Deployment, written: list[Entry]
):
    closed = person(deployment, "closed")
    disable_account(deployment.casework, closed.account_id, by="tests", at="x")
    person(deployment, "wang")
    pages = [
        enter(visitor(application), "wang", WRONG),
        enter(visitor(application), "nobody-here"),
        enter(visitor(application), "closed"),
        enter(visitor(application), "99010119900101001x", PASSWORD),
    ]
    assert {page.status_code for page in pages} == {422}
    assert (
        len(
            {
                page.text.replace(token_in(page), "").replace(page.headers["x-correlation-id"], "")
                for page in pages
            }
        )
        == 1
    )
    failed = [e for e in written if e.action == "session.login"]
    assert [e.outcome for e in failed] == ["failed"] * 4
    assert "9901" not in repr(failed)


def test_guessing_is_slowed_for_the_account_and_never_for_others(
    application: FastAPI, deployment: Deployment
):
    person(deployment, "wang")
    person(deployment, "li")
    tried = [enter(visitor(application), "wang", WRONG).status_code for _ in range(7)]
    assert tried == [422] * 5 + [429] * 2
    slowed = enter(visitor(application), "wang")  # even the right one waits
    assert slowed.status_code == 429
    assert int(slowed.headers["retry-after"]) >= 1
    assert enter(visitor(application), "li").status_code == 303


def test_a_success_ends_the_delay(application: FastAPI, deployment: Deployment):
    person(deployment, "wang")
    for _ in range(2):
        for _ in range(4):
            enter(visitor(application), "wang", WRONG)
        assert enter(visitor(application), "wang").status_code == 303


def test_typing_a_colleagues_name_closes_neither_his_browser_nor_other_places(
    application: FastAPI, deployment: Deployment
):
    for login in ("wang", "li", "zhao"):
        person(deployment, login)
    desk = visitor(application, address="10.0.0.5")
    cookie = enter(desk, "wang").headers.get_list("set-cookie")[-1]
    assert cookie.startswith("hedui_device=")
    assert {"HttpOnly", "Path=/sign-in", "SameSite=strict"} <= set(cookie.split("; "))
    send(desk, "/sign-out")
    rogue = visitor(application, address="10.0.0.5")  # behind the same proxy
    told = [enter(rogue, login, WRONG).status_code for login in ("wang", "li", "zhao") * 20]
    assert told.count(422) <= 30
    assert told[-1] == 429
    assert enter(visitor(application, address="10.0.0.5"), "wang").status_code == 429
    assert enter(desk, "wang").status_code == 303, "his browser is known"
    assert enter(visitor(application, address="10.0.0.6"), "li").status_code == 303, "elsewhere"


def test_many_addresses_guess_no_faster_for_long(application: FastAPI, deployment: Deployment):
    person(deployment, "wang")
    desk = visitor(application, address="10.9.9.9")
    enter(desk, "wang")
    told = [
        enter(visitor(application, address=f"10.0.{n}.1"), "wang", WRONG).status_code
        for n in range(34)
    ]
    assert told.count(422) == 30
    assert enter(visitor(application, address="10.1.1.1"), "wang").status_code == 429
    assert enter(desk, "wang").status_code == 303


def test_a_known_browser_guesses_no_faster_and_is_known_for_its_own_accounts_only(
    application: FastAPI, deployment: Deployment
):
    person(deployment, "wang")
    person(deployment, "li")
    desk = visitor(application)
    enter(desk, "wang")
    send(desk, "/sign-out")
    assert [enter(desk, "wang", WRONG).status_code for _ in range(7)] == [422] * 5 + [429] * 2
    assert [enter(desk, "li", WRONG).status_code for _ in range(7)] == [422] * 5 + [429] * 2
    assert enter(visitor(application), "li").status_code == 429, "counted for the address"


def test_a_mark_that_was_made_up_planted_or_is_old_is_worth_nothing(
    application: FastAPI, deployment: Deployment
):
    wang = person(deployment, "wang")

    def slowed(token: str) -> bool:
        client = visitor(application)
        client.cookies.set("hedui_device", token, path="/sign-in")
        return enter(client, "wang").status_code == 429

    desk = visitor(application, address="10.0.0.5")
    desk.cookies.set("hedui_device", "f" * 64, path="/sign-in")
    enter(desk, "wang")
    given = [c.value for c in desk.cookies.jar if c.name == "hedui_device" and c.value != "f" * 64]
    for _ in range(6):
        enter(visitor(application), "wang", WRONG)
    assert slowed("f" * 64)
    assert slowed("")
    assert not slowed(given[0] or "")
    assert slowed(given[0] or ""), "it was changed for another when it was used"
    set_password(deployment.casework, wang.account_id, "x", must_change=True, at="x")
    with deployment.casework.reading() as connection:
        assert connection.execute(KNOWN_DEVICE.select()).all() == [], "a reset forgets all of them"


def test_no_session_is_fixed_or_kept(application: FastAPI, deployment: Deployment):
    """A token that somebody else set in the browser is not the session's, and the session before ends."""
    person(deployment, "wang")
    client = visitor(application)
    client.cookies.set("hedui_session", "f" * 64)
    assert enter(client, "wang").status_code == 303
    first = client.cookies.get("hedui_session", domain="testserver.local") or ""
    assert first != "f" * 64
    other = visitor(application)
    enter(other, "wang")
    before = other.cookies["hedui_session"]
    enter(other, "wang")
    assert other.cookies["hedui_session"] != before
    stolen = visitor(application)
    stolen.cookies.set("hedui_session", before)
    assert stolen.get("/account").status_code == 303


def test_what_an_account_may_holds_from_the_next_request(
    application: FastAPI, deployment: Deployment
):
    account = person(deployment, "wang", "system_administrator")
    person(deployment, "li", "system_administrator")
    client = visitor(application)
    enter(client, "wang")
    assert client.get("/accounts").status_code == 200
    set_role(deployment.casework, account.account_id, "data_steward", by="tests")
    assert client.get("/accounts").status_code == 403
    disable_account(deployment.casework, account.account_id, by="tests", at="x")
    assert client.get("/account").status_code == 303


def test_a_session_ends_when_idle_and_at_its_longest(deployment: Deployment):
    person(deployment, "wang")
    real, gone = deployment.outside, [timedelta(0)]
    later = replace(real, now=lambda: real.now() + gone[0])
    application = create_app(replace(deployment, outside=later))
    client = visitor(application)
    enter(client, "wang")
    for _ in range(24):
        gone[0] += timedelta(minutes=25)
        seen = client.get("/account").status_code
        assert seen == (200 if gone[0] < timedelta(hours=10) else 303)
    enter(client, "wang")
    gone[0] += timedelta(minutes=31)
    assert client.get("/account").status_code == 303


def test_a_first_password_is_changed_before_anything_else(
    application: FastAPI, deployment: Deployment
):
    person(deployment, "wang", "system_administrator", first=True)
    client = visitor(application)
    enter(client, "wang")
    held = client.get("/accounts")
    assert (held.status_code, held.headers["location"]) == (303, "/account/password")
    page = "/account/password"
    short = send(client, page, page, former=PASSWORD, password="short", again="short")
    wrong = send(
        client, page, page, former=WRONG, password="new lamp new river", again="new lamp new river"
    )
    assert (short.status_code, wrong.status_code) == (422, 422)
    other = visitor(application)
    enter(other, "wang")
    old = client.cookies["hedui_session"]
    new = "new lamp new river"
    assert send(client, page, page, former=PASSWORD, password=new, again=new).status_code == 303
    assert client.cookies["hedui_session"] != old
    assert client.get("/accounts").status_code == 200
    assert other.get("/account").status_code == 303
    assert enter(visitor(application), "wang").status_code == 422
    assert enter(visitor(application), "wang", new).status_code == 303


def test_own_sessions_are_listed_and_ended(application: FastAPI, deployment: Deployment):
    person(deployment, "wang")
    person(deployment, "li")
    mine, other, stranger = (visitor(application) for _ in range(3))
    for client, login in ((mine, "wang"), (other, "wang"), (stranger, "li")):
        enter(client, login)
    assert mine.get("/account").text.count('name="session_id"') == 1
    foreign = stranger.get("/account")
    assert 'name="session_id"' not in foreign.text
    assert send(mine, "/account/sessions/end", session_id="S0000").status_code == 404
    assert send(mine, "/account/sessions/end").status_code == 303
    assert other.get("/account").status_code == 303
    assert (mine.get("/account").status_code, stranger.get("/account").status_code) == (200, 200)


def test_a_second_factor_is_asked_and_a_code_opens_once(
    application: FastAPI, deployment: Deployment
):
    account = person(deployment, "wang")
    secret = new_secret(b"twenty bytes of test")
    set_second_factor(deployment.casework, account.account_id, secret)
    now = int(deployment.outside.now().timestamp())
    code = _made(secret).generate(now // STEP_SECONDS * STEP_SECONDS).decode()
    assert enter(visitor(application), "wang").status_code == 422
    assert enter(visitor(application), "wang", code=code[::-1] + "x").status_code == 422
    assert enter(visitor(application), "wang", code=code).status_code == 303
    assert enter(visitor(application), "wang", code=code).status_code == 422


def test_a_second_factor_is_set_up_by_whoever_has_the_password_and_the_telephone(
    application: FastAPI, deployment: Deployment
):
    account = person(deployment, "wang")
    client = visitor(application)
    enter(client, "wang")
    page = "/account/second-factor"
    shown = client.get(page).text
    secret = shown.partition('name="secret" value="')[2].partition('"')[0]
    code = _made(secret).generate(int(deployment.outside.now().timestamp())).decode()
    fields = {"secret": secret, "code": code}
    assert send(client, page, page, **fields, former=WRONG).status_code == 422
    assert (
        send(client, page, page, secret=secret, code="000000", former=PASSWORD).status_code == 422
    )
    assert send(client, page, page, **fields, former=PASSWORD).status_code == 303
    assert second_factor_secret(deployment.casework, account.account_id) == secret


def test_where_two_factors_are_asked_of_all_they_are_set_up_first(deployment: Deployment):
    settings = replace(deployment.settings, second_factor=True)
    application = create_app(replace(deployment, settings=settings))
    account = person(deployment, "wang", "system_administrator")
    client = visitor(application)
    enter(client, "wang")
    assert client.get("/accounts").headers["location"] == "/account/second-factor"
    assert client.get("/account/second-factor").status_code == 200
    set_second_factor(deployment.casework, account.account_id, new_secret(b"twenty bytes of test"))
    assert client.get("/accounts").status_code == 200


def test_nobody_signs_in_while_the_log_cannot_be_written(
    application: FastAPI, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
):
    person(deployment, "wang")
    client = visitor(application)

    def full(entry: Entry) -> int:
        raise AuditUnavailable("审计日志无法写入", "请检查磁盘")

    monkeypatch.setattr(deployment.audit, "record", full)
    assert enter(client, "wang").status_code == 503
    assert "hedui_session" not in client.cookies


@pytest.mark.parametrize(
    ("told", "target"),
    [
        ("/queue?x=1", "/queue?x=1"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
    ],
)
def test_a_link_leads_nobody_elsewhere(
    application: FastAPI, deployment: Deployment, told: str, target: str
):
    person(deployment, "wang")
    assert enter(visitor(application), "wang", next=told).headers["location"] == target


def test_a_narrower_scope_holds_at_once(application: FastAPI, deployment: Deployment):
    account = person(deployment, "wang")
    client = visitor(application)
    enter(client, "wang")
    assert "<dd>*</dd>" in client.get("/account").text
    set_scope(
        deployment.casework, account.account_id, regions=["3300"], programmes=["dibao"], by="tests"
    )
    assert "<dd>3300</dd>" in client.get("/account").text
