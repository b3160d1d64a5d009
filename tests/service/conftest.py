"""A small county served: the application in this process, a real server, a real browser, and people of every role signed in."""

from __future__ import annotations

import shutil
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import uvicorn
from served_counties import CountyFiles, outside, run_county
from servers.waiting import PATIENCE, await_that
from signing import bearer, sign_in

from casework.store import address_of, open_store
from pipelines.workplace import store_root
from service.access.roles import Role
from service.app import create_app
from service.opening import opened
from service.settings import ServiceSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from playwright.sync_api import Browser, BrowserContext, Page
    from starlette.testclient import TestClient

    from service.deployment import Deployment


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "INBOX",
        "WAREHOUSE",
        "AS_OF",
        "PACKS",
        "REGION",
        "PERSON_KEY",
        "CASEWORK",
        "CASEWORK_KEY",
    ):
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
def deployment(
    own_county: CountyFiles, settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    # Who writes stands in line for longer than five seconds before he is refused: a busy disk is no failure.
    monkeypatch.setitem(open_store.__wrapped__.__kwdefaults__, "wait", PATIENCE)  # type: ignore[attr-defined]
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
    """Serve an application by uvicorn on a port of its own until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            await_that(lambda: server.started, "the service starts")
            yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", application)
        finally:
            server.should_exit = True
            thread.join(timeout=PATIENCE)


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
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - half a second

    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"], timeout=PATIENCE * 1000
        )
        yield browser
        browser.close()


@pytest.fixture
def window(browser: Browser, served: Served) -> Iterator[Callable[[], BrowserContext]]:
    """`window()`: a browser of 1366×768 of its own at the served application, nobody signed in, with patience for a busy machine.

    What is read directly after a key, a click or a form is read too soon on such a machine: `expect(...)` and `wait_for_url` wait.
    """
    opened_here: list[BrowserContext] = []

    def made() -> BrowserContext:
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, base_url=served.url, locale="zh-CN"
        )
        context.set_default_timeout(PATIENCE * 1000)
        opened_here.append(context)
        return context

    yield made
    for context in opened_here:
        context.close()


@pytest.fixture
def signed_in_page(
    window: Callable[[], BrowserContext], served: Served, client_of: Callable[..., TestClient]
) -> Callable[..., Page]:
    """`signed_in_page(role, **scope)`: a page in a `window` with that role's session."""

    def made(role: Role = Role.ANALYST, **scope: tuple[str, ...]) -> Page:
        client, context = client_of(role, **scope), window()
        context.add_cookies(
            [
                {"name": c.name, "value": c.value or "", "url": served.url}
                for c in client.cookies.jar
            ]
        )
        return context.new_page()

    return made
