"""The service put together: routers, the gate in front of them, errors as problems. Wiring only; nothing here thinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from service import static_files
from service.access.gate import Gate
from service.api import errors as api_errors
from service.api import root as api_root
from service.pages import home
from service.pages.rendering import Pages

if TYPE_CHECKING:
    from fastapi import APIRouter

    from service.deployment import Deployment

VERSION = "v1"

API_ROUTERS: tuple[APIRouter, ...] = (api_root.router,)
"""Routers of the REST API; each is mounted below /api/v1."""

PAGE_ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    static_files.router,
)
"""Routers of the pages, each with its whole path."""


def create_app(deployment: Deployment) -> FastAPI:
    """The application of one deployment. Its own documentation pages are off: they would fetch from other hosts."""
    app = FastAPI(
        title="hedui",
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.deployment = deployment
    app.state.pages = Pages(deployment)
    for router in API_ROUTERS:
        app.include_router(router, prefix=f"/api/{VERSION}")
    for router in PAGE_ROUTERS:
        app.include_router(router, include_in_schema=False)
    api_errors.install(app)
    app.add_middleware(Gate, deployment=deployment, application=app)
    return app
