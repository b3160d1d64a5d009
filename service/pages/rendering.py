"""Drawing a page: templates, words in two languages, what every page knows. Autoescape is on and stays on."""

from __future__ import annotations

from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import jinja2
import yaml
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from service.pages.formats import FILTERS
from service.pages.sections import SECTIONS
from service.static_files import url_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.access.actor import Actor
    from service.api.problems import Problem
    from service.deployment import Deployment

LANGUAGES = ("zh", "en")
LANGUAGE_COOKIE = "hedui_language"


class Pages:
    """Draws templates of `service/pages/templates` for one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    @property
    def environment(self) -> jinja2.Environment:
        """Templates that refuse an unknown name."""
        return _environment()

    @property
    def words(self) -> Mapping[str, Mapping[str, str]]:
        """Every text by `<subject>.<key>`, in both languages."""
        return _words()

    def say(self, language: str, key: str, **values: object) -> str:
        """One text. Raises KeyError for a key that is in no words file: a page must not be half told."""
        return self.words[key][language].format(**values) if values else self.words[key][language]

    def draw(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """A page or, for htmx, a part of one (a template that extends nothing).

        Every template knows: `actor` (None on public pages), `t(key, **values)`, `language`, `sections` that the actor may open,
        `path`, `csrf_token`, `demonstration`, `run` is given by whoever needs it.
        """
        language = language_of(request)
        actor: Actor | None = getattr(request.state, "actor", None)
        text = self.environment.get_template(template).render(
            actor=actor,
            t=partial(self.say, language),
            language=language,
            sections=[s for s in SECTIONS if actor is not None and actor.may(s.permission)],
            path=request.url.path,
            csrf_token=getattr(request.state, "csrf_token", ""),
            correlation_id=getattr(request.state, "correlation_id", ""),
            demonstration=self._deployment.settings.demonstration,
            **values,
        )
        return HTMLResponse(text, status_code=status, headers=dict(headers or {}))

    def problem(self, request: Request, problem: Problem, correlation_id: str) -> HTMLResponse:
        """An error as a page."""
        return self.draw(
            request,
            "problem.html.j2",
            status=problem.status,
            headers=problem.headers,
            problem=problem,
            reference=correlation_id,
        )


@cache  # the same for every application of a process, and slow to compile
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("service.pages", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals["static"] = url_of
    return made


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for entry in sorted((files("service.pages") / "words").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            subject = entry.name.removesuffix(".yaml")
            told = yaml.safe_load(entry.read_text(encoding="utf-8")) or {}
            found |= {f"{subject}.{key}": texts for key, texts in told.items()}
    return found


def language_of(request: Request) -> str:
    """The language that the visitor chose; Chinese without a choice."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def pages_of(request: Request) -> Pages:
    """The drawer of the running application."""
    found: Pages = request.app.state.pages
    return found


def deployment_of(request: Request) -> Deployment:
    """The deployment of the running application; a dependency of routes."""
    found: Deployment = request.app.state.deployment
    return found
