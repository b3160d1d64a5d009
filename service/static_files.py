"""Style sheets and scripts, served by ourselves. A page links them with a digest, so a browser may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from service.access.policy import public

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
LONG = "public, max-age=31536000, immutable"

router = APIRouter()


@cache
def static_names() -> frozenset[str]:
    """The files that may be served, by their path below `static`."""
    root = files("service") / "static"
    found = [e.name for e in root.iterdir() if e.is_file()]
    found += [f"vendor/{e.name}" for e in (root / "vendor").iterdir() if e.is_file()]
    return frozenset(name for name in found if name[name.rfind(".") :] in TYPES)


@cache
def content_of(name: str) -> bytes:
    """The bytes of one of `static_names`."""
    return (files("service") / "static").joinpath(*name.split("/")).read_bytes()


@cache
def url_of(name: str) -> str:
    """The path that a page links, with the digest of the content. Raises KeyError where there is no such file."""
    if name not in static_names():
        raise KeyError(name)
    return f"/static/{name}?{hashlib.sha256(content_of(name)).hexdigest()[:12]}"


@router.get("/static/{name:path}")
@public()
def static_file(name: str) -> Response:
    """One file of ours."""
    if name not in static_names():
        raise HTTPException(404)
    kind = TYPES[name[name.rfind(".") :]]
    return Response(content_of(name), media_type=kind, headers={"Cache-Control": LONG})
