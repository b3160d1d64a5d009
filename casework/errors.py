"""What can go wrong at the casework store, each as one clear line: what happened, and what to do.

Only the error types and the reading of the databases' own answers live here. A message of a database is never passed on as it is: it may
quote a value, and a value may be a person's.
"""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import exc

from household.errors import HouseholdError, InputError, OutsideError

if TYPE_CHECKING:
    from collections.abc import Iterator


class CaseworkError(HouseholdError):
    """The casework store refused or failed. `what` happened, `todo` is what the reader can do about it."""


class RefusedError(CaseworkError, InputError):
    """A row that the store's own rules do not allow; nothing of its transaction is kept."""


class TakenError(RefusedError):
    """A row whose key is there already: a name, a number, a token."""


class BusyError(CaseworkError, OutsideError):
    """Somebody else is writing; the same call succeeds once they have ended."""


class NoRoomError(CaseworkError, OutsideError):
    """The disk or a quota is full. What stood before still stands."""


class UnreachableError(CaseworkError, OutsideError):
    """The database server does not answer or does not let us in."""


class NotOursError(CaseworkError, InputError):
    """The file or database is damaged, a stranger's, of a later version, or not made ready yet."""


_FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_BUSY_STATES = frozenset({"40001", "40P01", "55P03"})
"""PostgreSQL: serialisation failure, deadlock, lock not available in time."""
_UNREACHABLE_CLASSES = ("08", "28", "57", "3D", "3F")
"""PostgreSQL: connection, authorisation, shutdown, no such database or schema."""


@contextmanager
def translating(name: str) -> Iterator[None]:
    """Within it an error of a database is raised as one of ours. `name`: what the store is called in a line.

    Raises:
        CaseworkError: or one of its kinds.

    """
    try:
        yield
    except exc.TimeoutError:
        raise busy() from None
    except exc.DBAPIError as error:
        told = translate(error.orig, name)
        # Such an answer names tables only, and is a mistake of ours: it is kept for whoever looks for it.
        raise told from (error if isinstance(error, exc.ProgrammingError) else None)
    except sqlite3.Error as error:
        raise translate(error, name) from None
    except UnicodeEncodeError:
        raise RefusedError(
            f"人工判定库 {name} 无法读写（字符不能保存）", "请去掉文字中的特殊字符后再试"
        ) from None
    except OSError as error:
        raise translate_os(error, name) from error


def translate(error: BaseException | None, name: str) -> CaseworkError:
    """What the answer of a database means for whoever called, without any value that its message may quote."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error, name)
    return _of_postgresql(error, name)


def translate_os(error: OSError, name: str) -> CaseworkError:
    """The same for an error of the operating system."""
    if error.errno in _FULL:
        return no_room(name)
    reason = error.strerror or type(error).__name__
    return CaseworkError(
        f"人工判定库 {name} 无法读写（{reason}）", "请检查磁盘空间与目录权限后再试"
    )


def busy() -> BusyError:
    """The error for a store that somebody else is writing."""
    return BusyError("人工判定库正被另一个程序写入", "请稍后再试")


def no_room(name: str) -> NoRoomError:
    """The error for a full disk."""
    return NoRoomError(f"磁盘已满，人工判定库 {name} 未改变", "请清理磁盘后再试")


def damaged(name: str) -> NotOursError:
    """The error for a file that cannot be read as the store."""
    return NotOursError(
        f"人工判定库 {name} 已损坏或不是本程序的文件",
        "请用备份恢复该文件；其中是人工判定，不要删除",
    )


def of_another_version(name: str) -> NotOursError:
    """The error for a store that a later program has made or changed."""
    return NotOursError(f"人工判定库 {name} 由另一版本的程序建立", "请使用建立它的版本或更新的版本")


def _of_sqlite(error: sqlite3.Error, name: str) -> CaseworkError:
    code = getattr(error, "sqlite_errorcode", None)
    kind = code & 0xFF if code is not None else None  # the low byte is the family
    if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return busy()
    if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(name)
    if kind == sqlite3.SQLITE_FULL:
        return no_room(name)
    told = getattr(error, "sqlite_errorname", type(error).__name__)
    if code in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY):
        return _cannot(TakenError, name, told)
    if kind == sqlite3.SQLITE_CONSTRAINT:
        return _cannot(RefusedError, name, told)
    return _cannot(CaseworkError, name, told)


def _of_postgresql(error: BaseException | None, name: str) -> CaseworkError:
    state = getattr(error, "sqlstate", None)
    if state is None:
        return _of_driver(error, name)
    if state in _BUSY_STATES:
        return busy()
    if state == "53100":
        return no_room(name)
    if state.startswith(_UNREACHABLE_CLASSES) or state == "53300":
        return _unreachable(name, state)
    refused = RefusedError if state.startswith(("22", "23")) else CaseworkError
    return _cannot(TakenError if state == "23505" else refused, name, state)


def _of_driver(error: BaseException | None, name: str) -> CaseworkError:
    """An error that no server answered with: there is none, or the driver itself refused."""
    if "OperationalError" in {kind.__name__ for kind in type(error).__mro__}:
        return _unreachable(name, "没有应答")
    return _cannot(CaseworkError, name, type(error).__name__)


def _unreachable(name: str, told: str) -> UnreachableError:
    return UnreachableError(
        f"连接不上人工判定库 {name}（{told}）",
        "请检查数据库服务是否运行、HEDUI_CASEWORK 中的地址与口令是否正确，然后再试",
    )


def _cannot(kind: type[CaseworkError], name: str, told: str) -> CaseworkError:
    return kind(f"人工判定库 {name} 无法读写（{told}）", "请检查磁盘空间与目录权限后再试")
