"""Cursors: where a list was left, in one opaque word. It says nothing that its reader was not shown, and a changed one is refused."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from service.api.answers import bad_cursor

CHECK = 8
MOST = 2000


def write_cursor(kind: str, place: list[Any]) -> str:
    """The word for a place in a list. `kind`: which list, with what was asked; another list refuses it."""
    body = json.dumps(place, ensure_ascii=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_check(kind, body) + body).decode().rstrip("=")


def read_cursor(kind: str, word: str, *, length: int) -> list[Any]:
    """The place of a word: `length` texts and whole numbers.

    Raises:
        Problem: 400, it is no cursor of this list.

    """
    try:
        if len(word) > MOST or not word.isascii():
            raise bad_cursor()
        raw = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        place: list[Any] = json.loads(raw[CHECK:])
    except (ValueError, binascii.Error, RecursionError):
        raise bad_cursor() from None
    genuine = raw[:CHECK] == _check(kind, raw[CHECK:]) and isinstance(place, list)
    if not genuine or write_cursor(kind, place) != word or len(place) != length:
        raise bad_cursor()
    return place


def digest_of(*parts: object) -> str:
    """A short digest of what was asked, for `kind`."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _check(kind: str, body: bytes) -> bytes:
    return hashlib.sha256(kind.encode() + b"\x1f" + body).digest()[:CHECK]
