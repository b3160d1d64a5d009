"""One HTTP connection to a source: encryption, who we are, one bounded answer a call. What the answers mean is not known here.

Nothing is taken from the environment: no proxies, no .netrc, no certificates but those of source.yaml or the system.
"""

from __future__ import annotations

import json
import logging
import re
import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from connectors.errors import SourceLied, SourceRefused, SourceUnreachable
from connectors.sources.declaration import Hmac, Http, OAuth2
from connectors.sources.secrets import reveal
from connectors.transports.http_auth import SignedRequests, Token, read_token, token_request
from connectors.transports.http_errors import client_error, content_error, http_date, status_error
from connectors.transports.http_json import TODO, BrokenJson, parse_exact
from connectors.transports.http_tls import tls_context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from connectors.outside import Outside
    from connectors.sources.declaration import Source
    from connectors.transports.transport import Caller

ANSWER_MOST = 256 * 1024 * 1024
"""Bytes of one answer, unpacked. A page with more is not a page."""
PATIENCE = 10
"""A call may take so many times `timeout_seconds` in whole, however steadily it drips."""
DONE: frozenset[int] = frozenset((200, 201, 202))
HOPS = 3
"""Redirects that are followed, within the same scheme, host and port only."""
_SIGN_IN = "（取令牌）"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that came whole.

    Attributes:
        status: 200 to 202; 304 where that was asked for. content: the JSON, read exactly (`http_json`); None at 304.
        size: bytes of it, unpacked. clock: the server's time, where told.

    """

    status: int
    headers: httpx.Headers
    content: Any
    size: int
    clock: datetime | None


class HttpClient:
    """Calls one source. Connects at the first call; every call is one of the Caller's, tokens too.

    Raises, from every method:
        SourceUnreachable: no connection, no answer in time, an answer cut short, 408, 425, 429, 5xx.
        SourceRefused: certificates, keys, rights, other statuses, a redirect elsewhere. SourceLied: what came is no answer.

    """

    def __init__(self, source: Source, outside: Outside, caller: Caller) -> None:
        if not isinstance(source.transport, Http):
            raise TypeError
        self._spec = source.transport
        self._limits = source.limits
        self._outside = outside
        self._caller = caller
        self._client: httpx.Client | None = None
        self._signing: httpx.Auth | None = None
        self._token: Token | None = None

    def get(self, path: str, *, params: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """GET a path below the source's url."""
        url = self._url(path).copy_merge_params(dict(params))
        return self._authorised("GET", url, path, headers=headers, content=None)

    def post(self, path: str, payload: object, *, headers: Mapping[str, str]) -> Answer:
        """POST a JSON document (UTF-8, as Python orders it, no spaces) to a path below the source's url."""
        content = json.dumps(
            payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode()
        headers = {**headers, "Content-Type": "application/json"}
        return self._authorised("POST", self._url(path), path, headers=headers, content=content)

    def knock(self) -> tuple[str, datetime | None]:
        """Does somebody answer at the url? The server's name as it says (one word, or `HTTP`) and its time. The body is not read."""

        def call() -> tuple[str, datetime | None]:
            try:
                client = self._open()  # it makes what signs
                with client.stream("GET", self._url(""), auth=self._auth(token)) as response:
                    if response.status_code in (401, 403) or response.status_code >= 429:
                        raise status_error("/", response, self._outside.now())
                    said = re.match(r"[\w.-]{1,40}", response.headers.get("Server", ""), re.ASCII)
                    name = said[0] if said else "HTTP"
                    return name, http_date(response.headers.get("Date", ""))
            except httpx.HTTPError as error:
                raise client_error("/", error) from None

        token = self._bearer()
        return self._caller.call(call)

    def close(self) -> None:
        """Let go of the connection. Never raises."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _authorised(
        self,
        method: str,
        url: httpx.URL,
        path: str,
        *,
        headers: Mapping[str, str],
        content: bytes | None,
    ) -> Answer:
        """The answer of a call; a token that is refused is fetched anew, once."""
        token = self._bearer()
        request = self._open().build_request(method, url, headers=headers, content=content)
        conditional = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
        wanted = {*DONE, 304} if conditional else DONE

        def call() -> Answer:
            return self._send(request, path, token=token, wanted=wanted)

        if token is None:
            return self._caller.call(call)
        answer = self._caller.call(
            lambda: self._send(request, path, token=token, wanted={*wanted, 401})
        )
        if answer.status != 401:
            return answer
        self._token = None
        token = self._bearer()
        return self._caller.call(call)

    def _send(
        self, request: httpx.Request, path: str, *, token: Token | None, wanted: AbstractSet[int]
    ) -> Answer:
        """One try. `wanted`: statuses that are answers; of those that are not DONE nothing is read."""
        client = self._open()
        until = self._outside.now() + timedelta(seconds=PATIENCE * self._limits.timeout_seconds)
        try:
            for _ in range(HOPS + 1):
                response = client.send(request, auth=self._auth(token), stream=True)
                try:
                    onward = self._onward(request, response)
                    if onward is None:
                        return self._answer(response, path, wanted=wanted, until=until)
                    request = onward
                finally:
                    response.close()
            raise status_error(path, response, self._outside.now())
        except httpx.HTTPError as error:
            raise client_error(path, error) from None

    def _answer(
        self, response: httpx.Response, path: str, *, wanted: AbstractSet[int], until: datetime
    ) -> Answer:
        status = response.status_code
        if status not in wanted:
            raise status_error(path, response, self._outside.now())
        clock = http_date(response.headers.get("Date", ""))
        if status not in DONE:
            return Answer(status, response.headers, None, 0, clock)
        body = b"".join(self._unpacked(response, path, until=until))
        content = _read_json(body, response.headers, path)
        return Answer(status, response.headers, content, len(body), clock)

    def _unpacked(self, response: httpx.Response, path: str, *, until: datetime) -> Iterator[bytes]:
        """The body's bytes. Bounded while unpacking, so that a few packed bytes cannot fill the memory."""
        packing = response.headers.get("Content-Encoding", "identity").strip().lower()
        if packing not in ("identity", "gzip", "x-gzip", ""):
            raise SourceLied(f"接口 {path} 用了没有约定的压缩方式", TODO)
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if "gzip" in packing else None
        left = min(ANSWER_MOST, self._limits.bytes_most)
        for packed in response.iter_raw():
            if self._outside.now() > until:
                raise SourceUnreachable(
                    f"接口 {path} 答得太慢，超过约定时间的 {PATIENCE} 倍",
                    "请稍后再取；屡次如此请与对方系统联系",
                )
            try:
                chunk = packed if unpack is None else unpack.decompress(packed, left + 1)
            except zlib.error:
                raise SourceLied(f"接口 {path} 的压缩内容已损坏", TODO) from None
            left -= len(chunk)
            if left < 0:
                raise SourceLied(
                    f"接口 {path} 的一次回答超过 {min(ANSWER_MOST, self._limits.bytes_most)} 字节",
                    "请在 source.yaml 写明 paging 或减小 limits.rows_per_page",
                )
            yield chunk
        if unpack is not None and not unpack.eof:
            raise _cut(path)
        if unpack is not None and unpack.unused_data:
            raise SourceLied(f"接口 {path} 的压缩内容已损坏", TODO)

    def _onward(self, request: httpx.Request, response: httpx.Response) -> httpx.Request | None:
        """Where a GET is sent on within the same scheme, host and port; None where it is not sent on."""
        if not response.has_redirect_location or request.method != "GET":
            return None
        try:
            url = request.url.join(response.headers["Location"])
        except httpx.InvalidURL:
            return None
        if (url.scheme, url.host, url.port) != _origin(request.url) or url.userinfo:
            return None
        kept = {k: v for k, v in request.headers.items() if k.startswith("if-")}
        return self._open().build_request("GET", url, headers=kept)

    def _auth(self, token: Token | None) -> httpx.Auth | None:
        return _Bearer(token) if token is not None else self._signing

    def _bearer(self) -> Token | None:
        """A token that lives, fetched where there is none; None where the source wants none."""
        spec = self._spec.auth
        if not isinstance(spec, OAuth2):
            return None
        if self._token is None or not self._token.lives(self._outside.now()):
            headers, form = token_request(spec, reveal(spec.client_secret, self._outside))
            request = self._open().build_request(
                "POST", spec.token_url, headers=headers, content=form.encode()
            )
            self._token = self._caller.call(lambda: self._fetch_token(request))
        return self._token

    def _fetch_token(self, request: httpx.Request) -> Token:
        answer = self._send(request, _SIGN_IN, token=None, wanted={*DONE, 400, 401, 403})
        if answer.status not in DONE:
            raise SourceRefused(
                "取令牌的地址不接受我方的客户端编号或密钥",
                "请核对 auth 的 token_url、client_id 与密钥",
            )
        return read_token(answer.content, self._outside.now())

    def _url(self, path: str) -> httpx.URL:
        parts = path.split("?", 1)[0].split("/")
        if "://" in path or "\\" in path or "#" in path or ".." in parts:
            raise SourceRefused(
                "接口的 path 不是 transport.url 之下的路径", "请改正 source.yaml 的 path"
            )
        try:
            return httpx.URL(self._spec.url.rstrip("/") + "/" + path.lstrip("/"))
        except httpx.InvalidURL:
            raise SourceRefused(
                "transport.url 与 path 合起来不是地址", "请改正 source.yaml 的 url 或 path"
            ) from None

    def _open(self) -> httpx.Client:
        if self._client is None:
            for name in ("httpx", "httpcore"):
                logging.getLogger(name).setLevel(logging.WARNING)  # they log addresses and headers
            if httpx.URL(self._spec.url).userinfo:
                raise SourceRefused(
                    "transport.url 里写了用户名或口令", "请删去，改在 auth 中引用密钥"
                )
            if isinstance(self._spec.auth, Hmac):
                secret = reveal(self._spec.auth.secret, self._outside)
                self._signing = SignedRequests(
                    self._spec.auth.key_id, secret, outside=self._outside
                )
            self._client = httpx.Client(
                verify=tls_context(self._spec, self._outside),
                trust_env=False,
                follow_redirects=False,
                timeout=self._limits.timeout_seconds,
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "gzip",
                    "User-Agent": "hedui",
                },
            )
        return self._client


