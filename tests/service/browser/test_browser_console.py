"""The console in a real browser at the size of an office screen: it fits, speaks by key, asks nobody else, and says nothing on its console."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from casework.judgements import read_judgements
from service.access.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from service.deployment import Deployment

PAGES = {
    Role.SUPERVISOR: ("/alerts", "/links", "/objections", "/proposals", "/batches", "/runs"),
    Role.DATA_STEWARD: (
        "/quality",
        "/quality/sources/tax",
        "/quality/runs",
        "/quality/quarantine",
        "/quality/verdicts",
        "/quality/linkage",
        "/quality/alerts",
    ),
}


def watched(page: Page) -> tuple[list[str], list[str]]:
    """What the page says on its console, and whom it asks."""
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    return said, asked


@pytest.mark.parametrize("role", PAGES, ids=str)
def test_pages_fit_and_ask_nobody_else(signed_in_page: Callable[..., Page], role: Role):
    page = signed_in_page(role)
    said, asked = watched(page)
    for path in PAGES[role]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.ok, path
        for width in (1366, 683):  # the second is zoom 200 %
            page.set_viewport_size({"width": width, "height": 768})
            page.wait_for_function("width => window.innerWidth === width", arg=width)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} at {width}"
        page.set_viewport_size({"width": 1366, "height": 768})
        assert page.locator("h1").count() == 1, path
        bare = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
            ".filter(e => !e.labels.length && !e.getAttribute('aria-label')).length"
        )
        assert bare == 0, path
    assert said == []
    origin = re.match(r"https?://[^/]+", page.url)
    assert origin is not None
    assert [url for url in asked if not url.startswith((origin[0], "data:"))] == []


def test_charts_are_drawn_with_the_figures_of_the_table(signed_in_page: Callable[..., Page]):
    page = signed_in_page(Role.DATA_STEWARD)
    page.goto("/quality/verdicts")
    first = page.locator("#mix tbody tr").first.locator("td").nth(1).inner_text()
    expect(page.locator(".chart svg").first).to_contain_text(first.split("（")[0])


def test_links_are_judged_by_key_without_a_mouse(signed_in_page: Callable[..., Page]):
    page = signed_in_page(Role.ANALYST)
    page.goto("/links")
    rows = page.locator("[data-row]")
    waiting = rows.count()
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/links/*")
    first = page.url
    page.keyboard.press("2")
    page.wait_for_url(lambda url: url != first and "/links/" in url)
    second = page.url
    page.keyboard.press("4")
    page.wait_for_url(lambda url: url not in (first, second) and "/links/" in url)
    page.goto("/links")
    expect(rows).to_have_count(waiting - 1)


def test_a_key_pressed_while_the_next_page_comes_answers_nothing(
    signed_in_page: Callable[..., Page], deployment: Deployment
):
    page = signed_in_page(Role.ANALYST)
    page.goto("/links/next")
    first = page.url
    page.evaluate(
        "for (const key of '214')"
        " document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))"
    )
    page.wait_for_url(lambda url: url != first)
    assert read_judgements(deployment.casework)["answer"].to_list() == ["not_same"]


def test_typing_in_a_field_judges_nothing(signed_in_page: Callable[..., Page]):
    page = signed_in_page(Role.ANALYST)
    page.goto("/links/next")
    here = page.url
    page.get_by_label("补充说明").press_sequentially("核对了 1 份证件")
    assert page.url == here
