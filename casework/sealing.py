"""Secrets sealed before they lie in the store: AES-256-GCM under a key that is kept in a file of its own, outside the database.

What is sealed is bound to its table, row and column, so that it opens nowhere else. The nonce follows from the key, the place and the text
(as in SIV): the same text in the same place gives the same bytes, two different ones never share a nonce, and nothing draws lots here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.errors import CaseworkError
from household.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KEY_BYTES = 32
MARK = "sealed1"
"""Begins what is sealed in this way; nothing that was ever kept in clear begins so."""
_LINE = "hedui-casework-key-1"
_NONCE = 12


class SealError(CaseworkError, OutsideError):
    """The key is not there, cannot be used, or is not the one that a secret was sealed with. Nothing is shown instead."""


@dataclass(frozen=True, slots=True)
class SealKey:
    """A key. `key_id` may be shown; it tells keys apart and nothing of them."""

    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Eight hexadecimal digits."""
        return _derived(self.secret, b"id")[:4].hex()

    def seal(self, text: str, place: Sequence[str]) -> str:
        """A text sealed for a place (table, row, column)."""
        plain, bound = text.encode(), _bound(place)
        nonce = hmac.digest(_derived(self.secret, b"nonce"), bound + plain, "sha256")[:_NONCE]
        held = nonce + AESGCM(_derived(self.secret, b"seal")).encrypt(nonce, plain, bound)
        return ".".join((MARK, self.key_id, base64.b64encode(held).decode("ascii")))

    def unseal(self, sealed: str, place: Sequence[str]) -> str:
        """The text of what was sealed with this key for this place. Raises SealError: it was not, or was changed."""
        with suppress(InvalidTag, ValueError):
            held = base64.b64decode(sealed.rpartition(".")[2], validate=True)
            box = AESGCM(_derived(self.secret, b"seal"))
            return box.decrypt(held[:_NONCE], held[_NONCE:], _bound(place)).decode()
        raise SealError(
            "人工判定库中的密文已被改动或移动，未使用", "请用备份恢复，或重新设置该密钥或动态码"
        )


def is_sealed(text: str) -> bool:
    """Whether a text has the form of a sealed one."""
    return text.startswith(f"{MARK}.")


def sealed_with(text: str) -> str:
    """The id of the key that a text was sealed with; empty where it is in clear."""
    return text.split(".")[1] if is_sealed(text) and text.count(".") == 2 else ""


def read_keys(path: Path | None) -> tuple[SealKey, ...]:
    """The keys of a file: the first one seals, the others open what was sealed before. Empty where there is no file.

    Raises:
        SealError: it cannot be read, everybody may read it, or it holds something else. Nothing of it is quoted.

    """
    if path is None:
        raise SealError("没有指定人工判定库的密钥文件", "请用 HEDUI_CASEWORK_KEY 给出密钥文件")
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & stat.S_IRWXO:
                raise SealError(
                    f"人工判定库的密钥文件 {path.name} 任何人都能读取",
                    "请改为仅服务账号可读（chmod 600）",
                )
            lines = file.read(64 * 1024).decode("ascii").splitlines()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SealError(
            f"人工判定库的密钥文件 {path.name} 无法读取（{error.strerror}）", "请检查路径与权限"
        ) from None
    except UnicodeDecodeError:
        raise _no_key(path) from None
    keys = tuple(_key_of(line, path) for line in lines if line.strip())
    if not keys:
        raise _no_key(path)
    return keys


def make_key_file(path: Path, chance: bytes) -> None:
    """Make the file with its first key, for its owner's eyes only; of two that make one the first wins. Raises SealError.

    Args:
        path: where. chance: KEY_BYTES that nobody can guess.

    """
    building = _building(path, chance)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(building, (SealKey(chance),))
        with suppress(FileExistsError):
            os.link(building, path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with suppress(OSError):
            building.unlink(missing_ok=True)


def replace_keys(path: Path, keys: Sequence[SealKey]) -> None:
    """Put these keys in the place of those of a file, whole or not at all. Raises SealError."""
    building = _building(path, keys[0].secret)
    try:
        _write(building, keys)
        building.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with suppress(OSError):
            building.unlink(missing_ok=True)


def _write(path: Path, keys: Sequence[SealKey]) -> None:
    text = "".join(f"{_LINE} {base64.b64encode(one.secret).decode('ascii')}\n" for one in keys)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _building(path: Path, secret: bytes) -> Path:
    return path.with_name(f".{path.name}.{SealKey(secret).key_id}")


def _key_of(line: str, path: Path) -> SealKey:
    mark, _, told = line.strip().partition(" ")
    try:
        secret = base64.b64decode(told.strip(), validate=True)
    except ValueError:
        secret = b""
    if mark != _LINE or len(secret) != KEY_BYTES:
        raise _no_key(path)
    return SealKey(secret)


def _derived(secret: bytes, purpose: bytes) -> bytes:
    """A key of its own for each purpose (HKDF's expansion of one block, RFC 5869)."""
    return hmac.digest(secret, b"hedui casework " + purpose + b"\x01", hashlib.sha256)


def _bound(place: Sequence[str]) -> bytes:
    """Table, row and column in a form that no other three have."""
    return b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in place)


def _no_key(path: Path) -> SealError:
    return SealError(
        f"{path.name} 不是人工判定库的密钥文件", "请从备份恢复，或检查 HEDUI_CASEWORK_KEY"
    )


def _unwritable(path: Path, error: OSError) -> SealError:
    return SealError(
        f"人工判定库的密钥文件 {path.name} 无法写入（{error.strerror}）", "请检查目录的空间与权限"
    )
