"""The gate in front of every route: nothing of an endpoint runs before it is known who asks, whether he may, and that it is written down.

In this order: how often, which route and its policy (none: closed), who, may he, did his own page send it, the audit entry. A web socket
is never let in. The list of routes is the application's own, so a route that somebody adds tomorrow is closed until it says who may.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from casework.audit.entry import FAILED
from casework.audit.errors import AuditUnavailable
from service.access.admission import Admission, Elsewhere
from service.access.body import read_body, replaying
from service.access.client import client_address
from service.access.correlation import CORRELATION
from service.access.csrf import SAFE_METHODS, check_origin, check_token, token_for
from service.access.finding import Found, Routes
from service.access.headers import STATIC, with_headers
from service.access.identity import API, TOKEN_BYTES, VISIT_COOKIE, cookie_header
from service.access.pace import Pace
from service.api.problems import Problem, not_found

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from service.deployment import Deployment

LOGGER = logging.getLogger("hedui.service")
PUBLIC_BYTES = 64 * 1024
"""Largest body of whoever has not signed in."""


class _Answer:
    """A `send` that knows what was sent, adds cookies, and does something before a failed answer goes out."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.cookies: list[bytes] = []
        self.if_failed: Callable[[int], Awaitable[None]] | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if message["status"] >= 400 and self.if_failed is not None:
                await self.if_failed(message["status"])
            cookies = [(b"set-cookie", value) for value in self.cookies]
            message = {**message, "headers": [*message.get("headers", ()), *cookies]}
            self.status = message["status"]
        await self._send(message)


class Gate:
    """ASGI middleware, the outermost of the application. `application`: whose routes are guarded."""

    def __init__(self, app: ASGIApp, deployment: Deployment, application: FastAPI) -> None:
        self._app = app
        self._deployment = deployment
        self._application = application
        self._routes = Routes(application.router.routes)
        self._pace = Pace(deployment.settings.requests_a_minute, deployment.outside)
        self._admission = Admission(deployment, self._pace)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        settings = self._deployment.settings
        correlation_id = self._deployment.outside.token_bytes(8).hex()
        request.state.correlation_id = correlation_id
        request.state.csrf_token = ""
        kept = CORRELATION.set(correlation_id)
        path, behind = scope["path"], settings.behind_tls
        answer = _Answer(
            with_headers(send, path=path, correlation_id=correlation_id, behind_tls=behind)
        )
        route = "-"
        try:
            address = client_address(scope, settings.trusted_proxies)
            self._pace.count_address(address)
            found = self._find(scope)
            route = found.path
            receive = await self._admit(request, receive, found, address, answer)
            answer.if_failed = self._failure_of(request, found)
            await self._app(scope, receive, answer)
        except ClientDisconnect:
            LOGGER.info("caller left")
        except Exception as error:
            if answer.status:
                raise
            if isinstance(error, AuditUnavailable):
                answer.if_failed = None
            await (await self._refusal(request, error))(scope, receive, answer)
        finally:
            LOGGER.info("%s %s %s", scope["method"], route, answer.status)
            CORRELATION.reset(kept)

    def _find(self, scope: Scope) -> Found:
        found = self._routes.find(scope)
        if found is None:
            raise not_found()
        if found.allowed:
            headers = {"Allow": ", ".join(found.allowed)}
            raise Problem(405, "method-not-allowed", "此处不支持这种请求方法", headers=headers)
        return found

    async def _admit(
        self, request: Request, receive: Receive, found: Found, address: str, answer: _Answer
    ) -> Receive:
        """Let in or raise. Returns what the endpoint receives."""
        path = request.url.path
        page = not path.startswith((API, STATIC))
        public = found.policy is not None and found.policy.permission is None
        if not public:
            await run_sync(self._admission.enter, request, found, address)
        elif page:
            self._greet(request, answer)
        if request.method not in SAFE_METHODS:
            most = PUBLIC_BYTES if public else self._deployment.settings.upload_bytes
            try:
                if page:
                    check_origin(request.headers)
                body = await read_body(receive, request.headers, most)
                if page:
                    await check_token(request.scope, body, expected=request.state.csrf_token)
            except Problem as refused:
                if not public:
                    await run_sync(self._admission.refuse, request, found, refused.kind)
                raise
            receive = replaying(body, receive)
        if found.policy is not None and found.policy.action:
            await run_sync(self._admission.write_down, request, found)
        return receive

    def _greet(self, request: Request, answer: _Answer) -> None:
        """Whoever has not signed in gets a cookie that the token of the sign-in form hangs on."""
        visit = request.cookies.get(VISIT_COOKIE, "")
        if not visit:
            visit = self._deployment.outside.token_bytes(TOKEN_BYTES).hex()
            answer.cookies.append(
                cookie_header(VISIT_COOKIE, visit, secure=self._deployment.settings.behind_tls)
            )
        request.state.csrf_token = token_for(visit)

    def _failure_of(self, request: Request, found: Found) -> Callable[[int], Awaitable[None]]:
        """What was written down before it was done, and then failed or was not there, is written down once more."""

        async def note(status: int) -> None:
            if found.policy is not None and found.policy.action:
                told: dict[str, object] = {"status": status}
                await run_sync(self._admission.write_down, request, found, FAILED, told)

        return note

    async def _refusal(self, request: Request, error: Exception) -> Response:
        """The answer to an error, by the application's own handlers."""
        if isinstance(error, Elsewhere):
            return error.answer(request)
        handlers = self._application.exception_handlers
        handler = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)
        refusal = await run_sync(handler, request, error)
        assert isinstance(refusal, Response)
        return refusal
