"""Where webhooks may go: to hosts that the administrator has listed and nowhere else, however an address is written."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from household.errors import InputError

PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[!-~]{1,500}")  # no blank, no control character, nothing beyond ASCII


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address.

    Raises:
        InputError: it is none, or has a user, a query or a fragment. It is not quoted: it may hold a secret.

    """
    wrong = InputError(
        "webhook 地址不可用", "请写成 https://主机[:端口]/路径，不带用户、查询串与片段"
    )
    if not _PLAIN.fullmatch(url) or "\\" in url:
        raise wrong
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        raise wrong
    if parts.query or parts.fragment:
        raise wrong
    return parts.scheme, parts.hostname.rstrip("."), port or PORTS[parts.scheme]


def check_destination(url: str, allowed: tuple[str, ...]) -> None:
    """Refuse an address whose origin is not on the list (`https://host[:port]`; `http://` only where it is listed so).

    Raises:
        InputError: it is no address, or not on the list.

    """
    if origin_of(url) not in {origin_of(one.rstrip("/")) for one in allowed}:
        raise InputError(
            "webhook 地址的主机不在允许之列",
            "请管理员在 HEDUI_WEBHOOK_HOSTS 中加入，例如 https://审批系统主机:端口",
        )


def listed(text: str | None) -> tuple[str, ...]:
    """The origins of a setting, with commas between them; none where it is not set.

    Raises:
        InputError: one of them is no address.

    """
    found = tuple(one.strip() for one in (text or "").split(",") if one.strip())
    for one in found:
        origin_of(one.rstrip("/"))
    return found
