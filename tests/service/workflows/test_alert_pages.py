"""The alert queue: what is shown is published, what is decided is kept, and what goes against a family takes two people."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
import pytest

from casework.logs import read_casework
from casework.proposals import proposals, use
from household.errors import InputError
from service.access.roles import Role
from warehouse.current import read_current

if TYPE_CHECKING:
    from collections.abc import Callable

    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment


def token_of(client: TestClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def post(client: TestClient, path: str, *, form: str | None = None, **said: str) -> int:
    said["csrf_token"] = token_of(client, form or path)
    return client.post(path, data=said).status_code


@pytest.fixture
def alert(county: CountyFiles) -> dict[str, object]:
    """An open alert that no amount hangs on, and one that has an amount, are both in the county; this is the first with one."""
    rows = read_current(county.warehouse, "alert").filter(
        pl.col("amount").is_not_null(), pl.col("state") == "open"
    )
    return rows.row(0, named=True)


def test_the_queue_lists_every_open_alert_once(
    client_of: Callable[..., TestClient], county: CountyFiles
):
    client = client_of(Role.ANALYST)
    published = read_current(county.warehouse, "alert").filter(pl.col("state") == "open")
    seen: list[str] = []
    for page in range(1, 100):
        found = re.findall(r'href="/alerts/(AL[0-9a-f]+)"', client.get(f"/alerts?page={page}").text)
        if not found:
            break
        seen += found
    assert sorted(seen) == sorted(published["alert_id"])


def test_filters_show_what_they_say(client_of: Callable[..., TestClient], county: CountyFiles):
    client = client_of(Role.ANALYST)
    published = read_current(county.warehouse, "alert").filter(pl.col("state") == "open")
    code = published["code"].mode().sort()[0]
    text = client.get(f"/alerts?code={code}").text
    own = published.filter(pl.col("code") == code)["alert_id"].to_list()
    assert 0 < len(own) <= 50, "one page"
    assert set(re.findall(r"/alerts/(AL[0-9a-f]+)", text)) == set(own)
    assert "没有内容" in client.get("/alerts?life=confirmed").text


def test_an_alert_tells_its_rows_and_no_key(
    client_of: Callable[..., TestClient], county: CountyFiles, alert: dict[str, object]
):
    text = client_of(Role.ANALYST).get(f"/alerts/{alert['alert_id']}").text
    rows = read_current(county.warehouse, "alert_evidence").filter(
        pl.col("alert_id") == alert["alert_id"]
    )
    assert len(rows)
    for row in rows.iter_rows(named=True):
        assert f"{row['file']}</code>:{row['line']}" in text
        if row["record_key"] != alert["subject_id"]:  # a benefit's number is no person's
            assert row["record_key"] not in text


def test_out_of_area_there_is_no_such_alert(
    client_of: Callable[..., TestClient], alert: dict[str, object]
):
    stranger = client_of(Role.ANALYST, regions=("110101",))
    away = stranger.get(f"/alerts/{alert['alert_id']}")
    none = stranger.get("/alerts/AL00000000000000000000")
    assert (away.status_code, none.status_code) == (404, 404)
    scrub = re.compile(r"<code>[0-9a-f]{16}</code>|csrf[^>]*>|hx-headers='[^']*'")
    assert scrub.sub("", away.text) == scrub.sub("", none.text)


def test_an_explanation_is_kept_at_once_with_who_said_it(
    client_of: Callable[..., TestClient], deployment: Deployment, alert: dict[str, object]
):
    analyst, path = client_of(Role.ANALYST), f"/alerts/{alert['alert_id']}"
    said = {"action": "explain", "reason": "已电话核实", "facts": str(alert["facts_digest"])}
    assert post(analyst, path, **said) == 303
    log = read_casework(deployment.casework).alert_event
    assert log.select("alert_id", "clerk", "action").rows() == [
        (alert["alert_id"], analyst.account.account_id, "explain")
    ]
    assert post(analyst, path, **said) == 422


def test_what_was_not_seen_as_it_is_now_is_not_decided(
    client_of: Callable[..., TestClient], alert: dict[str, object]
):
    path = f"/alerts/{alert['alert_id']}"
    said = {"action": "explain", "reason": "已核实", "facts": "0" * 64}
    assert post(client_of(Role.ANALYST), path, **said) == 422


def test_an_adverse_finding_takes_a_second_person(
    client_of: Callable[..., TestClient], deployment: Deployment, alert: dict[str, object]
):
    proposer = client_of(Role.SUPERVISOR)
    path = f"/alerts/{alert['alert_id']}"
    said = {
        "action": "confirm",
        "outcome": "person_error",
        "amount": "120.00",
        "direction": "over",
        "reason": "与本人核实",
        "facts": str(alert["facts_digest"]),
    }
    assert post(proposer, path, **said) == 303
    assert read_casework(deployment.casework).alert_event.is_empty(), "nothing is decided yet"
    (waiting,) = proposals(deployment.casework)
    own = f"/proposals/{waiting.proposal_id}"
    agree = {"decision": "agreed", "reason": "同意", "form": "/proposals"}
    assert post(proposer, own, **agree) == 422, "nobody agrees to his own"
    assert read_casework(deployment.casework).alert_event.is_empty()
    elsewhere = client_of(Role.SUPERVISOR, regions=("110101",))
    token = token_of(elsewhere, "/account")
    away = elsewhere.post(own, data={"decision": "agreed", "reason": "同意", "csrf_token": token})
    assert away.status_code == 404
    second = client_of(Role.SUPERVISOR)
    assert post(second, own, **agree) == 303
    log = read_casework(deployment.casework).alert_event
    assert log.select("clerk", "second_clerk", "outcome", "amount_fen").rows() == [
        (proposer.account.account_id, second.account.account_id, "person_error", 12_000)
    ]
    assert post(client_of(Role.SUPERVISOR), own, **{**agree, "form": "/account"}) == 422
    assert len(read_casework(deployment.casework).alert_event) == 1


def test_what_the_facts_refuse_at_the_end_is_put_forward_again_by_one_click(
    client_of: Callable[..., TestClient], deployment: Deployment, alert: dict[str, object]
):
    analyst, second = client_of(Role.ANALYST), client_of(Role.SUPERVISOR)
    path = f"/alerts/{alert['alert_id']}"
    said = {
        "action": "confirm",
        "outcome": "person_error",
        "amount": "120.00",
        "direction": "over",
        "reason": "与本人核实",
        "facts": str(alert["facts_digest"]),
    }
    assert post(analyst, path, **said) == 303
    (first,) = proposals(deployment.casework)
    explained = {"action": "explain", "reason": "另一人先解释了", "facts": said["facts"]}
    assert post(second, path, **explained) == 303
    agree = {"decision": "agreed", "reason": "同意", "form": "/proposals"}
    assert post(second, f"/proposals/{first.proposal_id}", **agree) == 422
    (first,) = proposals(deployment.casework)
    assert first.failure
    for client, page in ((analyst, path), (second, "/proposals")):
        assert f"未能办理：{first.failure}" in client.get(page).text
    again = f"/proposals/{first.proposal_id}/again"
    assert again in analyst.get(path).text
    facts = {"form": path, "facts": said["facts"]}
    assert post(client_of(Role.ANALYST, regions=("110101",)), again, form="/account") == 404
    assert post(client_of(Role.AUDITOR), again, form="/account") == 404
    assert post(analyst, again, **facts) == 422, "explained: it must be opened again first"
    reopened = {"action": "reopen", "reason": "解释与票据不符", "facts": said["facts"]}
    assert post(second, path, **reopened) == 303
    assert post(analyst, again, form=path, facts="0" * 64) == 422, "not the facts of now"
    assert post(analyst, again, **facts) == 303
    assert post(analyst, again, **facts) == 422, "it waits already"
    assert again not in analyst.get(path).text
    newest = proposals(deployment.casework)[0]
    assert post(second, f"/proposals/{newest.proposal_id}", **agree) == 303
    log = read_casework(deployment.casework).alert_event
    assert log.select("clerk", "action", "second_clerk").row(-1) == (
        analyst.account.account_id,
        "confirm",
        second.account.account_id,
    )


def test_an_analyst_is_no_second_person(
    client_of: Callable[..., TestClient], alert: dict[str, object]
):
    analyst = client_of(Role.ANALYST)
    token = token_of(analyst, "/account")
    answer = analyst.post(
        "/proposals/T" + "0" * 20, data={"decision": "agreed", "reason": "x", "csrf_token": token}
    )
    assert answer.status_code == 403


def test_what_is_agreed_to_is_given_once(deployment: Deployment):
    from casework.proposals import decide, propose  # noqa: PLC0415 - beside their use

    told = {"at": "2026-05-20T01:00:00", "expires_at": "2026-06-01T00:00:00"}
    made = propose(
        deployment.casework,
        kind="bulk.export",
        subject=("list", "L1"),
        payload={"rows": 400},
        reason="月度报表",
        by="A1",
        **told,
    )
    with pytest.raises(InputError, match="未经另一人同意"):
        use(deployment.casework, made, kind="bulk.export", by="A1", at="2026-05-20T02:00:00")
    with pytest.raises(InputError, match="已过期"):
        decide(
            deployment.casework, made, "agreed", reason="同意", by="A2", at="2026-07-01T00:00:00"
        )
    decide(deployment.casework, made, "agreed", reason="同意", by="A2", at="2026-05-21T00:00:00")
    with pytest.raises(InputError, match="未经另一人同意"):
        use(deployment.casework, made, kind="alert.decide", by="A1", at="2026-05-21T01:00:00")
    use(deployment.casework, made, kind="bulk.export", by="A1", at="2026-05-21T01:00:00")
    with pytest.raises(InputError, match="已经办理"):
        use(deployment.casework, made, kind="bulk.export", by="A1", at="2026-05-21T02:00:00")
