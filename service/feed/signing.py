"""Messages of webhooks in the form of Standard Webhooks: what they say and how they are signed. Ids only, nothing of a person."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PREFIX = "whsec_"
CHANGED, RESYNC = "changes.recorded", "resync.required"


def secret_of(chance: bytes) -> str:
    """A secret of 32 bytes as Standard Webhooks writes it."""
    if len(chance) != 32:
        raise ValueError("a secret needs 32 bytes of chance")
    return PREFIX + base64.b64encode(chance).decode()


def body_of(kind: str, at: str, data: Mapping[str, object]) -> str:
    """What is sent: type, timestamp, data."""
    told = {"type": kind, "timestamp": at, "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def headers_of(secret: str, message_id: str, *, body: str, now: datetime) -> dict[str, str]:
    """The headers of an attempt. The receiver checks the signature, that the time is near, and that the id is new to him."""
    stamp = str(int(now.timestamp()))
    signed = f"{message_id}.{stamp}.{body}".encode()
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "hedui",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{signature}",
    }
