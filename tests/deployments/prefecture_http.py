"""The HTTP interfaces of the prefecture example on loopback. No test stands here.

How an interface answers is its source.yaml turned round; who may ask it checks by its own reading of the rules, not by the product's code.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from county_sides import theirs
from servers.http_pages import is_signed
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from connectors.sources.declaration import Hmac, Http, OAuth2, PageDataset

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    import polars as pl
    from starlette.requests import Request


PAGE_MOST = 40
"""Rows of a page, however many are asked for: interfaces cap their pages."""


@dataclass
class Interface:
    """A department's (or bank's) interface.

    Attributes:
        spec: its transport as agreed. secret: what the two sides share. now: its clock. datasets, tables: what it gives, tables in
            catalogue columns. answer: a bank's answer to a call, by what it is sent; None while it has none. calls: keys of calls.

    """

    spec: Http
    secret: str
    now: Callable[[], datetime]
    datasets: Mapping[str, PageDataset] = field(default_factory=dict)
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    answer: Callable[[dict[str, str]], list[dict[str, str | None]] | None] | None = None
    calls: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    def app(self) -> Starlette:
        """What answers."""
        routes = [Route(f"{self._base}/{{path:path}}", self._serve, methods=["GET", "POST"])]
        if isinstance(self.spec.auth, OAuth2):
            path = urlsplit(self.spec.auth.token_url).path
            routes.insert(0, Route(path, self._token, methods=["POST"]))
        return Starlette(routes=routes)

    @property
    def _base(self) -> str:
        return urlsplit(self.spec.url).path

    async def _token(self, request: Request) -> Response:
        """RFC 6749, 4.4, the client by HTTP Basic."""
        auth = self.spec.auth
        assert isinstance(auth, OAuth2)
        form = (await request.body()).decode()
        said = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        scoped = not auth.scope or f"scope={auth.scope}" in form
        if said != f"{auth.client_id}:{self.secret}" or not scoped:
            return self._json({"error": "invalid_client"}, status=401)
        token = {"access_token": self._bearer(), "token_type": "Bearer", "expires_in": 3600}
        return self._json(token)

    def _bearer(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()

    async def _serve(self, request: Request) -> Response:
        body = await request.body()
        if not self._admits(request, body):
            return self._json({"error": "denied"}, status=401)
        path = request.path_params["path"]
        if self.answer is not None:
            self.calls.append(request.headers["idempotency-key"])
            return self._json({"data": self.answer(json.loads(body)) or []})
        found = [subject for subject, spec in self.datasets.items() if spec.path == path]
        return self._page(found[0], request) if found else self._json({}, status=404)

    def _admits(self, request: Request, body: bytes) -> bool:
        auth = self.spec.auth
        if isinstance(auth, Hmac):
            return is_signed(request, body, self.nonces, key_id=auth.key_id, secret=self.secret)
        return request.headers.get("authorization") == f"Bearer {self._bearer()}"

    def _page(self, subject: str, request: Request) -> Response:
        spec, asked = self.datasets[subject], request.query_params
        assert spec.paging is not None
        rows = theirs(self.tables[subject], spec).to_dicts()
        tag = f'"{hashlib.sha256(repr(rows).encode()).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304)
        if spec.changed_parameter in asked:
            rows = []  # nothing changes in the tests after it was given
        size = min(PAGE_MOST, int(asked[spec.paging.size_parameter or ""]))
        said: dict[str, Any] = {}
        if spec.paging.cursor is not None:
            start = int(asked.get(spec.paging.parameter, "0"))
            following = str(start + size) if start + size < len(rows) else None
            _put(said, spec.paging.cursor, following)
        else:
            start = (int(asked[spec.paging.parameter]) - spec.paging.first) * size
        _put(said, spec.rows, rows[start : start + size])
        _put(said, spec.total, len(rows))
        _put(said, spec.as_of, f"{self.now():%Y-%m-%d}")
        _put(said, spec.changed_until, f"{self.now():%Y-%m-%dT%H:%M:%S%z}")
        return self._json(said, ETag=tag)

    def _json(self, said: object, *, status: int = 200, **headers: str) -> Response:
        content = json.dumps(said, ensure_ascii=False)
        headers["Date"] = format_datetime(self.now())
        return Response(content, status, headers, media_type="application/json")


def _put(said: dict[str, Any], place: str | None, value: object) -> None:
    """Put a value where a place with dots says; nowhere without one."""
    if place is None:
        return
    *above, last = place.split(".")
    for name in above:
        said = said.setdefault(name, {})
    said[last] = value
