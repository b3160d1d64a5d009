"""A small county served: the application in this process, a real server, a real browser, and people of every role signed in."""

from __future__ import annotations

import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import uvicorn
from served_counties import CountyFiles, outside, run_county
from servers.processes import free_port
from signing import bearer, sign_in

from casework.store import address_of
from pipelines.workplace import store_root
from service.access.roles import Role
from service.app import create_app
from service.opening import opened
from service.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from playwright.sync_api import Browser, Page
    from starlette.testclient import TestClient

    from service.deployment import Deployment


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INBOX", "WAREHOUSE", "AS_OF", "PACKS", "REGION", "PERSON_KEY", "CASEWORK"):
        monkeypatch.delenv(f"HEDUI_{name}", raising=False)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> CountyFiles:
    """Twenty-five applications with noise, run once. Not to be changed: take `own_county`."""
    return run_county(tmp_path_factory.mktemp("served"))


@pytest.fixture
def own_county(county: CountyFiles, tmp_path: Path) -> CountyFiles:
    """A copy of the county that a test may change."""
    return county.copied(tmp_path / "own")


@pytest.fixture
def settings(own_county: CountyFiles) -> ServiceSettings:
    return ServiceSettings(inbox=own_county.inbox, requests_a_minute=100_000)


@pytest.fixture
def deployment(own_county: CountyFiles, settings: ServiceSettings) -> Iterator[Deployment]:
    place = address_of(store_root(own_county.warehouse))
    with opened(own_county.warehouse, place, outside=outside(), settings=settings) as made:
        yield made


@pytest.fixture
def application(deployment: Deployment) -> FastAPI:
    return create_app(deployment)


@pytest.fixture
def client_of(application: FastAPI, deployment: Deployment) -> Callable[..., TestClient]:
    """`client_of(role, regions=("*",), programmes=("*",))`: a client with a fresh account's session."""

    def made(
        role: Role = Role.ANALYST,
        *,
        regions: tuple[str, ...] = ("*",),
        programmes: tuple[str, ...] = ("*",),
        name: str | None = None,
    ) -> TestClient:
        return sign_in(
            application, deployment, role=role, regions=regions, programmes=programmes, name=name
        )

    return made


@pytest.fixture
def key_client(application: FastAPI, deployment: Deployment) -> Callable[..., TestClient]:
    """`key_client(regions=("*",), programmes=("*",))`: a client with a fresh service account's key."""

    def made(
        *, regions: tuple[str, ...] = ("*",), programmes: tuple[str, ...] = ("*",)
    ) -> TestClient:
        return bearer(application, deployment, regions=regions, programmes=programmes)

    return made


@dataclass(frozen=True)
class Served:
    """A server on loopback. `url` has no slash at its end."""

    url: str
    application: FastAPI


@contextmanager
def serving(application: FastAPI) -> Iterator[Served]:
    """Serve an application by uvicorn on a free port until the block ends."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(application, host="127.0.0.1", port=port, log_level="warning")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(500):
        if server.started:
            break
        time.sleep(0.01)
    assert server.started
    try:
        yield Served(f"http://127.0.0.1:{port}", application)
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def served(application: FastAPI) -> Iterator[Served]:
    """The application behind a real server."""
    with serving(application) as made:
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window. Skipped where it is not installed."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is not installed (make servers)")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - half a second

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def signed_in_page(
    browser: Browser, served: Served, client_of: Callable[..., TestClient]
) -> Iterator[Callable[..., Page]]:
    """`signed_in_page(role, **scope)`: a page of 1366×768 at the served application with that role's session."""
    contexts = []

    def made(role: Role = Role.ANALYST, **scope: tuple[str, ...]) -> Page:
        client = client_of(role, **scope)
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, base_url=served.url, locale="zh-CN"
        )
        context.add_cookies(
            [
                {"name": c.name, "value": c.value or "", "url": served.url}
                for c in client.cookies.jar
            ]
        )
        contexts.append(context)
        return context.new_page()

    yield made
    for context in contexts:
        context.close()
