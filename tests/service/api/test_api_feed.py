"""The change feed over a real socket: a consumer that goes on after another run, recalls, receipts, and a key whose area was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import polars as pl
import pytest
from second_runs import publish_again

from casework.accounts import set_scope
from service.feed.keeper import keep_feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Served
    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment


@pytest.fixture
def system(served: Served, key_client: Callable[..., TestClient]) -> Iterator[httpx.Client]:
    """A key over a real connection."""
    known = key_client()
    headers = {"Authorization": known.headers["Authorization"]}
    with httpx.Client(base_url=served.url + "/api/v1", headers=headers, trust_env=False) as client:
        client.account = known.account  # type: ignore[attr-defined]
        yield client


def followed(client: httpx.Client, after: str) -> tuple[list[dict[str, Any]], str]:
    """All changes behind a cursor, and the cursor behind them."""
    found: list[dict[str, Any]] = []
    while True:
        body = (
            client.get("/changes", params={"after": after, "limit": 50}).raise_for_status().json()
        )
        found += body["items"]
        after = body["next"]
        if not body["more"]:
            return found, after


def keep(deployment: Deployment) -> None:
    keep_feed(deployment.warehouse, deployment.casework, deployment.outside)


def changed(rows: pl.DataFrame) -> pl.DataFrame:
    """The first verdict anew, the second without authorisation, the last application gone."""
    first, second = rows["verdict_id"][0], rows["verdict_id"][1]
    lost = pl.col("verdict_id") == second
    return rows.with_columns(
        pl.when(lost).then(pl.lit("not_authorised")).otherwise("suggestion").alias("suggestion"),
        pl.when(pl.col("verdict_id").is_in([first, second]))
        .then(pl.col("verdict_id") + "x")
        .otherwise("verdict_id")
        .alias("verdict_id"),
    ).filter(pl.col("application_id") != rows["application_id"][-1])


def test_a_consumer_follows_from_run_to_run(
    system: httpx.Client, deployment: Deployment, own_county: CountyFiles
):
    assert system.get("/changes").json()["items"] == []
    keep(deployment)
    whole, cursor = followed(system, "")
    verdicts = system.get("/verdicts?limit=500").json()["items"]
    told = {c["verdict_id"] for c in whole if c["verdict_id"]}
    assert told == {v["verdict_id"] for v in verdicts}
    assert {c["change"] for c in whole} == {"published", "alert_raised"}
    run = publish_again(own_county.warehouse, changed)
    keep(deployment)
    after, cursor = followed(system, cursor)
    gone = [v for v in verdicts if v["application_id"] == verdicts[-1]["application_id"]]
    first, second = verdicts[0]["verdict_id"], verdicts[1]["verdict_id"]
    assert [
        (c["change"], c["verdict_id"], c["previous_verdict_id"], c["reason"]) for c in after
    ] == [
        ("superseded", first + "x", first, None),
        ("withdrawn", None, second, "authorisation_lost"),
        ("published", second + "x", None, None),
        *(("withdrawn", None, v["verdict_id"], "not_in_run") for v in gone),
    ]
    assert {c["run_id"] for c in after} == {run}
    assert followed(system, cursor)[0] == []
    answer = system.get(f"/verdicts/{first}")
    assert (answer.status_code, answer.json()["verdict_id"]) == (410, first + "x")
    assert system.get(f"/verdicts/{gone[0]['verdict_id']}").json()["verdict_id"] is None


def test_a_key_whose_area_was_changed_must_start_anew(system: httpx.Client, deployment: Deployment):
    keep(deployment)
    _, cursor = followed(system, "")
    account = system.account.account_id  # type: ignore[attr-defined]
    set_scope(deployment.casework, account, regions=("99",), programmes=("*",), by="tests")
    answer = system.get("/changes", params={"after": cursor})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:hedui:problem:resync-required")
    start = system.get("/changes?start=now").json()
    assert (start["items"], start["more"]) == ([], False)
    assert followed(system, start["next"])[0] == []


def test_receipts_are_kept_once_and_the_rest_is_listed(
    system: httpx.Client, deployment: Deployment, own_county: CountyFiles
):
    keep(deployment)
    page = system.get("/unacknowledged?limit=5").json()
    total, first = page["total"], page["items"][0]["verdict_id"]
    assert system.get(f"/acknowledgements/{first}").status_code == 404
    said = {"verdict_id": first, "received_at": "2026-05-20T10:00:00+08:00"}
    made = system.post("/acknowledgements", json=said)
    assert (made.status_code, made.json()["received_at"]) == (
        201,
        "2026-05-20T02:00:00.000000+00:00",
    )
    again = system.post("/acknowledgements", json={"verdict_id": first})
    assert (again.status_code, again.json()) == (200, made.json())
    assert system.get(f"/acknowledgements/{first}").json() == made.json()
    left = system.get("/unacknowledged?limit=5", params={"after": page["next"]}).json()
    assert left["total"] == total - 1
    assert first not in str(system.get("/unacknowledged?limit=500").json())
    assert system.post("/acknowledgements", json={"verdict_id": "Vnone"}).status_code == 404
    publish_again(own_county.warehouse, changed)
    keep(deployment)
    old = page["items"][1]["verdict_id"]
    assert system.post("/acknowledgements", json={"verdict_id": old}).status_code == 201


def test_another_areas_verdict_cannot_be_acknowledged(
    key_client: Callable[..., TestClient], deployment: Deployment
):
    keep(deployment)
    verdict = key_client().get("/api/v1/verdicts?limit=1").json()["items"][0]
    client = key_client(regions=("110101",))
    said = {"verdict_id": verdict["verdict_id"]}
    assert client.post("/api/v1/acknowledgements", json=said).status_code == 404
    assert client.get("/api/v1/changes").json()["items"] == []
