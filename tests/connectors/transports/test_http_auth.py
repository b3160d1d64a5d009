"""Signatures byte by byte, and tokens that die."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import httpx
import pytest
from http_cases import World
from pydantic import SecretStr

from connectors.errors import SourceLied, SourceRefused
from connectors.sources.declaration import OAuth2
from connectors.transports.http_auth import SignedRequests, read_token, signature, token_request

KEY = SecretStr("共享密钥-990101")


def signed(request: httpx.Request) -> httpx.Request:
    auth = SignedRequests("county-990101", KEY, outside=World().outside())
    return next(auth.auth_flow(request))


def test_vector_of_a_get() -> None:
    """The numbers stand here as they were made once with openssl: printf '...' | openssl dgst -sha256 -hmac KEY."""
    message = (
        "HEDUI-HMAC-SHA256\nGET\n/v1/data/%E6%88%BF%E5%B1%8B\npage=1&size=50\n"
        "20260520T010000Z\n6b0a7d6c3f6c4f0e9a1d2b3c4d5e6f70\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert signature(KEY, message) == (
        "89a679c21cc70fd1a7c0091df91f32266989b0cbc2f055c8c14a887e8222efe6"
    )


def test_what_is_signed_is_what_is_sent() -> None:
    body = '{"姓名":"某"}'.encode()
    request = signed(
        httpx.Request("POST", "https://Housing.example/v1/房屋?b=2&a=%20x", content=body)
    )
    sent = request.headers
    assert sent["X-Hedui-Time"] == "20260520T010000Z"
    assert len(sent["X-Hedui-Nonce"]) == 32
    assert sent["X-Hedui-Content-SHA256"] == hashlib.sha256(body).hexdigest()
    lines = (
        "HEDUI-HMAC-SHA256\nPOST\n/v1/%E6%88%BF%E5%B1%8B\nb=2&a=%20x\n"
        f"20260520T010000Z\n{sent['X-Hedui-Nonce']}\n{sent['X-Hedui-Content-SHA256']}"
    )
    made = hmac.new("共享密钥-990101".encode(), lines.encode(), hashlib.sha256).hexdigest()
    assert sent["Authorization"] == f"HEDUI-HMAC-SHA256 KeyId=county-990101, Signature={made}"


def test_nonces_differ_even_when_time_and_chance_stand_still() -> None:
    auth = SignedRequests("k", KEY, outside=World().outside())
    nonces = {
        next(auth.auth_flow(httpx.Request("GET", "https://a.example"))).headers["X-Hedui-Nonce"]
        for _ in range(50)
    }
    assert len(nonces) == 50


def test_a_key_id_that_breaks_the_header_is_refused() -> None:
    for key_id in ("a\r\nX: y", "a,b", "", "编号"):
        with pytest.raises(SourceRefused, match=r"auth\.key_id"):
            SignedRequests(key_id, KEY, outside=World().outside())


def oauth(client: str = "county") -> OAuth2:
    return OAuth2.model_validate(
        {
            "kind": "oauth2",
            "token_url": "https://a.example/token",
            "client_id": client,
            "client_secret": {"env": "SECRET"},
            "scope": "read:house",
        }
    )


def test_a_token_request() -> None:
    headers, body = token_request(oauth(), SecretStr("s"))
    assert headers["Authorization"] == "Basic Y291bnR5OnM="
    assert body == "grant_type=client_credentials&scope=read%3Ahouse"
    with pytest.raises(SourceRefused) as caught:
        token_request(oauth(), SecretStr("密钥"))
    assert "密钥文件" in str(caught.value)


def test_tokens_die_a_minute_early_or_at_half_a_short_life() -> None:
    now = World().time

    def ends(life: str | None) -> timedelta | None:
        token = read_token({"access_token": "t", "token_type": "bearer", "expires_in": life}, now)
        return None if token.until is None else token.until - now

    assert ends("3600") == timedelta(seconds=3540)
    assert ends("60") == timedelta(seconds=30)
    assert ends(None) is None
    assert ends("soon") is None
    token = read_token({"access_token": "t", "token_type": "Bearer", "expires_in": "120"}, now)
    assert token.lives(now + timedelta(seconds=59))
    assert not token.lives(now + timedelta(seconds=60))
    assert "t'" not in repr(token)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"access_token": "t"},
        {"access_token": "t", "token_type": "mac"},
        {"access_token": "a b", "token_type": "Bearer"},
        {"access_token": "a\r\nX: y", "token_type": "Bearer"},
        {"access_token": True, "token_type": "Bearer"},
        [],
    ],
)
def test_what_is_no_token(answer: object) -> None:
    with pytest.raises(SourceLied, match="访问令牌"):
        read_token(answer, World().time)
