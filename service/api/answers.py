"""Answers of the API: JSON with a strong ETag and the run that it is of, 304 where the caller has it already, and the problems to expect."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from service.api.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from starlette.requests import Request

RUN_HEADER = "Hedui-Run"
PROBLEM_SCHEMA = "Problem"

_TOLD = {
    400: "游标或参数不能使用",
    401: "没有有效的密钥",
    403: "密钥没有此项权限",
    404: "没有这项内容，或不在权限范围内",
    409: "与当前状态不符",
    410: "已被新的建议替代或撤回",
    413: "内容过大",
    422: "参数不符合要求",
    429: "请求过于频繁，见 Retry-After",
    503: "暂时不能提供",
}


def problems(*further: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for its description: those of every route, and `further`."""
    schema = {"$ref": f"#/components/schemas/{PROBLEM_SCHEMA}"}
    return {
        status: {"description": _TOLD[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in sorted({401, 403, 422, 429, 503, *further})
    }


def answer(request: Request, body: dict[str, Any], *, run_id: str) -> Response:
    """The body as JSON. Its ETag is of the run and every byte of it, so equal tags are equal answers."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(run_id.encode() + b"\n" + content).hexdigest()
    tag = f'"{digest[:32]}"'
    headers = {"ETag": tag, RUN_HEADER: run_id}
    if tag in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def bad_cursor() -> Problem:
    """The cursor was changed, is of another list, or of another version."""
    return Problem(
        400, "cursor", "游标不能使用", detail="请用同一查询条件返回的 next，或不带游标从头读取"
    )


def _tags(header: str) -> set[str]:
    # If-None-Match compares weakly: a proxy that compressed the answer has marked the tag so.
    return {one.strip().removeprefix("W/") for one in header.split(",")}
