"""Queue, household and evidence in a real browser: keys, charts, parts that load, nothing wider than the window, nobody asked outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from playwright.sync_api import expect

from service.access.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from service.deployment import Deployment

WIDE, ZOOMED = (1366, 768), (683, 384)
"""A window of 1366×768, and what is left of it at 200 %."""

BASICS = """() => {
  const named = (e) => e.labels?.length || e.getAttribute('aria-label') || e.type === 'hidden' || e.closest('label');
  const unnamed = [...document.querySelectorAll('input, select, textarea')].filter((e) => !named(e)).map((e) => e.outerHTML);
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((h) => Number(h.tagName[1]));
  const jumps = levels.filter((level, at) => at && level > levels[at - 1] + 1);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  const broken = [...document.querySelectorAll('a[href^="#"]')].map((a) => a.hash.slice(1)).filter((id) => !document.getElementById(id));
  return { unnamed, jumps, firsts: levels.filter((l) => l === 1).length, twice, broken,
           overflow: document.documentElement.scrollWidth - window.innerWidth };
}"""


@pytest.fixture
def watched(signed_in_page: Callable[..., Page], deployment: Deployment) -> Page:
    """A supervisor's page that notes every complaint and every request that leaves the house."""
    page = signed_in_page(Role.SUPERVISOR)
    page.trouble = []  # type: ignore[attr-defined]
    page.on(
        "console", lambda m: page.trouble.append(m.text) if m.type in ("error", "warning") else None
    )  # type: ignore[attr-defined]
    page.on("pageerror", lambda e: page.trouble.append(str(e)))  # type: ignore[attr-defined]
    page.on(
        "request",
        lambda r: (
            None if r.url.startswith(("http://127.0.0.1:", "data:")) else page.trouble.append(r.url)
        ),  # type: ignore[attr-defined]
    )
    return page


@pytest.fixture
def shown(deployment: Deployment) -> tuple[str, str]:
    """An application whose income has months, and a bank row of it."""
    with deployment.warehouse.borrowed() as tables:
        months = tables.frame("income_month")["application_id"]
        rows = tables.frame("evidence").filter(
            pl.col("dataset").cast(pl.String) == "banking.account",
            pl.col("application_id").is_in(months.implode()),
        )
    row = rows.row(0, named=True)
    return row["application_id"], row["evidence_id"]


def test_pages_fit_the_window_and_are_told_to_a_reader(watched: Page, shown: tuple[str, str]):
    application, evidence = shown
    paths = (
        "/queue",
        f"/applications/{application}",
        f"/applications/{application}/evidence/{evidence}",
    )
    for width, height in (WIDE, ZOOMED):
        watched.set_viewport_size({"width": width, "height": height})
        for path in paths:
            watched.goto(path)
            watched.wait_for_function("width => window.innerWidth === width", arg=width)
            found = watched.evaluate(BASICS)
            assert found == {
                "unnamed": [],
                "jumps": [],
                "firsts": 1,
                "twice": [],
                "broken": [],
                "overflow": 0,
            }, (path, width)
    assert watched.trouble == []  # type: ignore[attr-defined]


def test_the_queue_is_walked_by_keys(watched: Page):
    watched.goto("/queue?order=application")
    first = watched.locator("[data-row]").first
    watched.keyboard.press("j")
    expect(first).to_be_focused()
    watched.keyboard.press("j")
    expect(watched.locator("[data-row]").nth(1)).to_be_focused()
    watched.keyboard.press("k")
    expect(first).to_be_focused()
    name = first.locator("a").first.inner_text()
    watched.keyboard.press("Enter")
    watched.wait_for_url(f"**/applications/{name}")
    expect(watched.locator("h1")).to_contain_text(name)
    assert watched.trouble == []  # type: ignore[attr-defined]


def test_two_clicks_from_a_reason_to_the_row_and_a_value_for_a_reason(
    watched: Page, shown: tuple[str, str]
):
    application, evidence = shown
    watched.goto(f"/applications/{application}")
    expect(watched.locator("figure.chart svg path").first).to_be_attached()
    link = watched.locator(f'#holdings a[href$="/evidence/{evidence}"]').first
    link.click()
    watched.wait_for_url(f"**/evidence/{evidence}")
    expect(watched.locator("main")).to_contain_text("SHA-256")
    watched.locator('a[hx-get$="/link"]').click()
    watched.locator("#story li").first.wait_for()
    watched.locator("summary", has_text="申请查看原值").click()
    watched.locator('form[hx-post$="/unmask"] input[name=reason]').fill("核查")
    watched.evaluate("document.querySelector('input[name=reason]').removeAttribute('minlength')")
    watched.locator('form[hx-post$="/unmask"] button').click()
    watched.locator("#clear [role=alert]").wait_for()
    watched.locator('form[hx-post$="/unmask"] input[name=reason]').fill("与银行回单核对")
    watched.locator('form[hx-post$="/unmask"] button').click()
    watched.locator("#clear dd").first.wait_for()
    expect(watched.locator("#clear dd").first).not_to_contain_text("*")
    assert "reason" not in watched.url
    # The browser itself tells of an answer with 422; nothing else may be complained about.
    assert [t for t in watched.trouble if "422" not in t] == []  # type: ignore[attr-defined]
