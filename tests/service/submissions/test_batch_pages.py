"""The batch page: a workbook uploaded, looked at, confirmed once, and its refused rows sent back."""

from __future__ import annotations

import io
import stat

import openpyxl
import polars as pl
import pytest
from books_sent import cell, two_households
from households_sent import number

from pipelines.workplace import store_root
from service.access.roles import Role
from service.submissions.content import APPLICATION, MEMBER
from service.submissions.workbook.errors_back import REASON

PERSONAL = ["测试甲", "测试乙", *(number(n) for n in range(2, 6))]


def token_of(page):
    return page.text.split('name="csrf_token" value="')[1].split('"')[0]


def upload(client, data, *, name="名单.xlsx"):
    return client.post(
        "/batches/uploads",
        data={"csrf_token": token_of(client.get("/batches"))},
        files={"file": (name, data)},
    )


def confirm(client, where):
    return client.post(f"{where}/confirm", data={"csrf_token": token_of(client.get(where))})


def landed(county):
    return sorted(p.name for p in (county.inbox / "approval").glob("*_s0*.parquet"))


def uploads(county):
    return sorted((store_root(county.warehouse) / "uploads").iterdir())


def test_a_workbook_is_looked_at_and_handed_in_once(client_of, own_county, deployment):
    client = client_of(Role.ANALYST)
    data = two_households()
    sent = upload(client, data)
    assert sent.status_code == 303
    where = sent.headers["location"]
    (kept,) = uploads(own_county)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    page = client.get(where)
    assert "受理 12 行，已有相同 0 行，退回 0 行" in page.text
    assert not [value for value in PERSONAL if value in page.text]
    assert landed(own_county) == []

    done = confirm(client, where)
    assert done.status_code == 303
    assert len(landed(own_county)) == 4
    assert uploads(own_county) == []
    batch = client.get(done.headers["location"])
    assert "已放入收件目录" in batch.text
    assert "T-0001" in batch.text
    assert not [value for value in PERSONAL if value in batch.text]
    assert client.get(where).status_code == 404
    kept = b"".join(p.read_bytes() for p in (store_root(own_county.warehouse) / "audit").iterdir())
    assert b"batch.submit" in kept
    assert not [v for v in PERSONAL if v.encode() in kept or ascii(v)[1:-1].encode() in kept]

    again = upload(client, data).headers["location"]
    assert "已经报送过" in client.get(again).text
    assert confirm(client, again).headers["location"] == done.headers["location"]
    # saved again by another program: other bytes, the same rows
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["申请"]["P1"] = "备注"
    resaved = io.BytesIO()
    book.save(resaved)
    third = upload(client, resaved.getvalue()).headers["location"]
    assert "受理 0 行，已有相同 12 行" in client.get(third).text
    confirm(client, third)
    assert len(landed(own_county)) == 4


def test_refused_rows_come_back_with_reasons_and_their_formulas_inert(client_of, own_county):
    def change(book):
        cell(book, MEMBER, "relation").value = "邻居"
        cell(book, MEMBER, "address").value = "=HYPERLINK(1)"
        cell(book, MEMBER, "phone").value = "+8613800000000"
        cell(book, APPLICATION, "applied_on", 3).value = "去年"

    client = client_of(Role.ANALYST)
    where = upload(client, two_households(change)).headers["location"]
    page = client.get(where).text
    for told in (
        "“与申请人关系”的取值不在代码表内",
        "“居住地址”是公式",
        "“申请日期”不是有效日期",
        "E3",
    ):
        assert told in page
    assert "邻居" not in page
    before = client.get(f"{where}/refused.xlsx")
    done = confirm(client, where).headers["location"]
    after = client.get(f"{done}/refused.xlsx")
    assert before.content == after.content
    book = openpyxl.load_workbook(io.BytesIO(after.content))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f"]
    rows = list(book["家庭成员"].iter_rows(values_only=True))
    assert rows[0][-1] == REASON
    assert "整户未受理" in rows[2][-1]
    assert "'+8613800000000" in rows[1]
    assert landed(own_county) == []
    (kept,) = uploads(own_county)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert client_of(Role.ANALYST).get(f"{done}/refused.xlsx").status_code == 404


def test_good_households_go_on_beside_a_bad_one(client_of, own_county):
    def change(book):
        cell(book, MEMBER, "relation", 4).value = "邻居"

    client = client_of(Role.ANALYST)
    confirm(client, upload(client, two_households(change)).headers["location"])
    frame = pl.concat(
        pl.read_parquet(own_county.inbox / "approval" / name, columns=["application_id"])
        for name in landed(own_county)
    )
    assert frame["application_id"].unique().to_list() == ["T-0001"]


def test_who_signed_nothing_stands_in_the_red_bar(client_of):
    def change(book):
        book["授权书"].delete_rows(3)

    client = client_of(Role.ANALYST)
    where = upload(client, two_households(change)).headers["location"]
    page = client.get(where).text
    assert "1 人没有有效授权：无授权不核对" in page
    assert "T-0001 · 成员序号 2" in page
    done = confirm(client, where).headers["location"]
    assert "1 人没有有效授权" in client.get(done).text


def test_a_strange_title_is_taken_for_a_column(client_of):
    def change(book):
        cell(book, MEMBER, "name", 1).value = "居民姓名"

    client = client_of(Role.ANALYST)
    where = upload(client, two_households(change)).headers["location"]
    page = client.get(where)
    assert "缺少必填的列：姓名" in page.text
    told = client.post(
        f"{where}/mapping",
        data={"csrf_token": token_of(page), f"{MEMBER}/C": "name", f"{MEMBER}/D": "nothing"},
    )
    assert told.headers["location"] == where
    assert "受理 12 行" in client.get(where).text


def test_what_is_no_workbook_is_told_on_the_page(client_of, own_county):
    answer = upload(client_of(Role.ANALYST), b"application_id,name\n")
    assert answer.status_code == 422
    assert "文件不是 .xlsx 工作簿" in answer.text
    assert uploads(own_county) == []


def test_an_upload_is_nobody_else_s_and_can_be_given_up(client_of, own_county):
    client, other = client_of(Role.ANALYST), client_of(Role.SUPERVISOR)
    where = upload(client, two_households()).headers["location"]
    assert other.get(where).status_code == 404
    assert (
        other.post(
            f"{where}/confirm", data={"csrf_token": token_of(other.get("/batches"))}
        ).status_code
        == 404
    )
    client.post(f"{where}/discard", data={"csrf_token": token_of(client.get(where))})
    assert uploads(own_county) == []
    assert client.get(where).status_code == 404


def test_an_area_bounds_a_workbook_too(client_of, own_county):
    client = client_of(Role.ANALYST, regions=("990102",))
    where = upload(client, two_households()).headers["location"]
    page = client.get(where).text
    assert "不在您的权限范围内" in page
    assert "受理可受理的行" not in page


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DATA_STEWARD, Role.SYSTEM_ADMINISTRATOR])
def test_who_may_not_send_sees_nothing(client_of, role):
    assert client_of(role).get("/batches").status_code == 403


def test_the_template_can_be_fetched(client_of):
    answer = client_of(Role.ANALYST).get("/batches/template.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[:2] == ["申请", "家庭成员"]


def test_hostile_texts_are_inert_in_the_pages(client_of):
    script = "<script>alert(1)</script>"

    def change(book):
        cell(book, MEMBER, "name", 1).value = script
        book["刚性支出"].title = "<b>支出"

    client = client_of(Role.ANALYST)
    where = upload(client, two_households(change)).headers["location"]
    page = client.get(where).text
    assert script not in page
    assert "<b>支出" not in page
