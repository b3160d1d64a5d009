"""How what goes wrong becomes an answer: problems in the API, a plain page in the console. Nothing of a row is in either."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from household.errors import HouseholdError, InputError
from service.api.problems import Problem, problem_response

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

LOGGER = logging.getLogger("hedui.service")

_TITLES = {
    400: ("bad-request", "请求无法处理"),
    404: ("not-found", "没有这项内容"),
    405: ("method-not-allowed", "此处不支持这种请求方法"),
    413: ("too-large", "内容过大"),
    415: ("unsupported-media-type", "不支持的内容类型"),
    422: ("invalid", "请求内容不符合要求"),
}


def install(app: FastAPI) -> None:
    """Tell every error of the application in one shape."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(HouseholdError, _household)
    app.add_exception_handler(Exception, _unforeseen)


def answer(request: Request, problem: Problem) -> Response:
    """The problem as JSON below /api, as a page elsewhere."""
    correlation = getattr(request.state, "correlation_id", "")
    if request.url.path.startswith("/api/"):
        return problem_response(problem, correlation)
    response: Response = request.app.state.pages.problem(request, problem, correlation)
    return response


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(request, error)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Where and what kind only: the value that was sent may be personal.
    places = [
        {"place": ".".join(str(part) for part in one["loc"]), "reason": str(one["type"])}
        for one in error.errors()
    ]
    kind, title = _TITLES[422]
    return answer(request, Problem(422, kind, title, more={"errors": places}))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind, title = _TITLES.get(error.status_code, ("error", "请求无法处理"))
    return answer(
        request,
        Problem(error.status_code, kind, title, headers=dict(error.headers or {})),
    )


def _household(request: Request, error: Exception) -> Response:
    """What the product raises on purpose carries no personal value, so it may be told."""
    assert isinstance(error, HouseholdError)
    if isinstance(error, InputError):
        return answer(request, Problem(422, "refused", error.what, detail=error.todo))
    LOGGER.warning("%s %s", getattr(request.state, "correlation_id", "-"), type(error).__name__)
    return answer(request, Problem(503, "unavailable", error.what, detail=error.todo))


def _unforeseen(request: Request, error: Exception) -> Response:
    # Kind and place only: a message may quote what was sent.
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "-"
    LOGGER.error(
        "%s %s at %s", getattr(request.state, "correlation_id", "-"), type(error).__name__, place
    )
    return answer(
        request,
        Problem(500, "internal", "服务出错", detail="请将关联编号交给维护人员"),
    )
