"""Whose computer calls: the address behind trusted proxies. Believing a stranger's header would let him choose his own."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Scope

UNKNOWN = "unknown"


def client_address(scope: Scope, trusted: tuple[str, ...]) -> str:
    """The address of the client; where a trusted proxy calls, the last address in X-Forwarded-For that is none of them."""
    peer = _plain(scope["client"][0]) if scope.get("client") else UNKNOWN
    if peer not in trusted:
        return peer
    told = [v.decode("latin-1") for k, v in scope["headers"] if k == b"x-forwarded-for"]
    for hop in reversed(",".join(told).split(",")):
        address = _plain(hop.strip())
        if address == UNKNOWN:
            return peer
        if address not in trusted:
            return address
    return peer


def _plain(text: str) -> str:
    try:
        found = ip_address(text)
    except ValueError:
        return UNKNOWN
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
