# ruff: noqa: ARG002, ARG005 - what authlib calls, with its arguments
"""A small OpenID provider on loopback, by authlib's own server parts: one client, one person at a time, codes that are spent once."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn
from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from servers.certificates import Authority
from servers.waiting import await_that

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.requests import Request

CLIENT_ID, SECRET = "hedui", "secret-of-hedui"


@dataclass
class Code(AuthorizationCodeMixin):
    """A code and what it was asked with."""

    code: str
    redirect_uri: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    subject: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return "openid"

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    get_acr = get_amr = get_auth_time


class Client(ClientMixin):
    """The one client that is registered."""

    client_id = CLIENT_ID

    def __init__(self, callback: str) -> None:
        self.callback = callback

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.callback

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.callback

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Asked(OAuth2Request):
    """A request of Starlette's as authlib wants it."""

    def __init__(
        self, method: str, uri: str, headers: dict[str, str], told: dict[str, str]
    ) -> None:
        super().__init__(method, uri, headers=headers)
        self.payload = BasicOAuth2Payload(told)
        self._told = told

    @property
    def form(self) -> dict[str, str]:
        return self._told

    args = form


@dataclass
class OidcServer:
    """A provider that is running.

    Attributes:
        issuer: its address. authority: signed its certificate. subject: who is signed in there.
        nonce, audience, key: said instead of the right ones, where set. now: when tokens are made.
    """

    issuer: str
    authority: Authority
    client: Client
    now: float
    subject: str = "sub-wang"
    nonce: str | None = None
    audience: str | None = None
    key: RSAKey | None = None
    keys: dict[str, Any] = field(default_factory=dict)
    spent: list[str] = field(default_factory=list)


def _server(state: OidcServer, signing: RSAKey) -> AuthorizationServer:
    codes: dict[str, Code] = {}

    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
            told = request.payload.data
            codes[code] = Code(
                code,
                request.payload.redirect_uri,
                told["nonce"],
                told["code_challenge"],
                told["code_challenge_method"],
                request.user,
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            state.spent.append(codes.pop(authorization_code.code).code)

        def authenticate_user(self, authorization_code: Code) -> str:
            return authorization_code.subject

    class Identity(OpenIDCode):
        def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
            return False

        def resolve_client_private_key(self, client: Client) -> RSAKey:
            return state.key or signing

        def get_client_algorithm(self, client: Client) -> str:
            return "RS256"

        def get_encode_header(self, client: Client) -> dict[str, str]:
            return {"alg": "RS256", "kid": str(signing.kid)}

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": state.issuer}

        def get_audiences(self, request: OAuth2Request) -> list[str]:
            return [state.audience or CLIENT_ID]

        def get_authorization_code_claims(self, authorization_code: Code) -> dict[str, str]:
            return {"nonce": state.nonce or authorization_code.nonce}

        def get_compatible_claims(self, request: OAuth2Request) -> dict[str, Any]:
            return {
                "iss": state.issuer,
                "aud": self.get_audiences(request),
                "iat": int(state.now),
                "exp": int(state.now) + 300,
            }

        def generate_user_info(self, user: str, scope: str) -> dict[str, str]:
            return {
                "sub": user,
                "role": "system_administrator",
            }  # what a provider says of roles is nothing to us

    class Server(AuthorizationServer):
        def query_client(self, client_id: str) -> Client | None:
            return state.client if client_id == CLIENT_ID else None

        def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
            return None

        def send_signal(self, name: str, *args: object, **kwargs: object) -> None:
            return None

        def create_oauth2_request(self, request: OAuth2Request) -> OAuth2Request:
            return request

        def handle_response(
            self, status: int, body: object, headers: list[tuple[str, str]]
        ) -> Response:
            text = json.dumps(body) if isinstance(body, dict) else body
            return Response(text or "", status, headers=dict(headers))

    server = Server()
    server.register_token_generator(
        "default", BearerTokenGenerator(lambda *a, **k: "access-token-of-a-test-1")
    )
    server.register_grant(Grant, [CodeChallenge(required=True), Identity(require_nonce=True)])
    return server


def _application(state: OidcServer, signing: RSAKey) -> Starlette:
    server = _server(state, signing)

    def describe(_: Request) -> Response:
        return JSONResponse(
            {
                "issuer": state.issuer,
                "authorization_endpoint": f"{state.issuer}/authorize",
                "token_endpoint": f"{state.issuer}/token",
                "jwks_uri": f"{state.issuer}/jwks",
            }
        )

    def jwks(_: Request) -> Response:
        return JSONResponse({"keys": [signing.as_dict(private=False)]})

    def asked(request: Request, told: dict[str, str]) -> Asked:
        return Asked(request.method, str(request.url), dict(request.headers), told)

    def authorize(request: Request) -> Response:
        """Whoever comes is signed in already, as `state.subject`."""
        made = asked(request, dict(request.query_params))
        made.user = state.subject
        grant = server.get_consent_grant(made, state.subject)
        answer: Response = server.create_authorization_response(made, state.subject, grant)
        return answer

    async def token(request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        headers = {"Authorization": request.headers.get("authorization", "")}
        made = Asked(request.method, str(request.url), headers, form)
        answer: Response = server.create_token_response(made)
        return answer

    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", describe),
            Route("/jwks", jwks),
            Route("/authorize", authorize),
            Route("/token", token, methods=["POST"]),
        ]
    )


@contextmanager
def oidc_server(folder: Path, *, callback: str, now: float) -> Iterator[OidcServer]:
    """Start one on loopback by TLS; `callback`: where its one client may be answered."""
    authority = Authority(folder)
    certificate, key = authority.issue("oidc", "127.0.0.1")
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    state = OidcServer(f"https://127.0.0.1:{port}", authority, Client(callback), now)
    signing = RSAKey.generate_key(2048, {"use": "sig", "kid": "test-1"})
    config = uvicorn.Config(
        _application(state, signing),
        ssl_certfile=str(certificate),
        ssl_keyfile=str(key),
        log_level="warning",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        await_that(lambda: server.started, "the provider starts")
        yield state
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listening.close()
