"""Objections: entered to a line, landed for the next run, answered by somebody else in time; a rejection takes two people."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from served_counties import outside
from signing import sign_in

from casework.objections import FROM, ObjectionStep, check_step, state_of, steps_of
from casework.proposals import proposals
from casework.store import address_of
from household.errors import InputError
from pipelines.workplace import store_root
from service.access.roles import Role
from service.app import create_app
from service.opening import opened
from service.settings import ServiceSettings
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment


@pytest.fixture
def line(county: CountyFiles) -> dict[str, object]:
    """A counted line of an application."""
    rows = read_current(county.warehouse, "evidence").filter("counted")
    return rows.sort("evidence_id").row(0, named=True)


def token_of(client: TestClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def enter(client: TestClient, line: dict[str, object], **said: str) -> str:
    form = f"/objections/new?application={line['application_id']}&evidence={line['evidence_id']}"
    data = {
        "csrf_token": token_of(client, form),
        "application_id": str(line["application_id"]),
        "evidence_id": str(line["evidence_id"]),
        "ground": "sold",
        "raised_on": "2026-05-20",
        "note": "家属来窗口说明",
    } | said
    answer = client.post("/objections", data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def step(client: TestClient, path: str, action: str, note: str = "已核对") -> int:
    data = {"csrf_token": token_of(client, "/account"), "action": action, "note": note}
    return client.post(path, data=data).status_code


def test_an_objection_lands_for_the_next_run_and_makes_the_line_contested(
    client_of: Callable[..., TestClient], own_county: CountyFiles, line: dict[str, object]
):
    analyst = client_of(Role.ANALYST)
    page = enter(analyst, line)
    told = analyst.get(page).text
    assert "尚未随运行生效" in told
    assert "2026-06-03" in told, "ten working days after 20 May 2026"
    own_county.run_again()
    clocks = read_current(own_county.warehouse, "deadline").filter(pl.col("step") == "recheck")
    mine = clocks.filter(pl.col("refers_to") == page.rsplit("/", 1)[1])
    assert mine.select(pl.col("due_on").cast(pl.String)).rows() == [("2026-06-03",)]
    assert "尚未随运行生效" not in analyst.get(page).text


def test_it_is_answered_by_somebody_else_and_rejecting_takes_two(
    client_of: Callable[..., TestClient], deployment: Deployment, line: dict[str, object]
):
    clerk, reviewer = client_of(Role.ANALYST), client_of(Role.ANALYST)
    page = enter(clerk, line)
    objection_id = page.rsplit("/", 1)[1]
    assert step(clerk, page, "take") == 422, "who entered it does not answer it"
    assert step(reviewer, page, "uphold") == 422, "not before it was rechecked"
    assert step(reviewer, page, "take") == 303
    assert step(client_of(Role.ANALYST), page, "recheck") == 422, "somebody else has it"
    assert step(reviewer, page, "recheck", "车管所复函仍在名下") == 303
    assert step(reviewer, page, "reject", "登记仍有效") == 303
    assert state_of(steps_of(deployment.casework, objection_id)) == "rechecked"
    (waiting,) = proposals(deployment.casework)
    own = f"/proposals/{waiting.proposal_id}"
    supervisor = client_of(Role.SUPERVISOR)
    agree = {"decision": "agreed", "reason": "同意", "csrf_token": token_of(supervisor, "/account")}
    assert supervisor.post(own, data=agree).status_code == 303
    steps = steps_of(deployment.casework, objection_id)
    assert state_of(steps) == "rejected"
    assert (steps[-1].by_account, steps[-1].second_account) == (
        reviewer.account.account_id,
        supervisor.account.account_id,
    )
    assert "车管所复函仍在名下" in clerk.get(page).text


def test_other_applications_on_the_same_row_are_counted(
    client_of: Callable[..., TestClient], county: CountyFiles
):
    rows = read_current(county.warehouse, "evidence")
    shared = rows.filter(
        pl.col("application_id").n_unique().over("dataset", "record_key") > 1
    ).sort("evidence_id")
    if shared.is_empty():
        pytest.skip("no row of the county bears on two applications")
    client = client_of(Role.ANALYST)
    row = shared.row(0, named=True)
    same = shared.filter(dataset=row["dataset"], record_key=row["record_key"])
    others = set(same["application_id"]) - {row["application_id"]}
    text = client.get(enter(client, row)).text
    assert row["record_key"] not in text
    for other in others:
        assert f"/applications/{other}" in text


def test_out_of_area_there_is_nothing(
    client_of: Callable[..., TestClient], line: dict[str, object]
):
    page = enter(client_of(Role.ANALYST), line)
    stranger = client_of(Role.ANALYST, regions=("110101",))
    assert stranger.get(page).status_code == 404
    assert page.rsplit("/", 1)[1] not in stranger.get("/objections").text
    form = f"/objections/new?application={line['application_id']}"
    assert stranger.get(form).status_code == 404


def test_a_line_of_another_application_is_refused(
    client_of: Callable[..., TestClient], county: CountyFiles, line: dict[str, object]
):
    rows = read_current(county.warehouse, "evidence")
    other = rows.filter(pl.col("application_id") != line["application_id"])["evidence_id"][0]
    form = f"/objections/new?application={line['application_id']}&evidence={other}"
    assert client_of(Role.ANALYST).get(form).status_code == 404


PEOPLE = st.sampled_from(["A", "B", "C"])
ACTIONS = st.sampled_from(sorted(FROM))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(st.lists(st.tuples(ACTIONS, PEOPLE, st.booleans()), max_size=12))
def test_no_history_answers_an_objection_by_whoever_entered_it(
    history: list[tuple[str, str, bool]],
):
    """Whatever is tried in whatever order: states only go on, one reviewer answers, a rejection has two names."""
    steps: tuple[ObjectionStep, ...] = (
        ObjectionStep("Y", "S", "enter", "A", "x", "t", ground="sold"),
    )
    for action, person, seconded in history:
        tried = ObjectionStep(
            "Y", "S", action, person, "x", "t", second_account="Z" if seconded else None
        )
        before = state_of(steps)
        try:
            check_step(steps, tried)
        except InputError:
            continue
        assert before in FROM[action]
        assert before not in ("upheld", "rejected", "withdrawn")
        if action != "withdraw":
            assert person != "A"
        if action == "reject":
            assert seconded
        steps = (*steps, tried)
    takers = {one.by_account for one in steps if one.action in ("take", "recheck", "uphold")}
    assert len(takers) <= 1


def test_an_objection_is_numbered_by_the_day_on_the_wall_and_not_raised_tomorrow(
    own_county: CountyFiles, line: dict[str, object]
):
    night = outside(datetime(2026, 5, 20, 17, 30, tzinfo=UTC))  # the 21st in Shanghai
    place = address_of(store_root(own_county.warehouse))
    told = ServiceSettings(inbox=own_county.inbox)
    with opened(own_county.warehouse, place, outside=night, settings=told) as deployment:
        client = sign_in(
            create_app(deployment),
            deployment,
            role=Role.ANALYST,
            regions=("*",),
            programmes=("*",),
            name=None,
        )
        path = enter(client, line, raised_on="2026-05-21")
        assert path.startswith("/objections/YY20260521")
        with pytest.raises(AssertionError, match="提出日期晚于今天"):
            enter(client, line, raised_on="2026-05-22")
