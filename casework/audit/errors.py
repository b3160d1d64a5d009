"""What may go wrong with the audit log. Whoever gets one of these shows nothing and writes nothing."""

from __future__ import annotations

import errno

from household.errors import OutsideError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class AuditUnavailable(OutsideError):  # noqa: N818 - a state, as the callers say it
    """The entry is not in the log for good: what it was to tell of must not happen."""


def unavailable(error: OSError) -> AuditUnavailable:
    """The error for a log that the system does not let us write. No path is quoted."""
    if error.errno in _NO_ROOM:
        return AuditUnavailable(
            "审计日志所在磁盘已满，无法留痕，已停止查阅", "请腾出空间后重试，勿删除审计日志"
        )
    reason = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return AuditUnavailable(
        f"审计日志无法写入（{reason}），已停止查阅", "请检查审计目录的权限与磁盘"
    )


def held_elsewhere() -> AuditUnavailable:
    """The error for a lock that another process does not give back."""
    return AuditUnavailable("审计日志一直被另一个进程占用，无法留痕", "请查明该进程后重试")


def broken(where: str) -> AuditUnavailable:
    """The error for a chain that does not hold at `where` (file and line)."""
    return AuditUnavailable(
        f"审计日志的链条在 {where} 处中断，已停止查阅",
        "请用 hedui audit verify 查明位置，保留原文件并报告安全管理员",
    )
