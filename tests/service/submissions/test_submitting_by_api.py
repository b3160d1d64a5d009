"""Applications and objections by the API, into the inbox of a real county, and out again as verdicts."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import polars as pl
import pytest
from households_sent import household, number

from connectors.intake.inbox import survey
from connectors.intake.taking import take_all
from connectors.settling.settle import settle
from connectors.settling.settled import core_rows
from connectors.store import Store
from household.errors import InputError
from pipelines.workplace import store_root
from quality.rows import examine
from service.access.actor import Actor, Scope
from service.access.roles import Role
from service.submissions.objecting import NewObjection, hand_in_objection

URL = "/api/v1/applications"


def _send(client, *applications, key="key-00000001"):
    return client.post(
        URL, json={"applications": list(applications)}, headers={"Idempotency-Key": key}
    )


def _landed(county):
    return sorted(p.name for p in (county.inbox / "approval").glob("*_s0*.parquet"))


def test_a_household_lands_and_the_next_run_has_its_verdict(key_client, own_county):
    client = key_client()
    answer = _send(client, household("T-0001"))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["accepted"], told["refused"], told["total"]) == (6, 0, 6)
    assert _landed(own_county) == [
        f"{name}_990101_20260520_s0000001.parquet"
        for name in ("application", "authorisation", "expenditure", "member")
    ]
    before = client.get(f"/api/v1/batches/{told['batch_id']}").json()
    assert (before["progress"], before["applications"]) == ("landed", [])

    outcome = own_county.run_again()
    assert outcome.published

    after = client.get(f"/api/v1/batches/{told['batch_id']}").json()
    assert (after["progress"], after["applications"]) == ("taken", ["T-0001"])
    assert after["rows"] == told["rows"]


def test_a_bad_row_does_not_fail_the_batch(key_client, own_county):
    good, bad = household("T-0001"), household("T-0002", 2)
    bad["members"][1]["relation"] = "邻居"
    del bad["members"][1]["name"]
    bad["expenditures"][0]["amount"] = 12.5
    answer = _send(key_client(), good, bad)
    assert answer.status_code == 207
    rows = {row["place"]: row for row in answer.json()["rows"]}
    told = [(e["column"], e["reason_code"]) for e in rows["applications[1].members[1]"]["errors"]]
    assert told == [("name", "required"), ("relation", "unknown_code")]
    assert rows["applications[1].expenditures[0]"]["errors"][0]["reason_code"] == "not_text"
    # people would be counted wrongly: the rest of that household waits with the bad row
    held = rows["applications[1].members[0]"]
    assert (held["state"], held["errors"][0]["reason_code"]) == ("refused", "household_held")
    assert all(rows[p]["state"] == "accepted" for p in rows if p.startswith("applications[0]"))
    landed = own_county.inbox / "approval" / "application_990101_20260520_s0000001.parquet"
    assert pl.read_parquet(landed)["application_id"].to_list() == ["T-0001"]
    assert "邻居" not in answer.text


def test_the_same_key_answers_the_same_once(key_client, own_county):
    client = key_client()
    first = _send(client, household("T-0001"))
    again = _send(client, household("T-0001"))
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replay"] == "true"
    other = _send(client, household("T-0009"))
    assert other.status_code == 409
    assert other.json()["type"] == "urn:hedui:problem:idempotency-key-reused"
    assert len(_landed(own_county)) == 4


def test_a_key_is_its_account_s_own(key_client, own_county):
    first = _send(key_client(), household("T-0001"))
    other = _send(key_client(), household("T-0002", 2))
    assert other.status_code == 200
    assert other.json()["batch_id"] != first.json()["batch_id"]


def test_many_at_once_with_one_key_land_once(key_client, own_county):
    client = key_client()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: _send(client, household("T-0001")), range(6)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1
    assert len(_landed(own_county)) == 4
    handed = Store(store_root(own_county.warehouse)).root / "handed_in"
    assert list(handed.iterdir()) == []


def test_what_stands_already_lands_no_second_time_and_a_change_back_does(key_client, own_county):
    client = key_client()
    _send(client, household("T-0001"), key="key-00000001")
    again = _send(client, household("T-0001"), key="key-00000002").json()
    assert (again["accepted"], again["unchanged"]) == (6, 6)
    assert len(_landed(own_county)) == 4
    moved = household("T-0001", commissioned_by="另一乡镇")
    assert _send(client, moved, key="key-00000003").json()["unchanged"] == 5
    back = _send(client, household("T-0001"), key="key-00000004").json()
    assert back["unchanged"] == 5
    assert _landed(own_county)[-4:] == [
        "application_990101_20260520_s0000004.parquet",
        "authorisation_990101_20260520_s0000001.parquet",
        "expenditure_990101_20260520_s0000001.parquet",
        "member_990101_20260520_s0000001.parquet",
    ]


def test_a_change_back_on_the_same_day_is_what_stands(key_client, own_county):
    client = key_client()
    for at, office in enumerate(("甲乡镇", "乙乡镇", "甲乡镇")):
        sent = household("T-0001", commissioned_by=office)
        assert _send(client, sent, key=f"key-0000000{at}").status_code == 200
    store = Store(store_root(own_county.warehouse))
    log = take_all(survey(own_county.inbox), store, examine=examine).arrivals
    rows = core_rows(settle("approval.application", log, store), store).collect()
    stands = rows.filter(pl.col("application_id") == "T-0001")["commissioned_by"]
    assert stands.to_list() == ["甲乡镇"]


def test_an_area_bounds_what_may_be_sent(key_client, own_county, county):
    client = key_client(regions=("990102",))
    rows = _send(client, household("T-0001")).json()["rows"]
    assert {row["state"] for row in rows} == {"refused"}
    assert rows[0]["errors"][0]["reason_code"] == "out_of_scope"
    assert _landed(own_county) == []


def test_somebody_else_s_application_is_neither_changed_nor_told_of(key_client, own_county):
    _send(key_client(), household("T-0001"))
    stranger = key_client(regions=("990102",))
    own = household("T-0001", region_code="990102001")
    rows = _send(stranger, own).json()["rows"]
    assert rows[0]["errors"][0]["reason_code"] == "unavailable_id"
    objection = {
        "objection_id": "O-1",
        "application_id": "T-0001",
        "ground": "not_mine",
        "raised_on": "2026-05-19",
    }
    for application_id in ("T-0001", "T-none"):
        answer = stranger.post(
            "/api/v1/objections",
            json={"objections": [objection | {"application_id": application_id}]},
            headers={"Idempotency-Key": f"key-{application_id}"},
        )
        errors = answer.json()["rows"][0]["errors"]
        assert [e["reason_code"] for e in errors] == ["application_unknown"]


def test_who_has_no_live_paper_is_named(key_client):
    one = household("T-0001")
    one["authorisations"][0]["valid_to"] = "2026-05-19"
    one["authorisations"].pop(1)
    rows = {r["place"]: r for r in _send(key_client(), one).json()["rows"]}
    told = [rows[f"applications[0].members[{at}]"]["notices"][0]["reason_code"] for at in (0, 1)]
    assert told == ["paper_expired", "paper_missing"]
    assert rows["applications[0].members[0]"]["state"] == "accepted"


def test_numbers_that_look_damaged_are_named(key_client):
    one = household("T-0001")
    one["members"][0]["id_no"] = number(2)[:15] + "000"
    one["members"][1]["id_no"] = " " + number(3) + " "
    rows = {r["place"]: r for r in _send(key_client(), one).json()["rows"]}
    first, second = (rows[f"applications[0].members[{at}]"] for at in (0, 1))
    assert "trailing_zeros_suspect" in [n["reason_code"] for n in first["notices"]]
    assert "inner_spaces" in [n["reason_code"] for n in second["notices"]]


def test_no_value_stands_in_an_answer_or_the_casework_store(key_client, deployment):
    one = household("T-0001")
    one["members"][0]["relation"] = "测试甲"
    one["members"][1]["sex"] = number(3)
    one["surprise"] = number(2)
    answer = _send(key_client(), one, household("T-0002", 2))
    personal = ["测试甲", "测试乙", *(number(n) for n in range(2, 6))]
    store = deployment.casework.address.file.read_bytes()
    wal = deployment.casework.address.file.with_name("casework.sqlite-wal")
    kept = store + (wal.read_bytes() if wal.exists() else b"")
    for value in personal:
        assert value not in answer.text
        assert value.encode() not in kept


@pytest.mark.parametrize("read", [False, True], ids=["before a run", "after one"])
def test_somebody_else_s_papers_and_objections_are_not_replaced(key_client, own_county, read):
    """A row of the same key takes the place of the one that stands: from elsewhere it would undo a family's paper or objection."""

    def object_to(client, application_id):
        said = {"application_id": application_id, "ground": "not_mine", "raised_on": "2026-05-19"}
        return client.post(
            "/api/v1/objections",
            json={"objections": [said | {"objection_id": "O-1"}]},
            headers={"Idempotency-Key": f"objection-{application_id}"},
        ).json()["rows"]

    family = household("T-0001")
    mine = key_client()
    _send(mine, family)
    assert object_to(mine, "T-0001")[0]["state"] == "accepted"
    if read:
        own_county.run_again()
    stranger = key_client(regions=("990102",))
    other = household("T-0002", 2, region_code="990102001")
    other["authorisations"].append(family["authorisations"][0] | {"valid_to": "2026-05-19"})
    rows = _send(stranger, other).json()["rows"]
    refused = [r for r in rows if r["state"] == "refused"]
    assert [e["reason_code"] for r in refused for e in r["errors"]] == ["unavailable_number"]
    assert [r["place"] for r in refused] == ["applications[0].authorisations[2]"]
    told = object_to(stranger, "T-0002")[0]["errors"]
    assert [e["reason_code"] for e in told] == ["unavailable_number"]
    assert object_to(mine, "T-0001")[0]["state"] == "accepted"


