"""Pages of JSON from a real server into one file: whole, changed since, not at all; signed in as agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from http_cases import NUMBER, Case, pages, rows
from servers.http_pages import http_server

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.http_pages import Interface


@pytest.fixture(scope="module")
def running() -> Iterator[Interface]:
    with http_server() as interface:
        yield interface


@pytest.fixture
def interface(running: Interface) -> Interface:
    running.forget()
    return running


@pytest.fixture
def case(interface: Interface, tmp_path: Path) -> Case:
    interface.rows = rows(250)
    return Case(interface, tmp_path)


@pytest.mark.parametrize("path", ["pages", "cursor", "whole"])
def test_every_row_as_written(case: Case, path: str) -> None:
    case.spec = pages(path)
    got = case.take()
    assert got is not None
    frame = case.frame
    assert (got.rows, got.said_rows, frame.height) == (250, 250, 250)
    assert got.columns == tuple(frame.columns) == ("cert_no", "area", "account", "sole", "until")
    assert set(frame.dtypes) == {pl.String}
    assert frame.row(7) == ("T7", "7.50", "450000000000000007", "true", None)
    assert got.as_of == date(2026, 5, 20)
    assert got.clock is not None
    assert abs(got.clock - datetime.now(UTC)) < timedelta(minutes=1)
    assert case.caller.made == {"pages": 3, "cursor": 3, "whole": 1}[path]


def test_the_same_rows_are_the_same_bytes_however_paged(case: Case) -> None:
    made = set()
    for size in (7, 100, 1000):
        case.interface.page_size = size
        assert case.take() is not None
        made.add(case.target.read_bytes())
    assert len(made) == 1


def test_without_a_total_pages_go_on_to_an_empty_one(case: Case) -> None:
    case.spec = pages(total=None)
    got = case.take()
    assert got is not None
    assert (got.rows, got.said_rows) == (250, None)
    assert [q["page"] for q in case.interface.asked] == ["1", "2", "3", "4"]


def test_page_size_parameters_and_first_page_are_as_declared(case: Case) -> None:
    case.limits = {"rows_per_page": 125}
    case.spec = pages(
        paging={"parameter": "page", "first": 1, "size_parameter": "size"},
        parameters={"kind": "住宅"},
    )
    assert case.take() is not None
    assert case.interface.asked == [{"kind": "住宅", "size": "125", "page": str(n)} for n in (1, 2)]


def test_as_of_where_the_answer_says_it(case: Case) -> None:
    case.interface.as_of = "2026-05-18"
    case.spec = pages(as_of="meta.as_of")
    got = case.take()
    assert got is not None
    assert got.as_of == date(2026, 5, 18)


def test_packed_answers(case: Case) -> None:
    case.interface.packed = True
    assert case.take() is not None
    assert case.frame.height == 250


def test_probe_says_who_answers(case: Case) -> None:
    with case.transport() as transport:
        probe = transport.probe()
    assert probe.server == "uvicorn"
    assert probe.clock is not None


# --- nothing new -----------------------------------------------------------------------------------


@pytest.mark.parametrize("validator", ["etag", "modified"])
def test_nothing_is_offered_twice_in_a_day(case: Case, validator: str) -> None:
    said = {"etag": '"v1"', "modified": "Wed, 20 May 2026 01:00:00 GMT"}[validator]
    setattr(case.interface, validator, said)
    first = case.take()
    assert first is not None
    assert case.take(first.mark) is None
    assert len(case.interface.asked) == 4


def test_the_next_day_everything_is_read_again(case: Case) -> None:
    case.interface.etag = '"v1"'
    first = case.take()
    assert first is not None
    case.world.time += timedelta(days=1)
    again = case.take(first.mark)
    assert again is not None
    assert again.as_of == date(2026, 5, 21)
    assert all("if-none-match" not in h for h in case.interface.headers)


def test_a_page_that_says_its_day_is_believed_on_any_day(case: Case) -> None:
    case.interface.etag = '"v1"'
    case.interface.as_of = "2026-05-18"
    case.spec = pages("whole", as_of="meta.as_of")
    first = case.take()
    assert first is not None
    case.world.time += timedelta(days=9)
    assert case.take(first.mark) is None


def test_a_new_etag_is_read_with_no_page_asked_twice(case: Case) -> None:
    case.interface.etag = '"v1"'
    first = case.take()
    assert first is not None
    case.interface.etag = '"v2"'
    case.interface.rows = rows(260)
    case.interface.asked.clear()
    again = case.take(first.mark)
    assert again is not None
    assert again.rows == 260
    assert [q["page"] for q in case.interface.asked] == ["1", "2", "3"]


def test_other_words_in_source_yaml_forget_the_etag(case: Case) -> None:
    case.interface.etag = '"v1"'
    first = case.take()
    assert first is not None
    case.spec = pages(fields={"cert_no": "title_no"})
    assert case.take(first.mark) is not None


def test_each_page_may_have_its_own_time_the_first_holds(case: Case) -> None:
    case.spec = pages("cursor", changed_parameter="since", changed_until="meta.served")
    got = case.take()
    assert got is not None
    assert got.rows == 250
    assert got.mark["until"] == case.interface.served[0]
    assert len(set(case.interface.served)) == 3


def test_only_what_changed_since_and_nothing_when_nothing_did(case: Case) -> None:
    case.interface.until = "2026-05-20T09:00:00+08:00"
    case.spec = pages("cursor", changed_parameter="since", changed_until="meta.until")
    first = case.take()
    assert first is not None
    assert first.mark["until"] == case.interface.until
    assert "since" not in case.interface.asked[0]
    case.interface.rows, case.interface.until = rows(3), "2026-05-20T10:00:00+08:00"
    case.interface.asked.clear()
    second = case.take(first.mark)
    assert second is not None
    assert (second.rows, second.mark["until"]) == (3, case.interface.until)
    assert [q["since"] for q in case.interface.asked] == ["2026-05-20T09:00:00+08:00"]
    case.interface.rows = []
    assert case.take(second.mark) is None
    case.interface.total = 5
    with pytest.raises(SourceLied, match="自称共 5 行，实际给出 0 行"):
        case.take(second.mark)


# --- columns ---------------------------------------------------------------------------------------


def test_none_at_all_is_believed_only_where_it_is_said(case: Case) -> None:
    case.interface.rows = []
    case.spec = pages(fields={"cert_no": "title_no"}, absent=["share"])
    got = case.take()
    assert got is not None
    assert got.rows == 0
    assert case.frame.columns[:3] == ["cert_no", "unit_no", "owner_id_no"]
    assert "share" not in case.frame.columns
    case.spec = pages(total=None)
    with pytest.raises(SourceLied, match="没有写明总数为 0"):
        case.take()


def test_a_mapped_column_that_was_renamed_overnight(case: Case) -> None:
    case.spec = pages(fields={"cert_no": "title_no"})
    assert case.take() is not None
    before = case.target.read_bytes()
    case.interface.always = "rename"
    with pytest.raises(SourceLied, match="没有送来约定的列 “cert_no”"):
        case.take()
    assert case.target.read_bytes() == before


def test_changes_may_leave_out_what_is_empty_but_not_what_is_required(case: Case) -> None:
    fields = {"cert_no": "title_no", "hazard": "hazard_grade"}
    case.interface.until = "u1"
    case.spec = pages(changed_parameter="since", changed_until="meta.until", fields=fields)
    with pytest.raises(SourceLied, match="“hazard”"):
        case.take()
    case.interface.rows = [r.replace("}", ',"hazard":"C"}') for r in rows(2)]
    first = case.take()
    assert first is not None
    case.interface.rows = rows(2)
    assert case.take(first.mark) is not None
    assert case.frame["hazard"].to_list() == [None, None]
    case.interface.always = "rename"
    with pytest.raises(SourceLied, match="“cert_no”"):
        case.take(first.mark)


# --- who we are ------------------------------------------------------------------------------------


def test_one_token_serves_until_it_dies(case: Case) -> None:
    case.wants = case.interface.wants = "oauth2"
    assert case.take() is not None
    assert case.interface.tokens == ["token-1"]
    case.interface.token_life = 20
    case.world.step = timedelta(seconds=3)
    assert case.take() is not None
    assert len(case.interface.tokens) > 2


def test_a_refused_token_is_fetched_anew_once(case: Case) -> None:
    case.wants = case.interface.wants = "oauth2"
    case.interface.plan = ["", "stale"]
    assert case.take() is not None
    assert case.frame.height == 250
    assert case.interface.tokens == ["token-1", "token-2"]
    case.interface.always = "stale"
    with pytest.raises(SourceRefused, match="不认可我方身份（401）"):
        case.take()
    assert len(case.interface.tokens) == 4


@pytest.mark.parametrize(
    ("wants", "said"),
    [("wrong oauth2", "不接受我方的客户端编号或密钥"), ("wrong hmac", "不认可我方身份（401）")],
)
def test_wrong_secrets(case: Case, wants: str, said: str) -> None:
    case.interface.wants = wants.removeprefix("wrong ")
    case.wants = wants
    with pytest.raises(SourceRefused, match=said) as caught:
        case.take()
    assert "wrong" not in str(caught.value)
    assert case.caller.made == 1


def test_signed_requests_are_accepted_page_by_page(case: Case) -> None:
    case.wants = case.interface.wants = "hmac"
    case.spec = pages(parameters={"kind": "住宅 & 商业"})
    assert case.take() is not None
    assert len(case.interface.nonces) == 3


def test_an_exchange_is_signed_idempotent_and_exact(case: Case) -> None:
    case.wants = case.interface.wants = "hmac"
    case.interface.plan = ["503"]
    with case.transport() as transport:
        got = transport.exchange("ask", {"name": "某", "id_no": NUMBER}, idempotency_key="r-1")
    assert got["accounts"] == [{"balance": "1450.00", "account": "450000000000000000"}]
    assert case.interface.bodies == [f'{{"name":"某","id_no":"{NUMBER}"}}'.encode()] * 2
    assert [h["idempotency-key"] for h in case.interface.headers] == ["r-1", "r-1"]
    assert len(case.interface.nonces) == 2


def test_an_exchange_below_the_url_only(case: Case) -> None:
    with case.transport() as transport:
        for path in ("../token", "http://a.example/x", "a/../../token", "a\\b"):
            with pytest.raises(SourceRefused, match="path"):
                transport.exchange(path, {}, idempotency_key="r-1")
        case.interface.plan = ["list"]
        with pytest.raises(SourceLied, match="不是一个 JSON 对象"):
            transport.exchange("ask", {}, idempotency_key="r-1")
    assert len(case.interface.bodies) == 1


def test_nothing_of_a_call_is_logged(
    case: Case, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    caplog.set_level("DEBUG")
    case.wants = case.interface.wants = "oauth2"
    assert case.take() is not None
    assert [r for r in caplog.records if r.name.startswith(("httpx", "httpcore"))] == []


# --- trouble of the whole --------------------------------------------------------------------------


def test_data_that_changes_while_read_is_read_again(case: Case) -> None:
    case.interface.plan = ["", "more"]
    got = case.take()
    assert got is not None
    assert (got.rows, case.frame.height) == (250, 250)
    assert case.world.slept == [1.0]


def test_data_that_never_stands_still_is_named(case: Case) -> None:
    case.interface.always = "moving"
    with pytest.raises(SourceUnreachable, match="一直在变（读了 3 遍）"):
        case.take()
    assert not case.target.exists()


def test_limits_of_rows_pages_and_bytes(case: Case) -> None:
    for limits, said in (
        ({"rows_most": 249}, "最多 249 行"),
        ({"pages_most": 2}, "没有尽头"),
        ({"bytes_most": 20_000}, "最多 20000 字节"),
        ({"bytes_most": 300}, "一次回答超过 300 字节"),
    ):
        with pytest.raises(SourceLied, match=said):
            replace(case, limits=limits).take()
    exact: dict[str, Any] = {"rows_most": 250, "pages_most": 3}
    assert replace(case, limits=exact).take() is not None
