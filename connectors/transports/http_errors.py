"""What an HTTP interface's refusals and breakdowns mean, in one line each. Nothing of an answer or of the client's own words is repeated."""

from __future__ import annotations

import re
import ssl
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx

from connectors.errors import ConnectorError, SourceLied, SourceRefused, SourceUnreachable

if TYPE_CHECKING:
    from datetime import datetime

_CALL = "请与对方系统联系"
_ASK = "请与对方核对接口"
_CA = "请核对 transport.tls.ca，或请对方更换证书"
_REFUSED = {
    400: ("不接受请求的参数（400）", "请核对 source.yaml 中的 path、parameters、paging"),
    401: ("不认可我方身份（401）", "请核对 auth 所指的密钥是否仍有效、本机时钟是否准确"),
    403: ("认得我方但不许取这些数据（403）", "请按协议向对方申请权限"),
    404: ("不存在（404）", "请核对 transport.url 与 path"),
    405: ("不接受这种请求方法（405）", "请核对 path"),
    407: ("被网络代理要求认证（407）", "请放通到对方系统的网络"),
    410: ("已停用（410）", "请向对方索取新的地址"),
    413: ("嫌请求过大（413）", "请减小每批的数量"),
}
_LATER = (408, 425, 429)
_CERTIFICATE = {
    10: ("证书已过期", "请对方更换证书"),
    9: ("证书尚未生效", "请核对本机时钟，或请对方更换证书"),
    18: ("证书是自签的，不被信任", _CA),
    19: ("证书由不受信任的机构签发", _CA),
    20: ("证书由不受信任的机构签发", _CA),
    21: ("证书由不受信任的机构签发", _CA),
    23: ("证书已被吊销", "请对方更换证书"),
    62: ("证书不是发给该主机名的", "请核对 transport.url 的主机名，或请对方更换证书"),
    64: ("证书不是发给该地址的", "请改用证书上的主机名，或请对方更换证书"),
}
_OURS = "请核对 transport.tls.certificate 与 key 是否为对方所发、是否过期"
_HANDSHAKE = (
    (
        "CERTIFICATE_REQUIRED",
        "要求我方出示客户端证书",
        "请在 transport.tls 写明 certificate 与 key",
    ),
    ("ALERT_CERTIFICATE_EXPIRED", "说我方的客户端证书已过期", _OURS),
    ("ALERT_UNKNOWN_CA", "不认可我方客户端证书的签发机构", _OURS),
    ("ALERT_BAD_CERTIFICATE", "不认可我方的客户端证书", _OURS),
    ("ALERT_CERTIFICATE", "不认可我方的客户端证书", _OURS),
    ("ALERT_ACCESS_DENIED", "不认可我方的客户端证书", _OURS),
    ("PROTOCOL_VERSION", "只会 TLS 1.2 以前的版本", "请对方启用 TLS 1.2 或更高版本"),
    ("UNSUPPORTED_PROTOCOL", "只会 TLS 1.2 以前的版本", "请对方启用 TLS 1.2 或更高版本"),
    ("WRONG_VERSION_NUMBER", "在该端口上没有加密", "请核对 transport.url 的端口"),
    ("HTTP_REQUEST", "在该端口上没有加密", "请核对 transport.url 的端口"),
    ("HANDSHAKE_FAILURE", "与我方谈不成加密方式", "请核对双方的 TLS 设置与客户端证书"),
)


