"""What pymysql and the server said, as one line of ours, by the number of the error."""

from __future__ import annotations

from connectors.errors import SourceRefused, SourceUnreachable

LATER = "稍后会再试；一直如此时请与来源联系"

_Kind = type[SourceRefused] | type[SourceUnreachable]
_TOO_LONG = (SourceUnreachable, "查询超过时限被取消", "请来源为键与变更列建索引，或调高 limits.timeout_seconds")  # fmt: skip
_NO_RIGHT = (SourceRefused, "账户无权读取该视图", "请来源授予 SELECT 权限")
_CLEAR = (SourceRefused, "数据库要求加密连接", "请在 transport 下写明 tls")
_PASSWORD = (SourceRefused, "数据库账户或口令不正确", "请核对 user 与 password 所引用的密钥")
_IN_THE_CLEAR = (SourceRefused, "数据库账户或口令不正确，或该账户要求加密连接", "请核对 user 与 password 所引用的密钥；要求加密时写明 tls")  # fmt: skip
"""MariaDB refuses an account that must be encrypted in the words of a wrong password."""
_NO_TLS = (SourceRefused, "数据库服务器不支持加密连接", "请来源启用 TLS；不得改用明文")
_NO_DATABASE = (SourceRefused, "数据库不存在或账户无权使用", "请核对 database，或请来源授权")

_CONNECTING: dict[int, tuple[_Kind, str, str]] = {
    1044: _NO_DATABASE,
    1045: _PASSWORD,
    1698: _PASSWORD,
    1049: _NO_DATABASE,
    1130: (SourceRefused, "数据库不允许本机连接", "请来源放行本机地址"),
    1129: (SourceRefused, "数据库因多次失败已封禁本机", "请来源解除封禁（FLUSH HOSTS）"),
    1820: (SourceRefused, "数据库账户的口令已过期", "请来源更换口令"),
    1862: (SourceRefused, "数据库账户的口令已过期", "请来源更换口令"),
    3118: (SourceRefused, "数据库账户已被锁定", "请来源解锁"),
    4151: (SourceRefused, "数据库账户已被锁定", "请来源解锁"),
    3159: _CLEAR,
    2026: _NO_TLS,
    2059: (SourceRefused, "数据库账户的认证方式不受支持", "请来源改用 caching_sha2_password 或 mysql_native_password"),
}  # fmt: skip
_READING: dict[int, tuple[_Kind, str, str]] = {
    1146: (SourceRefused, "没有这个视图", "请核对 view，或请来源恢复"),
    1049: (SourceRefused, "没有这个库", "请核对 view，或请来源恢复"),
    1356: (SourceRefused, "视图引用的表或列已不存在，或账户无权", "请来源修复视图"),
    1054: (SourceRefused, "视图的列在读取前被改名", "请核对 source.yaml 的列名"),
    1044: _NO_RIGHT,
    1142: _NO_RIGHT,
    1143: _NO_RIGHT,
    1267: (SourceRefused, "键列的字符集或排序规则不能比较", "请来源统一视图各列的字符集"),
    1205: (SourceUnreachable, "视图正被锁定", LATER),
    1969: _TOO_LONG,
    3024: _TOO_LONG,
}
_PASSING = (1040, 1053, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1213, 1226, 1317, 2006, 2013)
"""Busy, shut down, killed, or the connection lost."""


def not_connected(error: Exception, *, encrypted: bool) -> SourceRefused | SourceUnreachable:
    """The error of a connection that was not made. `encrypted`: whether it was tried with TLS."""
    number = _number(error)
    in_the_clear = number == 1045 and not encrypted
    said = _IN_THE_CLEAR if in_the_clear else _CONNECTING.get(number)
    if said is not None:
        kind, what, todo = said
        return kind(what, todo)
    if number == 0 or number in _PASSING or 2000 <= number < 2100:
        return SourceUnreachable("数据库连接不上或未在时限内应答", LATER)
    return SourceRefused(
        f"数据库拒绝连接（错误号 {number}）", "请核对 source.yaml 的 transport，或与来源联系"
    )


def failed(error: Exception, view: str) -> SourceRefused | SourceUnreachable:
    """The error of a statement. `view`: what was read, as source.yaml names it."""
    number = _number(error)
    if number in _READING:
        kind, what, todo = _READING[number]
        return kind(f"{view} {what}", todo)
    if number == 0 or number in _PASSING:
        return SourceUnreachable(f"{view} 读取中与数据库的连接断开或被中断", LATER)
    return SourceRefused(
        f"{view} 的查询被数据库拒绝（错误号 {number}）",
        "请核对视图与 key、changed、as_of、only 各列的类型",
    )


def _number(error: Exception) -> int:
    """The server's or the driver's number; 0 where there is none."""
    first = error.args[0] if error.args else 0
    return first if isinstance(first, int) else 0
