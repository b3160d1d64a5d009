"""Bodies of thousands of rows, read and checked in a worker thread row by row, so that nobody else waits for them.

The framework would do both on the one thread that serves everybody. It is handed the finished model instead, which it only looks at; what a
route tells of its body stays as it was.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, get_args

from anyio.to_thread import run_sync
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.responses import Response


_DECODER = json.JSONDecoder()
_NEXT = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")
_ENDED = re.compile(r"[ \t\n\r]*\][ \t\n\r]*\}[ \t\n\r]*\Z")


class LargeBodyRoute(APIRoute):
    """A route whose body is a model with one list of rows. Give it to the router as `route_class`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's own handler, with the body read elsewhere."""
        handle = super().get_route_handler()
        model = None if self.body_field is None else self.body_field.field_info.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            return handle

        async def handled(request: Request) -> Response:
            try:
                return await handle(_ReadElsewhere(request, model))
            except _RefusedBody as refused:
                raise RequestValidationError(refused.errors) from None

        return handled


def read_rows(raw: bytes, model: type[BaseModel]) -> BaseModel:
    """The model of a body, its rows checked one by one: other threads have their turn in between.

    Raises:
        RequestValidationError: it is no JSON, or not of this shape; places and kinds as if the whole had been checked at once.
        ValueError, RecursionError: it is no text, or nested without end.

    """
    (name,) = model.model_fields
    try:
        told = _read_by_rows(raw, name) or json.loads(raw)
    except json.JSONDecodeError as error:
        raise RequestValidationError(
            [{"type": "json_invalid", "loc": ("body", error.pos), "msg": error.msg, "input": {}}]
        ) from None
    rows = told.get(name) if isinstance(told, dict) else None
    if not isinstance(rows, list) or set(told) != {name} or not _fits(len(rows), model, name):
        return _whole(told, model)
    row = TypeAdapter(get_args(model.model_fields[name].annotation)[0])
    found, errors = [], []
    for at, one in enumerate(rows):
        try:
            found.append(row.validate_python(one))
        except ValidationError as error:
            errors += _placed(error, ("body", name, at))
    if errors:
        raise RequestValidationError(errors)
    checked: dict[str, Any] = {name: found}
    return model.model_construct(None, **checked)


def _read_by_rows(raw: bytes, name: str) -> dict[str, Any] | None:
    """As `json.loads`, one row after another; None where a body is not plainly one list of that name: then it is read at once.

    The decoder lets nobody else have a turn from its beginning to its end.
    """
    text = raw.decode(json.detect_encoding(raw), "surrogatepass")
    begun = re.match(
        rf'[ \t\n\r]*\{{[ \t\n\r]*"{name}"[ \t\n\r]*:[ \t\n\r]*\[[ \t\n\r]*(?=\{{)', text
    )
    rows: list[Any] = []
    while begun is not None:
        try:
            row, at = _DECODER.raw_decode(text, begun.end())
        except json.JSONDecodeError:
            return None
        rows.append(row)
        if _ENDED.match(text, at):
            return {name: rows}
        begun = _NEXT.match(text, at)
    return None


def _fits(count: int, model: type[BaseModel], name: str) -> bool:
    """Whether the list is within the bounds that the model declares."""
    told = model.model_fields[name].metadata
    least = next((one.min_length for one in told if hasattr(one, "min_length")), 0)
    most = next((one.max_length for one in told if hasattr(one, "max_length")), count)
    return bool(least <= count <= most)


def _whole(told: object, model: type[BaseModel]) -> BaseModel:
    """Checked at once: it is refused for its outline, before its rows matter."""
    try:
        return model.model_validate(told)
    except ValidationError as error:
        raise RequestValidationError(_placed(error, ("body",))) from None


def _placed(error: ValidationError, place: tuple[str | int, ...]) -> list[dict[str, Any]]:
    told = error.errors(include_url=False, include_context=False, include_input=False)
    return [{**one, "loc": (*place, *one["loc"])} for one in told]


class _RefusedBody(HTTPException):
    """Carries what was found wrong through the framework, which lets this kind of exception pass."""

    def __init__(self, error: RequestValidationError) -> None:
        super().__init__(422)
        self.errors = error.errors()


class _ReadElsewhere(Request):
    """A request whose JSON is the finished model."""

    def __init__(self, request: Request, model: type[BaseModel]) -> None:
        super().__init__(request.scope, request.receive)
        self._model = model

    async def json(self) -> Any:
        """Read and check the body in a worker thread."""
        try:
            return await run_sync(read_rows, await self.body(), self._model)
        except RequestValidationError as error:
            raise _RefusedBody(error) from None
