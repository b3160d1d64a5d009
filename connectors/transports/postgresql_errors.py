"""What libpq and the server said, as one line of ours. A refused connection has no SQLSTATE, so the server's words are looked through there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable

if TYPE_CHECKING:
    import psycopg

LATER = "稍后会再试；一直如此时请与来源联系"
_CONFIG = "请核对 source.yaml 的 transport，或与来源联系"

_UNTRUSTED = ("certificate verify failed", "does not match host name", "server certificate")
_CONNECTING: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("does not support ssl",), "数据库服务器不支持加密连接", "请来源启用 TLS；不得改用明文"),
    (("client certificate", "客户端证书"), "数据库要求客户端证书", "请在 tls 下写明 certificate 与 key"),
    (("pg_hba.conf",), "数据库不允许本机以该账户（或不加密）连接", "请来源放行本机地址；要求加密时写明 tls"),
    (("password", "密码", "口令", "scram"), "数据库账户或口令不正确", "请核对 user 与 password 所引用的密钥"),
    (("role ", "角色"), "数据库账户不存在或不能登录", "请核对 user，或请来源开通账户"),
    (("database ", "数据库 "), "数据库不存在或不接受连接", "请核对 database"),
)  # fmt: skip
"""Looked for in this order, in English and Chinese: servers here speak either."""
_BUSY = ("too many", "starting up", "shutting down", "connection slots", "recovery", "太多", "正在启动", "正在关闭")  # fmt: skip

_STATES: dict[str, tuple[type[SourceRefused] | type[SourceUnreachable], str, str]] = {
    "42P01": (SourceRefused, "没有这个视图", "请核对 view，或请来源恢复"),
    "3F000": (SourceRefused, "没有这个模式", "请核对 view，或请来源恢复"),
    "42703": (SourceRefused, "视图的列在读取前被改名", "请核对 source.yaml 的列名"),
    "42501": (SourceRefused, "账户无权读取该视图", "请来源授予 SELECT 权限"),
    "57014": (SourceUnreachable, "查询超过时限被取消", "请来源为键与变更列建索引，或调高 limits.timeout_seconds"),
    "55P03": (SourceUnreachable, "视图正被锁定", LATER),
    "22P05": (SourceLied, "数据含不能转成 UTF-8 的字符", "请来源查明该视图的编码"),
    "22021": (SourceLied, "数据含不能转成 UTF-8 的字符", "请来源查明该视图的编码"),
}  # fmt: skip
_PASSING = ("08", "40", "53", "57", "58")
"""Classes of SQLSTATE that pass by themselves: connection, rollback, resources, operator, system."""


def is_untrusted(error: psycopg.Error) -> bool:
    """Whether a connection failed because of the server's certificate."""
    return any(sign in str(error).lower() for sign in _UNTRUSTED)


def not_connected(error: psycopg.Error) -> SourceRefused | SourceUnreachable:
    """The error of a connection that was not made."""
    said = str(error).lower()
    if not any(sign in said for sign in _BUSY):
        # a server that answers and refuses says FATAL; without it nobody answered, but for libpq's own refusals
        answered = "fatal" in said or "致命" in said
        for signs, what, todo in _CONNECTING:
            own = signs[0] in ("does not support ssl", "password")
            if (answered or own) and any(sign in said for sign in signs):
                return SourceRefused(what, todo)
        if answered:
            return SourceRefused("数据库拒绝连接", _CONFIG)
        if "certificate" in said or "private key" in said:
            return SourceRefused("tls 的证书或密钥不能使用", "请核对 ca、certificate、key")
    return SourceUnreachable("数据库连接不上或未在时限内应答", LATER)


def failed(error: psycopg.Error, view: str) -> SourceRefused | SourceUnreachable:
    """The error of a statement. `view`: what was read, as source.yaml names it."""
    state = error.sqlstate
    if state is None:
        return SourceUnreachable(f"{view} 读取中与数据库的连接断开", LATER)
    if state in _STATES:
        kind, what, todo = _STATES[state]
        return kind(f"{view} {what}", todo)
    if state.startswith(_PASSING):
        return SourceUnreachable(f"{view} 读取被数据库中断（SQLSTATE {state}）", LATER)
    return SourceRefused(
        f"{view} 的查询被数据库拒绝（SQLSTATE {state}）",
        "请核对视图与 key、changed、as_of、only 各列的类型",
    )
