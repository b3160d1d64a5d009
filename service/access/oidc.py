"""Signing in elsewhere (OpenID Connect, code flow with PKCE): the provider says who somebody is, never what he may.

Nothing of an attempt is kept here. A cookie holds its chance; state, nonce and verifier follow from it, so an answer fits only the browser
that asked.
"""

from __future__ import annotations

import hashlib
import hmac
import ssl
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]  # it ships none
from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped]
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from household.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures that are believed. Never `none`, never one by a shared secret."""
LEEWAY_SECONDS = 60
KEPT = timedelta(hours=1)
"""How long the provider's description and keys are used before they are read again."""
_SECONDS = 10.0
_MOST_BYTES = 1024 * 1024


class ProviderFailed(OutsideError):  # noqa: N818 - a state, as it is told
    """The provider does not answer, or says what cannot be believed. No value that it sent is quoted."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"统一身份认证失败（{what}）", "请稍后再试，或用口令登录；持续发生请联系系统管理员"
        )


@dataclass(frozen=True, slots=True)
class OidcClient:
    """What we are to the provider.

    Attributes:
        issuer: its address, as it calls itself. client_id, secret: ours there. callback: our whole address of the answer.
        ca: certificates that its own is checked by; None: those of the system.

    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    callback: str
    ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in, from the chance that its browser holds."""

    chance: str = field(repr=False)

    @property
    def state(self) -> str:
        """What comes back with the answer."""
        return self._from("state")

    @property
    def nonce(self) -> str:
        """What the provider puts into the token."""
        return self._from("nonce")

    @property
    def verifier(self) -> str:
        """What shows that whoever redeems the code is who asked."""
        return self._from("verifier")

    def _from(self, use: str) -> str:
        return hmac.new(self.chance.encode(), use.encode(), hashlib.sha256).hexdigest()


class Provider:
    """The provider of one service. Safe for threads: what two read at once is the same."""

    def __init__(self, client: OidcClient) -> None:
        self._client = client
        self._known: tuple[datetime, Mapping[str, Any], KeySet] | None = None

    def address(self, attempt: Attempt, now: datetime) -> str:
        """Where the browser goes. Raises ProviderFailed."""
        found, _ = self._describe(now)
        return str(
            prepare_grant_uri(
                found["authorization_endpoint"],
                self._client.client_id,
                "code",
                self._client.callback,
                "openid",
                attempt.state,
                nonce=attempt.nonce,
                code_challenge=create_s256_code_challenge(attempt.verifier),
                code_challenge_method="S256",
            )
        )

    def subject(self, attempt: Attempt, code: str, now: datetime) -> str:
        """Who the code stands for: `sub` of a token that is signed by the provider, for us, for this attempt, now. Raises ProviderFailed."""
        found, _ = self._describe(now)
        told = self._redeem(found["token_endpoint"], attempt, code)
        token = self._decoded(str(told.get("id_token", "")), now)
        try:
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self._client.issuer},
                    "aud": {"essential": True, "value": self._client.client_id},
                    "nonce": {"essential": True, "value": attempt.nonce},
                },
                params={
                    "nonce": attempt.nonce,
                    "client_id": self._client.client_id,
                    "access_token": told.get("access_token"),
                },
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        except JoseError as error:
            raise ProviderFailed(type(error).__name__) from None
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ProviderFailed("sub")
        return subject

    def _redeem(self, endpoint: str, attempt: Attempt, code: str) -> Mapping[str, Any]:
        body = prepare_token_request(
            "authorization_code",
            code=code,
            redirect_uri=self._client.callback,
            code_verifier=attempt.verifier,
        )
        ours = ClientAuth(self._client.client_id, self._client.secret, "client_secret_basic")
        form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        url, headers, body = ours.prepare("POST", endpoint, form, body)
        return self._json("POST", url, headers=headers, content=body)

    def _decoded(self, text: str, now: datetime) -> jwt.Token:
        for again in (False, True):
            _, keys = self._describe(now, again=again)
            try:
                return jwt.decode(text, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError) as error:
                if again:  # a new key may have come since the keys were read; once is enough
                    raise ProviderFailed(type(error).__name__) from None
        raise AssertionError

    def _describe(self, now: datetime, *, again: bool = False) -> tuple[Mapping[str, Any], KeySet]:
        known = self._known
        if known is None or again or not timedelta(0) <= now - known[0] < KEPT:
            issuer = self._client.issuer.rstrip("/")
            found = self._json("GET", f"{issuer}/.well-known/openid-configuration")
            if found.get("issuer") != self._client.issuer:
                raise ProviderFailed("issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not str(found.get(name, "")).startswith("https://"):
                    raise ProviderFailed(name)
            try:
                keys = KeySet.import_key_set(self._json("GET", found["jwks_uri"]))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise ProviderFailed(type(error).__name__) from None
            known = self._known = (now, found, keys)
        return known[1], known[2]

    def _json(self, method: str, url: str, **more: Any) -> Mapping[str, Any]:
        try:
            verify = ssl.create_default_context(cafile=self._client.ca)
            # no proxy and no redirect: what the environment or the provider says must not lead our secret elsewhere
            with httpx.Client(verify=verify, trust_env=False, timeout=_SECONDS) as client:
                answer = client.request(method, url, **more)
                told = answer.json() if answer.status_code == 200 else None
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise ProviderFailed(type(error).__name__) from None
        if not isinstance(told, dict) or len(answer.content) > _MOST_BYTES:
            raise ProviderFailed(f"HTTP {answer.status_code}")
        return told
