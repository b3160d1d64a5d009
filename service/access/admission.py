"""Whether the one who knocks may use the route that was found. Blocking: the gate runs it in a thread. Every no is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from casework.audit.entry import DENIED, DONE
from service.access.csrf import token_for
from service.access.identity import API, SESSION_COOKIE, person_of, system_of
from service.access.roles import Permission
from service.access.trail import write_entry
from service.api.problems import Problem

if TYPE_CHECKING:
    from starlette.requests import Request

    from service.access.actor import Actor
    from service.access.finding import Found
    from service.access.pace import Pace
    from service.deployment import Deployment

DENIAL = "access.denied"
SIGN_IN = "/sign-in"


class Elsewhere(Exception):  # noqa: N818 - no error: a person is shown the way
    """A page that a person must see first."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def answer(self, request: Request) -> Response:
        """The way there; htmx changes the whole page, not the part that it asked for."""
        if request.headers.get("hx-request"):
            return Response(status_code=401, headers={"HX-Redirect": self.path})
        return RedirectResponse(self.path, status_code=303)


class Admission:
    """Lets in, or raises. One for a service; holds nothing of a request."""

    def __init__(self, deployment: Deployment, pace: Pace) -> None:
        self._deployment = deployment
        self._pace = pace

    def enter(self, request: Request, found: Found, address: str) -> None:
        """Find out who asks and whether he may; sets `request.state.actor`, and on pages `csrf_token`.

        Raises:
            Problem: 401 nobody, 403 not allowed, 429 too often. Elsewhere: to sign in, or to do first what must be.
            AuditUnavailable: the refusal could not be written down. CaseworkError: the store does not answer.

        """
        if found.policy is None or found.policy.permission is None:
            self._deny(request, found, "no policy", None)
            raise Problem(403, "forbidden", "没有权限", detail="此处未开放")
        page = not request.url.path.startswith(API)
        actor, first = self._person(request) if page else (self._system(request), "")
        if actor is None:
            self._pace.count_failure(address)
            self._deny(request, found, "nobody", None)
            raise self._unknown(request, page=page)
        self._pace.count_account(actor.account_id)
        if not actor.may(found.policy.permission):
            self._deny(request, found, str(found.policy.permission), actor)
            raise Problem(403, "forbidden", "没有权限", detail="您的角色不能使用此功能")
        if first and found.policy.permission is not Permission.OWN_ACCOUNT:
            raise Elsewhere(first)
        request.state.actor = actor

    def write_down(
        self,
        request: Request,
        found: Found,
        outcome: str = DONE,
        details: dict[str, object] | None = None,
    ) -> None:
        """The audit entry of the route. Raises AuditUnavailable: show nothing."""
        policy = found.policy
        assert policy is not None
        subject = ("", "")
        if policy.subject is not None:
            kind, parameter = policy.subject
            subject = (kind, str(found.parameters.get(parameter, "")))
        told = {"route": found.path, "method": request.method} | (details or {})
        write_entry(
            self._deployment, request, policy.action, outcome=outcome, subject=subject, details=told
        )

    def refuse(self, request: Request, found: Found, why: str) -> None:
        """Note that somebody who was let in was refused all the same. Raises AuditUnavailable."""
        self._deny(request, found, why, None)

    def _person(self, request: Request) -> tuple[Actor | None, str]:
        token = request.cookies.get(SESSION_COOKIE, "")
        known = person_of(self._deployment, token) if token else None
        if known is None:
            return None, ""
        request.state.csrf_token = token_for(token)
        return known

    def _system(self, request: Request) -> Actor | None:
        told = request.headers.get("authorization", "")
        return system_of(self._deployment, told) if told else None

    def _deny(self, request: Request, found: Found, why: str, actor: Actor | None) -> None:
        write_entry(
            self._deployment,
            request,
            DENIAL,
            outcome=DENIED,
            details={"route": found.path, "method": request.method, "missing": why},
            actor=actor,
        )

    def _unknown(self, request: Request, *, page: bool) -> Exception:
        if not page:
            headers = {"WWW-Authenticate": 'Bearer realm="hedui"'}
            return Problem(
                401, "unauthorised", "未认证", detail="请提供有效的密钥", headers=headers
            )
        if request.method != "GET":
            return Problem(401, "unauthorised", "未登录", detail="登录已失效，请重新登录后再提交")
        return Elsewhere(f"{SIGN_IN}?next={quote(_way_back(request))}")


def _way_back(request: Request) -> str:
    """The page that was asked for; the start, where a part of a page was (htmx asks for those)."""
    if request.headers.get("hx-request") or request.url.path == "/":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
