"""The dashboard: what it shows are the published rows, of the actor's area, masked, as a page and as CSV; what is put aside is worked."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from household.schema.datasets import SOURCE_TITLES
from service.access.roles import Role
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

PAGES = (
    "/quality",
    "/quality/runs",
    "/quality/quarantine",
    "/quality/verdicts",
    "/quality/linkage",
    "/quality/alerts",
    *(f"/quality/sources/{source}" for source in SOURCE_TITLES),
)


def rows_of(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.fixture
def steward(client_of: Callable[..., TestClient]) -> TestClient:
    return client_of(Role.DATA_STEWARD)


def test_every_page_draws_in_both_languages(steward: TestClient):
    for language in ("zh", "en"):
        steward.cookies.set("hedui_language", language)
        for path in PAGES:
            answer = steward.get(path)
            assert answer.status_code == 200, path


def test_the_wall_has_every_source_with_its_newest_day(steward: TestClient, county: CountyFiles):
    shown = {row["来源"]: row for row in rows_of(steward, "/quality?csv=sources")}
    ledger = read_current(county.warehouse, "intake_ledger")
    tax = ledger.filter(pl.col("dataset") == "tax.income", pl.col("state") == "done")
    assert set(shown) == set(SOURCE_TITLES)
    assert shown["tax"]["最新数据截止日"] == str(tax["as_of"].max())
    assert {row["状态"] for row in shown.values()} <= {"正常", "请看", "异常", "未到"}


def test_failing_checks_are_those_published(steward: TestClient, county: CountyFiles):
    failed = read_current(county.warehouse, "quality_result").filter(pl.col("passed").not_())
    shown = [
        (row["数据集"], row["检查编号"])
        for source in SOURCE_TITLES
        for row in rows_of(steward, f"/quality/sources/{source}?csv=failing")
    ]
    assert sorted(shown) == sorted(failed.select("dataset", "check_id").iter_rows())
    assert shown, "the noisy county has failing checks"


def test_rows_of_a_run_add_up_on_its_page(steward: TestClient, county: CountyFiles):
    run_id = county.outcome.run.run_id
    page = steward.get(f"/quality/runs/{run_id}").text
    ledger = rows_of(steward, f"/quality/runs/{run_id}?csv=ledger")
    assert "相符" in page
    assert "不相符" not in page
    assert {row["是否相符"] for row in ledger} <= {"是", ""}
    assert len(ledger) == len(read_current(county.warehouse, "intake_ledger"))


def test_a_run_that_is_not_kept_is_not_there(steward: TestClient):
    assert steward.get("/quality/runs/2020-01-01-0001").status_code == 404
    assert steward.get("/quality/sources/astrology").status_code == 404
    assert steward.get("/quality?csv=nothing").status_code == 404


def test_suggestions_add_up_to_the_published_ones(steward: TestClient, county: CountyFiles):
    rows = rows_of(steward, "/quality/verdicts?csv=mix")
    verdicts = read_current(county.warehouse, "household_verdict").filter("requested")
    assert sum(int(row["申请数"]) for row in rows) == len(verdicts)


def test_flips_are_what_differs_between_two_runs(
    own_county: CountyFiles, client_of: Callable[..., TestClient]
):
    before = read_current(own_county.warehouse, "household_verdict").filter("requested")
    for file in (own_county.inbox / "tax").glob("*.csv"):
        file.unlink()
    own_county.run_again(as_of=date(2026, 9, 30))
    now = read_current(own_county.warehouse, "household_verdict").filter("requested")
    both = before.join(now, on=["application_id", "programme"], suffix="_now")
    differ = both.filter(pl.col("suggestion") != pl.col("suggestion_now"))
    rows = rows_of(client_of(Role.DATA_STEWARD), "/quality/verdicts?csv=flips")
    assert sorted(row["申请"] for row in rows) == sorted(differ["application_id"])
    assert rows, "months later, extracts are stale"


def test_links_add_up_to_the_published_ones(steward: TestClient, county: CountyFiles):
    rows = rows_of(steward, "/quality/linkage?csv=links")
    assert sum(int(row["关联"]) for row in rows) == len(
        read_current(county.warehouse, "person_link")
    )


def test_alerts_add_up_to_the_published_ones(steward: TestClient, county: CountyFiles):
    rows = rows_of(steward, "/quality/alerts?csv=alerts")
    assert sum(int(row["预警"]) for row in rows) == len(read_current(county.warehouse, "alert"))


def test_another_county_sees_nothing_of_this_one(client_of: Callable[..., TestClient]):
    stranger = client_of(Role.DATA_STEWARD, regions=("110101",))
    assert rows_of(stranger, "/quality/verdicts?csv=mix") == []
    assert rows_of(stranger, "/quality/alerts?csv=alerts") == []
    assert rows_of(stranger, "/quality/quarantine?csv=issues") == []
    assert rows_of(stranger, "/quality/sources/tax?csv=extracts") == []
    assert rows_of(stranger, "/quality/sources/tax?csv=samples") == []


def test_what_was_put_aside_is_worked_to_its_end(
    client_of: Callable[..., TestClient], county: CountyFiles
):
    steward = client_of(Role.DATA_STEWARD)
    issues = rows_of(steward, "/quality/quarantine?csv=issues")
    cells = read_current(county.warehouse, "quarantine")
    assert sum(int(row["单元格"]) for row in issues) == len(cells)
    page = f"/quality/quarantine/{issues[0]['编号']}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', steward.get(page).text)
    assert token is not None

    def step(**said: str) -> int:
        return steward.post(page, data={"csrf_token": token[1], **said}).status_code

    owner = steward.account.account_id
    assert step(action="return", note="请更正后再报") == 422
    assert step(action="assign", note="请跟进", owner=owner) == 303
    assert step(action="return", note="请更正后再报", due_on="2026-06-10") == 303
    assert step(action="resolve", note="见 99010119900101001X", resolution="source_mended") == 422
    assert step(action="resolve", note="已更正", resolution="source_mended") == 303
    assert step(action="resolve", note="再来一次", resolution="source_mended") == 422
    now = next(r for r in rows_of(steward, "/quality/quarantine?csv=issues") if r["编号"] in page)
    assert (now["状态"], now["处理结果"]) == ("已解决", "部门已更正")
    told = steward.get(page).text
    assert "请更正后再报" in told
    assert "2026-06-10" in told


def test_what_the_department_owes_is_marked_and_what_was_resolved_is_timed(
    client_of: Callable[..., TestClient],
):
    steward = client_of(Role.DATA_STEWARD)
    first, second = (r["编号"] for r in rows_of(steward, "/quality/quarantine?csv=issues")[:2])
    assert "尚无已解决的" in steward.get("/quality/quarantine").text

    def step(issue: str, **said: str) -> None:
        page = f"/quality/quarantine/{issue}"
        token = re.search(r'name="csrf_token" value="([^"]+)"', steward.get(page).text)
        assert token is not None
        data = {"csrf_token": token[1], "note": "请跟进", **said}
        assert steward.post(page, data=data).status_code == 303

    step(first, action="assign", owner=steward.account.account_id)
    step(first, action="return", due_on="2026-05-19")  # yesterday
    step(second, action="resolve", resolution="our_mistake")
    rows = {r["编号"]: r for r in rows_of(steward, "/quality/quarantine?csv=issues")}
    assert (rows[first]["逾期"], rows[second]["逾期"]) == ("是", "否")
    page = steward.get("/quality/quarantine?source=tax").text
    assert "逾期未答复 1 项" in page
    assert "中位数为 0 天" in page  # seen and resolved on the day of the run
    tax = rows_of(steward, "/quality/quarantine?source=tax&csv=issues")
    assert 0 < len(tax) < len(rows)


def test_an_analyst_looks_and_does_not_work_issues(client_of: Callable[..., TestClient]):
    analyst = client_of(Role.ANALYST)
    issue = rows_of(analyst, "/quality/quarantine?csv=issues")[0]["编号"]
    page = analyst.get(f"/quality/quarantine/{issue}").text
    assert 'name="action"' not in page
    assert analyst.get(f"/quality/quarantine/{issue}/return-list").status_code == 403


def test_the_return_list_holds_every_cell_masked(steward: TestClient, county: CountyFiles):
    import openpyxl  # noqa: PLC0415 - only here

    issue = rows_of(steward, "/quality/quarantine?csv=issues")[0]
    answer = steward.get(f"/quality/quarantine/{issue['编号']}/return-list")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    masked = set(read_current(county.warehouse, "quarantine")["value_masked"].drop_nulls())
    assert sheet.max_row == int(issue["单元格"]) + 1
    assert {row[5] for row in sheet.iter_rows(min_row=2, values_only=True) if row[5]} <= masked


def test_data_docs_are_served_and_nothing_beside_them(steward: TestClient):
    assert "数据质量" in steward.get("/quality/docs/index.html").text
    for path in ("../casework.sqlite", "..%2fcasework.sqlite", "%2e%2e/casework.sqlite", "x.py"):
        assert steward.get(f"/quality/docs/{path}").status_code in (403, 404)


def test_no_number_or_name_of_anybody_is_on_a_page(steward: TestClient, own_county: CountyFiles):
    from pipelines.reviewing import Shelf  # noqa: PLC0415 - only here

    members = Shelf(own_county.warehouse).rows("approval.member").collect()
    secrets = {n for n in members["id_no"].drop_nulls() if len(n) >= 15}
    secrets |= {n for n in members["name"].drop_nulls() if len(n) >= 3}
    names = [m[0] for p in PAGES for m in re.finditer(r"\?csv=\w+", steward.get(p).text)]
    assert names
    for path in PAGES:
        text = steward.get(path).text
        for found in set(re.findall(r"csv=(\w+)", text)):
            text += steward.get(f"{path}?csv={found}").text
        assert not [s for s in secrets if s in text], path
