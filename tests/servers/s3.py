"""An S3-compatible store on loopback (moto's server), plain or over TLS, that can be told to misbehave."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

ACCESS, SECRET = "AKIDOFTESTSONLY00000", "secret-of-tests-only"
_CREDENTIAL = re.compile(r"Credential=([^/]+)/")


@dataclass
class S3Server:
    """A running store.

    Attributes:
        endpoint: its address. bucket: exists. client: boto3's own, for filling it.
        cut_at: the next download of more bytes is cut after so many, once. answers: (status, code, headers) for the next requests.
        requests: (method, path, Range or query) of every request, oldest first. tokens: session tokens that were sent.
        page: what every request is answered with. before_get: called once, before the next GET. repeat_token: listings never end.
        no_ranges: as if nobody had asked for a part. corrupt: one bit of every object is wrong.

    """

    endpoint: str
    bucket: str
    client: Any
    cut_at: int | None = None
    answers: list[tuple[str, str, list[tuple[str, str]]]] = field(default_factory=list)
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    repeat_token: bool = False
    page: bytes | None = None
    before_get: Callable[[], None] | None = None
    no_ranges: bool = False
    corrupt: bool = False

    def behave(self) -> None:
        """No fault any more."""
        self.cut_at = self.page = self.before_get = None
        self.repeat_token = self.no_ranges = self.corrupt = False
        self.answers.clear()
        self.requests.clear()
        self.tokens.clear()

    def put(self, key: str, content: bytes, **more: Any) -> None:
        self.client.put_object(Bucket=self.bucket, Key=key, Body=content, **more)


class _Misbehaving:
    """moto's application behind what the test wants to go wrong. Only requests signed with the known key name come through."""

    def __init__(self, inner: Any, server: S3Server) -> None:
        self.inner, self.server = inner, server

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        server = self.server
        if "x-from-test" in environ.get("HTTP_USER_AGENT", ""):
            return self.inner(environ, start)
        asked = environ.get("HTTP_RANGE") or environ["QUERY_STRING"]
        path = environ["PATH_INFO"].encode("latin-1").decode()
        server.requests.append((environ["REQUEST_METHOD"], path, asked))
        server.tokens.append(environ.get("HTTP_X_AMZ_SECURITY_TOKEN", ""))
        if server.no_ranges:
            environ.pop("HTTP_RANGE", None)
        if server.page is not None:
            start("200 OK", [("Content-Type", "text/html")])
            return [server.page]
        found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        if server.answers:
            status, code, headers = server.answers.pop(0)
            return _error(start, status, code, headers)
        if found is None or found[1] != ACCESS:
            return _error(start, "403 Forbidden", "InvalidAccessKeyId", [])
        if environ["REQUEST_METHOD"] == "GET" and server.before_get is not None:
            hook, server.before_get = server.before_get, None
            hook()
        if server.repeat_token:
            environ["QUERY_STRING"] = re.sub("continuation-token=x&?", "", environ["QUERY_STRING"])
        body = b"".join(self.inner(environ, start_keeping := _Kept()))
        headers = start_keeping.headers
        if server.repeat_token and "list-type=2" in environ["QUERY_STRING"]:
            body = body.replace(b"<IsTruncated>false", b"<IsTruncated>true").replace(
                b"</ListBucketResult>",
                b"<NextContinuationToken>x</NextContinuationToken></ListBucketResult>",
            )
            headers = [(k, v) for k, v in headers if k.lower() != "content-length"]
        if server.corrupt and environ["REQUEST_METHOD"] == "GET" and "list" not in asked:
            body = bytes([body[0] ^ 1]) + body[1:]
        start(start_keeping.status, headers)
        if server.cut_at is not None and len(body) > server.cut_at:
            body, server.cut_at = body[: server.cut_at], None
            return _cut(body)
        return [body]


class _Kept:
    status = ""
    headers: list[tuple[str, str]]

    def __call__(self, status: str, headers: list[tuple[str, str]], *_: object) -> None:
        self.status, self.headers = status, headers


def _cut(body: bytes) -> Iterator[bytes]:
    """Less than Content-Length announced, then the connection ends."""
    yield body


def _error(
    start: Callable[..., Any], status: str, code: str, headers: list[tuple[str, str]]
) -> list[bytes]:
    start(status, [("Content-Type", "application/xml"), *headers])
    return [f"<Error><Code>{code}</Code><Message>quoted secret</Message></Error>".encode()]


@contextmanager
def s3_server(tls: ssl.SSLContext | None = None, ca: Path | None = None) -> Iterator[S3Server]:
    """A store with one bucket, stopped at the end. `ca`: a PEM file by which the filling client trusts it; None over TLS: no bucket."""
    app = DomainDispatcherApplication(create_backend_app)
    server = S3Server("", "", None)
    http = make_server(
        "127.0.0.1",
        0,
        _Misbehaving(app, server),
        threaded=True,
        ssl_context=tls,
        request_handler=_Quiet,
    )
    http.daemon_threads = True
    thread = threading.Thread(
        target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    server.bucket = f"xz-990101-{http.server_port}"  # moto's state is one for the whole process
    server.endpoint = f"{'https' if tls else 'http'}://127.0.0.1:{http.server_port}"
    server.client = boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        aws_access_key_id=ACCESS,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
        verify=str(ca) if ca else None,
        config=Config(user_agent_extra="x-from-test", s3={"addressing_style": "path"}, proxies={}),
    )
    try:
        if ca or not tls:
            server.client.create_bucket(Bucket=server.bucket)
        yield server
    finally:
        server.client.close()
        http.shutdown()
        thread.join(timeout=60)
        http.server_close()


class _Quiet(MotoRequestHandler):
    def log(self, *_: Any) -> None:
        """Say nothing."""