def test_objections_land_and_an_unknown_line_is_refused(key_client, own_county, deployment):
    with deployment.warehouse.borrowed() as tables:
        row = tables.frame("evidence").row(0, named=True)
    objections = [
        {
            "objection_id": f"O-{at}",
            "application_id": row["application_id"],
            "evidence_id": evidence,
            "ground": "not_mine",
            "raised_on": "2026-05-19",
        }
        for at, evidence in enumerate((row["evidence_id"], None, "E-none"))
    ]
    answer = key_client().post(
        "/api/v1/objections",
        json={"objections": objections},
        headers={"Idempotency-Key": "key-00000001"},
    )
    assert answer.status_code == 207
    states = [r["state"] for r in answer.json()["rows"]]
    assert states == ["accepted", "accepted", "refused"]
    (file,) = (own_county.inbox / "approval").glob("objection_*_s0*.parquet")
    assert pl.read_parquet(file)["objection_id"].to_list() == ["O-0", "O-1"]
    manifest = json.loads(file.with_name(file.name + ".manifest.json").read_text("utf-8"))
    assert manifest["provenance"]["batch"] == answer.json()["batch_id"]


def test_ids_that_cannot_stand_in_a_link_are_refused(key_client, own_county):
    for at, strange in enumerate(
        ("../../etc", number(7), "T 1", "T\u202e1", "x" * 65, "T?a=1", "=1+1")
    ):
        rows = _send(key_client(), household(strange), key=f"key-0000000{at}").json()["rows"]
        assert rows[0]["errors"][0]["reason_code"] == "unsuitable_id", strange
    assert _landed(own_county) == []


