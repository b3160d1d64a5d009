"""The household page says what is published, all of it, and nothing in clear."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
from county_secrets import leaks, secrets_of

from service.access.roles import Role
from service.pages.formats import figure, money

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from served_counties import CountyFiles
    from starlette.testclient import TestClient

    from service.deployment import Deployment

SUGGESTED = {
    "eligible": "建议符合",
    "ineligible": "建议不符合",
    "needs_review": "需人工复核",
    "data_incomplete": "数据不全",
    "parameter_missing": "参数缺失",
    "not_authorised": "未获授权",
}


def ids_of(deployment: Deployment) -> list[str]:
    with deployment.warehouse.borrowed() as tables:
        frame = tables.frame("household_verdict", columns=["application_id"])
    return frame["application_id"].unique(maintain_order=True).to_list()


def words_of(text: str) -> str:
    """The words of a page as they are read: blanks for tags, several as one."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def test_a_page_says_all_that_is_published(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    client = client_of(Role.ANALYST)
    for application in ids_of(deployment)[::4]:
        page = client.get(f"/applications/{application}")
        assert page.status_code == 200
        told = words_of(page.text)
        with deployment.warehouse.borrowed() as tables:
            verdicts = tables.frame("household_verdict", application_id=application)
            for verdict in verdicts.iter_rows(named=True):
                reasons = tables.frame("verdict_reason", verdict_id=verdict["verdict_id"])
                for reason in reasons.iter_rows(named=True):
                    assert re.sub(r"\s+", " ", reason["text_zh"]) in told
                    assert figure(reason["measured"]) in told
                    if reason["outcome"] != "pass" and reason["settles_it"]:
                        assert reason["settles_it"] in told
                    for evidence_id in reason["evidence_ids"]:
                        assert f"/applications/{application}/evidence/{evidence_id}" in page.text
            asked = verdicts.filter("requested").row(0, named=True)
            for flip in tables.frame("flip_fact", verdict_id=asked["verdict_id"])["text_zh"]:
                assert flip in told
            assert SUGGESTED[asked["suggestion"]] in told
            assert money(asked["income_window"]) in told
            for line in tables.frame("income_line", application_id=application).iter_rows(
                named=True
            ):
                assert {money(line[n]) for n in ("declared", "verified", "adopted")} <= set(
                    told.split()
                ) | {money(None)}
            for clock in tables.frame("deadline", application_id=application)["text_zh"]:
                assert clock in told
            people = tables.frame("roster_person", application_id=application)
            for ref in people["person_ref"].unique():
                masked = tables.frame("person", person_ref=ref).row(0, named=True)
                assert (masked["name_masked"] or "—") in told
                for alert in (
                    tables.frame("alert")
                    .filter(pl.col("person_refs").list.contains(ref))
                    .iter_rows(named=True)
                ):
                    assert alert["text_zh"] in told


def test_what_is_not_known_is_a_dash_and_a_mismatch_is_left_open(
    own_county: CountyFiles, deployment: Deployment, client_of: Callable[..., TestClient]
):
    with deployment.warehouse.borrowed() as tables:
        verdicts = tables.frame("household_verdict").filter("requested")
        unknown = verdicts.filter(pl.col("income_per_capita_month").is_null())
        mismatch = tables.frame("coverage").filter(pl.col("state") == "identity_mismatch")
    assert len(unknown)
    page = client_of(Role.ANALYST).get(f"/applications/{unknown['application_id'][0]}").text
    row = re.search(r"月人均收入\(元\)</th><td class=\"number\">(.*?)</td>", page)
    assert row is not None
    assert row[1] == "—"
    for application in mismatch["application_id"].unique():
        told = words_of(client_of(Role.ANALYST).get(f"/applications/{application}").text)
        assert "身份不符，待查" in told
    assert own_county.warehouse.exists()


def test_nobody_is_named_on_any_page_list_or_header(
    own_county: CountyFiles,
    deployment: Deployment,
    client_of: Callable[..., TestClient],
    caplog: pytest.LogCaptureFixture,
):
    secrets = secrets_of(own_county.warehouse)
    assert len(secrets) > 300
    assert leaks(secrets, f"…{max(secrets)}…")
    client, said = client_of(Role.SUPERVISOR), []
    caplog.set_level("INFO")
    applications = ids_of(deployment)
    with deployment.warehouse.borrowed() as tables:
        evidence = tables.frame("evidence").unique("dataset", keep="first")
    paths = ["/queue", "/queue.csv", *(f"/applications/{a}" for a in applications[::2])]
    paths += [
        f"/applications/{row['application_id']}/evidence/{row['evidence_id']}"
        for row in evidence.iter_rows(named=True)
    ]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        said.append(html.unescape(answer.text) + str(answer.headers))
    audit = "".join(f.read_text("utf-8") for f in deployment.audit.folder.glob("*.jsonl"))
    found = leaks(secrets, "\n".join([*said, audit, caplog.text]))
    assert found == set()


