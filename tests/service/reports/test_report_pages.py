"""Reports in the console: printed with leave, looked up within one's area, many at once only when two people agree."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from printed_text import squeezed

from casework.proposals import AGREED, decide
from casework.reports import find_printings, printings_of
from service.access.roles import Role
from service.reports.batch import SHEET, SUMS
from service.reports.checking import check_seal
from service.reports.press import chosen
from service.reports.standing import Standing, standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from httpx import Response
    from starlette.testclient import TestClient

    from service.deployment import Deployment


@pytest.fixture
def wanted(deployment: Deployment) -> tuple[str, str, str]:
    """An application, its region and its programme."""
    with deployment.warehouse.borrowed() as tables:
        application, region, programme = chosen(tables).row(0)
    return application, region, programme


def _token(client: TestClient, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200, page.text[:500]
    return str(page.text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0])


def _post(client: TestClient, path: str, *, form: str = "/reports", **values: str) -> Response:
    return client.post(path, data={"csrf_token": _token(client, form), **values})


def test_a_report_is_printed_sealed_and_entered(
    client_of: Callable[..., TestClient], deployment: Deployment, wanted: tuple[str, str, str]
) -> None:
    application, *_ = wanted
    client = client_of(Role.ANALYST, name="王核对")
    page = f"/reports/{application}"
    assert "尚未出具过" in client.get(page).text
    given = [
        client.post(f"{page}/print", data={"csrf_token": _token(client, page)}) for _ in range(2)
    ]
    for answer in given:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "no-store"
        claims = check_seal(answer.content).seal.claims
        assert claims.application == application
        assert "王核对" in squeezed(answer.content)
    assert "补打第1次·副本" in squeezed(given[1].content)
    entered = printings_of(deployment.casework, application)
    assert [one.file_sha256 for one in entered] == [sha256(a.content).hexdigest() for a in given]
    with deployment.warehouse.borrowed() as tables:
        told = standing(claims, tables, deployment.warehouse.path)
    assert told is Standing.CURRENT
    assert entered[1].file_sha256 in client.get(page).text


def test_a_report_out_of_the_area_is_not_there(
    client_of: Callable[..., TestClient], deployment: Deployment, wanted: tuple[str, str, str]
) -> None:
    application, region, programme = wanted
    for scope in ({"regions": ("11",)}, {"programmes": ("orphan",)}, {"regions": ()}):
        client = client_of(Role.ANALYST, **scope)
        token = _token(client, "/reports")
        assert client.get(f"/reports/{application}").status_code == 404
        answer = client.post(f"/reports/{application}/print", data={"csrf_token": token})
        assert answer.status_code == 404
        assert client.get("/reports/SQ0000000000").status_code == 404
    assert printings_of(deployment.casework, application) == ()
    client = client_of(Role.ANALYST, regions=(region,), programmes=(programme,))
    answer = client.post(
        f"/reports/{application}/print", data={"csrf_token": _token(client, "/reports")}
    )
    told = check_seal(answer.content).seal.claims
    assert len(told.verdicts.split()) == 1
    assert "未申请的其他救助类型" not in squeezed(answer.content)
    with deployment.warehouse.borrowed() as tables:
        assert standing(told, tables, deployment.warehouse.path) is Standing.CURRENT


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DATA_STEWARD, Role.SYSTEM_ADMINISTRATOR])
def test_who_may_not_make_reports_gets_none(
    client_of: Callable[..., TestClient], wanted: tuple[str, str, str], role: Role
) -> None:
    client = client_of(role)
    assert client.get(f"/reports/{wanted[0]}").status_code == 403
    assert client.get("/reports").status_code == (200 if role is Role.AUDITOR else 403)


def test_a_report_is_looked_up_by_number_or_code(
    client_of: Callable[..., TestClient], deployment: Deployment, wanted: tuple[str, str, str]
) -> None:
    application, *_ = wanted
    analyst = client_of(Role.ANALYST)
    printed = analyst.post(
        f"/reports/{application}/print", data={"csrf_token": _token(analyst, "/reports")}
    )
    claims = check_seal(printed.content).seal.claims
    auditor = client_of(Role.AUDITOR)
    for asked in (
        {"number": claims.report},
        {"code": claims.check_code.lower()},
        {"number": claims.report, "code": claims.check_code},
    ):
        page = _post(auditor, "/reports/look-up", **asked).text
        assert "登记中有这份报告" in page
        assert sha256(printed.content).hexdigest() in page
    other = client_of(Role.AUDITOR, regions=("11",))
    for client, asked in (
        (auditor, {"number": claims.report, "code": "AAAA-AAAA-AAAA-AAAA"}),
        (auditor, {}),
        (other, {"number": claims.report}),
    ):
        page = _post(client, "/reports/look-up", **asked).text
        assert "登记中没有相符的报告" in page
        assert application not in page
    assert find_printings(deployment.casework, number=claims.report)


def test_a_batch_needs_a_second_person_and_is_given_once(
    client_of: Callable[..., TestClient], deployment: Deployment, wanted: tuple[str, str, str]
) -> None:
    _, region, _ = wanted
    analyst = client_of(Role.ANALYST)
    proposed = _post(analyst, "/reports/batch/propose", region=region, reason="季度归档")
    assert proposed.status_code == 200
    proposal_id = proposed.text.split("<code>", 1)[1].split("<", 1)[0]
    take = f"/reports/batch/{proposal_id}"
    assert _post(analyst, take).status_code == 422
    assert _post(client_of(Role.SUPERVISOR), take).status_code == 404
    decide(
        deployment.casework,
        proposal_id,
        AGREED,
        reason="同意",
        by="somebody else",
        at=deployment.outside.stamp,
    )
    assert "出具并下载" in analyst.get("/reports").text
    answer = _post(analyst, take)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = set(archive.namelist())
        pdfs = [archive.read(name) for name in names if name.endswith(".pdf")]
    assert {SHEET, SUMS} < names
    with deployment.warehouse.borrowed() as tables:
        assert len(pdfs) == chosen(tables, region=region)["application_id"].n_unique()
    assert all(check_seal(pdf) for pdf in pdfs)
    assert _post(analyst, take).status_code == 422


def test_a_batch_without_a_reason_or_of_nothing_is_refused(
    client_of: Callable[..., TestClient],
) -> None:
    analyst = client_of(Role.ANALYST)
    for values in ({"region": "99"}, {"region": "11", "reason": "归档"}):
        answer = _post(analyst, "/reports/batch/propose", **values)
        assert answer.status_code == 422


def test_pages_are_told_in_both_languages(
    client_of: Callable[..., TestClient], wanted: tuple[str, str, str]
) -> None:
    client = client_of(Role.SUPERVISOR)
    assert "查验报告" in client.get("/reports").text
    client.cookies.set("hedui_language", "en")
    assert "Look a report up" in client.get("/reports").text
    assert "Make the report" in client.get(f"/reports/{wanted[0]}").text
