"""The queue shows what was asked for, in the area, in order, page by page; and who has taken what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from casework.assignments import Assignments
from casework.store import file_address, open_store
from casework.views import views_for
from service.access.actor import Scope
from service.access.roles import Role
from service.reading.index import Indexes
from service.reading.queue.filters import Asked, read_filters
from service.reading.queue.page import QueuePage, read_queue
from warehouse.current import read_current
from warehouse.live import LiveWarehouse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from httpx import Response
    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment

EVERYWHERE = Scope(("*",))


def listed(text: str) -> list[str]:
    return re.findall(r'<th scope="row" class="nowrap"><a href="/applications/(\w+)">', text)


def post(client: TestClient, path: str, **form: object) -> Response:
    token = re.search(r'name="csrf_token" value="(\w+)"', client.get("/queue").text)
    assert token is not None
    return client.post(path, data={"csrf_token": token[1], **form})


@pytest.fixture(scope="module")
def ask(
    county: CountyFiles, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., QueuePage]]:
    """`ask(asked, scope=…, after=…, limit=…)`: a page of the county's queue, in which nobody has taken anything."""
    live = LiveWarehouse(county.warehouse)
    indexes = Indexes(live)
    place = file_address(tmp_path_factory.mktemp("queue") / "casework.sqlite")
    with open_store(place, create=True) as store:
        held = Assignments(store)

        def page_of(asked: Asked, **more: Any) -> QueuePage:
            with indexes.reading() as (tables, index):
                told = {"scope": EVERYWHERE, **more}
                return read_queue(tables, index, asked=asked, account="A1", held=held, **told)

        yield page_of
    live.close()


@pytest.fixture(scope="module")
def verdicts(county: CountyFiles) -> pl.DataFrame:
    """What was asked for, one row an application."""
    rows = read_current(county.warehouse, "household_verdict").filter("requested")
    return rows.with_columns(pl.col("programme", "suggestion").cast(pl.String))


def test_each_application_is_one_row_by_the_programme_asked_for(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    text = client_of(Role.ANALYST).get("/queue").text
    with deployment.warehouse.borrowed() as tables:
        asked = tables.frame("household_verdict").filter("requested")
    assert sorted(listed(text)) == sorted(asked["application_id"])
    apart = (asked["income_limit"] - asked["income_per_capita_month"]).abs() / asked["income_limit"]
    by_margin = asked.with_columns(apart=apart).sort("apart", "application_id", nulls_last=True)
    near = by_margin.filter(pl.col("apart").is_not_null())["application_id"].to_list()
    assert listed(text)[: len(near)] == near
    for word, count in asked["suggestion"].value_counts().iter_rows():
        assert re.search(rf"suggestion={word}\"[^>]*>.*?<strong>{count}</strong>", text)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"programme": "dibao"}, pl.col("programme") == "dibao"),
        ({"suggestion": "ineligible"}, pl.col("suggestion") == "ineligible"),
        ({"certain": "no"}, ~pl.col("certain")),
        ({"application": "0001"}, pl.col("application_id").str.contains("0001")),
        ({"region": "99010110"}, pl.col("region_code").str.starts_with("99010110")),
        (
            {"margin": "20"},
            (pl.col("income_limit") - pl.col("income_per_capita_month")).abs()
            <= pl.col("income_limit") * pl.lit(20) / 100,
        ),
    ],
)
def test_filters_leave_what_they_say(
    ask: Callable[..., QueuePage], verdicts: pl.DataFrame, given: dict[str, str], kept: pl.Expr
):
    asked = read_filters(given)
    assert read_filters(dict(p.split("=") for p in asked.query.split("&"))) == asked
    page, rows = ask(asked), verdicts.filter(kept)
    assert {row.application_id for row in page.rows} == set(rows["application_id"])
    assert page.total == len(rows)


def test_rules_alerts_and_clocks_are_looked_into(
    ask: Callable[..., QueuePage], county: CountyFiles, verdicts: pl.DataFrame
):
    reasons = read_current(county.warehouse, "verdict_reason").join(
        verdicts, on="verdict_id", how="semi"
    )
    late = read_current(county.warehouse, "deadline").filter(
        pl.col("state").cast(pl.String) == "overdue", pl.col("application_id").is_not_null()
    )
    failed = reasons.filter(pl.col("outcome").cast(pl.String) == "fail")
    rule = failed["rule_id"].mode()[0]
    found = ask(read_filters({"rule": rule, "rule_is": "fail"}))
    expected = verdicts.join(failed.filter(rule_id=rule), on="verdict_id", how="semi")
    assert {r.application_id for r in found.rows} == set(expected["application_id"])
    assert {r.application_id for r in ask(Asked(clock="overdue")).rows} == set(
        late["application_id"]
    )
    assert all(r.alerts_b or r.alerts_r or r.alerts_i for r in ask(Asked(alert="any")).rows)


