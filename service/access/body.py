"""A request's body, read whole up to a limit and given again to whoever asks next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from service.api.problems import Problem

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.types import Message, Receive


async def read_body(receive: Receive, headers: Headers, most: int) -> bytes:
    """The whole body. Raises Problem 413: longer than `most` bytes; ClientDisconnect: the caller left."""
    told = headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told) > most:
        raise _too_large(most)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise _too_large(most)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def replaying(body: bytes, receive: Receive | None = None) -> Receive:
    """A `receive` that gives the body once more, and then what `receive` gives."""
    given = False

    async def again() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive() if receive is not None else {"type": "http.disconnect"}

    return again


def _too_large(most: int) -> Problem:
    return Problem(413, "too-large", "内容过大", detail=f"请不要超过 {most // 1024} KiB")
