"""Who we are to an HTTP interface: an OAuth 2 token, or requests signed with a shared key. No clock and no lot of its own."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]  # it ships none
from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped]
    prepare_token_request,
)

from connectors.errors import SourceLied, SourceRefused
from connectors.transports.http_json import at_place

if TYPE_CHECKING:
    from collections.abc import Generator

    from pydantic import SecretStr

    from connectors.outside import Outside
    from connectors.sources.declaration import OAuth2

SCHEME = "HEDUI-HMAC-SHA256"
TIME, NONCE, DIGEST = "X-Hedui-Time", "X-Hedui-Nonce", "X-Hedui-Content-SHA256"
LEEWAY = timedelta(seconds=60)
"""A token is not used in its last minute, or in the second half of its life where it lives shorter than two."""
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token. `until`: not to be used after; None where the server did not say."""

    value: str = field(repr=False)
    until: datetime | None

    def lives(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return self.until is None or now < self.until


def token_request(spec: OAuth2, secret: SecretStr) -> tuple[dict[str, str], str]:
    """Headers and form of a token request: RFC 6749, 4.4.2, the client named by HTTP Basic (2.3.1).

    Raises:
        SourceRefused: client number or secret cannot stand in a header.

    """
    body = prepare_token_request("client_credentials", "", scope=spec.scope)
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
    }
    client = ClientAuth(spec.client_id, secret.get_secret_value(), "client_secret_basic")
    try:
        _, headers, body = client.prepare("POST", spec.token_url, headers, body)
    except UnicodeError:
        raise SourceRefused(
            "客户端编号或密钥含有不能放进请求头的字符", "请核对 auth.client_id 与密钥文件的内容"
        ) from None
    return headers, body


def read_token(answer: object, now: datetime) -> Token:
    """The token of an answer that was read exactly (RFC 6749, 5.1). Raises SourceLied where it is none."""
    value, kind = at_place(answer, "access_token"), at_place(answer, "token_type")
    usable = isinstance(value, str) and _TOKEN.fullmatch(value)
    if not usable or not isinstance(kind, str) or kind.lower() != "bearer":
        raise SourceLied(
            "令牌地址的回答里没有可用的访问令牌", "请与对方核对 auth.token_url 及其回答格式"
        )
    life = at_place(answer, "expires_in")
    if not (isinstance(life, str) and life.isascii() and life.isdigit() and len(life) < 10):
        return Token(value, None)
    whole = timedelta(seconds=int(life))
    return Token(value, now + whole - min(LEEWAY, whole / 2))


class SignedRequests(httpx.Auth):
    r"""Signs each request with a shared key, byte by byte as told here.

    Four headers are set:

    - `X-Hedui-Time`: the time of signing, UTC, `YYYYMMDDTHHMMSSZ` (16 bytes).
    - `X-Hedui-Nonce`: 32 lower-case hexadecimal digits, never twice from one key.
    - `X-Hedui-Content-SHA256`: SHA-256 of the body as sent, 64 lower-case hexadecimal digits; of no bytes where there is no body.
    - `Authorization`: `HEDUI-HMAC-SHA256 KeyId=<key id>, Signature=<signature>`.

    The signature is HMAC-SHA-256 in 64 lower-case hexadecimal digits. Its key is the secret's UTF-8 bytes. Its message is these seven
    lines, UTF-8, joined by one line feed (0x0A), none at the end:

        HEDUI-HMAC-SHA256
        <method in capitals>
        <path exactly as it stands in the request line, up to but without "?">
        <query exactly as it stands in the request line, without "?"; empty where there is none>
        <X-Hedui-Time>
        <X-Hedui-Nonce>
        <X-Hedui-Content-SHA256>

    The server computes the same from what it received, compares in constant time, refuses a time more than five minutes off and a nonce that it
    has seen in that time. Each try is signed anew. Test vectors: tests/connectors/transports/test_http_auth.py.
    """

    requires_request_body = True

    def __init__(self, key_id: str, secret: SecretStr, *, outside: Outside) -> None:
        if not re.fullmatch(r"[\x21-\x2b\x2d-\x7e]{1,200}", key_id):
            raise SourceRefused("auth.key_id 含有不能放进请求头的字符", "请核对 auth.key_id")
        self._key_id = key_id
        self._secret = secret
        self._outside = outside
        self._count = 0

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign, send, done: an answer of 401 is not asked twice."""
        now = self._outside.now().astimezone(UTC)
        path, _, query = request.url.raw_path.partition(b"?")
        signed = {
            TIME: now.strftime("%Y%m%dT%H%M%SZ"),
            NONCE: self._nonce(now),
            DIGEST: hashlib.sha256(request.content).hexdigest(),
        }
        message = "\n".join(
            (
                SCHEME,
                request.method.upper(),
                path.decode("ascii"),
                query.decode("ascii"),
                *signed.values(),
            )
        )
        request.headers.update(signed)
        request.headers["Authorization"] = (
            f"{SCHEME} KeyId={self._key_id}, Signature={signature(self._secret, message)}"
        )
        yield request

    def _nonce(self, now: datetime) -> str:
        """Told apart by the count within this connection, by time and chance between connections."""
        self._count += 1
        seed = f"{self._key_id}|{now.isoformat()}|{self._count}|{self._outside.chance()!r}"
        return hashlib.sha256(seed.encode()).hexdigest()[:32]


def signature(secret: SecretStr, message: str) -> str:
    """HMAC-SHA-256 in hexadecimal of a message, both as UTF-8."""
    key = secret.get_secret_value().encode()
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