def test_pages_hold_every_row_once_and_a_lost_place_begins_anew(ask: Callable[..., QueuePage]):
    for order in ("margin", "oldest", "due", "alerts", "application"):
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            page = ask(Asked(order=order), after=after, limit=7)
            seen += [row.application_id for row in page.rows]
            after = page.after
        assert len(seen) == page.total == len(set(seen))
    lost = ask(Asked(), after="NOBODY", limit=7)
    assert lost.lost
    assert lost.rows == ask(Asked(), limit=7).rows


def test_odd_filters_are_none():
    given = {
        "region": "99' OR 1=1",
        "programme": "<b>",
        "rule": "rule:x",
        "margin": "-5",
        "age": "x",
        "application": "张三",
        "order": "name",
    }
    assert read_filters(given) == Asked()


def test_nobody_sees_another_area(deployment: Deployment, client_of: Callable[..., TestClient]):
    with deployment.warehouse.borrowed() as tables:
        asked = tables.frame("household_verdict").filter("requested")
    own = asked["region_code"][0]
    mine = set(asked.filter(pl.col("region_code").str.starts_with(own))["application_id"])
    theirs = set(asked["application_id"]) - mine
    client = client_of(Role.SUPERVISOR, regions=(own,))
    assert set(listed(client.get("/queue?region=99").text)) == mine
    assert {line.split(",")[0] for line in client.get("/queue.csv").text.splitlines()[1:]} == mine
    post(client, "/queue/assign", application=[*mine, *theirs], to="me")
    assert set(Assignments(deployment.casework).everything()) == mine
    assert client_of(Role.ANALYST, regions=()).get("/queue").text.count("data-row") == 0


def test_applications_are_taken_given_back_and_given(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    ann, bob, lead = client_of(Role.ANALYST), client_of(Role.ANALYST), client_of(Role.SUPERVISOR)
    one, two = listed(ann.get("/queue").text)[:2]
    post(ann, "/queue/assign", application=[one], to="me")
    post(bob, "/queue/assign", application=[one, two], to="me")
    ids = {name: c.account.account_id for name, c in (("ann", ann), ("bob", bob))}  # type: ignore[attr-defined]
    assert Assignments(deployment.casework).everything() == {one: ids["ann"], two: ids["bob"]}
    assert listed(ann.get("/queue?whose=mine").text) == [one]
    assert not {one, two} & set(listed(ann.get("/queue?whose=free").text))
    post(bob, "/queue/assign", application=[one], to="")
    assert one in Assignments(deployment.casework).everything()
    assert (
        post(bob, "/queue/assign", application=[two], to="worker", worker=ids["ann"]).status_code
        == 403
    )
    post(lead, "/queue/assign", application=[one, two], to="worker", worker=ids["bob"])
    assert Assignments(deployment.casework).everything() == {one: ids["bob"], two: ids["bob"]}
    assert (
        post(lead, "/queue/assign", application=[one], to="worker", worker="nobody").status_code
        == 422
    )
    post(bob, "/queue/assign", application=[one, two], to="")
    assert Assignments(deployment.casework).everything() == {}


def test_views_are_ones_own_unless_a_supervisor_shares_them(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    ann, bob, lead = client_of(Role.ANALYST), client_of(Role.ANALYST), client_of(Role.SUPERVISOR)
    post(ann, "/queue/views", name="近线", query="margin=5&certain=yes&evil=<b>", shared="yes")
    post(lead, "/queue/views", name="逾期", query="clock=overdue", shared="yes")
    assert "近线" in ann.get("/queue").text
    assert "近线" not in bob.get("/queue").text
    assert "逾期" in bob.get("/queue").text
    (own, _) = views_for(deployment.casework, ann.account.account_id)  # type: ignore[attr-defined]
    assert (own.query, own.shared) == ("certain=yes&margin=5", False)
    post(bob, f"/queue/views/{own.view_id}/delete")
    assert "近线" in ann.get("/queue").text
    post(ann, f"/queue/views/{own.view_id}/delete")
    assert "近线" not in ann.get("/queue").text
    assert post(ann, "/queue/views", name=" ", query="").status_code == 422
