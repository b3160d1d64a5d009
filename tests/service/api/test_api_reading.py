"""What the API tells is what was published, in the declared shape, and nothing of other areas or of people."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from casework.audit.entry import read_line
from casework.submissions import Batch, BatchRow, keep_batch
from service.api.cursors import read_cursor
from service.api.problems import Problem
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment


def walked(client: TestClient, path: str, **query: Any) -> list[dict[str, Any]]:
    """Every item of a list, page by page."""
    items: list[dict[str, Any]] = []
    after = ""
    while after is not None:
        answer = client.get(path, params={**query, "after": after})
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        after = answer.json()["next"]
    assert len(items) == answer.json()["total"]
    return items


def test_every_verdict_is_listed_once(key_client: Callable[..., TestClient], county: CountyFiles):
    listed = walked(key_client(), "/api/v1/verdicts", limit=7)
    published = read_current(county.warehouse, "household_verdict")
    assert [one["verdict_id"] for one in listed] == published["verdict_id"].to_list()
    for one, row in zip(listed, published.iter_rows(named=True), strict=True):
        assert set(one) == set(row) - {"run_id"}
        for name, value in row.items():
            if isinstance(value, Decimal):
                assert one[name] == str(value)
            elif name == "as_of":
                assert one[name] == value.isoformat()
            elif name != "run_id":
                assert one[name] == value


def test_filters_choose_what_they_say(key_client: Callable[..., TestClient], county: CountyFiles):
    client = key_client()
    published = read_current(county.warehouse, "household_verdict")
    some = published["application_id"].unique().sort()[:3].to_list()
    for query, kept in [
        ({"requested": True}, pl.col("requested")),
        ({"certain": False}, ~pl.col("certain")),
        ({"programme": ["dibao", "tekun"]}, pl.col("programme").is_in(["dibao", "tekun"])),
        ({"suggestion": ["eligible"]}, pl.col("suggestion") == "eligible"),
        ({"region": "990101"}, pl.col("region_code").str.starts_with("990101")),
        ({"application": some}, pl.col("application_id").is_in(some)),
    ]:
        expected = published.filter(kept)["verdict_id"].to_list()
        assert expected
        assert [v["verdict_id"] for v in walked(client, "/api/v1/verdicts", **query)] == expected


def test_an_application_is_told_whole(key_client: Callable[..., TestClient], county: CountyFiles):
    client = key_client()
    tables = {
        name: read_current(county.warehouse, name)
        for name in (
            "household_verdict", "verdict_reason", "flip_fact", "income_line", "income_month",
            "coverage", "deadline", "evidence", "evidence_source", "roster_person",
        )
    }  # fmt: skip
    for application in tables["roster_person"]["application_id"].unique().sort()[::6]:
        body = client.get(f"/api/v1/applications/{application}").json()
        for member, name in [
            ("verdicts", "household_verdict"), ("income_lines", "income_line"),
            ("income_months", "income_month"), ("coverage", "coverage"),
            ("deadlines", "deadline"), ("members", "roster_person"),
        ]:  # fmt: skip
            rows = tables[name].filter(pl.col("application_id") == application)
            assert len(body[member]) == rows.height, member
        for verdict in body["verdicts"]:
            of = pl.col("verdict_id") == verdict["verdict_id"]
            reasons = tables["verdict_reason"].filter(of)
            assert [r["rule_id"] for r in verdict["reasons"]] == reasons["rule_id"].to_list()
            assert len(verdict["flip_facts"]) == tables["flip_fact"].filter(of).height
            one = client.get(f"/api/v1/verdicts/{verdict['verdict_id']}").json()
            assert one["verdict"] == verdict
        evidence = client.get(f"/api/v1/applications/{application}/evidence").json()["items"]
        mine = tables["evidence"].filter(pl.col("application_id") == application)
        assert [e["evidence_id"] for e in evidence] == mine["evidence_id"].to_list()
        assert all(e["sources"] for e in evidence)
        answer = client.get("/api/v1/coverage", params={"application": application})
        assert answer.json()["items"] == body["coverage"]


def test_alerts_are_told_with_what_they_stand_on(
    key_client: Callable[..., TestClient], county: CountyFiles
):
    client = key_client()
    published = read_current(county.warehouse, "alert").sort("alert_id")
    assert published.height > 3
    listed = walked(client, "/api/v1/alerts", limit=3)
    assert [one["alert_id"] for one in listed] == published["alert_id"].to_list()
    severe = walked(client, "/api/v1/alerts", severity="R")
    assert len(severe) == (published["severity"] == "R").sum()
    rows = read_current(county.warehouse, "alert_evidence")
    for one in listed[::4]:
        whole = client.get(f"/api/v1/alerts/{one['alert_id']}").json()["alert"]
        assert len(whole["evidence"]) == (rows["alert_id"] == one["alert_id"]).sum()


def test_no_record_key_leaves_by_the_api(
    key_client: Callable[..., TestClient], county: CountyFiles
):
    client = key_client()
    told = ""
    for application in read_current(county.warehouse, "roster_person")["application_id"].unique()[
        ::2
    ]:
        told += client.get(f"/api/v1/applications/{application}").text
        told += client.get(f"/api/v1/applications/{application}/evidence").text
    for alert in read_current(county.warehouse, "alert")["alert_id"][::3]:
        told += client.get(f"/api/v1/alerts/{alert}").text
    keys = read_current(county.warehouse, "person_link")["record_key"]
    parts = {part for key in keys for part in key.split("|") if len(part) == 18}
    assert len(parts) > 20, "the county has ID numbers in its record keys"
    assert not [part for part in parts if part in told]
    assert '"record_key"' not in told


def test_out_of_the_area_is_like_not_there(
    key_client: Callable[..., TestClient], county: CountyFiles
):
    verdicts = read_current(county.warehouse, "household_verdict")
    asked = (pl.col("programme") == "dibao") & pl.col("requested")
    region = verdicts.filter(asked)["region_code"].sort()[0]
    narrow = key_client(regions=(region,), programmes=("dibao",))
    seen = walked(narrow, "/api/v1/verdicts")
    mine = (pl.col("region_code") == region) & asked
    assert [v["verdict_id"] for v in seen] == verdicts.filter(mine)["verdict_id"].to_list()
    elsewhere = verdicts.filter(pl.col("region_code") != region).row(0, named=True)
    other = verdicts.filter(pl.col("region_code") == region, pl.col("programme") == "tekun")
    alerts = read_current(county.warehouse, "alert").filter(
        ~pl.col("region_code").str.starts_with(region).fill_null(value=False)
    )
    for path in [
        f"/api/v1/applications/{elsewhere['application_id']}",
        f"/api/v1/applications/{elsewhere['application_id']}/evidence",
        f"/api/v1/coverage?application={elsewhere['application_id']}",
        f"/api/v1/verdicts/{elsewhere['verdict_id']}",
        f"/api/v1/verdicts/{other['verdict_id'][0]}",
        f"/api/v1/alerts/{alerts['alert_id'][0]}",
    ]:
        hidden = narrow.get(path)
        missing = narrow.get(path[:-4] + "zzzz" if "evidence" not in path else
                             "/api/v1/applications/zzzz/evidence")  # fmt: skip
        assert hidden.status_code == missing.status_code == 404, path
        assert _plain(hidden) == _plain(missing), path
    application = narrow.get(f"/api/v1/applications/{seen[0]['application_id']}").json()
    assert {v["programme"] for v in application["verdicts"]} == {"dibao"}
    assert {d["programme"] for d in application["deadlines"]} <= {"dibao"}


def test_the_same_answer_is_not_sent_twice(key_client: Callable[..., TestClient]):
    client = key_client()
    first = client.get("/api/v1/verdicts?limit=5")
    again = client.get("/api/v1/verdicts?limit=5", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["hedui-run"] == first.headers["hedui-run"] == first.json()["run_id"]
    other = client.get("/api/v1/verdicts?limit=4", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
    assert not first.headers["etag"].startswith("W/")


def test_a_changed_or_foreign_cursor_is_refused(key_client: Callable[..., TestClient]):
    client = key_client()
    cursor = client.get("/api/v1/verdicts?limit=5").json()["next"]
    assert client.get("/api/v1/verdicts", params={"after": cursor}).status_code == 200
    for at in range(0, len(cursor), 9):
        changed = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        answer = client.get("/api/v1/verdicts", params={"after": changed})
        assert answer.status_code == 400
        assert answer.json()["type"] == "urn:hedui:problem:cursor"
    for path in ("verdicts?requested=true&", "alerts?", "changes?", "unacknowledged?"):
        assert client.get(f"/api/v1/{path}after={cursor}").status_code == 400
    with pytest.raises(Problem):
        read_cursor("changes", "é", length=2)


def test_problems_have_one_shape(
    key_client: Callable[..., TestClient], client_of: Callable[..., TestClient]
):
    client, person = key_client(), client_of()
    for asked, path, status in [
        (client, "/api/v1/applications/none", 404),
        (client, "/api/v1/nowhere", 404),
        (client, "/api/v1/verdicts?limit=0", 422),
        (client, "/api/v1/verdicts?sugestion=eligible", 422),
        (client, "/api/v1/verdicts?programme=dibbao", 422),
        (client, "/api/v1/coverage", 422),
        (person, "/api/v1/verdicts", 401),
    ]:
        answer = asked.get(path)
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert body["type"].startswith("urn:hedui:problem:")
        assert (body["status"], bool(body["title"])) == (status, True)


def test_what_was_seen_is_written_down(
    key_client: Callable[..., TestClient], deployment: Deployment
):
    client = key_client()
    shown = client.get("/api/v1/verdicts?limit=3").json()["items"]
    written = [
        line
        for file in sorted(deployment.audit.folder.glob("*.jsonl"))
        for line in file.read_bytes().splitlines()
    ]
    entries = [line.entry for line in map(read_line, written) if line is not None]
    page = [one for one in entries if one.action == "verdict.page"][-1]
    assert page.details["applications"] == sorted({one["application_id"] for one in shown})
    assert page.actor_id == client.account.account_id  # type: ignore[attr-defined]


def _plain(answer: Any) -> str:
    body = json.loads(answer.text)
    body.pop("correlation_id")
    return json.dumps(body, sort_keys=True)


def test_verdicts_of_a_batch(
    key_client: Callable[..., TestClient], deployment: Deployment, county: CountyFiles
):
    rows = read_current(county.warehouse, "household_verdict").filter(pl.col("requested"))
    head = ("B1", "applications", "api", "A1", "2026-05-20T00:00:00+00:00", "2026-05-20", "x")
    sent = [
        BatchRow(
            "approval.application", n, "", row["application_id"], "", row["region_code"],
            row["programme"], state, "d",
        )
        for n, (row, state) in enumerate(
            zip(rows.iter_rows(named=True), ["accepted", "refused", "unchanged"], strict=False)
        )
    ]  # fmt: skip
    keep_batch(deployment.casework, Batch(*head, 3, 1, 1, 1), sent, [], name=lambda _: [])
    listed = walked(key_client(), "/api/v1/verdicts", batch="B1", requested=True)
    ids = rows["application_id"].to_list()
    assert [v["application_id"] for v in listed] == [ids[0], ids[2]]
    assert key_client().get("/api/v1/verdicts?batch=B2").status_code == 404
    assert key_client(regions=("11",)).get("/api/v1/verdicts?batch=B1").status_code == 404
