"""Signing with SM2 (GB/T 32918, user id of GM/T 0009): the curve is gmssl's, the encodings are those that openssl reads and writes.

The nonce is drawn from the key and the message, so that the same report gets the same seal and no chance is needed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from household.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

# What `openssl genpkey -algorithm SM2` writes: PKCS #8 and SubjectPublicKeyInfo of one curve, so their heads never differ.
_SECRET_HEAD = bytes.fromhex(
    "308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420"
)
_SECRET_MIDDLE = bytes.fromhex("a144034200")
PUBLIC_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
_POINT = b"\x04"
_SIZE = 32


class Sm2Signer:
    """A private key of SM2.

    Attributes:
        public_key: SubjectPublicKeyInfo, DER.
    """

    algorithm = "sm2"

    def __init__(self, secret: bytes, point: bytes) -> None:
        self._secret = secret
        self._point = point
        self.public_key = PUBLIC_HEAD + _POINT + point

    def sign(self, message: bytes) -> bytes:
        """The signature over a message, DER. Raises InputError where gmssl is not installed."""
        crypt, table = _gmssl(self._point, self._secret)
        order = int(table["n"], 16)
        drawn = hmac.digest(self._secret, b"hedui sm2 nonce\0" + message, hashlib.sha512)
        nonce = int.from_bytes(drawn) % (order - 1) + 1
        said = crypt.sign_with_sm3(message, f"{nonce:064x}")
        return encode_dss_signature(int(said[:64], 16), int(said[64:], 16))


def read_sm2(pem: bytes) -> Sm2Signer | None:
    """The private key in a PEM file; None where it holds another kind of key.

    Raises:
        InputError: the public half in it belongs to another key.
    """
    der = _der_of(pem)
    if der is None or not der.startswith(_SECRET_HEAD) or len(der) != len(_SECRET_HEAD) + 102:
        return None
    secret, rest = der[len(_SECRET_HEAD) :][:_SIZE], der[len(_SECRET_HEAD) + _SIZE :]
    if not rest.startswith(_SECRET_MIDDLE + _POINT):
        return None
    signer = Sm2Signer(secret, rest[len(_SECRET_MIDDLE) + 1 :])
    if not verify_sm2(signer.public_key, signer.sign(b"hedui"), b"hedui"):
        raise InputError(
            "印章私钥文件中的公钥与私钥不是一对", "请用 openssl genpkey -algorithm SM2 重新生成"
        )
    return signer


def is_sm2_key(public_key: bytes) -> bool:
    """Whether a public key (DER) is one of SM2, by its head."""
    whole = len(PUBLIC_HEAD) + 1 + 2 * _SIZE
    return public_key.startswith(PUBLIC_HEAD + _POINT) and len(public_key) == whole


def verify_sm2(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature (DER) over a message is of that key. Raises InputError where gmssl is not installed."""
    point = public_key[len(PUBLIC_HEAD) + 1 :]
    crypt, table = _gmssl(point, None)
    if not _on_curve(point, table):
        return False
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        return False
    order = int(table["n"], 16)
    # gmssl checks neither the range nor that a signature is written in the one right way.
    if not (0 < r < order and 0 < s < order) or encode_dss_signature(r, s) != signature:
        return False
    return bool(crypt.verify_with_sm3(f"{r:064x}{s:064x}", message))


def _on_curve(point: bytes, table: Mapping[str, str]) -> bool:
    p, a, b = (int(table[name], 16) for name in ("p", "a", "b"))
    x, y = int.from_bytes(point[:_SIZE]), int.from_bytes(point[_SIZE:])
    return x < p and y < p and (y * y - (x * x * x + a * x + b)) % p == 0


def _gmssl(point: bytes, secret: bytes | None) -> tuple[Any, Mapping[str, str]]:
    try:
        from gmssl.sm2 import (  # type: ignore[import-untyped]  # noqa: PLC0415 - an optional extra
            CryptSM2,
            default_ecc_table,
        )
    except ImportError:
        raise InputError("国密 SM2 需要 gmssl", "请安装：pip install 'hedui[sm2]'") from None
    crypt = CryptSM2(private_key=secret.hex() if secret else "", public_key="")
    # Set afterwards: the constructor strips every leading 0 and 4 from a key that begins with 04.
    crypt.public_key = point.hex()
    return crypt, default_ecc_table


def _der_of(pem: bytes) -> bytes | None:
    lines = [line.strip() for line in pem.splitlines() if line.strip()]
    if len(lines) < 3 or lines[0] != b"-----BEGIN PRIVATE KEY-----":
        return None
    try:
        return base64.b64decode(b"".join(lines[1:-1]), validate=True)
    except binascii.Error:
        return None
