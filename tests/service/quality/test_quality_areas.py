"""The dashboard tells nobody a count of another area: what is counted is of the own area, or it is not told."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import polars as pl
import pytest

from casework.runs import Ending, RunOrder, RunStep, add_order, add_step, end_order
from service.access.roles import Role
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment

COUNTY = "990101"


def rows_of(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.fixture
def town(county: CountyFiles) -> str:
    """The town with most applications; there are others."""
    regions = read_current(county.warehouse, "household_verdict")["region_code"].str.head(9)
    assert regions.n_unique() > 3
    return str(regions.mode().sort()[0])


@pytest.fixture
def of_town(client_of: Callable[..., TestClient], town: str) -> TestClient:
    return client_of(Role.DATA_STEWARD, regions=(town,))


def own(county: CountyFiles, town: str) -> pl.DataFrame:
    verdicts = read_current(county.warehouse, "household_verdict").filter("requested")
    return verdicts.filter(pl.col("region_code").str.starts_with(town))


def test_a_run_is_counted_in_the_area(of_town: TestClient, county: CountyFiles, town: str):
    mine, run = own(county, town), county.outcome.run
    (listed,) = rows_of(of_town, "/quality/runs?csv=runs")
    assert int(listed["申请数"]) == mine["application_id"].n_unique() < run.applications
    suggested = mine["suggestion"].cast(pl.String)
    assert int(listed["数据不全"]) == int((suggested == "data_incomplete").sum())
    ledger = read_current(county.warehouse, "intake_ledger")
    files = ledger.filter(pl.col("region_code").str.starts_with(town))
    assert int(listed["收到行数"]) == files["rows_in"].sum() < run.rows_in
    measures = {r["指标"] for r in rows_of(of_town, f"/quality/runs/{run.run_id}?csv=differences")}
    assert "申请数" in measures
    assert not measures & {"人员数", "建议数", "证据数"}
    page = of_town.get(f"/quality/runs/{run.run_id}").text
    assert f"{run.rows_in:,}" not in page
    assert "只统计您的辖区" in page


def test_files_that_hold_more_than_the_area_have_no_rows(of_town: TestClient, county: CountyFiles):
    listed = rows_of(of_town, f"/quality/runs/{county.outcome.run.run_id}?csv=ledger")
    wide = [row for row in listed if row["行政区划"] == COUNTY]
    narrow = [row for row in listed if row["行政区划"] != COUNTY]
    assert wide
    assert narrow
    assert {row["收到行数"] + row["隔离行数"] + row["接受行数"] for row in wide} == {""}
    assert all(row["收到行数"] for row in narrow)
    assert all(
        row["收到行数"] == "" for row in rows_of(of_town, "/quality/sources/tax?csv=extracts")
    )


def test_links_are_those_of_people_of_the_area(of_town: TestClient, county: CountyFiles, town: str):
    verdicts = read_current(county.warehouse, "household_verdict")
    mine = verdicts.filter(pl.col("region_code").str.starts_with(town))["application_id"]
    mine = mine.unique().implode()
    people = read_current(county.warehouse, "person").explode("application_ids")
    people = people.filter(pl.col("application_ids").is_in(mine))["person_ref"].unique()
    links = read_current(county.warehouse, "person_link")
    theirs = links.filter(pl.col("person_ref").is_in(people.implode()))
    told = rows_of(of_town, "/quality/linkage?csv=links")
    assert sum(int(row["关联"]) for row in told) == len(theirs) < len(links)
    (run,) = rows_of(of_town, "/quality/linkage?csv=by_run")
    assert int(run["A 级"]) == theirs.filter(tier="A").height
    assert {row["人口"] for row in rows_of(of_town, "/quality/linkage?csv=models")} == {""}
    assert rows_of(of_town, "/quality/linkage?csv=link_samples") == []


def test_checks_are_named_and_not_counted(
    of_town: TestClient, client_of: Callable[..., TestClient]
):
    everything = client_of(Role.DATA_STEWARD)
    failed = 0
    for source in ("approval", "banking", "civil_affairs", "tax"):
        path = f"/quality/sources/{source}?csv=failing"
        told, all_told = rows_of(of_town, path), rows_of(everything, path)
        assert [row["检查编号"] for row in told] == [row["检查编号"] for row in all_told]
        assert {row["未通过行数"] + row["总行数"] + row["观测值"] for row in told} <= {""}
        assert all(row["检查内容"] for row in all_told)
        failed += len(told)
    assert failed


def test_what_was_put_aside_of_a_county_is_not_a_towns(
    of_town: TestClient, client_of: Callable[..., TestClient], town: str
):
    regions = {row["行政区划"] for row in rows_of(of_town, "/quality/quarantine?csv=issues")}
    assert regions <= {town}
    everything = rows_of(client_of(Role.DATA_STEWARD), "/quality/quarantine?csv=issues")
    wide = next(row["编号"] for row in everything if row["行政区划"] == COUNTY)
    assert of_town.get(f"/quality/quarantine/{wide}").status_code == 404
    assert of_town.get("/quality/docs/index.html").status_code == 404


def test_suggestions_of_a_town_are_told_to_it(of_town: TestClient, county: CountyFiles, town: str):
    told = rows_of(of_town, "/quality/verdicts?csv=mix")
    assert sum(int(row["申请数"]) for row in told) == len(own(county, town))
    trend = rows_of(of_town, "/quality/verdicts?csv=trend")
    assert sum(int(row["申请数"]) for row in trend) == len(own(county, town))


def test_whose_area_holds_all_that_is_kept_sees_all(client_of: Callable[..., TestClient]):
    whole, same = client_of(Role.DATA_STEWARD), client_of(Role.DATA_STEWARD, regions=(COUNTY,))
    for path in (
        "/quality?csv=sources",
        "/quality/runs?csv=runs",
        "/quality/linkage?csv=links",
        "/quality/linkage?csv=models",
        "/quality/sources/tax?csv=failing",
        "/quality/quarantine?csv=issues",
    ):
        assert rows_of(same, path) == rows_of(whole, path), path
    assert same.get("/quality/docs/index.html").status_code == 200


def test_who_sees_one_programme_is_told_of_it_only(
    client_of: Callable[..., TestClient], county: CountyFiles
):
    one = client_of(Role.DATA_STEWARD, programmes=("dibao",))
    asked = read_current(county.warehouse, "household_verdict").filter("requested")
    (listed,) = rows_of(one, "/quality/runs?csv=runs")
    mine = asked.filter(pl.col("programme").cast(pl.String) == "dibao")
    assert int(listed["申请数"]) == mine["application_id"].n_unique() < len(asked)
    assert listed["未处理预警"] == ""
    alerts = rows_of(one, "/quality/alerts?csv=alerts")
    every = len(read_current(county.warehouse, "alert"))
    assert sum(int(row["预警"]) for row in alerts) < every


def test_a_watched_run_tells_its_counts_to_who_sees_all(
    deployment: Deployment, of_town: TestClient, client_of: Callable[..., TestClient]
):
    order = RunOrder("R-one", "process", "2026-05-20", "A1", "2026-05-20T09:30:00+00:00")
    add_order(deployment.casework, order, goes_on=lambda _: False)
    counts = {"files": 3, "new": 3, "rows": 47118}
    step = RunStep("raw", "tax.income", counts, 1500, "2026-05-20T09:31:00+00:00")
    add_step(deployment.casework, "R-one", step)
    end_order(deployment.casework, "R-one", Ending("failed", "2026-05-20T09:32:00+00:00"))
    for path in ("/runs/R-one", "/runs/R-one/progress"):
        assert "47118" in client_of(Role.DATA_STEWARD).get(path).text
        told = of_town.get(path).text
        assert "47118" not in told
        assert "1.5" in told  # how long it took is no count of anybody