def test_out_of_area_is_answered_like_not_there(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    with deployment.warehouse.borrowed() as tables:
        verdicts = tables.frame("household_verdict").filter("requested").sort("application_id")
        own, other = verdicts["region_code"].unique(maintain_order=True)[:2]
        evidence = tables.frame("evidence")
    mine = verdicts.filter(region_code=own)["application_id"][0]
    theirs = verdicts.filter(region_code=other)["application_id"]
    row = evidence.filter(pl.col("application_id").is_in(theirs.implode())).row(0, named=True)
    client = client_of(Role.ANALYST, regions=(own,))
    assert client.get(f"/applications/{mine}").status_code == 200
    there = f"/applications/{row['application_id']}"
    body = re.compile(r"<main.*</main>", re.DOTALL)

    def answer(path: str, method: str = "GET", **more: object) -> tuple[int, str]:
        got = client.request(method, path, **more)
        found = body.search(got.text)
        assert found is not None
        return got.status_code, re.sub(r"<code>[0-9a-f]{16}</code>", "", found[0])

    missing = answer("/applications/NOBODY")
    assert missing[0] == 404
    assert answer(there) == missing
    assert answer(f"{there}/evidence/{row['evidence_id']}") == missing
    assert answer(f"{there}/evidence/{row['evidence_id']}/link") == missing
    # A row of somebody else does not come by way of one's own application either.
    assert answer(f"/applications/{mine}/evidence/{row['evidence_id']}") == missing
    token = re.search(r'name="csrf_token" value="(\w+)"', client.get("/queue").text)
    assert token is not None
    asked = {"csrf_token": token[1], "group": "identity", "reason": "入户核查需要"}
    post = answer(f"{there}/people/{row['person_ref']}/unmask", "POST", data=asked)
    assert post == missing


def test_who_may_see_one_programme_sees_only_it(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    with deployment.warehouse.borrowed() as tables:
        asked = tables.frame("household_verdict").filter("requested")
    dibao = asked.filter(programme="dibao")["application_id"][0]
    other = asked.filter(pl.col("programme") != "dibao")["application_id"][0]
    client = client_of(Role.ANALYST, programmes=("dibao",))
    page = client.get(f"/applications/{dibao}")
    assert page.status_code == 200
    assert "特困人员救助供养" not in page.text
    assert client.get(f"/applications/{other}").status_code == 404


def test_without_the_store_the_page_says_so(
    own_county: CountyFiles, deployment: Deployment, client_of: Callable[..., TestClient]
):
    client = client_of(Role.ANALYST)
    arrivals = own_county.warehouse.with_suffix(".store") / "arrivals.jsonl"
    arrivals.write_bytes(b"not a log\n" * 3)
    page = client.get(f"/applications/{ids_of(deployment)[0]}")
    assert page.status_code == 200
    assert "未能读取" in page.text


def test_every_link_leads_somewhere(deployment: Deployment, client_of: Callable[..., TestClient]):
    with deployment.warehouse.borrowed() as tables:
        alert = tables.frame("alert").filter(
            pl.col("subject_kind").cast(pl.String) == "application"
        )
        row = tables.frame("evidence", application_id=alert["subject_id"][0]).row(0, named=True)
    client = client_of(Role.SUPERVISOR)
    own = f"/applications/{row['application_id']}"
    kinds: dict[str, str] = {}
    for path in ("/queue", own, f"{own}/evidence/{row['evidence_id']}"):
        for link in re.findall(r'href="(/[^"#]*)"', client.get(path).text):
            kinds.setdefault(
                re.sub(r"[A-Z]{1,2}\w{8,}", "ID", html.unescape(link)), html.unescape(link)
            )
    assert {"/objections/new?application=ID", "/reports/ID", "/alerts/ID"} <= set(kinds)
    lost = {link for link in kinds.values() if client.get(link).status_code not in (200, 303)}
    assert lost == set()


def test_a_link_is_explained_or_it_is_said_why_not(
    deployment: Deployment, client_of: Callable[..., TestClient]
):
    with deployment.warehouse.borrowed() as tables:
        evidence = tables.frame("evidence").filter(pl.col("person_ref").is_not_null())
    client, unlinked = client_of(Role.ANALYST), set()
    for row in (
        evidence.unique("dataset", keep="first").sort("dataset").head(5).iter_rows(named=True)
    ):
        path = f"/applications/{row['application_id']}/evidence/{row['evidence_id']}/link"
        answer = client.get(path, headers={"HX-Request": "true"})
        assert answer.status_code == 200, row["dataset"]
        if "不能说明" in answer.text:
            unlinked.add(str(row["dataset"]))
        else:
            assert f"<strong>{row['link_tier']}</strong>" in answer.text
    assert unlinked == {"approval.expenditure"}


def test_money_on_a_page_is_rounded_as_in_reasons_and_reports():
    assert [money(Decimal(text)) for text in ("645.125000", "0.005", "1234567.5", "-0.005")] == [
        "645.13",
        "0.01",
        "1,234,567.50",
        "-0.01",
    ]
    assert money(None) == "—"