def test_a_batch_is_nobody_else_s_business(key_client):
    sent = _send(key_client(), household("T-0001")).json()["batch_id"]
    assert key_client(regions=("990101",)).get(f"/api/v1/batches/{sent}").status_code == 200
    hidden = key_client(regions=("990102",)).get(f"/api/v1/batches/{sent}")
    missing = key_client(regions=("990102",)).get("/api/v1/batches/B20260520-000000000000")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json()["type"] == missing.json()["type"]


def test_the_shape_of_a_body_is_strict(key_client, own_county):
    client = key_client()
    key = {"Idempotency-Key": "key-00000001"}
    for body in (
        {},
        {"applications": []},
        {"applications": [1]},
        {"applications": [{"members": {}}]},
    ):
        assert client.post(URL, json=body, headers=key).status_code == 422
    assert client.post(URL, json={"applications": [household("T-1")]}).status_code == 422
    assert _landed(own_county) == []


def test_an_objection_entered_in_the_console_lands_the_same_way(
    application, deployment, own_county
):
    with deployment.warehouse.borrowed() as tables:
        row = tables.frame("evidence").row(0, named=True)
    told = NewObjection(
        "YY-0001", row["application_id"], row["evidence_id"], "not_mine", date(2026, 5, 20)
    )
    clerk = Actor("A1", "甲", Role.ANALYST, Scope(("*",)))
    indexes = application.state.indexes
    batch = hand_in_objection(deployment, indexes, clerk, told)
    assert (batch.origin, batch.accepted) == ("console", 1)
    assert hand_in_objection(deployment, indexes, clerk, told).unchanged == 1
    assert _landed(own_county) == ["objection_990101_20260520_s0000001.parquet"]
    stranger = Actor("A2", "乙", Role.ANALYST, Scope(("42",)))
    with pytest.raises(InputError, match="不在已有的申请中"):
        hand_in_objection(deployment, indexes, stranger, told)


HOSTILE_BODIES = [
    b"{",
    b'{"applications": [{"application_id": "\\ud800"}]}',
    b'{"applications": [{"application_id": NaN}]}',
    b'{"applications": [{"application_id": ' + b"9" * 6000 + b"}]}",
    b'{"applications": ' + b"[" * 100_000,
    b'{"applications": [{"application_id": "\\u0000"}]}',
    b'{"applications": [{"application_id": {"$gt": ""}}]}',
    b'{"applications": [{"__proto__": {}, "application_id": "T-1; DROP TABLE submission"}]}',
    b'{"applications": [{"application_id": "=1+1", "members": [{"name": "\\u202e"}]}]}',
]


@pytest.mark.parametrize("body", HOSTILE_BODIES, ids=range(len(HOSTILE_BODIES)))
def test_hostile_bodies_are_answered_and_land_nothing(key_client, own_county, body):
    answer = key_client().post(
        URL,
        content=body,
        headers={"Idempotency-Key": "key-00000001", "Content-Type": "application/json"},
    )
    assert answer.status_code in {207, 400, 422}
    assert _landed(own_county) == []
