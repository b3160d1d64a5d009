"""An interface that breaks down, refuses, or lies: one clear line, nothing taken, no value told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from http_cases import Case, pages, rows
from servers.http_pages import Interface, http_server, papers, strict_server

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from servers.http_pages import Papers

    from connectors.errors import ConnectorError


@pytest.fixture(scope="module")
def running() -> Iterator[Interface]:
    with http_server() as interface:
        yield interface


@pytest.fixture
def case(running: Interface, tmp_path: Path) -> Case:
    running.forget()
    running.rows = rows(250)
    return Case(running, tmp_path)


def refusal(case: Case, kind: type[Exception]) -> str:
    """The one line of a pull that must fail so; nothing is left of it."""
    with pytest.raises(kind) as caught:
        case.take()
    line = str(caught.value)
    assert type(caught.value) is kind
    assert "\n" not in line
    assert "；" in line
    for secret in ("9901011990", "127.0.0.1", "county-990101", "of-no-use"):
        assert secret not in line
    assert list(case.folder.iterdir()) == []
    return line


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("html", "返回的是网页而不是数据；可能被登录页或网关拦截"),
        ("html as json", "返回的是网页而不是数据"),
        ("plain", "内容类型是 text/plain，不是 JSON"),
        ("nonsense", "不是完整的 JSON"),
        ("half", "不是完整的 JSON"),
        ("twice", "不是完整的 JSON"),
        ("nan", "不是完整的 JSON"),
        ("204", "没有内容（204）"),
        ("304", "却回答没有变化（304）"),
        ("no rows", "meta.total 没有写明行数"),
        ("nested", "里还有对象或列表"),
        ("repeat", "第 2 页与前面某页的内容完全一样"),
        ("more", "自称共 251 行，实际给出 250 行"),
        ("fewer", "自称共 249 行，实际给出 250 行"),
        ("bad gzip", "压缩内容已损坏"),
        ("two gzips", "压缩内容已损坏"),
    ],
)
def test_lies(case: Case, wrong: str, said: str) -> None:
    case.interface.always = wrong
    assert said in refusal(case, SourceLied)
    assert case.caller.made <= 4


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("403", "不许取这些数据（403）"),
        ("404", "不存在（404）"),
        ("410", "已停用（410）"),
        ("stale", "不认可我方身份（401）"),
        ("elsewhere", "要求转到别处（307），不跟随"),
        ("round", "要求转到别处（307），不跟随"),
    ],
)
def test_refusals_are_not_tried_again(case: Case, wrong: str, said: str) -> None:
    case.interface.always = wrong
    assert said in refusal(case, SourceRefused)
    assert case.caller.made == 1


@pytest.mark.parametrize(
    ("wrong", "said", "wait"),
    [
        ("429", "说请求太多（429），要求 7 秒后再来", 7.0),
        ("429 date", "要求 30 秒后再来", 30.0),
        ("503", "暂时不能回答（503）", None),
        ("cut", "没有传完就断了", None),
        ("cut gzip", "没有传完就断了", None),
    ],
)
def test_breakdowns_are_tried_again(case: Case, wrong: str, said: str, wait: float | None) -> None:
    case.interface.always = wrong
    assert said in refusal(case, SourceUnreachable)
    assert case.caller.waits == [wait, wait]
    case.interface.always = ""
    case.interface.plan = ["", wrong]
    assert case.take() is not None
    assert case.frame.height == 250


def test_a_redirect_within_the_host_is_followed(case: Case) -> None:
    case.spec = pages("pages", paging=None)
    case.interface.plan = ["here"]
    assert case.take() is not None
    assert case.frame.height == 250


@pytest.mark.parametrize(
    ("wrong", "said"), [("circle", "第 2 页的翻页标记前面已经给过"), ("endless", "没有尽头")]
)
def test_cursors_without_an_end(case: Case, wrong: str, said: str) -> None:
    case.spec = pages("cursor", total=None)
    case.interface.always = wrong
    case.interface.rows = rows(250)
    if wrong == "circle":
        case.interface.plan = [""]
        said = "内容完全一样|翻页标记前面已经给过"
    with pytest.raises(SourceLied, match=said):
        case.take()
    assert list(case.folder.iterdir()) == []


def test_a_bomb_is_stopped_while_it_unpacks(case: Case) -> None:
    case.limits = {"bytes_most": 1_000_000}
    case.interface.always = "bomb"
    assert "一次回答超过 1000000 字节" in refusal(case, SourceLied)


def test_slowness_is_bounded_between_bytes_and_in_whole(case: Case) -> None:
    case.interface.always = "slow"
    case.limits = {"timeout_seconds": 0.2}
    case.caller.tries = 1
    assert "在约定时间内没有答完" in refusal(case, SourceUnreachable)
    case.interface.always = ""
    case.limits = {"timeout_seconds": 60}
    case.world.step = timedelta(seconds=601)
    assert "答得太慢，超过约定时间的 10 倍" in refusal(case, SourceUnreachable)


def test_nobody_there(case: Case, tmp_path: Path) -> None:
    with http_server() as gone:
        pass
    assert "连不上对方系统" in refusal(Case(gone, tmp_path), SourceUnreachable)


# --- encryption ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return papers(tmp_path_factory.mktemp("papers"))


def over_tls(authority: Papers, tmp_path: Path, kind: str, **tls: object) -> ConnectorError | None:
    settings = authority.mutual() if kind == "mutual" else authority.server(kind)
    with http_server(**settings) as interface:
        interface.rows = rows(3)
        case = Case(interface, tmp_path, tls={"ca": authority.ca} | tls)
        try:
            case.take()
        except (SourceRefused, SourceUnreachable) as error:
            return error  # type: ignore[return-value]
        assert case.frame.height == 3
        return None


def test_a_certificate_of_the_agreed_authority(authority: Papers, tmp_path: Path) -> None:
    assert over_tls(authority, tmp_path, "good") is None


@pytest.mark.parametrize(
    ("kind", "said"), [("expired", "证书已过期"), ("other", "证书不是发给该地址的")]
)
def test_certificates_that_do_not_hold(
    authority: Papers, tmp_path: Path, kind: str, said: str
) -> None:
    error = over_tls(authority, tmp_path, kind)
    assert isinstance(error, SourceRefused)
    assert said in str(error)


def test_a_certificate_of_ours_that_is_wanted(authority: Papers, tmp_path: Path) -> None:
    """Told by an alert; or the server just hangs up, and the line says what it may want."""
    with strict_server(authority) as url:
        case = Case(Interface(url=url), tmp_path, tls={"ca": authority.ca})
        assert "要求我方出示客户端证书" in refusal(case, SourceRefused)
    error = over_tls(authority, tmp_path, "mutual")
    assert isinstance(error, SourceUnreachable)
    assert "对方若要求客户端证书" in str(error)


def test_an_unknown_authority(authority: Papers, tmp_path: Path) -> None:
    error = over_tls(authority, tmp_path, "good", ca=None)
    assert isinstance(error, SourceRefused)
    assert "证书由不受信任的机构签发" in str(error)


def test_mutual_tls(authority: Papers, tmp_path: Path) -> None:
    certificate, key = authority.client()
    said: dict[str, object] = {"certificate": certificate, "key": {"file": key}}
    assert over_tls(authority, tmp_path, "mutual", **said) is None
    other = tmp_path / "other.key"
    other.touch(mode=0o600)
    other.write_bytes(b"no key at all")
    error = over_tls(authority, tmp_path, "mutual", certificate=certificate, key={"file": other})
    assert "或二者不是一对" in str(error)