class _Bearer(httpx.Auth):
    """A token in the header (RFC 6750, 2.1)."""

    def __init__(self, token: Token) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        request.headers["Authorization"] = f"Bearer {self._token.value}"
        yield request


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _read_json(body: bytes, headers: httpx.Headers, path: str) -> Any:
    """The JSON of a body that came to its end. Raises SourceLied: it is none. SourceUnreachable: so, and nobody said how long it is."""
    kind, _, rest = headers.get("Content-Type", "application/json").lower().partition(";")
    kind = kind.strip()
    if not (kind in ("application/json", "text/json") or kind.endswith("+json")):
        raise content_error(path, kind, body[:64])
    charset = re.search(r"charset=([\w\"'-]+)", rest)
    try:
        return parse_exact(body, charset[1] if charset else "")
    except BrokenJson:
        if body[:64].lstrip().startswith(b"<"):
            raise content_error(path, kind, body[:64]) from None
        if "Content-Length" in headers or "Transfer-Encoding" in headers:
            raise SourceLied(f"接口 {path} 的回答不是完整的 JSON", TODO) from None
        raise _cut(path) from None


def _cut(path: str) -> SourceUnreachable:
    return SourceUnreachable(
        f"接口 {path} 的回答没有传完就断了", "请稍后再取；屡次如此请与对方系统联系"
    )
