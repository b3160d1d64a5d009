"""What can go wrong at the database that is written to, each as one line. The server's own words may quote a row and are never passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from household.errors import InputError, OutsideError
from warehouse.errors import WarehouseError

if TYPE_CHECKING:
    import psycopg


class MirrorRefusedError(WarehouseError, InputError):
    """The address, the account or what stands in the database does not fit; trying again is useless."""


class MirrorBusyError(WarehouseError, OutsideError):
    """Nobody answered, or somebody else is at it: the same call may succeed later. What stood there still stands."""


LATER = "原有内容未变，请稍后重试"
_ADDRESS = "请检查 --postgres（HEDUI_POSTGRES）"

_CONNECTING: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("certificate verify failed", "does not match host name", "server certificate"), "数据库服务器的证书不受信任", "请在地址中写明 sslrootcert，或请对方更换证书"),
    (("does not support ssl",), "数据库服务器不支持加密连接", "请对方启用 TLS"),
    (("root.crt", "root certificate"), "没有可用的根证书", "请在地址中写明 sslrootcert"),
    (("pg_hba.conf",), "数据库不允许本机以该账户连接", "请对方放行本机地址；要求加密时写明 sslmode=verify-full"),
    (("definition of service", "service file"), "连接服务文件中没有这个服务", "请检查 service 与 pg_service.conf"),
    (("password", "密码", "口令", "scram"), "数据库账户或口令不正确", "请检查 PGPASSWORD 或 .pgpass"),
    (("role ", "角色"), "数据库账户不存在或不能登录", "请检查地址中的 user"),
    (("database ", "数据库 "), "数据库不存在或不接受连接", "请检查地址中的 dbname"),
)  # fmt: skip
"""Looked for in this order, in English and Chinese: a refused connection has no SQLSTATE."""
_WAITING = ("too many", "starting up", "shutting down", "connection slots", "recovery", "正在启动", "正在关闭")  # fmt: skip

_STATES: dict[str, tuple[type[MirrorRefusedError] | type[MirrorBusyError], str, str]] = {
    "42501": (MirrorRefusedError, "数据库账户没有建立模式、表或授权的权限", "请对方授予 CREATE ON DATABASE，或以原来建立镜像的账户发布"),
    "2BP01": (MirrorRefusedError, "对方自己的视图建立在要更换的视图上", "请先删除那些视图，发布后重建"),
    "25006": (MirrorRefusedError, "数据库是只读的（备库）", "请改连主库"),
    "55P03": (MirrorBusyError, "镜像的表正被锁定", LATER),
    "53100": (MirrorBusyError, "数据库的磁盘已满", "原有内容未变，请对方腾出空间后重试"),
    "57014": (MirrorBusyError, "数据库取消了语句（超过时限）", "原有内容未变，请对方调高该账户的 statement_timeout"),
    "42710": (MirrorBusyError, "数据库中的对象同时被别人建立", LATER),
}  # fmt: skip
_PASSING = ("08", "40", "53", "57", "58")
"""Classes of SQLSTATE that pass by themselves: connection, rollback, resources, operator, system."""


def unreadable_address() -> MirrorRefusedError:
    """The address is none that libpq can read; it is not quoted, since a password may stand in it."""
    return MirrorRefusedError(
        "数据库地址无法读取",
        "请写成 postgresql://user@host:5432/dbname 或 host=… dbname=… user=…",
    )


def not_connected(error: psycopg.Error) -> WarehouseError:
    """The error of a connection that was not made."""
    said = str(error).lower()
    if not any(sign in said for sign in _WAITING):
        for signs, what, todo in _CONNECTING:
            if any(sign in said for sign in signs):
                return MirrorRefusedError(what, todo)
        if "fatal" in said or "致命" in said:
            return MirrorRefusedError("数据库拒绝连接", _ADDRESS)
    return MirrorBusyError("数据库连接不上或未在时限内应答", f"{_ADDRESS}，或稍后重试")


def failed(error: psycopg.Error) -> WarehouseError:
    """The error of a statement."""
    state = error.sqlstate
    if state is None:
        return MirrorBusyError("与数据库的连接断开", LATER)
    if state in _STATES:
        kind, what, todo = _STATES[state]
        return kind(what, todo)
    if state.startswith(_PASSING):
        return MirrorBusyError(f"数据库中断了发布（SQLSTATE {state}）", LATER)
    return MirrorRefusedError(
        f"数据库拒绝了语句（SQLSTATE {state}）", "原有内容未变；请将这一行交给维护人员"
    )
