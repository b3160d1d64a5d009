"""Forms of our own pages only: a token that a stranger's page cannot know, and the browser's word on where a form came from."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import Request

from service.access.body import replaying
from service.api.problems import Problem

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.types import Scope

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def token_for(cookie: str) -> str:
    """The token of whoever holds this cookie (a session's, or a visitor's before he signs in). It opens nothing by itself."""
    return hashlib.sha256(f"csrf:{cookie}".encode()).hexdigest()


def check_origin(headers: Headers) -> None:
    """Refuse what a browser says that another site sent. Raises Problem 403.

    A program that is no browser says neither; it needs the token all the same.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise _refused()
        return
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        raise _refused()


async def check_token(scope: Scope, body: bytes, *, expected: str) -> None:
    """Refuse a request without the token in its header or form. Raises Problem 403; HTTPException 400, a form that is none."""
    request = Request(scope, replaying(body))
    told = request.headers.get(HEADER)
    if told is None and request.headers.get("content-type", "").startswith(_FORMS):
        told = await _field(request)
    if not expected or told is None or not hmac.compare_digest(told.encode(), expected.encode()):
        raise _refused()


async def _field(request: Request) -> str | None:
    async with request.form() as form:
        found = form.get(FIELD)
    return found if isinstance(found, str) else None


def _refused() -> Problem:
    return Problem(
        403, "cross-site", "表单已失效", detail="请返回原页面刷新后重新提交；未作任何改动"
    )
