"""Reports in a real browser: the report is downloaded and verifies, the keyboard is enough, and the page fits its window."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from service.access.roles import Role
from service.reports.checking import check_seal
from service.reports.press import chosen

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from service.deployment import Deployment


def test_a_report_is_printed_and_looked_up_by_keyboard(
    signed_in_page: Callable[..., Page], deployment: Deployment, tmp_path: Path
) -> None:
    pictures = Path(os.environ.get("PICTURES", tmp_path))
    with deployment.warehouse.borrowed() as tables:
        application = chosen(tables)["application_id"][0]
    page = signed_in_page(Role.SUPERVISOR)
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.goto(f"/reports/{application}")
    issue = page.get_by_role("button", name="出具报告")
    issue.focus()
    expect(issue).to_be_focused()
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    data = Path(waiting.value.path()).read_bytes()
    claims = check_seal(data).seal.claims
    assert claims.application == application
    assert waiting.value.suggested_filename == f"{application}_{claims.report}.pdf"
    page.reload()
    expect(page.get_by_role("cell", name=claims.report)).to_be_visible()
    page.screenshot(path=pictures / "report_application.png")
    page.goto("/reports")
    page.get_by_label("核验码").fill(claims.check_code)
    page.screenshot(path=pictures / "report_start.png")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("登记中有这份报告")
    page.screenshot(path=pictures / "report_found.png")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    assert not refused
