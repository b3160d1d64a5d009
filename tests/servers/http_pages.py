"""A department's HTTP interface on loopback: real uvicorn and starlette in a thread, with the troubles that such interfaces have.

The server checks what it is sent by its own reading of the rules (tokens, signatures), not by the product's code.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from servers.waiting import PATIENCE, await_that

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

CLIENT, SECRET = "county-990101", "of-no-use-outside"
KEY_ID = "county-990101"
BOMB = gzip.compress(b'{"data":"' + b" " * (8 << 20) + b'"}', compresslevel=1, mtime=0)


@dataclass
class Interface:
    """What the interface has, wants and does wrong. Tests change it at will; `forget` brings it back.

    `rows`: JSON objects as text, so that numbers keep their digits. `plan`: what goes wrong with the next requests for data, one each;
    `always`: with every one. `wants`: nothing, `oauth2` or `hmac`. `told`: what a question about an `id_no` is answered, as JSON.
    """

    url: str = ""
    rows: list[str] = field(default_factory=list)
    page_size: int = 100
    as_of: str | None = None
    until: str | None = None
    total: int | None = None
    etag: str = ""
    modified: str = ""
    packed: bool = False
    wants: str = ""
    token_life: int = 3600
    plan: list[str] = field(default_factory=list)
    always: str = ""
    content_type: str = "application/json"
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    served: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)

    def forget(self) -> None:
        """As it was made, at the same address."""
        url = self.url
        self.__dict__.update(Interface(url=url).__dict__)

    # --- what is answered -------------------------------------------------------------------------

    async def token(self, request: Request) -> Response:
        """RFC 6749, 4.4, the client by HTTP Basic."""
        form = (await request.body()).decode()
        said = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        if said != f"{CLIENT}:{SECRET}" or "grant_type=client_credentials" not in form:
            return _json('{"error":"invalid_client"}', 401)
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return _json(
            json.dumps(
                {
                    "access_token": self.tokens[-1],
                    "token_type": "Bearer",
                    "expires_in": self.token_life,
                }
            )
        )

    async def data(self, request: Request) -> Response:
        """Pages: `?page=` from 1, or `?after=` a cursor; `/whole` gives all at once."""
        self.asked.append(dict(request.query_params))
        self.headers.append(dict(request.headers))
        if not self._admitted(request, b""):
            return _json('{"error":"denied"}', 401)
        wrong = self.plan.pop(0) if self.plan else self.always
        if (spoiled := self._spoiled(wrong)) is not None:
            return spoiled
        held = (self.etag and request.headers.get("if-none-match") == self.etag) or (
            self.modified and request.headers.get("if-modified-since") == self.modified
        )
        if held:
            return Response(status_code=304)
        return self._page(request, wrong)

    def _page(self, request: Request, wrong: str) -> Response:
        size = int(request.query_params.get("size", self.page_size))
        by_cursor = request.url.path.endswith("/cursor")
        if request.url.path.endswith("/whole"):
            start, size = 0, len(self.rows) or 1
        elif by_cursor:
            start = int(request.query_params.get("after", "c0").removeprefix("c"))
        else:
            start = (int(request.query_params.get("page", "1")) - 1) * size
        if wrong == "repeat":
            start = 0
        rows = self.rows[start : start + size]
        following = f'"c{start + size}"' if start + size < len(self.rows) else "null"
        if wrong == "endless":
            following = f'"c{start + size}"'
        if wrong == "circle":
            following = '"c0"'
        text = ",".join(rows)
        if wrong == "rename":
            text = text.replace('"cert_no"', '"certificate"')
        total = len(self.rows) if self.total is None else self.total
        total += {"more": 1, "fewer": -1, "moving": len(self.asked)}.get(wrong, 0)
        self.served.append(str(time.time_ns()))
        meta: dict[str, Any] = {"total": total, "as_of": self.as_of, "until": self.until}
        said = json.dumps(meta)[:-1]
        body = f'{{"meta":{said},"next":{following},"served":{self.served[-1]}}},"data":{{"items":[{text}]}}}}'
        return self._sent(body.encode(), wrong)

    def _sent(self, body: bytes, wrong: str) -> Response:
        headers = {}
        if self.etag:
            headers["ETag"] = self.etag
        if self.modified:
            headers["Last-Modified"] = self.modified
        if self.packed:
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if wrong == "cut":
            return Cut(body, media_type=self.content_type)
        if wrong == "half":  # closed properly, and half of it
            body = body[: len(body) // 2]
        if wrong == "slow":
            return Slow(body, media_type=self.content_type)
        return Response(body, media_type=self.content_type, headers=headers)

    def _spoiled(self, wrong: str) -> Response | None:
        """An answer that is none, whatever was asked."""
        made = {
            "429": lambda: Response(status_code=429, headers={"Retry-After": "7"}),
            "429 date": lambda: Response(
                status_code=429,
                headers={
                    "Retry-After": "Wed, 20 May 2026 01:00:30 GMT",
                    "Date": "Wed, 20 May 2026 01:00:00 GMT",
                },
            ),
            "503": lambda: Response(status_code=503),
            "403": lambda: Response("number 990101199001010011", status_code=403),
            "404": lambda: Response(status_code=404),
            "410": lambda: Response(status_code=410),
            "304": lambda: Response(status_code=304),
            "204": lambda: Response(status_code=204),
            "html": lambda: Response("<html><body>登录</body></html>", media_type="text/html"),
            "html as json": lambda: Response("<!DOCTYPE html>", media_type="application/json"),
            "plain": lambda: Response("ok", media_type="text/plain"),
            "nonsense": lambda: _json('{"data":{"items":[{"a":1}'),
            "twice": lambda: _json('{"data":{"items":[{"cert_no":"1","cert_no":"2"}]}}'),
            "nan": lambda: _json('{"data":{"items":[{"cert_no":NaN}]}}'),
            "no rows": lambda: _json('{"code":500,"message":"990101199001010011"}'),
            "nested": lambda: _json(
                '{"meta":{"total":1},"data":{"items":[{"cert_no":{"a":"990101199001010011"}}]}}'
            ),
            "elsewhere": lambda: RedirectResponse("http://127.0.0.2:9/data/pages"),
            "here": lambda: RedirectResponse("/data/whole"),
            "round": lambda: RedirectResponse("/data/pages"),
            "bomb": lambda: Response(
                BOMB, media_type="application/json", headers={"Content-Encoding": "gzip"}
            ),
            "bad gzip": lambda: Response(
                b"not gzip", media_type="application/json", headers={"Content-Encoding": "gzip"}
            ),
            "cut gzip": lambda: Response(
                BOMB[:-9], media_type="application/json", headers={"Content-Encoding": "gzip"}
            ),
            "two gzips": lambda: Response(
                gzip.compress(b"{}") * 2,
                media_type="application/json",
                headers={"Content-Encoding": "gzip"},
            ),
            "stale": lambda: _json('{"error":"expired"}', 401),
        }
        return made[wrong]() if wrong in made else None

    async def ask(self, request: Request) -> Response:
        """A person asked about: answered once for each Idempotency-Key."""
        body = await request.body()
        self.headers.append(dict(request.headers))
        self.bodies.append(body)
        if not self._admitted(request, body):
            return _json('{"error":"denied"}', 401)
        wrong = self.plan.pop(0) if self.plan else self.always
        if (spoiled := self._spoiled(wrong)) is not None:
            return spoiled
        if wrong == "list":
            return _json("[1]")
        if self.told:
            return _json(self.told[json.loads(body)["id_no"]])
        return _json(
            '{"state":"found","accounts":[{"balance":1450.00,"account":450000000000000000}]}'
        )

    # --- who may ask ------------------------------------------------------------------------------

    def _admitted(self, request: Request, body: bytes) -> bool:
        said = request.headers.get("authorization", "")
        if self.wants == "oauth2":
            return bool(self.tokens) and said == f"Bearer {self.tokens[-1]}"
        return self.wants != "hmac" or is_signed(request, body, self.nonces)


def is_signed(
    request: Request, body: bytes, seen: set[str], *, key_id: str = KEY_ID, secret: str = SECRET
) -> bool:
    """Whether a request is signed as http_auth.SignedRequests tells it, under a nonce that is not among those `seen`."""
    if "x-hedui-nonce" not in request.headers:
        return False
    when, nonce = request.headers["x-hedui-time"], request.headers["x-hedui-nonce"]
    digest = hashlib.sha256(body).hexdigest()
    lines = [
        b"HEDUI-HMAC-SHA256",
        request.method.encode(),
        request.scope["raw_path"].split(b"?")[0],
        request.scope["query_string"],
        when.encode(),
        nonce.encode(),
        digest.encode(),
    ]
    made = hmac.new(secret.encode(), b"\n".join(lines), hashlib.sha256).hexdigest()
    fresh = nonce not in seen and len(nonce) == 32
    seen.add(nonce)
    return (
        fresh
        and digest == request.headers["x-hedui-content-sha256"]
        and request.headers.get("authorization", "")
        == f"HEDUI-HMAC-SHA256 KeyId={key_id}, Signature={made}"
    )


class Cut(Response):
    """Says how long it is, sends half and closes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        body = bytes(self.body)
        await send({"type": "http.response.body", "body": body[: len(body) // 2]})


class Slow(Response):
    """Sends half, and the rest when the caller has given up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        body = bytes(self.body)
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": body[:9], "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        await send({"type": "http.response.body", "body": body[9:]})


def _json(text: str, status: int = 200) -> Response:
    return Response(text, status_code=status, media_type="application/json")


@contextlib.contextmanager
def http_server(**tls: Any) -> Iterator[Interface]:
    """An interface that answers at `url` until the block ends. `tls`: uvicorn's ssl_ settings; https then."""
    interface = Interface()
    app = Starlette(
        routes=[
            Route("/token", interface.token, methods=["POST"]),
            Route("/data/ask", interface.ask, methods=["POST"]),
            Route("/data/{kind:path}", interface.data),
        ]
    )
    with serving(app, **tls) as interface.url:
        yield interface


@contextlib.contextmanager
def serving(app: Starlette, **settings: Any) -> Iterator[str]:
    """The address of an application until the block ends. `settings`: uvicorn's; https where there are ssl_ ones."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, lifespan="off", log_config=None, ws="none", **settings
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        await_that(lambda: server.started or not thread.is_alive(), "the server starts")
        assert server.started
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"{'https' if config.is_ssl else 'http'}://127.0.0.1:{port}"
    finally:
        server.force_exit = server.should_exit = True
        thread.join(timeout=PATIENCE)


@contextlib.contextmanager
def strict_server(papers: Papers) -> Iterator[str]:
    """The address of a server that wants a client's certificate and tells by a TLS alert when there is none, as most do (uvicorn does not)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=papers.ca)
    context.load_cert_chain(papers.server("strict")["ssl_certfile"])
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    raw = listening.accept()[0]
                    with raw:
                        raw.settimeout(PATIENCE)
                        with contextlib.suppress(OSError):
                            context.wrap_socket(raw, server_side=True).close()
                        with contextlib.suppress(OSError):
                            raw.shutdown(
                                socket.SHUT_WR
                            )  # what is still to come is let in, so that the alert arrives
                            while raw.recv(4096):
                                pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=PATIENCE)


@dataclass(frozen=True)
class Papers:
    """Certificates of a day in a folder: the authority, servers good, expired and of another name, and a client."""

    folder: Path
    authority: trustme.CA

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    def server(self, kind: str = "good") -> dict[str, Any]:
        """uvicorn's settings for a server with a certificate: good, expired, or for another host."""
        name = "example.invalid" if kind == "other" else "127.0.0.1"
        past = datetime(2020, 1, 1, tzinfo=UTC) if kind == "expired" else None
        made = self.authority.issue_cert(
            name, not_after=past, not_before=past and datetime(2019, 1, 1, tzinfo=UTC)
        )
        path = self.folder / f"server-{kind}.pem"
        made.private_key_and_cert_chain_pem.write_to_path(path)
        return {"ssl_certfile": path, "ssl_keyfile": path}

    def mutual(self) -> dict[str, Any]:
        """A server that wants a client's certificate of the same authority."""
        return {
            **self.server("mutual"),
            "ssl_ca_certs": self.ca,
            "ssl_cert_reqs": ssl.CERT_REQUIRED,
        }

    def client(self) -> tuple[Path, Path]:
        """A client's certificate and key."""
        made = self.authority.issue_cert("client@example.invalid")
        certificate, key = self.folder / "client.pem", self.folder / "client.key"
        made.cert_chain_pems[0].write_to_path(certificate)
        key.touch(mode=0o600)
        made.private_key_pem.write_to_path(key)
        return certificate, key


def papers(folder: Path) -> Papers:
    """Make an authority in a folder."""
    authority = trustme.CA()
    made = Papers(folder, authority)
    authority.cert_pem.write_to_path(made.ca)
    return made
