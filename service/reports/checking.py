"""Checking a report: its seal from the file alone, and whose key it is where keys are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from household.errors import InputError
from service.reports.numbering import check_code
from service.reports.seal import SealError, read_seal
from service.reports.seal_keys import is_signed, read_public

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from service.reports.seal import Claims, Seal

_DO = "请向出具机构索取原件，不要使用这一份"


@dataclass(frozen=True, slots=True)
class Checked:
    """An intact report. `trusted`: its key is one of those given; None where none was given, and the key was not checked."""

    seal: Seal
    trusted: bool | None


def check_seal(data: bytes, trusted: Iterable[bytes] = ()) -> Checked:
    """Check a file's seal.

    Args:
        data: the whole file. trusted: public keys (DER); with any, the signer must be one of them.

    Raises:
        SealError: no seal, more than one, a changed byte, a wrong signature, or another's key.

    """
    seal = read_seal(data)
    if not is_signed(seal):
        raise SealError("核对章无效，文件被改动过：签名不符", _DO)
    if not _belongs(seal.claims):
        raise SealError("核对章无效：报告编号或核验码与内容摘要不符", _DO)
    keys = frozenset(trusted)
    if not keys:
        return Checked(seal, None)
    if seal.key not in keys:
        raise SealError(
            f"盖章的密钥（指纹 {seal.fingerprint[:16]}…）不在信任的公钥之中",
            "文件未被改动，但不是所信任的机构盖的章；请核对指纹",
        )
    return Checked(seal, True)


def _belongs(claims: Claims) -> bool:
    """Whether number and check code are those of the contents."""
    try:
        code = check_code(claims.contents)
    except ValueError:
        return False
    same = claims.report.endswith(f"-{claims.contents[:12].upper()}")
    return same and claims.check_code == code


def trusted_keys(files: Iterable[Path], folder: Path | None) -> frozenset[bytes]:
    """Public keys of files, and of every .pem in a folder.

    Raises:
        InputError: one cannot be read, or the folder is not there or holds none.

    """
    named = list(files)
    if folder is not None:
        found = sorted(folder.glob("*.pem")) if folder.is_dir() else []
        if not found:
            raise InputError(
                f"信任目录 {folder.name} 中没有公钥",
                "请放入 .pem 公钥文件，或去掉 HEDUI_SEAL_TRUST",
            )
        named += found
    return frozenset(read_public(file) for file in named)