def status_error(
    path: str, response: httpx.Response, now: datetime
) -> ConnectorError | SourceRefused:
    """The error of a status that is no answer.

    Args:
        path: as source.yaml has it. response: its body is not looked at. now: for a Retry-After that is a date.

    """
    status = response.status_code
    if status in _LATER or (status >= 500 and status not in (501, 505)):
        wait = retry_after(response.headers, now)
        asked = "" if wait is None else f"，要求 {wait:.0f} 秒后再来"
        what = "说请求太多" if status == 429 else "暂时不能回答"
        return SourceUnreachable(
            f"接口 {path} {what}（{status}）{asked}", "请稍后再取；屡次如此" + _CALL, wait=wait
        )
    if status == 304:
        return SourceLied(f"接口 {path} 没有被问是否有变，却回答没有变化（304）", _ASK)
    if 300 <= status < 400:
        return SourceRefused(
            f"接口 {path} 要求转到别处（{status}），不跟随",
            "请核对 transport.url；可能被登录页或网关拦截",
        )
    if 200 <= status < 300:
        return SourceLied(f"接口 {path} 的回答没有内容（{status}）", _ASK)
    what, todo = _REFUSED.get(status, (f"拒绝了请求（{status}）", _CALL))
    return SourceRefused(f"接口 {path} {what}", todo)


def retry_after(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds of a Retry-After (RFC 9110, 10.2.3), a date held against their own clock where they tell it; None without one."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit() and len(said) < 10:
        return float(said)
    until = http_date(said)
    if until is None:
        return None
    theirs = http_date(headers.get("Date", "")) or now
    return max(0.0, (until - theirs).total_seconds())


def http_date(said: str) -> datetime | None:
    """The time of an HTTP date, with its zone; None where it is none."""
    try:
        time = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return time if time.tzinfo else None


def content_error(path: str, kind: str, beginning: bytes) -> SourceLied:
    """The error of an answer that is not JSON. `kind`: its Content-Type. `beginning`: of the body."""
    if "html" in kind or beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return SourceLied(
            f"接口 {path} 返回的是网页而不是数据",
            "可能被登录页或网关拦截，请核对 transport.url、网络放通与登录方式",
        )
    named = kind if re.fullmatch(r"[a-z]+/[a-z0-9.+-]{1,40}", kind) else "不明"
    return SourceLied(
        f"接口 {path} 返回的内容类型是 {named}，不是 JSON", "请与对方核对接口的回答格式"
    )


def client_error(path: str, error: httpx.HTTPError) -> ConnectorError | SourceRefused:
    """The error of a call that did not come to an answer."""
    broken = _cause(error, ssl.SSLError)
    refused = None if broken is None else _tls_error(broken)
    if refused is not None:
        return refused
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return SourceUnreachable("连接对方系统超时", "请检查到对方的网络；屡次如此" + _CALL)
    if isinstance(error, httpx.TimeoutException):
        return SourceUnreachable(
            f"接口 {path} 在约定时间内没有答完",
            "请稍后再取；屡次如此请调大 limits.timeout_seconds 或与对方联系",
        )
    if isinstance(error, httpx.ConnectError):
        return SourceUnreachable(
            "连不上对方系统", "请核对 transport.url，检查网络与对方服务是否在运行"
        )
    if "without sending a response" in str(
        error
    ):  # as servers do that want a certificate and do not say so
        return SourceUnreachable(
            f"接口 {path} 没有回答就断开了连接",
            "请稍后再取；对方若要求客户端证书，请在 transport.tls 写明 certificate 与 key",
        )
    return SourceUnreachable(f"接口 {path} 的回答没有传完就断了", "请稍后再取；屡次如此" + _CALL)


def _tls_error(broken: BaseException) -> SourceRefused | None:
    """Why a connection could not be encrypted; None where the connection just broke."""
    if isinstance(broken, ssl.SSLCertVerificationError):
        what, todo = _CERTIFICATE.get(broken.verify_code, ("证书不能核实", _CA))
        return SourceRefused(f"对方的{what}，未建立连接", todo)
    if isinstance(broken, ssl.SSLError):
        reason = f"{broken.reason or ''} {broken.args[-1] if broken.args else ''}".upper()
        for mark, what, todo in _HANDSHAKE:
            if mark in reason.replace(" ", "_"):
                return SourceRefused(f"对方{what}，未建立连接", todo)
    return None


def _cause(error: BaseException, kind: type[BaseException]) -> BaseException | None:
    """The first of that kind among what led to an error."""
    seen: BaseException | None = error
    while seen is not None and not isinstance(seen, kind):
        seen = seen.__cause__ or seen.__context__
    return seen
