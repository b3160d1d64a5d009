"""The API's description of itself (OpenAPI 3.1): what the routes declare, with the key, the problems and what holds everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from service.api.answers import PROBLEM_SCHEMA, problems

if TYPE_CHECKING:
    from fastapi import FastAPI

TITLE = "核对接口 hedui"
TOLD = """社会救助家庭经济状况核对：业务系统接口。

- **建议**：核对结果是建议，由审批机关的人员作出决定；预警是待查事项，不是结论；“身份不符”不是发现。
- **未知**：`null` 表示未知或不适用，从不表示零。金额与比例是十进制文本，日期为 ISO 8601。
- **权限**：密钥只能看到其区划与救助类型之内的内容；范围之外与不存在的内容回答相同（404）。每次查阅都记入审计日志。
- **分页**：`next` 是不透明的游标，原样放入 `after`；改动过的游标被拒绝（400）。
- **缓存**：回答带强 `ETag` 与 `Hedui-Run`（运行编号）；`If-None-Match` 相同则回答 304。
- **错误**：一律为 RFC 9457 `application/problem+json`；`type` 固定不变，可供程序判断。
- **变更**：`/changes` 按顺序给出发布、替代、撤回，不漏不重；也可登记 webhook（Standard Webhooks 签名）。
"""
TAGS = [
    {"name": "verdicts", "description": "核对建议"},
    {"name": "applications", "description": "一件申请的结果、证据与查询覆盖"},
    {"name": "alerts", "description": "预警"},
    {"name": "changes", "description": "变更、回执"},
    {"name": "submissions", "description": "委托与异议"},
    {"name": "runs", "description": "运行"},
    {"name": "service", "description": "服务本身"},
]
_PROBLEM = {
    "type": "object",
    "title": PROBLEM_SCHEMA,
    "description": "RFC 9457; more members may follow, like `errors`",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:hedui:problem:not-found"]},
        "title": {"type": "string", "examples": ["没有这项内容"]},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "what to do"},
        "correlation_id": {"type": "string", "description": "name it when you ask for help"},
    },
}
_PROBLEMS = {"get": (), "post": (400, 409, 413), "put": (), "delete": ()}
_HEADERS = {
    "ETag": {"schema": {"type": "string"}, "description": "strong, of the run and the content"},
    "Hedui-Run": {"schema": {"type": "string"}, "description": "the run that the answer is of"},
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of the application's API; made once and kept by it."""
    if app.openapi_schema is None:
        app.openapi_schema = _made(app)
    found: dict[str, Any] = app.openapi_schema
    return found


def _made(app: FastAPI) -> dict[str, Any]:
    told = get_openapi(
        title=TITLE,
        version=app.version,
        openapi_version="3.1.0",
        description=TOLD,
        routes=app.routes,
        tags=TAGS,
    )
    parts = told.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas[PROBLEM_SCHEMA] = _PROBLEM
    parts["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "hedui_<id>_<secret>",
            "description": "密钥由系统管理员以 `hedui keys add` 发给业务系统，只显示一次",
        }
    }
    told["security"] = [{"key": []}]
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    return told


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    """What every route of the API has: a key, and on what is read the tag and the run."""
    answers = operation["responses"]
    if path.endswith("/health"):
        operation["security"] = []
        return
    missing = problems(*_PROBLEMS[method], *((404,) if "{" in path else ()))
    for status, one in missing.items():
        if status == 422:  # in its place stands the shape of another framework's errors
            answers["422"] = one
        answers.setdefault(str(status), one)
    if method == "get":
        answers["200"].setdefault("headers", {}).update(_HEADERS)
        answers["304"] = {"description": "与 If-None-Match 相同"}
