"""The second factor: six digits of the moment (RFC 6238) from a secret that the person's telephone holds. A code opens once."""

from __future__ import annotations

import base64
import binascii
import hmac
from io import BytesIO
from typing import TYPE_CHECKING

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

if TYPE_CHECKING:
    from datetime import datetime

STEP_SECONDS = 30
SECRET_BYTES = 20
_DIGITS = 6
ISSUER = "hedui"


def new_secret(chance: bytes) -> str:
    """A secret as telephones take it; `chance`: SECRET_BYTES that nobody can guess."""
    return base64.b32encode(chance[:SECRET_BYTES]).decode("ascii")


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step (of 30 s since 1970) whose code this is: this one, or its neighbours for clocks that differ. None: a wrong code."""
    told = "".join(code.split())
    if len(told) != _DIGITS or not told.isascii() or not told.isdigit():
        return None
    made = _made(secret)
    this = int(now.timestamp()) // STEP_SECONDS
    right = [
        step
        for step in (this - 1, this, this + 1)
        if hmac.compare_digest(made.generate(step * STEP_SECONDS), told.encode("ascii"))
    ]
    return max(right, default=None)


def is_secret(secret: str) -> bool:
    """Whether a text is a secret of ours."""
    try:
        return len(base64.b32decode(secret)) == SECRET_BYTES
    except (binascii.Error, ValueError):
        return False


def picture(secret: str, login: str) -> str:
    """What a telephone photographs: a QR code as a `data:` image."""
    code = segno.make(_made(secret).get_provisioning_uri(login, ISSUER), error="m")
    held = BytesIO()
    code.save(held, kind="svg", scale=4, border=2, light="#fff")
    return f"data:image/svg+xml;base64,{base64.b64encode(held.getvalue()).decode('ascii')}"


def _made(secret: str) -> TOTP:
    # SHA-1 as every telephone's program takes it; as a keyed hash it is not broken
    return TOTP(base64.b32decode(secret), _DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
