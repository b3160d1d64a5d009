"""The service put together: routers, the gate in front of them, errors as problems. Wiring only; nothing here thinks."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from service import static_files
from service.access.gate import Gate
from service.api import acknowledgements, alerts, applications, changes, runs, verdicts
from service.api import errors as api_errors
from service.api import root as api_root
from service.api import submissions as api_submissions
from service.pages import (
    account_secrets,
    accounts,
    audit,
    batches,
    evidence,
    home,
    household,
    links,
    objections,
    own_account,
    proposals,
    queue,
    queue_export,
    reports,
    signing_in,
    signing_in_elsewhere,
)
from service.pages import alerts as alert_pages
from service.pages import runs as page_runs
from service.pages.quality import linkage as quality_linkage
from service.pages.quality import outcomes as quality_outcomes
from service.pages.quality import quarantine as quality_quarantine
from service.pages.quality import runs as quality_runs
from service.pages.quality import source as quality_source
from service.pages.quality import wall as quality_wall
from service.pages.rendering import Pages
from service.reading.explanations import Explanations
from service.reading.index import Indexes
from service.reading.papers import SourceShelves
from service.reading.waiting_links import WaitingLinks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import APIRouter

    from service.deployment import Deployment

VERSION = "v1"

API_ROUTERS: tuple[APIRouter, ...] = (
    api_root.router,
    verdicts.router,
    applications.router,
    alerts.router,
    runs.router,
    changes.router,
    acknowledgements.router,
    api_submissions.router,
)
"""Routers of the REST API; each is mounted below /api/v1."""

PAGE_ROUTERS: tuple[APIRouter, ...] = (
    home.router,
    signing_in.router,
    signing_in_elsewhere.router,
    own_account.router,
    accounts.router,
    account_secrets.router,
    audit.router,
    household.router,
    evidence.router,
    queue.router,
    queue_export.router,
    alert_pages.router,
    links.router,
    objections.router,
    proposals.router,
    quality_wall.router,
    quality_source.router,
    quality_runs.router,
    quality_quarantine.router,
    quality_linkage.router,
    quality_outcomes.router,
    batches.router,
    page_runs.router,
    reports.router,
    static_files.router,
)
"""Routers of the pages, each with its whole path."""


def threads() -> int:
    """How many requests are worked on at once: more than the processors can carry only get in each other's way."""
    return max(4, 3 * (os.cpu_count() or 1))


@asynccontextmanager
async def _working(_app: FastAPI) -> AsyncIterator[None]:
    """Set what holds as long as the application serves."""
    current_default_thread_limiter().total_tokens = threads()
    yield


def create_app(deployment: Deployment) -> FastAPI:
    """The application of one deployment. Its own documentation pages are off: they would fetch from other hosts."""
    app = FastAPI(
        title="hedui",
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_working,
    )
    app.state.deployment = deployment
    app.state.pages = Pages(deployment)
    app.state.shelves = SourceShelves()
    app.state.explanations = Explanations(deployment)
    app.state.waiting_links = WaitingLinks(deployment)
    app.state.indexes = Indexes(deployment.warehouse)
    for router in API_ROUTERS:
        app.include_router(router, prefix=f"/api/{VERSION}")
    for router in PAGE_ROUTERS:
        app.include_router(router, include_in_schema=False)
    api_errors.install(app)
    app.add_middleware(Gate, deployment=deployment, application=app)
    return app
