"""Headers that every answer carries: what a browser may load, keep and frame. Ours win over an endpoint's, save for caching of our own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from service.access.correlation import HEADER

if TYPE_CHECKING:
    from starlette.types import Message, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
STATIC = "/static/"
_YEAR = 31_536_000
_ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # With no-referrer a browser calls the origin of our own forms "null", and the origin is what tells a stranger's form.
    # Addresses of ours go to ourselves only, either way.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def with_headers(send: Send, *, path: str, correlation_id: str, behind_tls: bool) -> Send:
    """A `send` that adds the headers to the answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _ALWAYS.items():
                headers[name] = value
            headers[HEADER] = correlation_id
            if not (path.startswith(STATIC) and message["status"] == 200):
                headers["Cache-Control"] = "no-store"
            if behind_tls:
                headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
            if "server" in headers:
                del headers["server"]
        await send(message)

    return sending
