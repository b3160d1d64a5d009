"""The API about itself: whether it lives, and its description (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from service.access.policy import public
from service.api.description import describe

router = APIRouter(tags=["service"])


@router.get("/health", summary="Whether the service answers")
@public()
def health() -> dict[str, str]:
    """Nothing but that it lives; says nothing of what it holds."""
    return {"status": "ok"}


@router.get("/openapi.json", include_in_schema=False)
@public()
def description(request: Request) -> dict[str, Any]:
    """The description of this API."""
    return describe(request.app)
