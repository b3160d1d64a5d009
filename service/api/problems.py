"""Errors of the API in one shape: problem details (RFC 9457), stable `type` words, no value of a row."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse

MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:hedui:problem:"


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """An answer that is a problem. Raised by an endpoint, told by `install`.

    Args:
        status: of HTTP. kind: a word that programs may rely on, like `not-found`.
        title: the kind in words. detail: what happened here and what to do.
        more: members of the problem beside these, like `errors`. headers: of the answer, like Retry-After.

    """

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        *,
        detail: str = "",
        more: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(kind)
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
        self.more = more or {}
        self.headers = headers or {}


def not_found() -> Problem:
    """What is not there, and what is out of the caller's area: one answer for both."""
    return Problem(404, "not-found", "没有这项内容", detail="编号不存在，或不在您的权限范围内")


def problem_response(problem: Problem, correlation_id: str = "") -> JSONResponse:
    """The problem as an answer."""
    body: dict[str, Any] = {
        "type": PREFIX + problem.kind,
        "title": problem.title,
        "status": problem.status,
    }
    if problem.detail:
        body["detail"] = problem.detail
    if correlation_id:
        body["correlation_id"] = correlation_id
    return JSONResponse(
        body | problem.more,
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=problem.headers,
    )
