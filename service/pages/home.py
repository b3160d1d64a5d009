"""The first page: to where the visitor's work is. And the switch of languages."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse

from service.access.actor import Actor, acting
from service.access.policy import permits, public
from service.access.roles import Permission
from service.pages.rendering import LANGUAGE_COOKIE, LANGUAGES, deployment_of
from service.pages.sections import SECTIONS

YEAR_SECONDS = 365 * 24 * 3600
ACCOUNT = "/account"

router = APIRouter()


@router.get("/")
@permits(Permission.OWN_ACCOUNT)
def home(actor: Annotated[Actor, Depends(acting)]) -> RedirectResponse:
    """Go to the first section that the actor may open."""
    target = next((s.path for s in SECTIONS if actor.may(s.permission)), ACCOUNT)
    return RedirectResponse(target, status_code=303)


@router.get("/language/{chosen}")
@public()
def choose_language(request: Request, chosen: str) -> RedirectResponse:
    """Keep the language and go back to the page it was chosen on, on this host only."""
    back = urlsplit(request.headers.get("referer", ""))
    target = back.path if back.netloc == request.url.netloc and back.path.startswith("/") else "/"
    query = f"?{back.query}" if back.query and target != "/" else ""
    response = RedirectResponse(f"/{target.lstrip('/')}{query}", status_code=303)
    if chosen in LANGUAGES:
        secure = deployment_of(request).settings.behind_tls
        response.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="lax",
            secure=secure,
        )
    return response
