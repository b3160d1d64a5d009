"""A real browser at the doors: forms, cookies, origins and the content policy as Chromium itself sees them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from doors import PASSWORD, person
from playwright.sync_api import expect

from casework.accounts import find_account
from casework.proposals import proposals
from service.access.identity import actor_of
from service.proposing import settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Served
    from playwright.sync_api import BrowserContext, Page

    from casework.accounts import Account
    from service.deployment import Deployment


@pytest.fixture
def page(window: Callable[[], BrowserContext]) -> Page:
    page = window().new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: page.complaints.append(said.text))  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(str(error)))  # type: ignore[attr-defined]
    return page


def test_a_person_signs_in_changes_the_password_and_leaves_by_the_keyboard(
    page: Page, deployment: Deployment
):
    person(deployment, "wang", "system_administrator", first=True)
    page.goto("/accounts")
    assert page.url.endswith("/sign-in?next=/accounts")
    expect(
        page.get_by_label("登录名")
    ).to_be_focused()  # a browser gives the focus a frame after "load"
    page.keyboard.type("wang")
    page.keyboard.press("Tab")
    expect(page.get_by_label("口令")).to_be_focused()
    page.keyboard.type("wrong password here")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()
    expect(page.get_by_label("口令")).to_have_value("")
    expect(page.get_by_label("登录名")).to_be_focused()
    page.keyboard.type("wang")
    page.keyboard.press("Tab")
    expect(page.get_by_label("口令")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/password")
    for field, words in (
        ("原口令", PASSWORD),
        ("新口令", "new lamp new river"),
        ("再次输入新口令", "new lamp new river"),
    ):
        expect(page.get_by_label(field, exact=True)).to_be_focused()
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    page.goto("/account/second-factor")
    expect(page.locator("img")).to_have_js_property("complete", value=True)
    assert page.locator("img").evaluate("i => i.naturalWidth") > 0
    page.goto("/accounts")
    page.get_by_role("button", name="退出").press("Enter")
    page.wait_for_url("**/sign-in")
    page.goto("/accounts")
    assert "/sign-in" in page.url
    assert [said for said in page.complaints if "422" not in said] == []  # type: ignore[attr-defined]


def agree(deployment: Deployment, second: Account) -> None:
    """The second person agrees to the newest thing that waits."""
    newest = proposals(deployment.casework)[0]
    settle(deployment, actor_of(second), newest, "agreed", reason="核对无误")


def test_an_administrator_makes_an_account(page: Page, deployment: Deployment):
    person(deployment, "admin", "system_administrator")
    second = person(deployment, "admin2", "system_administrator")
    page.goto("/sign-in?next=/accounts")
    page.get_by_label("登录名").fill("admin")
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/accounts")
    page.get_by_label("登录名").fill("shenpi")
    page.get_by_label("姓名").fill("审批系统")
    page.get_by_label("角色").select_option("service")
    page.get_by_label("地区范围").fill("3300 3401")
    page.get_by_label("理由").fill("审批系统接入")
    page.get_by_role("button", name="增加账号").click()
    page.wait_for_url("**/accounts/A*")
    expect(page.get_by_text("等待另一人复核")).to_be_visible()
    agree(deployment, second)
    keys = page.locator("form[action$='/keys']")
    keys.get_by_label("理由").fill("审批系统接入")
    keys.get_by_role("button", name="发放密钥").click()
    expect(page.get_by_text("发放密钥（王某 提出）")).to_be_visible()
    agree(deployment, second)
    page.reload()
    page.locator("form[action*='/keys/T']").get_by_role("button", name="发放密钥").click()
    expect(page.locator("dd code")).to_have_text(re.compile("^hedui_"))
    page.get_by_role("link", name="回到账号").click()
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("已失效")).to_be_visible()
    found = find_account(deployment.casework, login="shenpi")
    assert found is not None
    assert found.regions == ("3300", "3401")
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_strangers_page_cannot_send_our_forms(page: Page, served: Served, deployment: Deployment):
    """A form on another host's page, sent by a browser that is signed in here."""
    person(deployment, "wang", "system_administrator")
    page.goto("/sign-in")
    page.get_by_label("登录名").fill("wang")
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    action = f"{served.url}/accounts"
    page.route(
        "http://stranger.example/",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method=post action="{action}"><input name=login value=mallory>'
            "<input name=name value=M><input name=role value=analyst><button>win</button></form>",
        ),
    )
    page.goto("http://stranger.example/")
    with page.expect_response(action) as answer:
        page.get_by_role("button", name="win").click()
    assert answer.value.status in (401, 403)
    assert find_account(deployment.casework, login="mallory") is None
