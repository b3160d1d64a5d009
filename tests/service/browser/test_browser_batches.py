"""Batches and runs in a real Chromium: a workbook from the disk to the inbox, a run watched without touching anything."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import expect

from service.access.roles import Role

sys.path.insert(0, str(Path(__file__).parents[1] / "submissions"))
from books_sent import cell, two_households

PATIENCE = 300_000


def no_wider_than_the_window(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_workbook_goes_in_and_a_run_is_watched(signed_in_page, tmp_path, own_county):
    def change(book):
        book["授权书"].delete_rows(5)
        cell(book, "approval.expenditure", "amount", 3).value = "约一千"

    file = tmp_path / "名单.xlsx"
    file.write_bytes(two_households(change))
    page = signed_in_page(Role.SUPERVISOR)
    strange = []
    page.on("console", lambda m: strange.append(m.text) if m.type == "error" else None)
    page.goto("/batches")
    own = page.url.removesuffix("/batches")
    page.on("request", lambda r: None if r.url.startswith(own) else strange.append(r.url))
    page.set_input_files("input[type=file]", str(file))
    page.screenshot(path=str(tmp_path / "list.png"))
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.screenshot(path=str(tmp_path / "preview.png"), full_page=True)
    assert no_wider_than_the_window(page)
    page.get_by_role("button", name="受理可受理的行").click()
    page.wait_for_url("**/batches/B*")
    page.screenshot(path=str(tmp_path / "batch.png"), full_page=True)
    assert no_wider_than_the_window(page)

    page.get_by_role("link", name="启动运行").click()
    page.get_by_role("button", name="启动", exact=True).click()
    page.wait_for_url("**/runs/R*")
    page.screenshot(path=str(tmp_path / "running.png"), full_page=True)
    expect(page.get_by_text("已发布")).to_be_visible(timeout=PATIENCE)
    page.screenshot(path=str(tmp_path / "ran.png"), full_page=True)
    assert no_wider_than_the_window(page)
    page.go_back()
    page.wait_for_url("**/runs")
    page.go_back()
    page.wait_for_url("**/batches/B*")
    page.reload()
    expect(page.get_by_text("已由运行收入")).to_be_visible()
    assert strange == []
