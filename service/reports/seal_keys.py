"""Keys of the seal: read from a file, made once beside the warehouse, and checked. Ed25519, or SM2 where it is configured."""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

from household.errors import InputError, OutsideError
from service.reports.sm2 import Sm2Signer, is_sm2_key, read_sm2, verify_sm2

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from service.reports.seal import Seal

FOLDER = "keys"
"""Below the working store."""
SECRET, PUBLIC = "seal.pem", "seal.pub.pem"
_MAKE = "请用 openssl genpkey -algorithm ED25519（或 SM2）生成"
_HEAD, _FOOT = b"-----BEGIN PUBLIC KEY-----\n", b"-----END PUBLIC KEY-----\n"


class Signer(Protocol):
    """A private key that can seal.

    Attributes:
        algorithm: ed25519 or sm2. public_key: its public half, DER.
    """

    algorithm: str
    public_key: bytes

    def sign(self, message: bytes) -> bytes:
        """The signature over a message."""
        ...


class Ed25519Signer:
    """A private key of Ed25519."""

    algorithm = "ed25519"

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        public = key.public_key()
        self.public_key = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, message: bytes) -> bytes:
        """The signature over a message, 64 bytes."""
        return self._key.sign(message)


def read_signer(path: Path) -> Signer:
    """The signer of a PEM file.

    Raises:
        InputError: the file cannot be read, is protected by a password, or holds no such key. Nothing of it is quoted.

    """
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"印章私钥 {path.name} 无法读取（{error.strerror}）", "请检查路径与权限"
        ) from None
    signer = read_sm2(pem)
    if signer is not None:
        return signer
    try:
        key = load_pem_private_key(pem, None)
    except TypeError:
        raise InputError(
            f"印章私钥 {path.name} 有口令保护", "请改用无口令、仅服务账号可读的文件"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise InputError(f"{path.name} 不是印章私钥", _MAKE) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError(f"{path.name} 不是 Ed25519 或 SM2 私钥", _MAKE)
    return Ed25519Signer(key)


def signer_beside(
    store: Path, configured: Path | None, *, token_bytes: Callable[[int], bytes]
) -> Signer:
    """The signer of a deployment: the configured key, else the one beside the warehouse, made the first time.

    Args:
        store: the folder of the working store.
        configured: HEDUI_SEAL_KEY; None: the key in the store.
        token_bytes: so many bytes that nobody can guess.

    Raises:
        InputError: the key cannot be used. OutsideError: it cannot be written.

    """
    if configured is not None:
        return read_signer(configured)
    path = store / FOLDER / SECRET
    if not path.exists():
        _make(path, Ed25519PrivateKey.from_private_bytes(token_bytes(32)), token_bytes(8).hex())
    return read_signer(path)


def public_pem(public_key: bytes) -> bytes:
    """A public key (DER) as PEM."""
    text = base64.b64encode(public_key)
    lines = b"\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return _HEAD + lines + b"\n" + _FOOT


def read_public(path: Path) -> bytes:
    """The DER of a public key file (PEM).

    Raises:
        InputError: it cannot be read, or is none.

    """
    try:
        pem = path.read_bytes().replace(b"\r\n", b"\n").strip() + b"\n"
        body = pem.removeprefix(_HEAD).removesuffix(_FOOT)
        whole = len(pem) == len(_HEAD) + len(body) + len(_FOOT)
        key = base64.b64decode(body.replace(b"\n", b""), validate=True) if whole else b""
    except (OSError, ValueError):
        key = b""
    if not key:
        raise InputError(
            f"公钥文件 {path.name} 无法读取", "应为 PEM 格式的公钥，可由 hedui seal show 得到"
        )
    return key


def is_signed(seal: Seal) -> bool:
    """Whether the seal's signature is that of the key in it."""
    if seal.algorithm == Sm2Signer.algorithm:
        return is_sm2_key(seal.key) and verify_sm2(seal.key, seal.signature, seal.signed)
    with suppress(ValueError, UnsupportedAlgorithm, InvalidSignature):
        key = load_der_public_key(seal.key)
        if isinstance(key, Ed25519PublicKey):
            key.verify(seal.signature, seal.signed)
            return True
    return False


def _make(path: Path, key: Ed25519PrivateKey, mark: str) -> None:
    """Write a new key, whole or not at all; of two processes that make one, the first wins."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    building = path.with_name(f".{path.name}.{mark}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(building, path)
        public = Ed25519Signer(key).public_key if path.read_bytes() == pem else None
        if public is not None:
            path.with_name(PUBLIC).write_bytes(public_pem(public))
    except OSError as error:
        raise OutsideError(
            f"印章私钥无法写入（{error.strerror}）", "请检查工作目录的空间与权限"
        ) from None
    finally:
        with suppress(OSError):
            building.unlink(missing_ok=True)
